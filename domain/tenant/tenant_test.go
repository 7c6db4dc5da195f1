package tenant_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/tenant"
)

func TestTenant(t *testing.T) {
	type is = Case[tenant.Command, tenant.Event]
	type facts = []tenant.Event
	registered := tenant.Registered{
		Tenant: "t", Name: "Contoso", Domains: []string{"contoso.example"}, Kind: domain.Commercial, Managed: true,
		Country: "SE", Zone: "Europe/Stockholm",
	}
	with := func(change func(*tenant.Registered)) tenant.Registered {
		c := registered
		change(&c)
		return c
	}
	become := func(change func(*tenant.Registered)) tenant.Command { return tenant.Register(with(change)) }
	moved := with(func(c *tenant.Registered) { c.Zone = "Europe/Oslo" })
	abroad := with(func(c *tenant.Registered) { c.Country = "NO" })
	renamed := with(func(c *tenant.Registered) { c.Name = "Fabrikam" })
	merged := with(func(c *tenant.Registered) { c.Domains = []string{"contoso.example", "fabrikam.example"} })
	all := with(func(c *tenant.Registered) {
		c.Name, c.Domains, c.Country, c.Kind, c.Managed = "Fabrikam", []string{"fabrikam.example"}, "NO", domain.Education, false
	})
	school := tenant.KindChanged{Kind: domain.Education, Previous: domain.Commercial}
	blocked, free := tenant.GovernanceProductBlocked{Product: "x"}, tenant.GovernanceProductAllowed{Product: "x"}
	keepOut := func(ids ...domain.ProductID) tenant.Command { return tenant.SetBlocked{Products: ids} }
	contract, more := tenant.PremierContractRecorded{Incidents: 1}, tenant.PremierContractRecorded{Incidents: 2, Previous: 1}
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	charge := func(id domain.CaseID, channel domain.Channel) tenant.Command {
		return tenant.ChargePremierIncident{Case: id, Subscription: "s1", Channel: channel, Topic: "billing", At: noon}
	}
	charged := func(id domain.CaseID) tenant.Event {
		return tenant.PremierIncidentCharged{Case: id, Subscription: "s1", Topic: "billing", At: noon}
	}
	Run(t, tenant.Decider, []is{
		{Name: "an organisation is registered", When: tenant.Register(registered), Then: facts{registered}},
		{Name: "the same again changes nothing", Given: facts{registered}, When: tenant.Register(registered)},
		{Name: "R08 it becomes a school", Given: facts{registered}, When: become(func(c *tenant.Registered) { c.Kind = domain.Education }), Then: facts{school}},
		{Name: "R19 it loses its last administrator", Given: facts{registered}, When: become(func(c *tenant.Registered) { c.Managed = false }), Then: facts{tenant.BecameUnmanaged{}}},
		{Name: "R19 it gets one", Given: facts{registered, tenant.BecameUnmanaged{}}, When: tenant.Register(registered), Then: facts{tenant.BecameManaged{}}},
		{Name: "it moves", Given: facts{registered}, When: tenant.Register(moved), Then: facts{moved}},
		{Name: "abroad", Given: facts{registered}, When: tenant.Register(abroad), Then: facts{abroad}},
		{Name: "it takes another name", Given: facts{registered}, When: tenant.Register(renamed), Then: facts{renamed}},
		{Name: "it gets another domain", Given: facts{registered}, When: tenant.Register(merged), Then: facts{merged}},
		{Name: "everything at once", Given: facts{registered}, When: tenant.Register(all), Then: facts{school, tenant.BecameUnmanaged{}, all}},
		{Name: "it is of a known kind", When: become(func(c *tenant.Registered) { c.Kind = "military" }), Rejects: tenant.ErrKind},
		{Name: "in a country", When: become(func(c *tenant.Registered) { c.Country = "" }), Rejects: domain.ErrMarketUnknown},
		{Name: "and has an id", When: become(func(c *tenant.Registered) { c.Tenant = "" }), Rejects: tenant.ErrUnknown},
		{Name: "R42 governance keeps products out", Given: facts{registered}, When: keepOut("y", "x", "y"), Then: facts{blocked, tenant.GovernanceProductBlocked{Product: "y"}}},
		{Name: "out is out", Given: facts{registered, blocked}, When: keepOut("x")},
		{Name: "R42 and lets them in", Given: facts{registered, blocked}, When: keepOut(), Then: facts{free}},
		{Name: "in is in", Given: facts{registered, blocked, free}, When: keepOut()},
		{Name: "one for another", Given: facts{registered, blocked}, When: keepOut("y"), Then: facts{tenant.GovernanceProductBlocked{Product: "y"}, free}},
		{Name: "a block outlives a new name", Given: facts{registered, blocked, moved}, When: keepOut("x")},
		{Name: "it gets a Premier contract", Given: facts{registered}, When: tenant.RecordPremierContract{Incidents: 1}, Then: facts{contract}},
		{Name: "once", Given: facts{registered, contract}, When: tenant.RecordPremierContract{Incidents: 1}},
		{Name: "and a larger one", Given: facts{registered, contract}, When: tenant.RecordPremierContract{Incidents: 2}, Then: facts{more}},
		{Name: "never a negative one", Given: facts{registered}, When: tenant.RecordPremierContract{Incidents: -1}, Rejects: tenant.ErrIncidents},
		{Name: "nor does an unknown organisation", When: tenant.RecordPremierContract{Incidents: 1}, Rejects: tenant.ErrUnknown},
		{Name: "R52 an incident pays for a case about what it bought", Given: facts{registered, contract}, When: charge("k", domain.Central), Then: facts{charged("k")}},
		{Name: "R52 never for what a person bought", Given: facts{registered, contract}, When: charge("k", domain.SelfService), Rejects: tenant.ErrIncidentFor},
		{Name: "one case takes one", Given: facts{registered, more, charged("k")}, When: charge("k", domain.Central)},
		{Name: "as long as there are any", Given: facts{registered, contract, charged("k")}, When: charge("l", domain.Central), Rejects: tenant.ErrNoPremier},
		{Name: "a larger contract has more", Given: facts{registered, contract, charged("k"), more}, When: charge("l", domain.Central), Then: facts{charged("l")}},
		{Name: "without a contract there are none", Given: facts{registered}, When: charge("k", domain.Central), Rejects: tenant.ErrNoPremier},
		{Name: "nor without an organisation", When: charge("k", domain.Central), Rejects: tenant.ErrUnknown},
		{Name: "an unknown organisation keeps nothing out", When: keepOut("x"), Rejects: tenant.ErrUnknown},
	})
	s := tenant.Decider.Fold(tenant.State{}, registered, school, blocked, tenant.GovernanceProductBlocked{Product: "y"}, free)
	assert.True(t, s.Known)
	assert.Equal(t, domain.Education, s.Kind)
	assert.Equal(t, map[domain.ProductID]bool{"y": true}, s.Blocked)
}
