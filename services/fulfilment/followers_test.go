package fulfilment_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
)

// followed is a subscription that two people hold licences of, with real commands
// and views.
type followed struct {
	*projectiontest.Shop
	*testing.T
	projector     *projections.Projector
	licenses      *commands.Licenses
	subscriptions *commands.Subscriptions
	order         projectiontest.Order
	holders       []domain.PersonID
	now           time.Time
	appends       int // how many are still to succeed; below 0: all
}

func newFollowed(t *testing.T) *followed {
	f := &followed{Shop: projectiontest.New(t), T: t, appends: -1, now: projectiontest.Noon.Add(time.Minute)}
	f.Offer("CFQ7TTC0H9MP", "Power BI Pro", projectiontest.Euros(1000))
	tid := f.Tenant("Contoso", "contoso.example")
	f.holders = []domain.PersonID{f.Join(tid, "anna@contoso.example"), f.Join(tid, "omar@contoso.example")}
	f.order = f.Buy(tid, f.holders[0], "CFQ7TTC0H9MP", domain.Central, 3, projectiontest.Euros(1000))
	log := commands.Log{Store: f, Codec: f.Codec}
	clock := func() time.Time { return f.now }
	f.licenses = &commands.Licenses{Log: log, Now: clock}
	f.subscriptions = &commands.Subscriptions{Log: log, Now: clock}
	f.projector = projectiontest.Open(t, f.Config(t.TempDir()), views.AccessView, views.UnfinishedView)
	projectiontest.Run(t, f.projector)
	for _, p := range f.holders {
		f.assign(p)
	}
	return f
}

func (f *followed) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if f.appends == 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	f.appends--
	defer func() {
		if f.projector != nil {
			f.projector.Wake()
		}
	}()
	return f.Shop.Append(ctx, stream, expected, drafts)
}

func (f *followed) ask() commands.Request {
	who := commands.Principal{Tenant: f.order.Tenant, Person: f.holders[0], Roles: []string{domain.RoleGlobalAdmin}}
	return commands.Request{Who: who, ID: uuid.New(), Correlation: uuid.New()}
}

func (f *followed) assign(p domain.PersonID) {
	f.Helper()
	_, err := f.licenses.Assign(f.Context(), f.ask(), commands.AssignLicense{Subscription: f.order.Subscription, Person: p})
	require.NoError(f, err)
}

func (f *followed) cancels() {
	f.Helper()
	_, err := f.subscriptions.Cancel(f.Context(), f.ask(), commands.CancelSubscription{Subscription: f.order.Subscription, Reason: subscription.NotNeeded})
	require.NoError(f, err)
}

func (f *followed) reactivates() {
	f.Helper()
	_, err := f.subscriptions.Reactivate(f.Context(), f.ask(), commands.ReactivateSubscription{Subscription: f.order.Subscription})
	require.NoError(f, err)
}

// isDeleted lets as much time pass as it takes.
func (f *followed) isDeleted() {
	f.Helper()
	f.now = f.now.Add(subscription.Retention)
	out, err := f.subscriptions.Advance(f.Context(), f.order.Subscription, f.now)
	require.NoError(f, err)
	require.Equal(f, subscription.StatusDeleted, out.State.Ended)
}

// follows does what waits, once the view shows all that happened, and says
// whether anything did.
func (f *followed) follows() bool {
	f.Helper()
	require.NoError(f, f.projector.Await(projectiontest.Within(f), views.AccessView.Name, f.End()))
	waiting, _, err := views.AccessDiffers(f.Context(), f.projector, 100)
	require.NoError(f, err)
	for _, id := range waiting {
		_ = f.licenses.Follow(f.Context(), id) // tried again
	}
	return len(waiting) > 0
}

