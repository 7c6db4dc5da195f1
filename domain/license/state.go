package license

// Status is where a licence stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone       Status = "" // never assigned
	StatusAssigned   Status = "assigned"
	StatusUnassigned Status = "unassigned"
)

// State keeps only what a later decision reads.
type State struct{ Status Status }

func (e Assigned) evolve(s State) State   { s.Status = StatusAssigned; return s }
func (e Unassigned) evolve(s State) State { s.Status = StatusUnassigned; return s }
