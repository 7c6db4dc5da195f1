package commands_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
)

// overtaken is a process that something else happens before as soon as it wants
// to append.
type overtaken struct {
	*house
	by func()
}

func (o *overtaken) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return o.store.Read(ctx, stream)
}

func (o *overtaken) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if by := o.by; by != nil {
		o.by = nil
		by()
	}
	return o.store.Append(ctx, stream, expected, drafts)
}

// A caller who gave up waiting and asked again has one request in two processes.
// Here the price changes between their decisions.
func TestOneCommandInTwoProcessesHasOneAnswer(t *testing.T) {
	h := newHouse(t)
	r := ask(member(contoso, anna))
	var first commands.Outcome[purchase.State]
	slow := *h.purchases
	slow.Store = &overtaken{house: h, by: func() {
		h.given(price.Stream(powerBI, domain.SelfService, "US"), price.Published{
			Product: powerBI, Channel: domain.SelfService, Market: "US", Amount: domain.Money{Minor: 1099, Currency: "USD"},
			Term: domain.Monthly, ValidFrom: noon,
		})
		var err error
		first, err = h.purchases.Start(t.Context(), r, seats3)
		require.NoError(t, err)
	}}
	second, err := slow.Start(t.Context(), r, seats3)
	require.NoError(t, err)
	assert.Equal(t, int64(3297), first.State.Total.Minor)
	assert.Equal(t, first, second, "what is stored, not what the slower one would have stored")
}

// A licence was taken back and its seat is still to be released, by somebody
// slow or dead, when the person is to have a licence again.
func TestAssigningWhatIsBeingReleased(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	order := seats3
	order.Quantity = 1
	id := h.buy(who, order, "tok_visa")
	seat := commands.AssignLicense{Subscription: id, Person: omar}
	_, err := h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	unassign, crash := ask(who), &dyingStore{house: h, after: 1}
	_, err = crash.licenses().Unassign(t.Context(), unassign, seat)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)

	out, err := h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	assert.True(t, out.State.Assigned, "whoever is told that it went well has assigned")

	_, err = h.licenses.Unassign(t.Context(), unassign, seat)
	require.NoError(t, err)
	now, err := h.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	assert.True(t, now.State.Assigned, "the slow one releases the seat that it took back, not the new one")
}

// Whatever several people do to one person's licence at once: everybody is
// answered what they asked for, and in the end there is a licence where there is
// a seat.
func TestAssigningAndUnassigningOnePersonAtOnce(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	seat := commands.AssignLicense{Subscription: id, Person: omar}
	_, err := h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)

	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			do, want := h.licenses.Assign, i%2 == 0
			if !want {
				do = h.licenses.Unassign
			}
			for range 25 {
				out, err := do(context.Background(), ask(who), seat)
				if assert.NoError(t, err) {
					assert.Equal(t, want, out.State.Assigned)
				}
			}
		})
	}
	wg.Wait()
	end, err := h.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	holds := count(h.types(subscription.Stream(id)), "subscription.seat_reserved.v1") - count(h.types(subscription.Stream(id)), "subscription.seat_released.v1")
	assert.Equal(t, end.State.Assigned, holds == 1, "%d seats", holds)
}

func count(names []string, name string) (n int) {
	for _, s := range names {
		if s == name {
			n++
		}
	}
	return n
}

// Two submissions of one purchase with different cards: one card is tried. What
// becomes of it is no answer to the other submission, which may be repeated once
// the first card was declined.
func TestOfTwoCardsAtOnceOneIsTried(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	id := quoted.State.Purchase
	slow := *h.purchases
	slow.Store = &overtaken{house: h, by: func() {
		_, err := h.purchases.Submit(t.Context(), ask(who), submit(id, "tok_declined"))
		require.NoError(t, err)
	}}
	other := ask(who)
	_, err = slow.Submit(t.Context(), other, submit(id, "tok_visa"))
	require.ErrorIs(t, err, purchase.ErrOtherCard)
	out, err := h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusDeclined, out.State.Status)

	_, err = h.purchases.Submit(t.Context(), other, submit(id, "tok_visa"))
	require.NoError(t, err)
	out, err = h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, out.State.Status)
	require.Len(t, h.charges(), 2)
	assert.Equal(t, domain.ChargeDeclined, h.charges()[0].Status)
	assert.Equal(t, domain.ChargeSucceeded, h.charges()[1].Status)

	_, err = h.purchases.Submit(t.Context(), ask(who), submit(id, "tok_mastercard"))
	assert.ErrorIs(t, err, purchase.ErrOtherCard, "nobody is told that this card has paid")
}

