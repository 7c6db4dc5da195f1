package commands_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/eventstore"
)

var aboutCentral = commands.StartPurchase{Product: powerBI, Quantity: 1, Market: "US", Channel: domain.Central, EntryPoint: domain.Website}

func TestR52_OfTwoCasesForTheLastPremierIncidentOneIsOpened(t *testing.T) {
	h := newHouse(t)
	cases := &commands.SupportCases{Log: h.log, Now: h.purchases.Now}
	id := h.buy(bill, aboutCentral, "")
	h.given(tenant.Stream(contoso), tenant.PremierContractRecorded{Incidents: 1})
	errs := h.atOnce(2, func(int) error {
		_, err := cases.Open(context.WithoutCancel(t.Context()), ask(bill), commands.OpenSupportCase{Subscription: id, Topic: support.Technical, Premier: true})
		return err
	})
	assert.Equal(t, 1, ended(errs, nil))
	assert.Equal(t, 1, ended(errs, tenant.ErrNoPremier))
	assert.Equal(t, 1, count(h.types(tenant.Stream(contoso)), "tenant.premier_incident_charged.v1"))
}

func TestR52_ACaseThatACrashLeftPaidForIsOpened(t *testing.T) {
	h := newHouse(t)
	cases := &commands.SupportCases{Log: h.log, Now: h.purchases.Now}
	id := h.buy(bill, aboutCentral, "")
	h.given(tenant.Stream(contoso), tenant.PremierContractRecorded{Incidents: 1})
	dying, r := *cases, ask(bill)
	dying.Store = &dyingStore{house: h, after: 1}
	open := commands.OpenSupportCase{Subscription: id, Topic: support.Technical, Premier: true}
	_, err := dying.Open(t.Context(), r, open)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)

	records, err := h.store.Read(t.Context(), tenant.Stream(contoso))
	require.NoError(t, err)
	fact, err := h.log.Codec.Decode(records[len(records)-1])
	require.NoError(t, err)
	paid := fact.Event.(tenant.PremierIncidentCharged)
	finished, err := cases.Finish(t.Context(), contoso, paid.Case)
	require.NoError(t, err)
	assert.Equal(t, support.PremierIncident, finished.State.IncidentCharge)
	assert.Equal(t, bill.Person, finished.State.By)
	again, err := cases.Open(t.Context(), r, open)
	require.NoError(t, err)
	assert.Equal(t, finished.State, again.State, "the retry finds it")
	assert.Len(t, h.types(support.Stream(paid.Case)), 1)
	_, err = cases.Finish(t.Context(), contoso, "another")
	assert.ErrorIs(t, err, support.ErrUnknown)
}
