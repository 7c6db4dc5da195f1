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
	Enabled bool // the account is open, and not deleted
	Deleted bool
	Synced  bool
	Roles   []string // template ids, sorted

	open bool // the account, once nobody calls it deleted

	usageLocation, mailIndex, profileIndex string
	feedback                               string // the latest
}

func (e Observed) evolve(s State) State {
	s.Known, s.Tenant, s.Person = true, e.Tenant, e.Person
	s.Guest, s.Synced = e.Guest, e.Synced
	s.usageLocation, s.mailIndex, s.profileIndex = e.UsageLocation, e.MailIndex, e.ProfileIndex
	return s.account(e.Enabled)
}

func (e Disabled) evolve(s State) State      { return s.account(false) }
func (e Enabled) evolve(s State) State       { return s.account(true) }
func (e RolesChanged) evolve(s State) State  { s.Roles = slices.Clone(e.Roles); return s }
func (e Deleted) evolve(s State) State       { s.Deleted, s.Enabled = true, false; return s }
func (e Restored) evolve(s State) State      { s.Deleted, s.Enabled = false, s.open; return s }
func (e FeedbackGiven) evolve(s State) State { s.feedback = e.Feedback; return s }

// account is the state with the account open or closed.
func (s State) account(open bool) State {
	s.open, s.Enabled = open, open && !s.Deleted
	return s
}
