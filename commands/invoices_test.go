package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/tax"
	"kassa/eventstore"
)

func (h *house) invoices() *commands.Invoices {
	taxed := tax.Table{{Market: "US", Kind: domain.VAT, Rate: 1000, Inclusive: true}}
	return &commands.Invoices{Log: h.log, Seller: "KASSA", Taxes: taxed, Now: func() time.Time { return h.clock }}
}

// bill follows one bill, and returns what its stream then says.
func (h *house) bill(id domain.SubscriptionID, of invoice.Of) []invoice.Event {
	h.Helper()
	out, err := h.invoices().Follow(h.Context(), invoice.Entry{Subscription: id, Of: of}, "KASSA-2026-"+string(of))
	require.NoError(h, err)
	again, err := h.invoices().Follow(h.Context(), invoice.Entry{Subscription: id, Of: of}, "KASSA-2026-"+string(of))
	require.NoError(h, err)
	require.Equal(h, out.Revision, again.Revision, "a bill is followed once")
	records, err := h.store.Read(h.Context(), invoice.Stream(invoice.ID(id, of)))
	require.NoError(h, err)
	var events []invoice.Event
	for _, r := range records {
		f, err := h.log.Codec.Decode(r)
		require.NoError(h, err)
		events = append(events, f.Event.(invoice.Event))
	}
	return events
}

func TestR29_WhatWasPaidIsBilledWithItsTax(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	events := h.bill(id, invoice.OfTerm(1))
	require.Len(t, events, 2)
	issued, paid := events[0].(invoice.Issued), events[1].(invoice.Paid)
	assert.Equal(t, usd(2997), issued.Total)
	assert.Equal(t, usd(272), issued.Tax, "a tenth of what it costs without")
	assert.Equal(t, usd(2725), issued.Net)
	assert.Equal(t, anna, issued.Payer, "R36")
	assert.Equal(t, []invoice.Line{{
		Transaction: invoice.Purchase, Product: powerBI, From: noon, To: h.now(id).End, Quantity: 3, UnitPrice: usd(999),
		TaxSplit: domain.TaxSplit{Kind: domain.VAT, Rate: 1000, Net: usd(2725), Tax: usd(272), Total: usd(2997)},
	}}, issued.Lines)
	assert.Equal(t, h.charges()[0].ID, paid.Reference)
	assert.Equal(t, usd(2997), paid.Amount)
}

func TestARefundIsCreditedOnTheBillThatWasPaid(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	added, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 2})
	require.NoError(t, err)
	addition := invoice.OfAddition(added.State.Pending.ID)
	h.now(id)
	removed, err := h.subscriptions.RemoveSeats(t.Context(), ask(who), commands.RemoveSeats{Subscription: id, Delta: 3, When: commands.Immediately})
	require.NoError(t, err)
	owed := removed.State.Owed
	require.Len(t, owed, 2, "two of the seats were added, one bought at first")
	h.now(id)

	for i, of := range []invoice.Of{addition, invoice.OfTerm(1)} {
		note := h.bill(id, invoice.OfRefund(string(owed[i].Refund)))
		require.Len(t, note, 2)
		credit := note[0].(invoice.Issued)
		assert.Equal(t, invoice.CreditNote, credit.Kind)
		assert.Equal(t, invoice.ID(id, of), credit.Credits)
		assert.Equal(t, -owed[i].Amount.Minor, credit.Total.Minor)
		assert.Equal(t, credit.Total, note[1].(invoice.Paid).Amount)

		credited := h.bill(id, of)
		back := credited[len(credited)-1].(invoice.Refunded)
		assert.Equal(t, owed[i].Amount, back.Amount)
		assert.Equal(t, credit.Invoice, back.CreditNote)
		assert.Equal(t, h.refunds()[i].ID, back.Reference)
	}
}

func TestATermThatIsNotPaidIsBilledAndWrittenOff(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	declined, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_declined"})
	require.NoError(t, err)
	h.now(id)
	assert.Empty(t, h.bill(id, invoice.OfAddition(declined.State.Pending.ID)), "nothing was bought")

	h.passes(id, day(6, 1))
	events := h.bill(id, invoice.OfTerm(2))
	require.Len(t, events, 3)
	issued := events[0].(invoice.Issued)
	assert.Equal(t, invoice.Renew, issued.Lines[0].Transaction)
	assert.Equal(t, day(4, 2), issued.DueAt)
	assert.Equal(t, 1, events[1].(invoice.PaymentFailed).Attempt)
	assert.Equal(t, issued.Total, events[2].(invoice.WrittenOff).Amount)
}

func TestWhatTheOrganisationBoughtIsNotBilled(t *testing.T) {
	h := newHouse(t)
	admin := member(contoso, gail, domain.RoleGlobalAdmin)
	central := seats3
	central.Channel = domain.Central
	id := h.buy(admin, central, "")
	assert.Empty(t, h.bill(id, invoice.OfTerm(1)))
}

func TestNumbersAreGivenByWhoeverKnowsTheLast(t *testing.T) {
	h := newHouse(t)
	entry := func(of invoice.Of) []invoice.Entry { return []invoice.Entry{{Subscription: "s1", Of: of}} }
	give := func(at commands.Register, of invoice.Of) error {
		return h.invoices().Number(t.Context(), at, entry(of))
	}
	first := commands.Register{Year: 2026, Revision: eventstore.NoStream}
	require.NoError(t, give(first, "term/1"))
	require.ErrorIs(t, give(first, "term/2"), commands.ErrStale, "somebody has given numbers since")
	require.NoError(t, give(commands.Register{Year: 2026, Revision: 0, Last: 1}, "term/2"))
	require.NoError(t, give(commands.Register{Year: 2027, Revision: eventstore.NoStream}, "term/3"), "each year begins at 1")
	var numbers []int64
	for _, year := range []int{2026, 2027} {
		records, err := h.store.Read(t.Context(), invoice.RegisterStream("KASSA", year))
		require.NoError(t, err)
		for _, r := range records {
			f, err := h.log.Codec.Decode(r)
			require.NoError(t, err)
			numbers = append(numbers, f.Event.(invoice.Numbered).First)
		}
	}
	assert.Equal(t, []int64{1, 2, 1}, numbers)
}
