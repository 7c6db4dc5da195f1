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
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/domain/tenantpolicy"
	"kassa/domain/user"
	"kassa/eventstore"
)

// blocked is a house whose people may not buy by themselves, with a central
// subscription of so many seats.
func blocked(t *testing.T, seats int64) (*house, domain.SubscriptionID) {
	h := newHouse(t)
	h.given(tenantpolicy.Stream(contoso), tenantpolicy.ProductSet{Product: powerBI, Value: domain.PolicyDisabled})
	order := seats3
	order.Channel, order.Quantity = domain.Central, seats
	return h, h.buy(member(contoso, gail, domain.RoleGlobalAdmin), order, "")
}

func (h *house) licenseRequests() *commands.LicenseRequests {
	return &commands.LicenseRequests{Log: h.log, Licenses: h.licenses, Now: h.licenses.Now}
}

var gailAdmin = member(contoso, gail, domain.RoleLicenseAdmin)

func (h *house) asks(people ...domain.PersonID) licreq.ID {
	h.Helper()
	out, err := h.licenseRequests().Ask(h.Context(), ask(member(contoso, anna)), commands.AskForLicenses{Product: powerBIOld, For: people, Reason: licreq.TryingOut})
	require.NoError(h, err)
	return out.State.Request
}

func TestLicenseRequestAskedForTwiceAtOnceIsOne(t *testing.T) {
	h, _ := blocked(t, 1)
	ids := make([]licreq.ID, 4)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			out, err := h.licenseRequests().Ask(context.Background(), ask(member(contoso, anna)), commands.AskForLicenses{Product: powerBI, Reason: licreq.TryingOut})
			if err == nil {
				ids[i] = out.State.Request
				return
			}
			assert.ErrorIs(t, err, licreq.ErrAlreadyAsked)
		})
	}
	all.Wait()
	made := map[licreq.ID]bool{}
	for _, id := range ids {
		if id != "" {
			made[id] = true
		}
	}
	assert.Len(t, made, 1)
}

func TestLicenseRequestIsAnsweredOnceWhateverTwoAdministratorsDoAtOnce(t *testing.T) {
	h, pool := blocked(t, 3)
	id := h.asks(anna, omar)
	errs := make([]error, 3)
	var all sync.WaitGroup
	all.Go(func() {
		_, errs[0] = h.licenseRequests().Approve(context.Background(), ask(gailAdmin), commands.ApproveLicenseRequest{Request: id, Subscription: pool})
	})
	all.Go(func() {
		_, errs[1] = h.licenseRequests().Approve(context.Background(), ask(gailAdmin), commands.ApproveLicenseRequest{Request: id, For: []domain.PersonID{omar}, Subscription: pool})
	})
	all.Go(func() {
		_, errs[2] = h.licenseRequests().Deny(context.Background(), ask(gailAdmin), commands.DenyLicenseRequest{Request: id, Reason: licreq.NotNeeded})
	})
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		assert.ErrorIs(t, err, licreq.ErrAnswered)
	}
	assert.Equal(t, 1, won)
}

// However early a kill comes after the approval, another process goes on and
// each person gets one licence.
func TestLicenseRequestIsFulfilledWhereverACrashCutItOff(t *testing.T) {
	for after := range 6 {
		h, pool := blocked(t, 2)
		id := h.asks(anna, omar)
		_, err := h.licenseRequests().Approve(t.Context(), ask(gailAdmin), commands.ApproveLicenseRequest{Request: id, Subscription: pool})
		require.NoError(t, err)
		crash := &dyingStore{house: h, after: after}
		log := commands.Log{Store: crash, Codec: h.log.Codec}
		dying := &commands.LicenseRequests{Log: log, Licenses: crash.licenses(), Now: h.licenses.Now}
		_, err = dying.Fulfil(t.Context(), id)
		require.ErrorIs(t, err, eventstore.ErrUnavailable, "after %d appends", after)

		out, err := h.licenseRequests().Fulfil(t.Context(), id)
		require.NoError(t, err)
		assert.Empty(t, out.State.Waiting())
		seats := h.types(subscription.Stream(pool))
		assert.Equal(t, 2, count(seats, "subscription.seat_reserved.v1"))
		for _, p := range []domain.PersonID{anna, omar} {
			assert.Equal(t, []string{"license.assigned.v1"}, h.types(license.Stream(pool, p)))
			assert.Equal(t, license.ByRequest, h.via(pool, p))
		}
		assert.Equal(t, 2, count(h.types(licreq.Stream(id)), "licreq.given.v1"))
		again, err := h.licenseRequests().Fulfil(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, out.Revision, again.Revision, "nothing more")
	}
}

// via is how somebody got their licence, also where a watchdog wrote it down.
func (h *house) via(s domain.SubscriptionID, p domain.PersonID) license.Via {
	h.Helper()
	records, err := h.store.Read(h.Context(), license.Stream(s, p))
	require.NoError(h, err)
	f, err := h.log.Codec.Decode(records[len(records)-1])
	require.NoError(h, err)
	return f.Event.(license.Assigned).Via
}

func TestLicenseRequestOfWhoeverWasLockedOutSinceIsNotGiven(t *testing.T) {
	h, pool := blocked(t, 1)
	id := h.asks(anna, omar)
	_, err := h.licenseRequests().Approve(t.Context(), ask(gailAdmin), commands.ApproveLicenseRequest{Request: id, Subscription: pool})
	require.NoError(t, err)
	h.given(user.Stream(contoso, anna), user.Disabled{})
	out, err := h.licenseRequests().Fulfil(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, []licreq.Person{
		{ID: anna, Standing: licreq.HasItNot, Code: commands.ErrAssigneeDisabled.Code}, {ID: omar, Standing: licreq.HasIt},
	}, out.State.People)
}

func TestLicenseRequestExpiresOnceAsOfItsTime(t *testing.T) {
	h, _ := blocked(t, 1)
	id := h.asks(anna)
	_, err := h.licenseRequests().Expire(t.Context(), id)
	require.NoError(t, err)
	assert.Len(t, h.types(licreq.Stream(id)), 1, "not yet")
	h.clock = noon.AddDate(2, 0, 0)
	for range 2 {
		out, err := h.licenseRequests().Expire(t.Context(), id)
		require.NoError(t, err)
		assert.Equal(t, licreq.StatusExpired, out.State.Status)
	}
	records, err := h.store.Read(t.Context(), licreq.Stream(id))
	require.NoError(t, err)
	require.Len(t, records, 2)
	f, err := h.log.Codec.Decode(records[1])
	require.NoError(t, err)
	assert.Equal(t, noon.AddDate(1, 0, 0), f.Meta.At, "whenever it was noticed")
}
