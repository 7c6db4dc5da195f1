package mscommerce

import (
	"strings"

	"github.com/go-json-experiment/json"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/tenantpolicy"
	"kassa/projections/views"
)

// policyID is the one policy there is. Ids are compared as given.
const policyID = "AllowSelfServicePurchase"

// maxBody bounds a request body, which holds one value.
const maxBody = 64 << 10

// Scopes of a policy.
const (
	productScope   = "product"
	offerTypeScope = "OfferType"
)

type (
	list[T any] struct {
		Items []T `json:"items"`
	}
	policy struct {
		ID           string             `json:"id"`
		Description  string             `json:"description"`
		DefaultValue domain.PolicyValue `json:"defaultValue"`
	}
	productPolicy struct {
		PolicyID    string             `json:"policyId"`
		PolicyValue domain.PolicyValue `json:"policyValue"`
		Scope       string             `json:"scope"`
		ProductName string             `json:"productName"`
		ProductID   domain.ProductID   `json:"productId"`
	}
	offerTypePolicy struct {
		PolicyID    string                 `json:"policyId"`
		PolicyValue domain.PolicyValue     `json:"policyValue"`
		Scope       string                 `json:"scope"`
		ScopeID     tenantpolicy.OfferType `json:"scopeId"`
		ScopeValue  string                 `json:"scopeValue"`
	}
	change struct {
		PolicyValue domain.PolicyValue `json:"policyValue"`
	}
)

func (s *Server) listPolicies(c call) (any, error) {
	only, err := s.getPolicy(c)
	return list[any]{[]any{only}}, err
}

// getPolicy tells the tenant's own default, which scripts could never change.
func (s *Server) getPolicy(c call) (any, error) {
	out, err := s.Policies.Get(c.Context(), c.command.Who)
	if err != nil {
		return nil, err
	}
	return policy{policyID, "Controls which products people may buy and try by themselves.", out.State.Default()}, nil
}

// listProducts serves products where no scope is asked for, as older callers do.
// It reads the catalogue as a whole, so no product can spoil the list.
func (s *Server) listProducts(c call) (any, error) {
	out, err := s.Policies.Get(c.Context(), c.command.Who)
	if err != nil {
		return nil, err
	}
	switch scope := c.URL.Query().Get("scope"); {
	case scope == "", strings.EqualFold(scope, productScope):
		products, _, err := s.Catalogue.Products(c.Context(), s.Now())
		items := make([]productPolicy, len(products))
		for i, p := range products {
			items[i] = productOf(out.State, p)
		}
		return list[productPolicy]{items}, err
	case strings.EqualFold(scope, offerTypeScope):
		var items []offerTypePolicy
		for _, o := range tenantpolicy.OfferTypes() {
			items = append(items, offerTypeOf(out.State, o))
		}
		return list[offerTypePolicy]{items}, nil
	}
	return nil, errInvalidScope
}

func (s *Server) getProduct(c call) (any, error) {
	out, err := s.Policies.Get(c.Context(), c.command.Who)
	if err != nil {
		return nil, err
	}
	p, err := s.product(c)
	return productOf(out.State, p), err
}

// setProduct looks for the product before it sets anything, so that a change
// that was made is never answered with 404.
func (s *Server) setProduct(c call) (any, error) {
	if _, err := s.Policies.Get(c.Context(), c.command.Who); err != nil {
		return nil, err
	}
	p, err := s.product(c)
	if err != nil {
		return nil, err
	}
	value, err := c.value()
	if err != nil {
		return nil, err
	}
	out, err := s.Policies.Set(c.Context(), c.command, commands.SetPolicy{Product: domain.ProductID(c.PathValue("product")), Value: value})
	return productOf(out.State, p), err
}

// product finds one by its id or an older one of it.
func (s *Server) product(c call) (views.Product, error) {
	p, _, err := s.Catalogue.Product(c.Context(), domain.ProductID(c.PathValue("product")), s.Now())
	return p, err
}

func (s *Server) getOfferType(c call) (any, error) {
	out, err := s.Policies.Get(c.Context(), c.command.Who)
	o := tenantpolicy.OfferType(c.PathValue("offer"))
	if err == nil && o.Name() == "" {
		err = tenantpolicy.ErrOfferTypeUnknown
	}
	return offerTypeOf(out.State, o), err
}

func (s *Server) setOfferType(c call) (any, error) {
	value, err := c.value()
	if err != nil {
		return nil, err
	}
	set := commands.SetOfferType{OfferType: tenantpolicy.OfferType(c.PathValue("offer")), Value: value}
	out, err := s.Policies.SetOfferType(c.Context(), c.command, set)
	return offerTypeOf(out.State, set.OfferType), err
}

// value reads the body of a change. Members beside the value, and other case,
// were never a mistake to scripts.
func (c call) value() (domain.PolicyValue, error) {
	var to change
	if err := json.UnmarshalRead(c.Body, &to, json.MatchCaseInsensitiveNames(true)); err != nil {
		return "", errInvalidBody
	}
	return to.PolicyValue, nil
}

// productOf answers with the product's current id, also to who asked by an
// older one.
func productOf(s tenantpolicy.State, p views.Product) productPolicy {
	value, _ := s.Value(p.Product, p.OldIDs...)
	return productPolicy{policyID, value, productScope, p.Name, p.Product}
}

func offerTypeOf(s tenantpolicy.State, o tenantpolicy.OfferType) offerTypePolicy {
	value, _ := s.OfferType(o)
	return offerTypePolicy{policyID, value, offerTypeScope, o, o.Name()}
}
