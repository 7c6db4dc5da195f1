package price

// State keeps only what a later decision reads.
type State struct{}

func (e Published) evolve(s State) State { return s }
func (e Withdrawn) evolve(s State) State { return s }
