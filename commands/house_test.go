package commands_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/tax"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/services/fulfilment"
	"kassa/services/payments/gatewaytest"
)

const (
	contoso  = domain.TenantID("10000000-0000-4000-8000-000000000001")
	fabrikam = domain.TenantID("10000000-0000-4000-8000-000000000002")
	school   = domain.TenantID("10000000-0000-4000-8000-000000000003")

	anna = domain.PersonID("20000000-0000-4000-8000-000000000001")
	omar = domain.PersonID("20000000-0000-4000-8000-000000000002")
	gail = domain.PersonID("20000000-0000-4000-8000-000000000003")
	dora = domain.PersonID("20000000-0000-4000-8000-000000000004")

	powerBI    = domain.ProductID("CFQ7TTC0H9MP")
	powerBIOld = domain.ProductID("CFQ7TTC0L3PB")
)

// noon is a day on which every price of the house holds.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// taxed has a tax in what the house sells in the United States.
var taxed = append(tax.Standard(), tax.Rule{Market: "US", TaxRule: domain.TaxRule{Kind: domain.VAT, Rate: 1000}})

// house is Kassa's write side: real commands over a store that tests may trust,
// with a catalogue and a directory in it.
type house struct {
	*testing.T
	store         *memory.Store
	clock         time.Time
	log           commands.Log
	purchases     *commands.Purchases
	subscriptions *commands.Subscriptions
	licenses      *commands.Licenses
	policies      *commands.Policies
	fulfil        *fulfilment.Manager
	gateway       gatewaytest.Books
}

func newHouse(t *testing.T) *house {
	h := &house{T: t, store: new(memory.Store), clock: noon}
	now := func() time.Time { return h.clock }
	gateway := gatewaytest.Open(t, gatewaytest.Chosen(), now)
	h.gateway = gateway
	h.log = commands.Log{Store: h.store, Codec: eventstore.Schema()}
	h.purchases = &commands.Purchases{Log: h.log, Gateway: gateway, Taxes: taxed, Now: now}
	h.subscriptions = &commands.Subscriptions{Log: h.log, Gateway: gateway, Taxes: taxed, Now: now}
	h.licenses = &commands.Licenses{Log: h.log, Now: now}
	h.policies = &commands.Policies{Log: h.log, Now: now}
	h.fulfil = &fulfilment.Manager{Purchases: h.purchases, Subscriptions: h.subscriptions, Licenses: h.licenses}

	h.given("product-"+string(powerBI), product.Listed{Product: powerBI, Name: "Power BI Pro", Family: "Power BI", SelfServiceEligible: true, MaxQuantity: 1000},
		product.IDReplaced{OldID: powerBIOld}, product.MarketExcluded{Market: "IN", From: noon.AddDate(-1, 0, 0)})
	h.given("product-"+string(powerBIOld), product.ReplacedBy{Product: powerBI})
	for channel, minor := range map[domain.Channel]int64{domain.SelfService: 999, domain.Central: 900} {
		h.given(price.Stream(powerBI, channel, "US"), price.Published{
			Product: powerBI, Channel: channel, Market: "US", Amount: domain.Money{Minor: minor, Currency: "USD"},
			Term: domain.Monthly, ValidFrom: noon.AddDate(-1, 0, 0),
		})
	}
	for id, kind := range map[domain.TenantID]domain.TenantKind{contoso: domain.Commercial, fabrikam: domain.Commercial, school: domain.Education} {
		h.given(tenant.Stream(id), tenant.Registered{Tenant: id, Kind: kind, Managed: true, Country: "US", Zone: "America/New_York"})
	}
	for _, p := range []domain.PersonID{anna, omar, gail, dora} {
		h.given(user.Stream(contoso, p), user.Observed{Tenant: contoso, Person: p, Enabled: p != dora})
	}
	h.given(user.Stream(fabrikam, anna), user.Observed{Tenant: fabrikam, Person: anna, Enabled: true})
	h.given(user.Stream(school, anna), user.Observed{Tenant: school, Person: anna, Enabled: true})
	return h
}

// given puts facts at the end of a stream.
func (h *house) given(stream string, events ...domain.Event) {
	h.Helper()
	records, err := h.store.Read(h.Context(), stream)
	require.NoError(h, err)
	drafts, err := eventstore.Drafts(stream, eventstore.Meta{Command: uuid.New(), At: h.clock}, events...)
	require.NoError(h, err)
	_, err = h.store.Append(h.Context(), stream, eventstore.Revision(len(records))-1, drafts)
	require.NoError(h, err)
}

// types lists a stream's stored names in order.
func (h *house) types(stream string) []string {
	h.Helper()
	records, err := h.store.Read(h.Context(), stream)
	require.NoError(h, err)
	var names []string
	for _, r := range records {
		names = append(names, r.Type)
	}
	return names
}

func member(t domain.TenantID, p domain.PersonID, roles ...string) commands.Principal {
	guest := false
	return commands.Principal{Tenant: t, Person: p, Guest: &guest, Roles: roles}
}

// ask is a fresh intent.
func ask(who commands.Principal) commands.Request {
	return commands.Request{Who: who, ID: uuid.New(), Digest: "d", Correlation: uuid.New()}
}

var seats3 = commands.StartPurchase{
	Product: powerBI, Quantity: 3, Market: "US", Channel: domain.SelfService, EntryPoint: domain.Website,
}

// buy takes a checkout to its subscription.
func (h *house) buy(who commands.Principal, c commands.StartPurchase, card string) domain.SubscriptionID {
	h.Helper()
	ctx := context.WithoutCancel(h.Context())
	quoted, err := h.purchases.Start(ctx, ask(who), c)
	require.NoError(h, err)
	_, err = h.purchases.Submit(ctx, ask(who), submit(quoted.State.Purchase, card))
	require.NoError(h, err)
	done, err := h.fulfil.Pump(ctx, quoted.State.Purchase)
	require.NoError(h, err)
	return done.State.Subscription
}

func submit(id domain.PurchaseID, card string) commands.SubmitPurchase {
	return commands.SubmitPurchase{Purchase: id, Card: card, Terms: "2026-01", PrivacyNotice: "2026-01"}
}
