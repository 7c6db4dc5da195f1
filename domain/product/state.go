package product

// State keeps only what a later decision reads.
type State struct{}

func (e Listed) evolve(s State) State         { return s }
func (e Renamed) evolve(s State) State        { return s }
func (e IDReplaced) evolve(s State) State     { return s }
func (e ReplacedBy) evolve(s State) State     { return s }
func (e EndOfSale) evolve(s State) State      { return s }
func (e MarketExcluded) evolve(s State) State { return s }
func (e MarketReopened) evolve(s State) State { return s }