// told is what happened to each licence, and as of when.
func (f *followed) told() (all [][]string) {
	for _, p := range f.holders {
		records, err := f.Read(f.Context(), license.Stream(f.order.Subscription, p))
		require.NoError(f, err)
		var types []string
		for _, r := range records {
			fact, err := f.Codec.Decode(r)
			require.NoError(f, err)
			types = append(types, r.Type+" as of "+fact.Meta.At.Format(time.DateOnly))
		}
		all = append(all, types)
	}
	return all
}

const (
	assigned  = "license.assigned.v1 as of 2026-05-01"
	suspended = "license.suspended.v1 as of 2026-05-01"
	restored  = "license.restored.v1 as of 2026-05-01"
	ended     = "license.unassigned.v1 as of 2026-07-30"
)

func twice(types ...string) [][]string { return [][]string{types, types} }

func TestLicencesFollowTheirSubscription(t *testing.T) {
	f := newFollowed(t)
	assert.False(t, f.follows())
	f.cancels()
	require.True(t, f.follows())
	assert.Equal(t, twice(assigned, suspended), f.told())
	assert.False(t, f.follows())

	f.reactivates()
	require.True(t, f.follows())
	assert.Equal(t, twice(assigned, suspended, restored), f.told())

	f.cancels()
	require.True(t, f.follows())
	f.isDeleted()
	require.True(t, f.follows())
	assert.Equal(t, twice(assigned, suspended, restored, suspended, ended), f.told())
	assert.False(t, f.follows())
}

// Nobody followed until it was over: the licences went through the same.
func TestFollowingLateLeavesTheSameHistory(t *testing.T) {
	f := newFollowed(t)
	f.cancels()
	f.reactivates()
	f.cancels()
	f.isDeleted()
	require.True(t, f.follows())
	assert.Equal(t, twice(assigned, suspended, restored, suspended, ended), f.told())
}

func TestAKillBetweenAnyTwoLicencesLeadsToTheSame(t *testing.T) {
	for killed := range 4 {
		f := newFollowed(t)
		f.cancels()
		f.isDeleted()
		f.appends = killed
		require.True(t, f.follows())
		f.appends = -1
		require.True(t, f.follows())
		assert.Equal(t, twice(assigned, suspended, ended), f.told(), "killed after %d of 4", killed)
		assert.False(t, f.follows())
	}
}

// Deleted is a subscription's last fact: no seat is released after it, and none
// is waited for; nor is a licence given that a crash had left to be given.
func TestNothingWaitsForTheSeatsOfWhatIsDeleted(t *testing.T) {
	f := newFollowed(t)
	third := f.Join(f.order.Tenant, "bill@contoso.example")
	f.appends = 1
	seat := commands.AssignLicense{Subscription: f.order.Subscription, Person: third}
	_, err := f.licenses.Assign(t.Context(), f.ask(), seat)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	f.appends = -1
	f.cancels()
	f.isDeleted()
	require.True(t, f.follows())
	_, err = f.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	records, err := f.Read(t.Context(), license.Stream(f.order.Subscription, third))
	require.NoError(t, err)
	assert.Empty(t, records)
	require.NoError(t, f.projector.Await(projectiontest.Within(t), views.UnfinishedView.Name, f.End()))
	left, err := views.Waiting(t.Context(), f.projector, f.now.AddDate(1, 0, 0), 100)
	require.NoError(t, err)
	assert.Empty(t, left.Seats)
}

// A licence that is given late, after its subscription was disabled, does not
// stay usable.
func TestALicenceThatComesLateIsSuspendedToo(t *testing.T) {
	f := newFollowed(t)
	third := f.Join(f.order.Tenant, "bill@contoso.example")
	seat := commands.AssignLicense{Subscription: f.order.Subscription, Person: third}
	f.appends = 1
	_, err := f.licenses.Assign(t.Context(), f.ask(), seat)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	f.appends = -1
	f.cancels()
	require.True(t, f.follows())
	_, err = f.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	require.True(t, f.follows())
	f.holders = []domain.PersonID{third}
	assert.Equal(t, [][]string{{assigned, suspended}}, f.told())
}
