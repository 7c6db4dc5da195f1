package api_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/eventstore"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

func TestTheOperatorSeesWhatBecameOfEachMailAndOfNobody(t *testing.T) {
	h := newHouse(t)
	mails := &commands.Mails{Log: commands.Log{Store: h.store, Codec: eventstore.Schema()}, Now: h.Now}
	h.bought()
	h.bill()
	require.NoError(t, mails.Start(t.Context()))
	h.buy(buyer, "1")
	name, value := "Kassa-Position", uintText(h.bill())
	list := func(status string) []v1.Mail {
		return is[v1.Mails](h.ask("operator", "GET", "/v1/mails"+status, "", name, value), 200).Items
	}
	waiting := list("?status=waiting")
	require.Len(t, waiting, 1, "what was paid before mail began is not mailed")
	assert.Equal(t, "receipt", waiting[0].Code)
	assert.Equal(t, tenantID(1), waiting[0].TenantID)
	assert.Nil(t, waiting[0].DoneAt)
	assert.Empty(t, list("?status=sent"))
	assert.Empty(t, is[v1.Notices](h.ask(buyer, "GET", "/v1/notices", "", name, value), 200).Items, "a receipt is not what others did")

	due, _, err := views.NewNotices(h.Projector).MailToSend(t.Context(), h.Now(), 10)
	require.NoError(t, err)
	records, err := h.store.Read(t.Context(), due[0].Stream)
	require.NoError(t, err)
	told := slices.IndexFunc(records, func(r eventstore.Record) bool { return r.ID.String() == due[0].Fact })
	fact, err := eventstore.Schema().Decode(records[told])
	require.NoError(t, err)
	require.NoError(t, mails.Failed(t.Context(), fact, due[0].Of, 550, "5.1.1"))
	require.NoError(t, mails.Sent(t.Context(), fact, due[0].Of, "en"), "said again")
	value = uintText(h.head())
	assert.Empty(t, list("?status=waiting"))
	failed := list("?status=failed")
	require.Len(t, failed, 1)
	assert.Equal(t, waiting[0].ID, failed[0].ID)
	assert.Equal(t, "550", failed[0].Why)
	assert.NotNil(t, failed[0].DoneAt)
	assert.Equal(t, failed, list(""))
	assert.NotContains(t, string(h.ask("operator", "GET", "/v1/mails", "", name, value).body), "20000000-", "it names nobody, not even by an id")

	h.ask(billing, "GET", "/v1/mails", "").problem(403, "not_operator")
	h.ask("operator", "GET", "/v1/mails?status=lost", "").problem(400, "parameter_invalid")
}
