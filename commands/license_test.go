package commands_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/eventstore"
)

func TestR28_ThePurchaserAssignsAndUnassigns(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	seat := commands.AssignLicense{Subscription: id, Person: omar}

	out, err := h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	assert.True(t, out.State.Assigned)
	again, err := h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	assert.True(t, again.State.Assigned, "holding a seat already is no error")

	out, err = h.licenses.Unassign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	assert.False(t, out.State.Assigned)

	out, err = h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	assert.True(t, out.State.Assigned, "in the same stream")
	assert.Equal(t, []string{"license.assigned.v1", "license.unassigned.v1", "license.assigned.v1"}, h.types(license.Stream(id, omar)))
}

func TestWhatWasAnsweredIsAnsweredAgainWhateverCameLater(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	seat := commands.AssignLicense{Subscription: h.buy(who, seats3, "tok_visa"), Person: omar}
	assign, unassign := ask(who), ask(who)
	assigned, err := h.licenses.Assign(t.Context(), assign, seat)
	require.NoError(t, err)
	taken, err := h.licenses.Unassign(t.Context(), unassign, seat)
	require.NoError(t, err)
	_, err = h.licenses.Assign(t.Context(), ask(who), seat)
	require.NoError(t, err)
	head, err := h.store.Head(t.Context())
	require.NoError(t, err)

	again, err := h.licenses.Assign(t.Context(), assign, seat)
	require.NoError(t, err)
	assert.Equal(t, assigned, again)
	again, err = h.licenses.Unassign(t.Context(), unassign, seat)
	require.NoError(t, err)
	assert.Equal(t, taken, again)
	after, err := h.store.Head(t.Context())
	require.NoError(t, err)
	assert.Equal(t, head, after)
}

func TestWhoMayAssign(t *testing.T) {
	h := newHouse(t)
	own := h.buy(member(contoso, anna), seats3, "tok_visa")
	order := seats3
	order.Channel = domain.Central
	central := h.buy(member(contoso, gail, domain.RoleBillingAdmin), order, "")

	for name, c := range map[string]struct {
		who  commands.Principal
		seat commands.AssignLicense
		want error
	}{
		"R24 a colleague's purchase":       {member(contoso, omar), commands.AssignLicense{Subscription: own, Person: omar}, commands.ErrNotYourPurchase},
		"R40 an admin, before takeover":    {member(contoso, gail, domain.RoleGlobalAdmin), commands.AssignLicense{Subscription: own, Person: omar}, commands.ErrTakeoverRequired},
		"another tenant's subscription":    {member(fabrikam, anna), commands.AssignLicense{Subscription: own, Person: anna}, subscription.ErrUnknown},
		"no subscription at all":           {member(contoso, anna), commands.AssignLicense{Subscription: "nope", Person: anna}, subscription.ErrUnknown},
		"R23 nobody here by that name":     {member(contoso, anna), commands.AssignLicense{Subscription: own, Person: "20000000-0000-4000-8000-00000000ffff"}, commands.ErrAssigneeUnknown},
		"a closed account":                 {member(contoso, anna), commands.AssignLicense{Subscription: own, Person: dora}, commands.ErrAssigneeDisabled},
		"R45 a member, central":            {member(contoso, anna), commands.AssignLicense{Subscription: central, Person: omar}, commands.ErrNotLicenseAdmin},
		"R45 a billing admin, central":     {member(contoso, gail, domain.RoleBillingAdmin), commands.AssignLicense{Subscription: central, Person: omar}, commands.ErrNotLicenseAdmin},
		"R45 a license admin may":          {member(contoso, gail, domain.RoleLicenseAdmin), commands.AssignLicense{Subscription: central, Person: omar}, nil},
		"R22 the purchaser may, as synced": {member(contoso, anna), commands.AssignLicense{Subscription: own, Person: omar}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.licenses.Assign(t.Context(), ask(c.who), c.seat)
			assert.ErrorIs(t, err, c.want)
		})
	}
}

func TestR42_WhatGovernanceKeepsOutIsNotAssigned(t *testing.T) {
	for _, blocked := range []domain.ProductID{powerBI, powerBIOld, "NEW"} {
		h := newHouse(t)
		id := h.buy(member(contoso, anna), seats3, "tok_visa")
		_, err := h.catalogue().Put(t.Context(), ask(operator), offer("NEW", powerBI))
		require.NoError(t, err)
		h.given(tenant.Stream(contoso), tenant.GovernanceProductBlocked{Product: blocked})
		_, err = h.licenses.Assign(t.Context(), ask(member(contoso, anna)), commands.AssignLicense{Subscription: id, Person: omar})
		assert.ErrorIs(t, err, commands.ErrAssignmentBlocked, blocked)
	}
}

func TestTheLastSeatHasOneWinner(t *testing.T) {
	h := newHouse(t)
	order := seats3
	order.Quantity = 1
	who := member(contoso, anna)
	id := h.buy(who, order, "tok_visa")

	people := []domain.PersonID{anna, omar, gail}
	errs := make([]error, len(people))
	var wg sync.WaitGroup
	for i, p := range people {
		wg.Go(func() {
			_, errs[i] = h.licenses.Assign(context.Background(), ask(who), commands.AssignLicense{Subscription: id, Person: p})
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			assert.ErrorIs(t, err, subscription.ErrNoSeat)
		}
	}
	assert.Equal(t, 1, won)
}

// What a crash between two streams leaves is completed by Finish, and whatever
// the caller retries gets its first result.
func TestACrashBetweenSeatAndLicenceIsMended(t *testing.T) {
	h := newHouse(t)
	who := member(contoso, anna)
	id := h.buy(who, seats3, "tok_visa")
	seat := commands.AssignLicense{Subscription: id, Person: omar}

	assign := ask(who)
	crash := &dyingStore{house: h, after: 1}
	_, err := crash.licenses().Assign(t.Context(), assign, seat)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	assert.Empty(t, h.types(license.Stream(id, omar)), "the seat is reserved, the licence missing")

	out, err := h.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	assert.True(t, out.State.Assigned)
	retried, err := h.licenses.Assign(t.Context(), assign, seat)
	require.NoError(t, err)
	assert.Equal(t, out.Position, retried.Position)

	crash = &dyingStore{house: h, after: 1}
	_, err = crash.licenses().Unassign(t.Context(), ask(who), seat)
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
	_, err = h.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	seats := h.types(subscription.Stream(id))
	assert.Equal(t, "subscription.seat_released.v1", seats[len(seats)-1])

	_, err = h.licenses.Finish(t.Context(), seat)
	require.NoError(t, err)
	assert.Equal(t, seats, h.types(subscription.Stream(id)), "once")

	first, err := h.licenses.Assign(t.Context(), assign, seat)
	require.NoError(t, err)
	assert.True(t, first.State.Assigned, "the first result, though the licence has been taken back since")
}

// dyingStore is a process that is killed after some appends.
type dyingStore struct {
	*house
	after int
}

func (d *dyingStore) licenses() *commands.Licenses {
	return &commands.Licenses{Log: commands.Log{Store: d, Codec: d.log.Codec}, Now: d.house.licenses.Now}
}

func (d *dyingStore) subscriptions() *commands.Subscriptions {
	s := *d.house.subscriptions
	s.Store = d
	return &s
}

func (d *dyingStore) Read(ctx context.Context, stream string) ([]eventstore.Record, error) {
	return d.store.Read(ctx, stream)
}

func (d *dyingStore) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if d.after == 0 {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	d.after--
	return d.store.Append(ctx, stream, expected, drafts)
}
