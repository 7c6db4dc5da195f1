package tenantpolicy

// State keeps only what a later decision reads.
type State struct{}

func (e DefaultSet) evolve(s State) State { return s }
func (e ProductSet) evolve(s State) State { return s }
