package commands_test

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/services/takeover"
)

// controlled is a house in which gail has taken control of what anna bought, to
// move these people.
type controlled struct {
	*house
	from, to domain.SubscriptionID
	people   []domain.PersonID
}

// colleague is one more of contoso's people.
func (h *house) colleague(n int) domain.PersonID {
	p := domain.PersonID("30000000-0000-4000-8000-00000000000" + strconv.Itoa(n))
	if len(h.types(user.Stream(contoso, p))) == 0 {
		h.given(user.Stream(contoso, p), user.Observed{Tenant: contoso, Person: p, Enabled: true})
	}
	return p
}

// moving has control taken while the target has just enough seats.
func (h *house) moving(people int) *controlled {
	h.Helper()
	order := seats3
	order.Quantity = int64(people)
	c := &controlled{house: h, from: h.buy(member(contoso, anna), order, "tok_visa")}
	order.Channel = domain.Central
	c.to = h.buy(boss, order, "")
	for n := range people {
		p := h.colleague(n)
		c.people = append(c.people, p)
		_, err := h.licenses.Assign(h.Context(), ask(member(contoso, anna)), commands.AssignLicense{Subscription: c.from, Person: p})
		require.NoError(h, err)
	}
	_, err := h.takeovers(h.store).TakeControl(h.Context(), ask(boss), commands.TakeControl{
		Subscription: c.from, Option: subscription.TakeoverMove, Target: c.to, Reason: subscription.Centralised,
	})
	require.NoError(h, err)
	return c
}

type appender interface {
	Read(ctx context.Context, stream string) ([]eventstore.Record, error)
	Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error)
}

func (h *house) takeovers(store appender) *commands.Takeovers {
	log := commands.Log{Store: store, Codec: h.log.Codec}
	return &commands.Takeovers{Log: log, Licenses: &commands.Licenses{Log: log, Now: h.licenses.Now}, Now: h.licenses.Now}
}

// pump drives the takeover over a store that may fail.
func (c *controlled) pump(store appender) error {
	subscriptions := *c.subscriptions
	subscriptions.Store = store
	m := &takeover.Manager{Takeovers: c.takeovers(store), Subscriptions: &subscriptions, Every: time.Second, Log: slog.New(slog.DiscardHandler)}
	return m.Pump(context.WithoutCancel(c.Context()), c.from)
}

func (c *controlled) holds(id domain.SubscriptionID, p domain.PersonID) bool {
	records, err := c.store.Read(c.Context(), license.Stream(id, p))
	require.NoError(c, err)
	state := license.State{}
	for _, r := range records {
		f, err := c.log.Codec.Decode(r)
		require.NoError(c, err)
		state = license.Decider.Evolve(state, f.Event.(license.Event))
	}
	return state.Assigned
}

// isMoved holds what came of it against what should have.
func (c *controlled) isMoved(t require.TestingT) {
	for _, p := range c.people {
		require.True(t, c.holds(c.to, p), "%s has no licence of the target", p)
		require.False(t, c.holds(c.from, p), "%s still has the old one", p)
	}
	end := c.now(c.from)
	require.Equal(t, subscription.StatusDeleted, end.Ended)
	require.Empty(t, end.Holders())
	require.Empty(t, end.Owed)
}

// A kill between any two writes leaves what the next run finishes, to the same
// end.
func TestATakeoverThatIsKilledAnywhereEndsTheSame(t *testing.T) {
	h := newHouse(t)
	whole := h.moving(2)
	require.NoError(t, whole.pump(h.store))
	whole.isMoved(t)
	for dies := 0; ; dies++ {
		c := h.moving(2)
		err := c.pump(&dyingStore{house: h, after: dies})
		again := c.pump(h.store)
		require.NoError(t, again)
		c.isMoved(t)
		assert.Equal(t, h.types(subscription.Stream(whole.from)), h.types(subscription.Stream(c.from)), "killed after %d writes", dies)
		assert.Equal(t, h.types(subscription.Stream(whole.to)), h.types(subscription.Stream(c.to)))
		if err == nil {
			require.Greater(t, dies, 8, "there is something to be killed between")
			return
		}
		require.ErrorIs(t, err, eventstore.ErrUnavailable)
	}
}

