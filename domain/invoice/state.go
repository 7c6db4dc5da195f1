package invoice

import "kassa/domain"

// Status is where a bill stands.
type Status string

// Statuses. Their texts are part of the public API.
const (
	StatusNone           Status = ""
	StatusOpen           Status = "open"
	StatusPaid           Status = "paid"
	StatusPartlyRefunded Status = "partly_refunded"
	StatusRefunded       Status = "refunded"
	StatusWrittenOff     Status = "written_off"
	StatusChargedBack    Status = "charged_back"
)

// State keeps what a later decision reads.
type State struct {
	Invoice  domain.InvoiceID
	Number   string
	Kind     Kind
	Status   Status
	Total    domain.Money
	Refunded domain.Money // to the card, of Total
	Attempts int          // that failed
	AsOf     int64        // the revision of the subscription that all this follows

	notes *note
}

// note is a credit note that was paid out, and the one before it.
type note struct {
	id     domain.InvoiceID
	before *note
}

// credited says whether a credit note was paid out.
func (s State) credited(id domain.InvoiceID) bool {
	for n := s.notes; n != nil; n = n.before {
		if n.id == id {
			return true
		}
	}
	return false
}

func (e Issued) evolve(State) State {
	return State{
		Invoice: e.Invoice, Number: e.Number, Kind: e.Kind, Status: StatusOpen, Total: e.Total,
		Refunded: domain.Money{Currency: e.Total.Currency}, AsOf: e.AsOf,
	}
}

func (e Paid) evolve(s State) State {
	s.Status, s.AsOf = StatusPaid, e.AsOf
	return s
}

func (e PaymentFailed) evolve(s State) State {
	s.Attempts, s.AsOf = e.Attempt, e.AsOf
	return s
}

func (e Refunded) evolve(s State) State {
	s.Refunded.Minor += e.Amount.Minor // no more than was paid, so it fits
	s.Status, s.AsOf = StatusPartlyRefunded, e.AsOf
	if s.Refunded == s.Total {
		s.Status = StatusRefunded
	}
	s.notes = &note{id: e.CreditNote, before: s.notes}
	return s
}

func (e ChargedBack) evolve(s State) State {
	s.Status, s.AsOf = StatusChargedBack, e.AsOf
	return s
}

func (e WrittenOff) evolve(s State) State {
	s.Status, s.AsOf = StatusWrittenOff, e.AsOf
	return s
}
