package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
)

var operator = member(contoso, gail, commands.RoleOperator)

func (h *house) catalogue() *commands.Catalogue {
	return &commands.Catalogue{Log: h.log, Now: h.purchases.Now}
}

// offer is Power BI after it was given another id.
func offer(id domain.ProductID, old ...domain.ProductID) commands.Offer {
	return commands.Offer{
		Product: product.List{Product: id, Name: "Power BI Pro", Family: "Power BI", SelfServiceEligible: true, MaxQuantity: 1000},
		OldIDs:  old,
		Prices: []price.Publish{{
			Product: id, Channel: domain.SelfService, Market: "US", Amount: domain.Money{Minor: 999, Currency: "USD"},
			Term: domain.Monthly, ValidFrom: noon,
		}},
	}
}

func TestOnlyAnOperatorImports(t *testing.T) {
	h := newHouse(t)
	_, err := h.catalogue().Put(t.Context(), ask(member(contoso, gail, domain.RoleGlobalAdmin)), offer("NEW"))
	assert.ErrorIs(t, err, commands.ErrNotOperator)
	assert.Empty(t, h.types(product.Stream("NEW")))
}

func TestAnImportCountsItsFactsAndLeavesNoneTwice(t *testing.T) {
	h := newHouse(t)
	first, err := h.catalogue().Put(t.Context(), ask(operator), offer("NEW", "OLD"))
	require.NoError(t, err)
	assert.Equal(t, 4, first.Facts, "listed, took over an id, led there, has a price")

	again, err := h.catalogue().Put(t.Context(), ask(operator), offer("NEW", "OLD"))
	require.NoError(t, err)
	assert.Zero(t, again.Facts)

	changed := offer("NEW", "OLD")
	changed.Product.Name, changed.Product.Family = "Power BI Premium", "Fabric"
	both, err := h.catalogue().Put(t.Context(), ask(operator), changed)
	require.NoError(t, err)
	assert.Equal(t, 2, both.Facts, "renamed, and listed anew")
}

// Whatever id an administrator knew the product by when they closed it, it stays
// closed, however often it is given another.
func TestR03_R42_WhatIsClosedStaysClosedUnderNewIDs(t *testing.T) {
	for name, old := range map[string][]domain.ProductID{
		"the file names the last id": {powerBI},
		"the file names every id":    {powerBI, powerBIOld},
		"the file names them by age": {powerBIOld, powerBI},
	} {
		t.Run(name, func(t *testing.T) {
			for closed, want := range map[domain.ProductID]error{powerBI: domain.ErrPolicyDisabled, powerBIOld: domain.ErrPolicyDisabled} {
				h := newHouse(t)
				h.given(tenantpolicy.Stream(contoso), tenantpolicy.ProductSet{Product: closed, AskedFor: closed, Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: noon})
				h.buysAfterRename(old, want)
			}
			for closed, want := range map[domain.ProductID]error{powerBI: domain.ErrProductBlocked, powerBIOld: domain.ErrProductBlocked, "NEW": domain.ErrProductBlocked} {
				h := newHouse(t)
				h.given(tenant.Stream(contoso), tenant.GovernanceProductBlocked{Product: closed})
				h.buysAfterRename(old, want)
			}
		})
	}
}

func (h *house) buysAfterRename(old []domain.ProductID, want error) {
	h.Helper()
	_, err := h.catalogue().Put(h.Context(), ask(operator), offer("NEW", old...))
	require.NoError(h, err)
	for _, id := range []domain.ProductID{"NEW", powerBI, powerBIOld} {
		c := seats3
		c.Product = id
		_, err = h.purchases.Start(h.Context(), ask(member(contoso, anna)), c)
		assert.ErrorIs(h, err, want, id)
	}
}

func TestAnIDLeadsToOneProduct(t *testing.T) {
	h := newHouse(t)
	_, err := h.catalogue().Put(t.Context(), ask(operator), offer("OTHER", powerBIOld))
	assert.ErrorIs(t, err, product.ErrReplaced, "it leads to Power BI")
}
