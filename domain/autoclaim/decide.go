package autoclaim

import (
	"slices"
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrNoProduct      = &domain.Error{Kind: domain.Invalid, Code: "auto_claim_without_product", Message: "Auto-claim needs a primary product. Name one, or turn auto-claim off."}
	ErrTooManyBackups = &domain.Error{Kind: domain.Invalid, Code: "auto_claim_too_many_backups", Message: "Auto-claim takes at most four backup products. Name fewer."}
	ErrTwice          = &domain.Error{Kind: domain.Invalid, Code: "auto_claim_product_twice", Message: "Auto-claim takes each product once. Leave the second mention out."}
)

// Set turns auto-claim on for these products, in the place of those before.
type Set struct {
	Primary domain.ProductID   // by its current id, like the others
	Backups []domain.ProductID // in the order in which they are tried
	At      time.Time
}

func (c Set) decide(s State) ([]Event, error) {
	products := slices.Concat([]domain.ProductID{c.Primary}, c.Backups)
	switch {
	case c.Primary == "":
		return nil, ErrNoProduct
	case len(c.Backups) > MaxBackups:
		return nil, ErrTooManyBackups
	case len(slices.Compact(slices.Sorted(slices.Values(products)))) < len(products):
		return nil, ErrTwice
	case s.On && slices.Equal(s.Products, products):
		return nil, nil
	}
	return []Event{PolicySet(c)}, nil
}

// TurnOff ends auto-claim.
type TurnOff struct{ At time.Time }

func (c TurnOff) decide(s State) ([]Event, error) {
	if !s.On {
		return nil, nil
	}
	return []Event{TurnedOff(c)}, nil
}
