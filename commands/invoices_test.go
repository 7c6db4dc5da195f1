package commands_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

func (h *house) invoices() *commands.Invoices {
	return &commands.Invoices{Log: h.log, Seller: "KASSA", Taxes: taxed, Now: func() time.Time { return h.clock }}
}

// bill follows one bill, and returns what its stream then says. Who has not seen
// that it has begun changes nothing either.
func (h *house) bill(id domain.SubscriptionID, of invoice.Of) []invoice.Event {
	h.Helper()
	bill := commands.Bill{Entry: invoice.Entry{Subscription: id, Of: of}, Number: "KASSA-2026-" + string(of)}
	out, err := h.invoices().Follow(h.Context(), bill)
	require.NoError(h, err)
	for _, bill.Begun = range []bool{false, true} {
		again, err := h.invoices().Follow(h.Context(), bill)
		require.NoError(h, err)
		require.Equal(h, out.Revision, again.Revision, "a bill is followed once")
	}
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
	require.Len(t, events, 7)
	issued := events[0].(invoice.Issued)
	assert.Equal(t, invoice.Renew, issued.Lines[0].Transaction)
	assert.Equal(t, day(4, 2), issued.DueAt)
	for i, on := range []time.Time{day(4, 2), day(4, 5), day(4, 9), day(4, 16), day(4, 27)} {
		failed := events[1+i].(invoice.PaymentFailed)
		assert.Equal(t, i+1, failed.Attempt)
		assert.Equal(t, on, failed.At)
	}
	assert.Equal(t, issued.Total, events[6].(invoice.WrittenOff).Amount)
}

// unpaid is a subscription whose second term was declined.
func (h *house) unpaid(who commands.Principal) domain.SubscriptionID {
	id := h.buy(who, seats3, "tok_visa")
	_, err := h.subscriptions.AddSeats(h.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1, Card: "tok_declined"})
	require.NoError(h, err)
	h.now(id)
	require.Equal(h, subscription.StatusExpired, h.passes(id, day(4, 3)).Ended)
	return id
}

func TestR31_DunningEndsWithAnotherCard(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.unpaid(who)
	h.passes(id, day(4, 10)) // two retries
	h.clock = day(4, 11)
	_, err := h.subscriptions.Pay(t.Context(), ask(who), commands.PayTerm{Subscription: id, Card: "tok_visa"})
	require.NoError(t, err)
	assert.Equal(t, subscription.StatusActive, h.now(id).Status(h.clock))
	events := h.bill(id, invoice.OfTerm(2))
	require.Len(t, events, 5)
	assert.Equal(t, 3, events[3].(invoice.PaymentFailed).Attempt)
	assert.Equal(t, events[0].(invoice.Issued).Total, events[4].(invoice.Paid).Amount)
	assert.Equal(t, subscription.StatusActive, h.passes(id, day(5, 10)).Status(day(5, 10)), "and it is renewed with that card")
}

// Somebody who begins anew does not owe the term that never was.
func TestATermThatGivesWayToAnotherIsWrittenOff(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.unpaid(who)
	out, err := h.subscriptions.Reactivate(t.Context(), ask(who), commands.ReactivateSubscription{Subscription: id, Card: "tok_visa"})
	require.NoError(t, err)
	h.now(id)
	events := h.bill(id, invoice.OfTerm(2))
	assert.IsType(t, invoice.WrittenOff{}, events[len(events)-1])
	assert.Len(t, h.bill(id, invoice.OfReactivation(out.State.Pending.ID)), 2, "issued and paid")
}

func TestAChargebackIsBilledOnWhatItHadPaid(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	asked, err := h.subscriptions.AddSeats(t.Context(), ask(who), commands.AddSeats{Subscription: id, Delta: 1})
	require.NoError(t, err)
	state := h.now(id)
	for _, c := range []struct {
		charge domain.Charge
		of     invoice.Of
	}{{h.charges()[1], invoice.OfAddition(asked.State.Pending.ID)}, {h.charges()[0], invoice.OfTerm(1)}} {
		d := domain.Dispute{ID: "dp_" + c.charge.ID, Charge: c.charge.ID, Key: c.charge.Key, Amount: c.charge.Amount, Reason: "fraudulent"}
		for range 2 {
			state2, err := h.subscriptions.ChargeBack(t.Context(), d)
			require.NoError(t, err)
			assert.Equal(t, subscription.StatusDisabled, state2.State.Ended)
		}
		events := h.bill(id, c.of)
		require.Len(t, events, 3)
		assert.Equal(t, c.charge.Amount, events[2].(invoice.ChargedBack).Amount)
	}
	require.Equal(t, subscription.StatusActive, state.Status(h.clock))
	_, err = h.subscriptions.ChargeBack(t.Context(), domain.Dispute{ID: "dp_x", Charge: "ch_x", Key: string(id) + "/renewal/2", Amount: h.charges()[0].Amount})
	assert.ErrorIs(t, err, commands.ErrNotCharged)
	_, err = h.subscriptions.ChargeBack(t.Context(), domain.Dispute{ID: "dp_x", Charge: "ch_x", Key: "nobody/1", Amount: h.charges()[0].Amount})
	assert.ErrorIs(t, err, commands.ErrNotCharged)
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
