package commands_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/partner"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/user"
)

// delegated lets fabrikam in to contoso for an hour, with roles.
func (h *house) delegated(roles ...string) *commands.Partners {
	h.Helper()
	partners := &commands.Partners{Log: h.log, Now: func() time.Time { return h.clock }}
	_, err := partners.Grant(h.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)), commands.GrantDelegation{
		Partner: fabrikam, Kind: partner.GDAP, Roles: roles, ExpiresAt: h.clock.Add(time.Hour),
	})
	require.NoError(h, err)
	return partners
}

var visit = commands.Visit{Customer: contoso, Operation: "assign-license", Acts: true}

// Directories give people ids of their own, but nothing rests on that: fabrikam's
// anna has the id of contoso's.
func TestR54_APartnersPersonIsNeverThePurchaser(t *testing.T) {
	h := newHouse(t)
	bought := h.buy(member(contoso, anna), seats3, "tok_visa")
	quoted, err := h.purchases.Start(t.Context(), ask(member(contoso, anna)), seats3)
	require.NoError(t, err)
	partners := h.delegated(domain.RoleGlobalAdmin)
	other, err := partners.Admit(t.Context(), member(fabrikam, anna), visit)
	require.NoError(t, err)
	require.Equal(t, anna, other.Person)

	_, err = h.subscriptions.SetRecurringBilling(t.Context(), ask(other), commands.SetRecurringBilling{Subscription: bought})
	assert.ErrorIs(t, err, commands.ErrPartnerLooksOnly)
	_, err = h.licenses.Assign(t.Context(), ask(other), commands.AssignLicense{Subscription: bought, Person: omar})
	assert.ErrorIs(t, err, commands.ErrPartnerLooksOnly)
	_, err = h.purchases.Get(t.Context(), other, quoted.State.Purchase)
	assert.ErrorIs(t, err, purchase.ErrUnknown)
	_, err = h.purchases.Submit(t.Context(), ask(other), submit(quoted.State.Purchase, "tok_visa"))
	assert.ErrorIs(t, err, purchase.ErrUnknown)
	assert.NotEqual(t, commands.CommandID(member(contoso, anna), "purchase.start", "key"), commands.CommandID(other, "purchase.start", "key"),
		"nor do the two share idempotency keys")
	assert.Equal(t, []string{"subscription.provisioned.v1"}, h.types(subscription.Stream(bought)))
}

func TestR54_WhoIsLetInHasTheRelationsRolesAndNoOthers(t *testing.T) {
	h := newHouse(t)
	partners := h.delegated(domain.RoleLicenseAdmin)
	who, err := partners.Admit(t.Context(), member(fabrikam, anna, domain.RoleGlobalAdmin, commands.RoleOperator), visit)
	require.NoError(t, err)
	assert.Equal(t, []string{domain.RoleLicenseAdmin}, who.Roles)
	assert.Equal(t, contoso, who.Tenant)
	assert.Equal(t, fabrikam, who.Partner)

	_, err = partners.Admit(t.Context(), member(fabrikam, omar), visit)
	assert.ErrorIs(t, err, commands.ErrNotPartnerStaff, "their directory does not know them")
	h.given(user.Stream(fabrikam, anna), user.Disabled{})
	_, err = partners.Admit(t.Context(), member(fabrikam, anna), visit)
	assert.ErrorIs(t, err, commands.ErrNotPartnerStaff, "their account was closed while the token is still good")
}

func TestR54_ARelationExpiresOnceHoweverManySayIt(t *testing.T) {
	h := newHouse(t)
	partners := h.delegated(domain.RoleGlobalReader)
	lapse := commands.Lapse{Customer: contoso, Partner: fabrikam, At: noon.Add(time.Hour)}
	_, err := partners.Expire(t.Context(), lapse)
	require.NoError(t, err)
	assert.Len(t, h.types(partner.Stream(contoso, fabrikam)), 1, "not before its time")

	h.clock = noon.AddDate(0, 6, 0) // nobody looked for half a year
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := partners.Expire(t.Context(), lapse)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Equal(t, []string{"partner.delegation_granted.v1", "partner.delegation_expired.v1"}, h.types(partner.Stream(contoso, fabrikam)))
	records, err := h.store.Read(t.Context(), partner.Stream(contoso, fabrikam))
	require.NoError(t, err)
	fact, err := h.log.Codec.Decode(records[1])
	require.NoError(t, err)
	assert.Equal(t, lapse.At, fact.Meta.At, "as of then")

	h.delegated(domain.RoleGlobalReader)
	_, err = partners.Expire(t.Context(), lapse)
	require.NoError(t, err)
	assert.Len(t, h.types(partner.Stream(contoso, fabrikam)), 3, "what comes late does not end the next relation")
}
