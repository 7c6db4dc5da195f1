package purchase

// State keeps only what a later decision reads.
type State struct{}

func (e Started) evolve(s State) State                { return s }
func (e TenantResolved) evolve(s State) State         { return s }
func (e PurchaserAuthenticated) evolve(s State) State { return s }
func (e EligibilityConfirmed) evolve(s State) State   { return s }
func (e Refused) evolve(s State) State                { return s }
func (e QuantityChosen) evolve(s State) State         { return s }
func (e QuoteIssued) evolve(s State) State            { return s }
func (e TermsAccepted) evolve(s State) State          { return s }
func (e PaymentMethodAttached) evolve(s State) State  { return s }
func (e Submitted) evolve(s State) State              { return s }
func (e PaymentAuthorised) evolve(s State) State      { return s }
func (e PaymentDeclined) evolve(s State) State        { return s }
func (e Completed) evolve(s State) State              { return s }
