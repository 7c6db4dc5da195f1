package user

import (
	"slices"

	"kassa/domain"
)

// State keeps only what a later decision reads: here, or when the person buys
// or gets a licence. Sealed names are not among it.
type State struct {
	Known   bool // the directory has told of this person
	Tenant  domain.TenantID
	Person  domain.PersonID
	Guest   bool
	Enabled bool
	Synced  bool
	Roles   []string // template ids, sorted

	usageLocation, mailIndex, profileIndex string
}

func (e Observed) evolve(s State) State {
	s.Known, s.Tenant, s.Person = true, e.Tenant, e.Person
	s.Guest, s.Enabled, s.Synced = e.Guest, e.Enabled, e.Synced
	s.usageLocation, s.mailIndex, s.profileIndex = e.UsageLocation, e.MailIndex, e.ProfileIndex
	return s
}

func (e Disabled) evolve(s State) State     { s.Enabled = false; return s }
func (e Enabled) evolve(s State) State      { s.Enabled = true; return s }
func (e RolesChanged) evolve(s State) State { s.Roles = slices.Clone(e.Roles); return s }
