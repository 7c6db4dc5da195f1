package leavers_test

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/leavers"
)

const powerBI domain.ProductID = "CFQ7TTC0H9MP"

// world is a company with real commands and views. Anna bought four seats, for
// herself and three others; omar another, of which she has one; and the
// organisation a third.
type world struct {
	*projectiontest.Shop
	*testing.T
	projector     *projections.Projector
	directory     *commands.Directory
	licenses      *commands.Licenses
	subscriptions *commands.Subscriptions
	manager       *leavers.Manager

	id                     domain.TenantID
	anna, omar, bill, gail domain.PersonID
	annas, omars, centrals projectiontest.Order
	appends                int // how many are still to succeed; below 0: all
	appended               int
}

func newWorld(t *testing.T) *world {
	w := &world{Shop: projectiontest.New(t), T: t, appends: -1}
	w.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	w.id = w.Tenant("Contoso", "contoso.example")
	for name, p := range map[string]*domain.PersonID{"anna": &w.anna, "omar": &w.omar, "bill": &w.bill, "gail": &w.gail} {
		*p = w.Join(w.id, name+"@contoso.example")
	}
	w.annas = w.Buy(w.id, w.anna, powerBI, domain.SelfService, 4, projectiontest.Euros(1000))
	w.omars = w.Buy(w.id, w.omar, powerBI, domain.SelfService, 2, projectiontest.Euros(1000))
	w.centrals = w.Buy(w.id, w.anna, powerBI, domain.Central, 2, projectiontest.Euros(900))

	now := func() time.Time { return projectiontest.Noon.Add(time.Hour) }
	log := commands.Log{Store: w, Codec: w.Codec}
	w.directory = &commands.Directory{Log: log, Now: now}
	w.licenses = &commands.Licenses{Log: log, Now: now}
	w.subscriptions = &commands.Subscriptions{Log: log, Now: now}
	w.projector = projectiontest.Open(t, w.Config(t.TempDir()), views.LeaversView, views.UnfinishedView)
	projectiontest.Run(t, w.projector)
	w.manager = &leavers.Manager{
		Projector: w.projector, Licenses: w.licenses, Subscriptions: w.subscriptions, Every: time.Minute, Log: slog.New(slog.DiscardHandler),
	}
	for _, p := range []domain.PersonID{w.anna, w.omar, w.bill, w.gail} {
		require.NoError(t, w.assign(w.anna, w.annas, p))
	}
	require.NoError(t, w.assign(w.omar, w.omars, w.anna))
	require.NoError(t, w.assign(w.gail, w.centrals, w.anna))
	return w
}

// assign gives somebody a seat, as gail, who may assign the organisation's, or as
// whoever bought it.
func (w *world) assign(by domain.PersonID, o projectiontest.Order, p domain.PersonID) error {
	r := w.ask()
	r.Who.Person = by
	_, err := w.licenses.Assign(w.Context(), r, commands.AssignLicense{Subscription: o.Subscription, Person: p})
	return err
}

func (w *world) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if w.appends == 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	w.appends--
	w.appended++
	defer func() {
		if w.projector != nil {
			w.projector.Wake()
		}
	}()
	return w.Shop.Append(ctx, stream, expected, drafts)
}

func (w *world) ask() commands.Request {
	who := commands.Principal{Tenant: w.id, Person: w.gail, Roles: []string{domain.RoleUserAdmin}}
	return commands.Request{Who: who, ID: uuid.New(), Correlation: uuid.New()}
}

func (w *world) leaves(p domain.PersonID) {
	w.Helper()
	_, err := w.directory.Delete(w.Context(), w.ask(), commands.Leaver{Tenant: w.id, Person: p})
	require.NoError(w, err)
}

func (w *world) returns(p domain.PersonID) {
	w.Helper()
	_, err := w.directory.Restore(w.Context(), w.ask(), commands.Leaver{Tenant: w.id, Person: p})
	require.NoError(w, err)
}

// waiting is who waits, once the view shows everything that happened.
func (w *world) waiting() []views.Leaver {
	w.Helper()
	require.NoError(w, w.projector.Await(projectiontest.Within(w), views.LeaversView.Name, w.End()))
	waiting, _, err := views.Leavers(w.Context(), w.projector, 100)
	require.NoError(w, err)
	return waiting
}

// works sees to everybody who waits, and to the seats that a crash left, as the
// watchdog does. It returns whether anything was to be done.
func (w *world) works() bool {
	w.Helper()
	waiting := w.waiting()
	for _, who := range waiting {
		_ = w.manager.Pump(w.Context(), who) // tried again below
	}
	require.NoError(w, w.projector.Await(projectiontest.Within(w), views.UnfinishedView.Name, w.End()))
	left, err := views.Waiting(w.Context(), w.projector, projectiontest.Noon.AddDate(1, 0, 0), 100)
	require.NoError(w, err)
	for _, seat := range left.Seats {
		_, _ = w.licenses.Finish(w.Context(), commands.AssignLicense(seat))
	}
	return len(waiting)+len(left.Seats) > 0
}

// finishes works until nothing is left to do.
func (w *world) finishes() {
	w.Helper()
	for range 10 {
		if !w.works() {
			return
		}
	}
	require.Fail(w, "there is always something left to do")
}

// types lists what is stored in a stream.
func (w *world) types(stream string) (names []string) {
	w.Helper()
	records, err := w.Read(w.Context(), stream)
	require.NoError(w, err)
	for _, r := range records {
		names = append(names, r.Type)
	}
	return names
}

