package tenantpolicy

import (
	"cmp"
	"maps"

	"kassa/domain"
)

// State keeps only what a later decision reads.
type State struct {
	Process RequestProcess // the organisation's own way to ask for licences; zero: none

	fallback domain.PolicyValue // empty: never set, which means Enabled
	products map[domain.ProductID]domain.PolicyValue
	offers   map[OfferType]domain.PolicyValue
}

// Default is what holds for products without a policy of their own: Enabled
// until an administrator says otherwise.
func (s State) Default() domain.PolicyValue { return cmp.Or(s.fallback, domain.PolicyEnabled) }

// Value is what the tenant allows of p. A policy set under one of its older ids
// holds until p gets one itself. own is false where the default applies.
func (s State) Value(p domain.ProductID, older ...domain.ProductID) (v domain.PolicyValue, own bool) {
	if v, own = s.products[p]; own {
		return v, true
	}
	for _, id := range older {
		if v, own = s.products[id]; own {
			return v, true
		}
	}
	return s.Default(), false
}

// OfferType is what the tenant allows of third-party offers of a kind: Enabled
// or Disabled. own is false where the default applies.
func (s State) OfferType(o OfferType) (v domain.PolicyValue, own bool) {
	if v, own = s.offers[o]; own {
		return v, true
	}
	return twoValued(s.Default()), false
}

func (e DefaultSet) evolve(s State) State { s.fallback = e.Value; return s }

func (e ProductSet) evolve(s State) State {
	s.products = with(s.products, e.Product, e.Value)
	return s
}

func (e OfferTypeSet) evolve(s State) State {
	s.offers = with(s.offers, e.OfferType, e.Value)
	return s
}

// with copies, since states that were handed out share their maps.
func with[K comparable](m map[K]domain.PolicyValue, key K, v domain.PolicyValue) map[K]domain.PolicyValue {
	grown := make(map[K]domain.PolicyValue, len(m)+1)
	maps.Copy(grown, m)
	grown[key] = v
	return grown
}
