package commands_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/services/vault"
)

func (h *house) directory() *commands.Directory {
	keys, err := vault.Open(h.Context(), h.TempDir())
	require.NoError(h, err)
	h.Cleanup(func() { require.NoError(h, keys.Close()) })
	return &commands.Directory{Log: h.log, Sealer: keys, Now: h.purchases.Now}
}

const (
	northwind = domain.TenantID("10000000-0000-4000-8000-000000000009")
	nils      = domain.PersonID("20000000-0000-4000-8000-000000000009")
)

func organisation(zone string, blocked ...domain.ProductID) commands.Organisation {
	return commands.Organisation{
		Tenant:  tenant.Register{Tenant: northwind, Name: "Northwind", Kind: domain.Commercial, Managed: true, Country: "SE", Zone: zone},
		Blocked: blocked,
	}
}

func TestR42_WhatADirectoryNoLongerBlocksIsAllowed(t *testing.T) {
	h := newHouse(t)
	d := h.directory()
	for _, c := range []struct {
		blocked []domain.ProductID
		facts   int
		last    string
	}{
		{[]domain.ProductID{powerBI, "OTHER"}, 3, "tenant.product_blocked.v1"},
		{[]domain.ProductID{powerBI, "OTHER"}, 0, "tenant.product_blocked.v1"},
		{[]domain.ProductID{"OTHER"}, 1, "tenant.product_allowed.v1"},
		{nil, 1, "tenant.product_allowed.v1"},
		{nil, 0, "tenant.product_allowed.v1"},
	} {
		applied, err := d.PutTenant(t.Context(), ask(operator), organisation("Europe/Stockholm", c.blocked...))
		require.NoError(t, err)
		assert.Equal(t, c.facts, applied.Facts, "%v", c.blocked)
		types := h.types(tenant.Stream(northwind))
		assert.Equal(t, c.last, types[len(types)-1])
	}
}

func TestATenantHasABillingZoneThatMeansTheSameEverywhere(t *testing.T) {
	h := newHouse(t)
	for _, zone := range []string{"", "Local", "Europe/Atlantis"} {
		_, err := h.directory().PutTenant(t.Context(), ask(operator), organisation(zone))
		assert.ErrorIs(t, err, commands.ErrZoneUnknown, "%q", zone)
	}
	assert.Empty(t, h.types(tenant.Stream(northwind)))
}

// What a person has paid for waits for the zone to be corrected, and then keeps
// the one that it began with.
func TestR14_TheZoneIsPinnedWhenTheSubscriptionBegins(t *testing.T) {
	h := newHouse(t)
	zone := func(name string) {
		h.given(tenant.Stream(contoso), tenant.Registered{Tenant: contoso, Kind: domain.Commercial, Managed: true, Country: "US", Zone: name})
	}
	id := h.order(member(contoso, anna), "tok_visa")
	zone("Europe/Atlantis")
	_, err := h.fulfil.Pump(t.Context(), id)
	require.ErrorIs(t, err, commands.ErrProvisionDelayed)
	require.ErrorIs(t, err, commands.ErrZoneUnknown)
	require.Equal(t, domain.Unavailable, domain.KindOf(err), "it is tried again")
	paid, err := h.purchases.Load(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, purchase.StatusCompleted, paid.State.Status)

	zone("Europe/Stockholm")
	_, err = h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	zone("Asia/Tokyo")
	_, err = h.fulfil.Pump(t.Context(), id)
	require.NoError(t, err)
	records, err := h.store.Read(t.Context(), subscription.Stream(paid.State.Subscription))
	require.NoError(t, err)
	require.Len(t, records, 1)
	assert.Contains(t, string(records[0].Data), `"zone":"Europe/Stockholm"`)
}

func TestImportingAPersonAgain(t *testing.T) {
	h := newHouse(t)
	d := h.directory()
	nils := commands.Person{Tenant: northwind, Person: nils, Name: "Nils", Mail: "nils@northwind.example", Enabled: true, Roles: []string{"b", "a"}}
	with := func(change func(*commands.Person)) commands.Person {
		p := nils
		change(&p)
		return p
	}
	for _, c := range []struct {
		name   string
		person commands.Person
		added  []string
	}{
		{"first", nils, []string{"user.observed.v1", "user.roles_changed.v1"}},
		{"the same", nils, nil},
		{"roles in another order", with(func(p *commands.Person) { p.Roles = []string{"a", "b", "a"} }), nil},
		{"other roles", with(func(p *commands.Person) { p.Roles = []string{"a"} }), []string{"user.roles_changed.v1"}},
		{"no roles, and disabled", with(func(p *commands.Person) { p.Roles, p.Enabled = nil, false }), []string{"user.disabled.v1", "user.roles_changed.v1"}},
		{"disabled again", with(func(p *commands.Person) { p.Roles, p.Enabled = nil, false }), nil},
		{"enabled under another name", with(func(p *commands.Person) { p.Name, p.Roles = "NILS", nil }), []string{"user.enabled.v1", "user.observed.v1"}},
		{"deleted", with(func(p *commands.Person) { p.Deleted = true }), []string{"user.deleted.v1"}},
		{"deleted again", with(func(p *commands.Person) { p.Deleted, p.Name = true, "Somebody" }), nil},
		{"restored as another name", with(func(p *commands.Person) { p.Name, p.Roles = "Nisse", nil }), []string{"user.restored.v1", "user.observed.v1"}},
		{"back", nils, []string{"user.observed.v1", "user.roles_changed.v1"}},
	} {
		before := h.types(user.Stream(northwind, nils.Person))
		applied, err := d.PutPerson(t.Context(), ask(operator), c.person)
		require.NoError(t, err, c.name)
		added := h.types(user.Stream(northwind, nils.Person))[len(before):]
		assert.Equal(t, c.added, append([]string(nil), added...), c.name)
		assert.Equal(t, len(c.added), applied.Facts, c.name)
	}
	applied, err := d.PutPerson(t.Context(), ask(operator), commands.Person{Tenant: northwind, Person: omar, Deleted: true})
	require.NoError(t, err)
	assert.Equal(t, commands.Applied{}, applied)
	assert.Empty(t, h.types(user.Stream(northwind, omar)), "who was deleted and never known stays so")
	records, err := h.store.Read(t.Context(), user.Stream(northwind, nils.Person))
	require.NoError(t, err)
	for _, r := range records {
		assert.NotContains(t, string(r.Data)+string(r.Metadata), "northwind.example")
		assert.NotContains(t, string(r.Data)+string(r.Metadata), "Nils")
	}
}