// told is every stream that leaving touches.
func (w *world) told() map[string][]string {
	all := map[string][]string{}
	for name, o := range map[string]projectiontest.Order{"anna's": w.annas, "omar's": w.omars, "the organisation's": w.centrals} {
		all[name] = w.types(subscription.Stream(o.Subscription))
		for who, p := range map[string]domain.PersonID{"anna": w.anna, "omar": w.omar, "bill": w.bill, "gail": w.gail} {
			if types := w.types(license.Stream(o.Subscription, p)); types != nil {
				all[name+" held by "+who] = types
			}
		}
	}
	return all
}

const (
	assigned   = "license.assigned.v1"
	unassigned = "license.unassigned.v1"
)

func TestR57_OnlyTheLeaversOwnSeatsAreFreedAndTheirPurchasesOrphaned(t *testing.T) {
	w := newWorld(t)
	assert.Empty(t, w.waiting())
	before := w.types(subscription.Stream(w.annas.Subscription))
	w.leaves(w.anna)
	assert.Equal(t, []views.Leaver{{Tenant: w.id, Person: w.anna}}, w.waiting())
	require.True(t, w.works())

	told := w.told()
	for _, name := range []string{"anna's", "omar's", "the organisation's"} {
		assert.Equal(t, []string{assigned, unassigned}, told[name+" held by anna"])
	}
	for _, other := range []string{"omar", "bill", "gail"} {
		assert.Equal(t, []string{assigned}, told["anna's held by "+other], "keeps full use")
	}
	assert.Equal(t, append(before, "subscription.seat_released.v1", "subscription.purchaser_marked_as_left.v1"), told["anna's"])
	assert.NotContains(t, told["omar's"], "subscription.purchaser_marked_as_left.v1", "omar is still there")
	assert.NotContains(t, told["the organisation's"], "subscription.purchaser_marked_as_left.v1", "it has no purchaser to lose")

	assert.Empty(t, w.waiting())
	require.NoError(t, w.manager.Pump(t.Context(), views.Leaver{Tenant: w.id, Person: w.anna}))
	assert.Equal(t, told, w.told(), "done again changes nothing")
}

func TestR57_WhoReturnsIsThePurchaserAgain(t *testing.T) {
	w := newWorld(t)
	for range 2 {
		w.leaves(w.anna)
		require.True(t, w.works())
		w.returns(w.anna)
		require.True(t, w.works())
	}
	types := w.types(subscription.Stream(w.annas.Subscription))
	const left, back = "subscription.purchaser_marked_as_left.v1", "subscription.purchaser_returned.v1"
	assert.Equal(t, []string{left, back, left, back}, types[len(types)-4:])
	assert.Equal(t, []string{assigned, unassigned}, w.told()["anna's held by anna"], "a seat that was freed stays free")
	assert.Empty(t, w.waiting())
}

// The seat was reserved before the directory deleted the person, and the licence
// written by the watchdog after it: the view moves, and they wait again.
func TestR57_WhatWasAssignedJustBeforeIsFoundToo(t *testing.T) {
	w := newWorld(t)
	w.appends = 1
	require.ErrorIs(t, w.assign(w.omar, w.omars, w.bill), eventstore.ErrUnavailable)
	w.appends = -1
	w.leaves(w.bill)
	w.finishes()
	told := w.told()
	assert.Equal(t, []string{assigned, unassigned}, told["omar's held by bill"])
	assert.Equal(t, "subscription.seat_released.v1", told["omar's"][len(told["omar's"])-1])
	assert.ErrorIs(t, w.assign(w.omar, w.omars, w.bill), commands.ErrAssigneeUnknown)
}

// Whoever finishes a seat and whoever marks a purchase do not wait for each
// other, so the facts of one stream may change places.
func TestAKillBetweenAnyTwoStepsLeadsToTheSame(t *testing.T) {
	w := newWorld(t)
	w.leaves(w.anna)
	w.appended = 0
	require.True(t, w.works())
	require.False(t, w.works())
	want, steps := inOrder(w.told()), w.appended
	require.Equal(t, 7, steps, "three licences, three seats and a mark")
	for killed := range steps {
		w := newWorld(t)
		w.leaves(w.anna)
		w.appends = killed
		require.True(t, w.works())
		w.appends = -1
		w.finishes()
		assert.Equal(t, want, inOrder(w.told()), "killed after %d of %d", killed, steps)
	}
}

func inOrder(told map[string][]string) map[string][]string {
	for _, types := range told {
		slices.Sort(types)
	}
	return told
}

// A view that lags names somebody who is back, or never left.
func TestTheFactsDecideWhoHasLeft(t *testing.T) {
	w := newWorld(t)
	before := w.told()
	for _, p := range []domain.PersonID{w.anna, domain.PersonID(w.NewID())} {
		require.NoError(t, w.manager.Pump(t.Context(), views.Leaver{Tenant: w.id, Person: p}))
		_, err := w.licenses.Vacate(t.Context(), commands.Leaver{Tenant: w.id, Person: p}, w.annas.Subscription)
		require.NoError(t, err)
	}
	w.leaves(w.anna)
	w.returns(w.anna)
	require.NoError(t, w.manager.Pump(t.Context(), views.Leaver{Tenant: w.id, Person: w.anna}))
	assert.Equal(t, before, w.told())
	other := w.Tenant("Fabrikam", "fabrikam.example")
	w.Record(user.Stream(other, w.anna), projectiontest.Importer, user.Observed{Tenant: other, Person: w.anna}, user.Deleted{})
	_, err := w.licenses.Vacate(t.Context(), commands.Leaver{Tenant: other, Person: w.anna}, w.annas.Subscription)
	require.NoError(t, err)
	_, err = w.subscriptions.MarkPurchaser(t.Context(), commands.Leaver{Tenant: other, Person: w.anna}, w.annas.Subscription)
	require.NoError(t, err)
	assert.Equal(t, before, w.told(), "another organisation's anna is somebody else")
}
