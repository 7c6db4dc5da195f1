package invoice

import (
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give. None is a person's fault: a bill follows
// what happened.
var (
	ErrUnknown   = &domain.Error{Kind: domain.NotFound, Code: "invoice_unknown", Message: "There is no such bill. Check its number."}
	ErrMalformed = &domain.Error{Kind: domain.Internal, Code: "invoice_malformed", Message: "A bill needs a number, a payer and lines whose amounts add up to its total. Contact support."}
	ErrAmount    = &domain.Error{Kind: domain.Internal, Code: "invoice_amount_mismatch", Message: "The amount paid is not the amount billed. Contact support."}
	ErrOverpaid  = &domain.Error{Kind: domain.Internal, Code: "invoice_refund_too_large", Message: "More would be paid back than was paid. Contact support."}
	ErrNotPaid   = &domain.Error{Kind: domain.Internal, Code: "invoice_not_paid", Message: "A bill that nobody paid cannot be paid back. Contact support."}
)

// Issue writes a bill. Its totals are those of its lines.
type Issue Issued

func (c Issue) decide(s State) ([]Event, error) {
	if s.Invoice != "" {
		return nil, nil
	}
	if c.Invoice == "" || c.Number == "" || c.Payer == "" || len(c.Lines) == 0 || (c.Kind == CreditNote) != (c.Credits != "") {
		return nil, ErrMalformed
	}
	c.Net, c.Tax, c.Total = domain.Money{}, domain.Money{}, domain.Money{}
	for i, l := range c.Lines {
		if i == 0 {
			c.Net.Currency, c.Tax.Currency, c.Total.Currency = l.Total.Currency, l.Total.Currency, l.Total.Currency
		}
		if err := c.add(l); err != nil {
			return nil, err
		}
	}
	if (c.Kind == CreditNote) != (c.Total.Minor < 0) {
		return nil, ErrMalformed
	}
	return []Event{Issued(c)}, nil
}

func (c *Issue) add(l Line) error {
	if sum, err := l.Net.Plus(l.Tax); err != nil || sum != l.Total {
		return ErrMalformed
	}
	for _, column := range []struct {
		sum  *domain.Money
		part domain.Money
	}{{&c.Net, l.Net}, {&c.Tax, l.Tax}, {&c.Total, l.Total}} {
		sum, err := column.sum.Plus(column.part)
		if err != nil {
			return err
		}
		*column.sum = sum
	}
	return nil
}

// Pay says that the card was charged for it; of a credit note, that the card got
// its money back.
type Pay Paid

func (c Pay) decide(s State) ([]Event, error) {
	switch {
	case s.Invoice == "":
		return nil, ErrUnknown
	case s.Status != StatusOpen:
		return nil, nil
	case c.Amount != s.Total:
		return nil, ErrAmount
	}
	return []Event{Paid(c)}, nil
}

// Fail says that the card was not charged, for the nth time.
type Fail PaymentFailed

func (c Fail) decide(s State) ([]Event, error) {
	switch {
	case s.Invoice == "":
		return nil, ErrUnknown
	case s.Status != StatusOpen, c.Attempt <= s.Attempts:
		return nil, nil
	}
	return []Event{PaymentFailed(c)}, nil
}

// Refund says that a credit note of it was paid out.
type Refund Refunded

func (c Refund) decide(s State) ([]Event, error) {
	switch {
	case s.Invoice == "":
		return nil, ErrUnknown
	case s.credited(c.CreditNote):
		return nil, nil
	case s.Status != StatusPaid && s.Status != StatusPartlyRefunded:
		return nil, ErrNotPaid
	case c.Amount.Currency != s.Total.Currency || c.Amount.Minor <= 0 || c.Amount.Minor > s.Total.Minor-s.Refunded.Minor:
		return nil, ErrOverpaid
	}
	return []Event{Refunded(c)}, nil
}

// ChargeBack says that the bank took back what was left of the payment.
type ChargeBack ChargedBack

func (c ChargeBack) decide(s State) ([]Event, error) {
	switch {
	case s.Invoice == "":
		return nil, ErrUnknown
	case s.Status == StatusChargedBack:
		return nil, nil
	case s.Status != StatusPaid && s.Status != StatusPartlyRefunded:
		return nil, ErrNotPaid
	case c.Amount.Currency != s.Total.Currency || c.Amount.Minor <= 0 || c.Amount.Minor > s.Total.Minor-s.Refunded.Minor:
		return nil, ErrOverpaid
	}
	return []Event{ChargedBack(c)}, nil
}

// WriteOff says that nobody will pay it any more.
type WriteOff struct {
	At   time.Time
	AsOf int64
}

func (c WriteOff) decide(s State) ([]Event, error) {
	switch {
	case s.Invoice == "":
		return nil, ErrUnknown
	case s.Status != StatusOpen:
		return nil, nil
	}
	return []Event{WrittenOff{Amount: s.Total, At: c.At, AsOf: c.AsOf}}, nil
}