// looked calls look after each write, dies after some and lets somebody else be
// quicker before one of them.
type looked struct {
	*house
	dies, waits int
	other       func()
	look        func()
}

func (s *looked) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return s.store.Read(ctx, stream)
}

func (s *looked) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if s.dies--; s.dies < 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	if s.waits--; s.waits == 0 {
		s.other()
	}
	w, err := s.store.Append(ctx, stream, expected, drafts)
	s.look()
	return w, err
}

// Whatever else takes the target's seats, gives them back or buys more, however
// often and wherever the move is cut off, and however many drive it: everybody
// has a licence at every moment, and in the end that of the target only.
func TestWhoeverIsMovedHasALicenceAtEveryMoment(t *testing.T) {
	h := newHouse(t)
	rapid.Check(t, func(t *rapid.T) {
		c := h.moving(rapid.IntRange(1, 3).Draw(t, "people"))
		look := func() {
			for _, p := range c.people {
				require.True(t, c.holds(c.from, p) || c.holds(c.to, p), "%s has no licence", p)
			}
		}
		other := func() commands.AssignLicense {
			return commands.AssignLicense{Subscription: c.to, Person: h.colleague(rapid.IntRange(4, 6).Draw(t, "other"))}
		}
		for range rapid.IntRange(1, 8).Draw(t, "deeds") {
			switch rapid.SampledFrom([]string{"drive", "drive", "drive", "take a seat", "give one back", "buy one"}).Draw(t, "deed") {
			case "drive":
				store := &looked{house: h, look: look, dies: rapid.IntRange(0, 9).Draw(t, "dies after"), waits: rapid.IntRange(1, 9).Draw(t, "overtaken at")}
				store.other = func() { _ = c.pump(&looked{house: h, look: look, dies: 99}) }
				if err := c.pump(store); err != nil {
					require.True(t, errors.Is(err, eventstore.ErrUnavailable) || errors.Is(err, subscription.ErrNoSeat), "%v", err)
				}
			case "take a seat":
				_, err := h.licenses.Assign(h.Context(), ask(boss), other())
				require.True(t, err == nil || errors.Is(err, subscription.ErrNoSeat), "%v", err)
			case "give one back":
				_, err := h.licenses.Unassign(h.Context(), ask(boss), other())
				require.True(t, err == nil || errors.Is(err, license.ErrUnknown), "%v", err)
			case "buy one":
				c.more(t, 1)
			}
			look()
		}
		c.more(t, 6)
		require.NoError(t, c.pump(&looked{house: h, look: look, dies: 99}))
		c.isMoved(t)
	})
}

// more buys seats of the target.
func (c *controlled) more(t require.TestingT, seats int64) {
	_, err := c.subscriptions.AddSeats(c.Context(), ask(boss), commands.AddSeats{Subscription: c.to, Delta: seats})
	require.NoError(t, err)
}

func TestWhoHasLeftMeanwhileIsNotMoved(t *testing.T) {
	h := newHouse(t)
	c := h.moving(2)
	h.given(user.Stream(contoso, c.people[0]), user.Disabled{})
	require.NoError(t, c.pump(h.store))
	assert.False(t, c.holds(c.to, c.people[0]))
	assert.False(t, c.holds(c.from, c.people[0]))
	assert.True(t, c.holds(c.to, c.people[1]))
	assert.Equal(t, subscription.StatusDeleted, h.now(c.from).Ended)
}

// The term ends while people wait: nobody is charged, and nothing is deleted
// under them.
func TestATakeoverOutlastsItsTerm(t *testing.T) {
	h := newHouse(t)
	c := h.moving(1)
	_, err := h.licenses.Assign(t.Context(), ask(boss), commands.AssignLicense{Subscription: c.to, Person: h.colleague(5)})
	require.NoError(t, err)
	require.ErrorIs(t, c.pump(h.store), subscription.ErrNoSeat)
	h.clock = noon.AddDate(1, 0, 0)
	for range 5 {
		_, err := h.subscriptions.Advance(t.Context(), c.from, h.clock)
		require.NoError(t, err)
	}
	assert.Equal(t, subscription.StatusDisabled, h.now(c.from).Ended)
	require.Len(t, h.charges(), 1, "the purchase, and no renewal")
	assert.True(t, c.holds(c.from, c.people[0]))
}
