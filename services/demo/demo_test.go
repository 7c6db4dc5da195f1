package demo

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/partner"
	"kassa/services/importer"
)

func load(t *testing.T) (importer.Catalogue, importer.Directory) {
	t.Helper()
	c, err := Catalogue()
	require.NoError(t, err)
	d, err := Directory()
	require.NoError(t, err)
	return c, d
}

func TestR04_TheCatalogueHasTheFiveFamiliesWithTheirOldIDs(t *testing.T) {
	c, _ := load(t)
	for id, want := range map[domain.ProductID]struct {
		old    domain.ProductID
		family string
		trial  bool
	}{
		"CFQ7TTC0LH2H": {"CFQ7TTC0KP0P", "Power Apps", false},
		"CFQ7TTC0LH3L": {"CFQ7TTC0KP0N", "Power Automate", false},
		"CFQ7TTC0LSGZ": {"CFQ7TTC0KXG6", "Power Automate", false},
		"CFQ7TTC0H6RP": {"CFQ7TTC0KXG7", "Power BI", false},
		"CFQ7TTC0H9MP": {"CFQ7TTC0L3PB", "Power BI", false},
		"CFQ7TTC0HDB1": {"CFQ7TTC0KXND", "Project", true},
		"CFQ7TTC0HDB0": {"CFQ7TTC0KXNC", "Project", false},
		"CFQ7TTC0HD33": {"CFQ7TTC0KXN9", "Visio", true},
		"CFQ7TTC0HD32": {"CFQ7TTC0KXN8", "Visio", false},
	} {
		p := find(t, c, id)
		assert.Equal(t, []domain.ProductID{want.old}, p.OldIDs, p.Name)
		assert.Equal(t, want.family, p.Family, p.Name)
		assert.Equal(t, want.trial, p.TrialWithoutPayment, p.Name)
		assert.True(t, p.SelfServiceEligible, p.Name)
		assert.NotEmpty(t, p.ProductURL, p.Name)
		assert.NotEmpty(t, p.TrainingURLs, "R53: %s", p.Name)
	}
	assert.True(t, slices.ContainsFunc(c.Products, func(p importer.Product) bool { return !p.SelfServiceEligible && len(p.Prices) > 0 }),
		"something that only the organisation can buy")
	assert.True(t, slices.ContainsFunc(c.Products, func(p importer.Product) bool { return p.TrialWithoutPayment && len(p.Prices) == 0 }),
		"something that can only be tried")
}

func find(t *testing.T, c importer.Catalogue, id domain.ProductID) importer.Product {
	t.Helper()
	i := slices.IndexFunc(c.Products, func(p importer.Product) bool { return p.ID == id })
	require.GreaterOrEqual(t, i, 0, "no product %s", id)
	return c.Products[i]
}

var currencies = map[string]string{
	"US": "USD", "SE": "SEK", "GB": "GBP", "BR": "BRL", "DE": "EUR", "FR": "EUR", "FI": "EUR",
	"NL": "EUR", "ES": "EUR", "IT": "EUR", "AT": "EUR", "BE": "EUR", "IE": "EUR",
}

func TestR35_TheOrganisationPaysLessThanThePersonInEveryMarket(t *testing.T) {
	c, _ := load(t)
	for _, p := range c.Products {
		if len(p.Prices) == 0 {
			continue
		}
		for market, currency := range currencies {
			central, ok := priceOf(p, domain.Central, market)
			require.True(t, ok, "%s in %s", p.Name, market)
			assert.Equal(t, currency, central.Currency)
			own, ok := priceOf(p, domain.SelfService, market)
			sold := p.SelfServiceEligible && !(market == "BR" && (p.Family == "Project" || p.Family == "Visio"))
			require.Equal(t, sold, ok, "%s in %s", p.Name, market)
			if sold {
				assert.Equal(t, currency, own.Currency)
				assert.Less(t, central.Minor, own.Minor, "%s in %s", p.Name, market)
			}
		}
	}
}

func priceOf(p importer.Product, c domain.Channel, market string) (domain.Money, bool) {
	return priceIn(p, c, market, "")
}

func priceIn(p importer.Product, c domain.Channel, market string, frequency domain.Term) (domain.Money, bool) {
	i := slices.IndexFunc(p.Prices, func(x importer.Price) bool { return x.Channel == c && x.Market == market && x.Frequency == frequency })
	if i < 0 {
		return domain.Money{}, false
	}
	return p.Prices[i].Amount, true
}

func TestR05_R06_ExcludedMarkets(t *testing.T) {
	c, _ := load(t)
	var got []string
	for _, x := range c.ExcludedMarkets {
		got = append(got, x.Family+" "+x.Market)
	}
	assert.ElementsMatch(t, []string{"* IN", "Project BR", "Project CD", "Visio BR", "Visio CD"}, got)
}

