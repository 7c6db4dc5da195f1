package subscription

// State keeps only what a later decision reads.
type State struct{}

func (e Provisioned) evolve(s State) State  { return s }
func (e SeatReserved) evolve(s State) State { return s }
func (e SeatReleased) evolve(s State) State { return s }
