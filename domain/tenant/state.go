package tenant

// State keeps only what a later decision reads.
type State struct{}

func (e Registered) evolve(s State) State               { return s }
func (e KindChanged) evolve(s State) State              { return s }
func (e BecameManaged) evolve(s State) State            { return s }
func (e BecameUnmanaged) evolve(s State) State          { return s }
func (e GovernanceProductBlocked) evolve(s State) State { return s }
func (e GovernanceProductAllowed) evolve(s State) State { return s }