// Another attempt began while somebody was settling this one.
func TestSettlingAnAttemptThatIsOverChangesNothing(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
	require.NoError(t, err)
	id := quoted.State.Purchase
	_, err = h.purchases.Submit(t.Context(), ask(who), submit(id, "tok_declined"))
	require.NoError(t, err)
	slow := *h.purchases
	slow.Store = &overtaken{house: h, by: func() {
		_, err := h.purchases.Settle(t.Context(), id)
		require.NoError(t, err)
		_, err = h.purchases.Submit(t.Context(), ask(who), submit(id, "tok_visa"))
		require.NoError(t, err)
	}}
	out, err := slow.Settle(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusDeclined, out.State.Status, "what the attempt came to")
	assert.Equal(t, 1, out.State.Attempt)

	now, err := h.purchases.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusSubmitted, now.State.Status, "the second attempt is still to be settled")
	assert.Equal(t, 2, now.State.Attempt)
}

// distant is a store behind a network.
type distant struct{ *house }

func (d distant) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	time.Sleep(time.Millisecond)
	return d.store.Read(ctx, stream)
}

func (d distant) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	time.Sleep(time.Millisecond)
	return d.store.Append(ctx, stream, expected, drafts)
}

func TestMoreWritersThanAttemptsAllGetThrough(t *testing.T) {
	const writers = 30
	h := newHouse(t)
	who := member(contoso, anna)
	order := seats3
	order.Quantity = writers
	id := h.buy(who, order, "tok_visa")
	l := commands.Licenses{Log: h.log, Now: h.licenses.Now}
	l.Store = distant{h}
	var wg sync.WaitGroup
	for i := range writers {
		person := domain.PersonID(fmt.Sprintf("30000000-0000-4000-8000-%012d", i))
		h.given(user.Stream(contoso, person), user.Observed{Tenant: contoso, Person: person, Enabled: true})
		wg.Go(func() {
			_, err := l.Assign(context.Background(), ask(who), commands.AssignLicense{Subscription: id, Person: person})
			assert.NoError(t, err)
		})
	}
	wg.Wait()
}

// Whoever submits and settles one purchase at once, with whatever cards, some of
// which are declined or lose their answer: it is paid once, by one of them.
func TestHoweverManyPayOnePurchaseIsPaidOnce(t *testing.T) {
	cards := []string{"tok_declined", "tok_expired", "tok_timeout", "tok_visa", "tok_mastercard"}
	for range 8 {
		h := newHouse(t)
		who := member(contoso, anna)
		quoted, err := h.purchases.Start(t.Context(), ask(who), seats3)
		require.NoError(t, err)
		id := quoted.State.Purchase
		var wg sync.WaitGroup
		for i := range cards {
			wg.Go(func() {
				for n := range cards {
					_, err := h.purchases.Submit(context.Background(), ask(who), submit(id, cards[(i+n)%len(cards)]))
					if err != nil {
						assert.ErrorIs(t, err, purchase.ErrOtherCard)
					}
					_, err = h.fulfil.Pump(context.Background(), id)
					assert.NoError(t, err)
				}
			})
		}
		wg.Wait()
		end, err := h.fulfil.Pump(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, purchase.StatusCompleted, end.State.Status)
		var paid []domain.Charge
		for _, c := range h.charges() {
			if c.Status == domain.ChargeSucceeded {
				paid = append(paid, c)
			}
		}
		require.Len(t, paid, 1)
		assert.Equal(t, end.State.Reference, paid[0].ID)
		assert.Equal(t, []string{"subscription.provisioned.v1"}, h.types(subscription.Stream(end.State.Subscription)))
	}
}
