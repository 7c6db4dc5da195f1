package tenantpolicy

import (
	"time"

	"kassa/domain"
)

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give: who may set a policy is not decided here.
var (
	ErrValue            = &domain.Error{Kind: domain.Invalid, Code: "policy_value_invalid", Message: "Give the value as Enabled, OnlyTrialsWithoutPaymentMethod or Disabled."}
	ErrOfferTypeValue   = &domain.Error{Kind: domain.Invalid, Code: "offer_type_value_invalid", Message: "Give the value of an offer type as Enabled or Disabled."}
	ErrOfferTypeUnknown = &domain.Error{Kind: domain.NotFound, Code: "offer_type_unknown", Message: "There is no such offer type. List them with the policies."}
)

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
	Product  domain.ProductID   // the current id
	Older    []domain.ProductID // ids it took over, whose policy holds until it has its own
	AskedFor domain.ProductID   // the id the administrator gave
	Value    domain.PolicyValue
	At       time.Time
}

func (c SetProduct) decide(s State) ([]Event, error) {
	previous, own := s.Value(c.Product, c.Older...)
	switch {
	case !c.Value.Known():
		return nil, ErrValue
	case own && c.Value == previous:
		return nil, nil
	}
	return []Event{ProductSet{Product: c.Product, AskedFor: c.AskedFor, Value: c.Value, Previous: previous, At: c.At}}, nil
}

// SetOfferType sets the policy of a kind of third-party offers.
type SetOfferType struct {
	OfferType OfferType
	Value     domain.PolicyValue
	At        time.Time
}

func (c SetOfferType) decide(s State) ([]Event, error) {
	previous, own := s.OfferType(c.OfferType)
	switch {
	case c.OfferType.Name() == "":
		return nil, ErrOfferTypeUnknown
	case c.Value != domain.PolicyEnabled && c.Value != domain.PolicyDisabled:
		return nil, ErrOfferTypeValue
	case own && c.Value == previous:
		return nil, nil
	}
	return []Event{OfferTypeSet{OfferType: c.OfferType, Value: c.Value, Previous: previous, At: c.At}}, nil
}
