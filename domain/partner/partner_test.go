package partner_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/partner"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	spike = time.Microsecond // the finest step of business time
)

func granular(id domain.RelationID, until time.Time, roles ...string) partner.Grant {
	return partner.Grant{Relation: id, Customer: "c", Partner: "p", Kind: partner.GDAP, Roles: roles, ExpiresAt: until, At: noon}
}

func granted(id domain.RelationID, from, until time.Time, roles ...string) partner.DelegationGranted {
	return partner.DelegationGranted{Relation: id, Customer: "c", Partner: "p", Kind: partner.GDAP, Roles: roles, GrantedAt: from, ExpiresAt: until}
}

func TestPartner(t *testing.T) {
	type is = Case[partner.Command, partner.Event]
	type facts = []partner.Event
	year := noon.AddDate(1, 0, 0)
	billing, reader := domain.RoleBillingAdmin, domain.RoleGlobalReader
	open := granted("r1", noon.AddDate(0, -1, 0), year, billing)
	lapsed := granted("r1", noon.AddDate(-1, 0, 0), noon, billing)
	expired := partner.DelegationExpired{Relation: "r1", At: noon}
	revoked := partner.DelegationRevoked{Relation: "r1", At: noon}
	as := func(kind partner.Kind, roles ...string) partner.Grant {
		g := granular("r1", year, roles...)
		g.Kind = kind
		return g
	}
	self := granular("r1", year, billing)
	self.Partner = self.Customer
	Run(t, partner.Decider, []is{
		{Name: "R55 roles are granted one by one", When: granular("r1", year, reader, billing, reader), Then: facts{granted("r1", noon, year, billing, reader)}},
		{Name: "R54 an admin agent has one role", When: as(partner.DAP), Then: facts{partner.DelegationGranted{
			Relation: "r1", Customer: "c", Partner: "p", Kind: partner.DAP, Roles: []string{domain.RoleAdminAgent}, GrantedAt: noon, ExpiresAt: year}}},
		{Name: "and chooses none", When: as(partner.DAP, billing), Rejects: partner.ErrRoles},
		{Name: "a granular relation without roles is none", When: as(partner.GDAP), Rejects: partner.ErrRoles},
		{Name: "nobody grants what is not theirs, such as the operator's role", When: as(partner.GDAP, billing, "7c0f4e0a-51b4-4e7c-9d5e-2a6b0f3c9e11"), Rejects: partner.ErrRoles},
		{Name: "nor a partner's role", When: as(partner.GDAP, domain.RoleAdminAgent), Rejects: partner.ErrRoles},
		{Name: "a third kind is refused", When: as("CSP", billing), Rejects: partner.ErrKind},
		{Name: "an organisation is not its own partner", When: self, Rejects: partner.ErrSelf},
		{Name: "two years are the most", When: granular("r1", noon.AddDate(2, 0, 0), billing), Then: facts{granted("r1", noon, noon.AddDate(2, 0, 0), billing)}},
		{Name: "a moment more is too long", When: granular("r1", noon.AddDate(2, 0, 0).Add(spike), billing), Rejects: partner.ErrExpiry},
		{Name: "it cannot have ended before", When: granular("r1", noon, billing), Rejects: partner.ErrExpiry},
		{Name: "an end is not left out", When: granular("r1", time.Time{}, billing), Rejects: partner.ErrExpiry},
		{Name: "one relation at a time", Given: facts{open}, When: granular("r2", year, reader), Rejects: partner.ErrActive},
		{Name: "after it was revoked another may follow", Given: facts{open, revoked}, When: granular("r2", year, reader), Then: facts{granted("r2", noon, year, reader)}},
		{Name: "after it expired too", Given: facts{lapsed, expired}, When: granular("r2", year, reader), Then: facts{granted("r2", noon, year, reader)}},
		{Name: "and where nobody recorded that yet, that is done first", Given: facts{lapsed}, When: granular("r2", year, reader), Then: facts{expired, granted("r2", noon, year, reader)}},
		{Name: "the customer revokes it", Given: facts{open}, When: partner.Revoke{At: noon}, Then: facts{revoked}},
		{Name: "once", Given: facts{open, revoked}, When: partner.Revoke{At: year}},
		{Name: "what has expired is not revoked", Given: facts{lapsed}, When: partner.Revoke{At: noon}, Then: facts{expired}},
		{Name: "nothing is revoked that never was", When: partner.Revoke{At: noon}, Rejects: partner.ErrNone},
		{Name: "it expires at its end", Given: facts{lapsed}, When: partner.Expire{At: noon}, Then: facts{expired}},
		{Name: "as of then, however late", Given: facts{lapsed}, When: partner.Expire{At: year}, Then: facts{expired}},
		{Name: "not a moment earlier", Given: facts{lapsed}, When: partner.Expire{At: noon.Add(-spike)}},
		{Name: "what was revoked does not expire as well", Given: facts{open, revoked}, When: partner.Expire{At: year}},
		{Name: "nothing expires that never was", When: partner.Expire{At: noon}},
	})
}