func TestEveryKindOfTenantAndPersonIsThere(t *testing.T) {
	_, d := load(t)
	tenants := map[string]importer.Tenant{}
	for _, x := range d.Tenants {
		tenants[x.Domains[0]] = x
	}
	assert.Equal(t, domain.Commercial, tenants["contoso.example"].Kind)
	assert.Equal(t, domain.Commercial, tenants["fabrikam.example"].Kind)
	assert.Equal(t, domain.Education, tenants["school.example"].Kind)
	assert.Equal(t, domain.GCC, tenants["agency.example"].Kind)
	assert.False(t, tenants["unmanaged.example"].Managed)
	assert.True(t, tenants["contoso.example"].Managed)

	people := byMail(d)
	for mail, roles := range map[string][]string{
		"anna@contoso.example": nil, "omar@contoso.example": nil, "sync@contoso.example": nil, "dora@contoso.example": nil, "gustav@contoso.example": nil,
		"bill@contoso.example": {domain.RoleBillingAdmin}, "gail@contoso.example": {domain.RoleGlobalAdmin}, "lena@contoso.example": {domain.RoleLicenseAdmin},
		"ugo@contoso.example": {domain.RoleUserAdmin}, "rita@contoso.example": {domain.RoleGlobalReader},
		"anna@fabrikam.example": nil, "gail@fabrikam.example": {domain.RoleGlobalAdmin}, "pat@partner.example": nil,
		"teacher@school.example": nil, "clerk@agency.example": nil, "ivan@unmanaged.example": nil,
	} {
		p, ok := people[mail]
		require.True(t, ok, mail)
		assert.Equal(t, roles, p.Roles, mail)
		assert.Equal(t, mail == "gustav@contoso.example", p.Guest, mail)
		assert.Equal(t, mail != "dora@contoso.example", p.Enabled, mail)
		assert.Equal(t, mail == "sync@contoso.example", p.Synced, mail)
	}
	assert.Len(t, people, len(d.People), "an address names one person in the whole demo")
}

func byMail(d importer.Directory) map[string]importer.Person {
	people := map[string]importer.Person{}
	for _, p := range d.People {
		people[p.Mail] = p
	}
	return people
}

func TestIDsAreAFunctionOfTheAddress(t *testing.T) {
	_, d := load(t)
	id := func(address string) string { return uuid.NewSHA1(namespace, []byte(address)).String() }
	for _, x := range d.Tenants {
		assert.Equal(t, id(x.Domains[0]), string(x.ID))
	}
	for _, p := range d.People {
		_, home, _ := strings.Cut(p.Mail, "@")
		assert.Equal(t, id(p.Mail), string(p.ID))
		assert.Equal(t, id(home), p.Tenant)
	}
}

// Every purchase must go through, or the demo would not start.
func TestThePurchasesCanBeMade(t *testing.T) {
	c, d := load(t)
	people, commands := byMail(d), map[uuid.UUID]bool{}
	for _, p := range Purchases() {
		product, buyer := find(t, c, p.Product), people[p.By]
		name := p.By + " buys " + product.Name
		frequency := domain.Term("")
		if p.Monthly {
			frequency = domain.Monthly
		}
		price, ok := priceIn(product, p.Channel, p.Market, frequency)
		require.True(t, ok, name)
		assert.Positive(t, price.Minor, name)
		for _, x := range c.ExcludedMarkets {
			assert.False(t, x.Market == p.Market && (x.Family == "*" || x.Family == product.Family) && x.From.Before(time.Now()), name)
		}
		assert.True(t, buyer.Enabled && !buyer.Guest, name)
		free := p.Channel == domain.Central || p.Trial && p.Card == ""
		assert.Equal(t, !free, strings.HasPrefix(p.Card, "tok_"), name)
		if p.Trial {
			assert.True(t, p.Card == "" && product.TrialWithoutPayment || p.Card != "" && product.TrialWithPayment, name)
			assert.LessOrEqual(t, p.Seats, cmp.Or(product.TrialSeats, 25), name)
		}
		if p.Channel == domain.Central {
			assert.Subset(t, []string{domain.RoleBillingAdmin, domain.RoleGlobalAdmin}, buyer.Roles, name)
			assert.Subset(t, []string{domain.RoleGlobalAdmin, domain.RoleLicenseAdmin, domain.RoleUserAdmin}, people[p.Assigner()].Roles, name)
			assert.NotEmpty(t, buyer.Roles, name)
			assert.NotEmpty(t, people[p.Assigner()].Roles, name)
		} else {
			assert.Equal(t, p.By, p.Assigner(), "R24: %s", name)
		}
		assert.LessOrEqual(t, int64(len(p.AssignTo)), p.Seats, name)
		for _, mail := range p.AssignTo {
			user := people[mail]
			assert.True(t, user.Enabled && !user.Guest, name)
			assert.Equal(t, buyer.Tenant, user.Tenant, "R23: %s", name)
			assert.NotContains(t, []string{"anna@contoso.example", "omar@contoso.example"}, mail, "left to the visitor")
		}
		assert.False(t, commands[p.Command()], name)
		commands[p.Command()] = true
	}
	assert.Equal(t, Purchases()[0].Command(), Purchases()[0].Command())
}

// Every relation must be granted, or the demo would not start.
func TestTheDelegationsCanBeGranted(t *testing.T) {
	_, d := load(t)
	people := byMail(d)
	holding := 0
	for _, x := range Delegations() {
		assert.Equal(t, []string{domain.RoleGlobalAdmin}, people[x.By].Roles, x.By)
		assert.True(t, people[x.To].Enabled && !people[x.To].Guest, x.To)
		_, err := partner.Decider.Decide(partner.State{}, partner.Grant{
			Relation: "r", Customer: domain.TenantID(people[x.By].Tenant), Partner: domain.TenantID(people[x.To].Tenant),
			Kind: x.Kind, Roles: x.Roles, At: time.Unix(0, 0), ExpiresAt: time.Unix(0, 0).Add(x.For),
		})
		require.NoError(t, err)
		if x.For > x.Ago {
			holding++
		}
	}
	assert.Equal(t, 1, holding, "one holds and one did")
}
