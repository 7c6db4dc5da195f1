package partner

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Why a partner may not act. Of a customer that does not exist a partner learns
// the same as of one that never granted anything.
var (
	ErrUnknown = &domain.Error{Kind: domain.Forbidden, Code: "delegation_unknown", Message: "This organisation has not delegated anything to yours. Ask its global administrator for a relation."}
	ErrExpired = &domain.Error{Kind: domain.Forbidden, Code: "delegation_expired", Message: "The relation with this organisation has expired. Ask its global administrator for a new one."}
	ErrRevoked = &domain.Error{Kind: domain.Forbidden, Code: "delegation_revoked", Message: "This organisation has revoked its relation with yours. Ask its global administrator for a new one."}
)

// Refusals of what a customer asks for.
var (
	ErrNone   = &domain.Error{Kind: domain.NotFound, Code: "partner_unknown", Message: "There is no such partner of your organisation. List those there are."}
	ErrSelf   = &domain.Error{Kind: domain.Invalid, Code: "partner_is_customer", Message: "An organisation cannot be its own partner. Give the partner's tenant id or domain."}
	ErrKind   = &domain.Error{Kind: domain.Invalid, Code: "delegation_kind_unknown", Message: "Give the kind of the relation as DAP or GDAP."}
	ErrRoles  = &domain.Error{Kind: domain.Invalid, Code: "delegation_roles_invalid", Message: "Give a GDAP relation one or more of the roles global, billing, license, user and Power Platform administrator and global reader; a DAP relation has no roles to choose."}
	ErrExpiry = &domain.Error{Kind: domain.Invalid, Code: "delegation_expiry_invalid", Message: "A relation ends after now and within two years. Give such an end."}
	ErrActive = &domain.Error{Kind: domain.Conflict, Code: "delegation_active", Message: "This partner has a relation already. Revoke it before you grant another."}
)

// delegable are the roles a customer can grant. That of whoever runs Kassa is
// none of theirs.
var delegable = []string{domain.RoleGlobalAdmin, domain.RoleBillingAdmin, domain.RoleGlobalReader, domain.RoleLicenseAdmin, domain.RoleUserAdmin, domain.RolePowerPlatformAdmin}

// Grant begins a relation.
type Grant struct {
	Relation          domain.RelationID
	Customer, Partner domain.TenantID
	Kind              Kind
	Roles             []string // template ids, in any order; for a DAP relation none
	ExpiresAt         time.Time
	At                time.Time
}

// decide ends a relation that has expired in the meantime first, so that the
// stream says so before it says anything of the next one.
func (c Grant) decide(s State) ([]Event, error) {
	if s.Relation != "" && s.Relation == c.Relation {
		return nil, nil
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if s.Holds(c.At) == nil {
		return nil, ErrActive
	}
	roles := []string{domain.RoleAdminAgent}
	if c.Kind == GDAP {
		roles = slices.Compact(slices.Sorted(slices.Values(c.Roles)))
	}
	return append(lapse(s, c.At), DelegationGranted{
		Relation: c.Relation, Customer: c.Customer, Partner: c.Partner,
		Kind: c.Kind, Roles: roles, GrantedAt: c.At, ExpiresAt: c.ExpiresAt,
	}), nil
}

func (c Grant) check() error {
	switch {
	case c.Customer == c.Partner:
		return ErrSelf
	case c.Kind != DAP && c.Kind != GDAP:
		return ErrKind
	case (c.Kind == GDAP) != (len(c.Roles) > 0), slices.ContainsFunc(c.Roles, func(r string) bool { return !slices.Contains(delegable, r) }):
		return ErrRoles
	case !c.ExpiresAt.After(c.At), c.ExpiresAt.AddDate(-2, 0, 0).After(c.At):
		return ErrExpiry
	}
	return nil
}

// Revoke ends the relation now. One that is over already stays as it ended.
type Revoke struct{ At time.Time }

func (c Revoke) decide(s State) ([]Event, error) {
	switch {
	case s.Relation == "":
		return nil, ErrNone
	case s.Holds(c.At) != nil:
		return lapse(s, c.At), nil
	}
	return []Event{DelegationRevoked{Relation: s.Relation, At: c.At}}, nil
}

// Expire records that the relation has come to its end, if it has.
type Expire struct{ At time.Time }

func (c Expire) decide(s State) ([]Event, error) { return lapse(s, c.At), nil }

// lapse is the fact that a relation has expired, where no fact has ended it yet.
func lapse(s State, at time.Time) []Event {
	if s.Relation == "" || s.ended != nil || at.Before(s.ExpiresAt) {
		return nil
	}
	return []Event{DelegationExpired{Relation: s.Relation, At: s.ExpiresAt}}
}
