package user

import (
	"slices"

	"kassa/domain"
)

// State keeps only what a later decision reads: here, or when the person buys
// or gets a licence. Sealed names are not among it.
type State struct {
	Tenant  domain.TenantID
	Person  domain.PersonID
	Guest   bool
	Enabled bool
	Synced  bool
	Roles   []string // template ids, sorted

	usageLocation, mailIndex, profileIndex string
}

// Known says whether the directory has told of this person.
func (s State) Known() bool { return s.Person != "" }

func (e Observed) evolve(s State) State {
	s.Tenant, s.Person = e.Tenant, e.Person
	s.Guest, s.Enabled, s.Synced = e.Guest, e.Enabled, e.Synced
	s.usageLocation, s.mailIndex, s.profileIndex = e.UsageLocation, e.MailIndex, e.ProfileIndex
	return s
}

func (e Disabled) evolve(s State) State     { s.Enabled = false; return s }
func (e Enabled) evolve(s State) State      { s.Enabled = true; return s }
func (e RolesChanged) evolve(s State) State { s.Roles = slices.Clone(e.Roles); return s }
