package user

// State keeps only what a later decision reads.
type State struct{}

func (e Observed) evolve(s State) State     { return s }
func (e Disabled) evolve(s State) State     { return s }
func (e Enabled) evolve(s State) State      { return s }
func (e RolesChanged) evolve(s State) State { return s }
