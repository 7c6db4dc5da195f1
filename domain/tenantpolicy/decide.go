package tenantpolicy

import (
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// ErrValue is the only refusal: who may set a policy is not decided here.
var ErrValue = &domain.Error{Kind: domain.Invalid, Code: "policy_value_invalid", Message: "Give the value as Enabled, OnlyTrialsWithoutPaymentMethod or Disabled."}

// SetDefault sets what holds for products without a policy of their own, those
// not yet in the catalogue among them.
type SetDefault struct {
	Value domain.PolicyValue
	At    time.Time
}

func (c SetDefault) decide(s State) ([]Event, error) {
	switch {
	case !c.Value.Known():
		return nil, ErrValue
	case c.Value == s.Default():
		return nil, nil
	}
	return []Event{DefaultSet{Value: c.Value, Previous: s.Default(), At: c.At}}, nil
}

// SetProduct sets the policy of one product (R03). A value that equals the
// default is recorded all the same: it stays when the default changes.
type SetProduct struct {
	Product  domain.ProductID // the current id
	AskedFor domain.ProductID // the id the administrator gave
	Value    domain.PolicyValue
	At       time.Time
}

func (c SetProduct) decide(s State) ([]Event, error) {
	previous, own := s.Value(c.Product)
	switch {
	case !c.Value.Known():
		return nil, ErrValue
	case own && c.Value == previous:
		return nil, nil
	}
	return []Event{ProductSet{Product: c.Product, AskedFor: c.AskedFor, Value: c.Value, Previous: previous, At: c.At}}, nil
}