func TestR54_ARelationHoldsUntilItsEndWhateverWasRecorded(t *testing.T) {
	fold := func(events ...partner.Event) partner.State { return partner.Decider.Fold(partner.State{}, events...) }
	end := noon.AddDate(1, 0, 0)
	s := fold(granted("r1", noon, end, domain.RoleGlobalReader))
	require.NoError(t, s.Holds(noon))
	require.NoError(t, s.Holds(end.Add(-spike)))
	require.ErrorIs(t, s.Holds(end), partner.ErrExpired, "though no fact says so")
	require.ErrorIs(t, fold().Holds(noon), partner.ErrUnknown)
	revoked := partner.Decider.Evolve(s, partner.DelegationRevoked{Relation: "r1", At: noon})
	require.ErrorIs(t, revoked.Holds(noon), partner.ErrRevoked)
	require.ErrorIs(t, revoked.Holds(end), partner.ErrRevoked, "it did not live to expire")
}

// The 29th of February has no second anniversary: a relation granted then may
// not outlast the 28th.
func TestTwoYearsFromALeapDay(t *testing.T) {
	leap := time.Date(2028, 2, 29, 12, 0, 0, 0, time.UTC)
	until := func(end time.Time) error {
		_, err := partner.Decider.Decide(partner.State{}, partner.Grant{
			Relation: "r", Customer: "c", Partner: "p", Kind: partner.DAP, ExpiresAt: end, At: leap})
		return err
	}
	require.NoError(t, until(time.Date(2030, 2, 28, 12, 0, 0, 0, time.UTC)))
	require.ErrorIs(t, until(time.Date(2030, 3, 1, 12, 0, 0, 0, time.UTC)), partner.ErrExpiry)
}

var everyRole = []string{
	domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader, domain.RoleLicenseAdmin, domain.RoleUserAdmin,
	domain.RoleAdminAgent, "7c0f4e0a-51b4-4e7c-9d5e-2a6b0f3c9e11",
}

// Whatever customers grant, revoke and let expire, in whichever order and
// however late that is recorded: nobody acts with a role that was not granted,
// after an end, or for more than two years from one grant; and each relation
// that began ends at most once.
func TestR55_NoPartnerHasMoreThanWasGranted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s partner.State
		at, ended := noon, map[domain.RelationID]int{}
		for n := range rapid.IntRange(1, 12).Draw(t, "commands") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(400*24*time.Hour)).Draw(t, "later")))
			grant := partner.Grant{
				Relation: domain.RelationID(rune('a' + n)), Customer: "c", Partner: "p", At: at,
				Kind:      rapid.SampledFrom([]partner.Kind{partner.DAP, partner.GDAP}).Draw(t, "kind"),
				Roles:     rapid.SliceOfN(rapid.SampledFrom(everyRole), 0, 4).Draw(t, "roles"),
				ExpiresAt: at.Add(time.Duration(rapid.Int64Range(-1, int64(800*24*time.Hour)).Draw(t, "life"))),
			}
			held := s
			events, err := partner.Decider.Decide(s, rapid.SampledFrom([]partner.Command{grant, grant, partner.Revoke{At: at}, partner.Expire{At: at}}).Draw(t, "command"))
			s = partner.Decider.Fold(s, events...)
			for _, e := range events {
				switch e := e.(type) {
				case partner.DelegationGranted:
					assert.NoError(t, err)
					assert.Error(t, held.Holds(at), "one at a time")
					assert.Equal(t, grant.Relation, e.Relation)
					assert.False(t, at.Before(e.ExpiresAt.AddDate(-2, 0, 0)), "two years at most")
					for _, role := range slices.Concat(s.Acting(), s.Reading()) {
						if grant.Kind == partner.GDAP {
							assert.Contains(t, grant.Roles, role)
						}
					}
					if grant.Kind == partner.DAP {
						assert.Equal(t, []string{domain.RoleAdminAgent}, s.Acting())
						assert.Equal(t, []string{domain.RoleBillingAdmin}, s.Reading())
					}
				case partner.DelegationExpired:
					assert.False(t, at.Before(e.At))
					ended[e.Relation]++
				case partner.DelegationRevoked:
					assert.NoError(t, held.Holds(at))
					ended[e.Relation]++
				}
			}
			if s.Holds(at) == nil {
				assert.True(t, at.Before(s.ExpiresAt))
				assert.Zero(t, ended[s.Relation])
			}
			assert.NotContains(t, s.Acting(), everyRole[len(everyRole)-1], "the operator's role is nobody's to grant")
		}
		for id, times := range ended {
			assert.Equal(t, 1, times, id)
		}
	})
}
