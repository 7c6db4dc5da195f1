package tenantpolicy

import (
	"cmp"
	"maps"

	"kassa/domain"
)

// State keeps only what a later decision reads.
type State struct {
	fallback domain.PolicyValue // empty: never set, which means Enabled
	products map[domain.ProductID]domain.PolicyValue
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

func (e DefaultSet) evolve(s State) State { s.fallback = e.Value; return s }

func (e ProductSet) evolve(s State) State {
	products := make(map[domain.ProductID]domain.PolicyValue, len(s.products)+1)
	maps.Copy(products, s.products)
	products[e.Product] = e.Value
	s.products = products
	return s
}
