package api_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/tax"
	"kassa/domain/tenant"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/api"
	v1 "kassa/services/api/v1"
	"kassa/services/cancellation"
	"kassa/services/fulfilment"
	"kassa/services/identity"
	"kassa/services/ledger"
	"kassa/services/paymentmethods"
	"kassa/services/payments/gatewaytest"
	"kassa/services/vault"
)

const (
	powerBI    = domain.ProductID("CFQ7TTC0H9MP")
	powerBIOld = domain.ProductID("CFQ7TTC0L3PB")
	visio      = domain.ProductID("CFQ7TTC0HD32")
	copilot    = domain.ProductID("CFQ7TTC0MM8R") // listed, never by self-service
)

// now is a day on which every price of the house holds.
var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// house is a whole Kassa in one process: real commands, views, vault, payment
// gateway and identity provider over a store that tests may trust.
type house struct {
	*testing.T
	*api.Server
	http         *httptest.Server
	store        *memory.Store
	issuer       *identity.Issuer
	keys         *vault.Vault
	gateway      *interrupted
	cancellation *cancellation.Manager
	takeovers    *commands.Takeovers
	catalogue    *commands.Catalogue
	directory    *commands.Directory
	steps        *commands.Centralisations
	clock        time.Time
	claims       map[string]identity.Claims // of everybody, by address; "operator" and "support" for theirs
	tokens       map[string]string          // that stand for them
}

// taxed has a tax in what the house sells in the United States.
var taxed = append(tax.Standard(), tax.Rule{Market: "US", TaxRule: domain.TaxRule{Kind: domain.VAT, Rate: 1000}})

func newHouse(t *testing.T) *house { return newHouseOn(t, gatewaytest.Chosen()) }

// newHouseOn is a house whose cards are charged by the gateway of that name.
func newHouseOn(t *testing.T, name string) *house {
	ctx := context.WithoutCancel(t.Context())
	h := &house{T: t, store: new(memory.Store), clock: now, claims: map[string]identity.Claims{}, tokens: map[string]string{}}
	clock := func() time.Time { return h.clock }
	gateway := gatewaytest.Open(t, name, clock)
	log := commands.Log{Store: h.store, Codec: eventstore.Schema()}
	keys, err := vault.Open(ctx, t.TempDir())
	require.NoError(t, err)
	h.keys = keys
	t.Cleanup(func() { require.NoError(t, keys.Close()) })
	h.issuer, err = identity.NewIssuer(t.TempDir(), clock)
	require.NoError(t, err)
	purchases := &commands.Purchases{Log: log, Gateway: gateway, Taxes: taxed, Now: clock}
	licenses := &commands.Licenses{Log: log, Now: clock}
	people := &commands.Directory{Log: log, Sealer: keys, Now: clock}
	h.gateway = &interrupted{Books: gateway}
	subscriptions := &commands.Subscriptions{Log: log, Gateway: h.gateway, Taxes: taxed, Sealer: keys, Now: clock}
	requests := &commands.CancellationRequests{Log: log, Now: clock}
	h.cancellation = &cancellation.Manager{
		Requests: requests, Subscriptions: subscriptions, Every: 5 * time.Millisecond, Now: clock, Log: slog.New(slog.DiscardHandler),
		Waiting: func(ctx context.Context, at time.Time, limit int) ([]cancelreq.ID, uint64, error) {
			return views.WaitingRequests(ctx, h.Projector, at, limit)
		},
	}
	h.takeovers = &commands.Takeovers{Log: log, Licenses: licenses, Now: clock}
	h.steps = &commands.Centralisations{Log: log, Purchases: purchases, Licenses: licenses, Requests: requests, Now: clock}
	h.Server = &api.Server{
		Verifier: h.issuer.Verifier(), Purchases: purchases, Licenses: licenses, Subscriptions: subscriptions,
		CancellationRequests: requests, Cancellation: h.cancellation, Centralising: h.steps, Takeovers: h.takeovers,
		SupportCases:    &commands.SupportCases{Log: log, Now: clock},
		LicenseRequests: &commands.LicenseRequests{Log: log, Licenses: licenses, Now: clock}, AutoClaims: &commands.AutoClaims{Log: log, Licenses: licenses, Now: clock},
		Partners:   &commands.Partners{Log: log, Now: clock},
		Policies:   &commands.Policies{Log: log, Now: clock},
		Directory:  people,
		Fulfilment: &fulfilment.Manager{Purchases: purchases, Subscriptions: subscriptions, Licenses: licenses},
		Projector:  h.project(log), Vault: keys, History: h.store, DevTokens: h.issuer,
		Parts:   func() []v1.Part { return []v1.Part{{Name: "views", Ready: true}} },
		Imports: map[string]api.Importer{"catalogue": readNothing, "directory": readNothing},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)), Now: clock,
	}
	h.Server.PaymentMethods = &commands.PaymentMethods{
		Log: log, Gateway: gateway, Subscriptions: subscriptions, Now: clock, Paid: paymentmethods.Paid(h.Projector, h.store.Head),
	}
	h.Bank = gateway
	if on, ok := gateway.(*gatewaytest.OnStripe); ok {
		h.Webhooks = on
	}
	h.Ledger = ledger.Ledger{Entries: views.NewLedger(h.Projector), Bills: views.NewInvoices(h.Projector), Books: gateway}
	h.catalogue, h.directory = &commands.Catalogue{Log: log, Now: clock}, people
	h.Catalogue = h.catalogue
	h.furnish()
	handler, err := h.Handler()
	require.NoError(t, err)
	h.http = httptest.NewServer(handler)
	t.Cleanup(h.http.Close)
	return h
}

// project keeps the views in step with the store.
func (h *house) project(log commands.Log) *projections.Projector {
	p, err := projections.Open(h.Context(), projections.Config{
		Dir: h.TempDir(), Store: h.store, SourceID: uuid.New(), Codec: log.Codec, Poll: 5 * time.Millisecond,
	}, views.All()...)
	require.NoError(h, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(h.Context()))
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	h.Cleanup(func() {
		stop()
		require.NoError(h, <-ended)
		require.NoError(h, p.Close())
	})
	return p
}

func readNothing(_ context.Context, _ commands.Request, _ string, body io.Reader) (v1.Import, error) {
	_, err := io.Copy(io.Discard, body)
	return v1.Import{Kind: "catalogue"}, err
}

// operator is a request of whoever runs this Kassa.
func operator() commands.Request {
	return commands.Request{Who: commands.Principal{Roles: []string{commands.RoleOperator}}, ID: uuid.New()}
}

var lastYear = now.AddDate(-1, 0, 0)

var offers = []commands.Offer{
	{Product: product.List{Product: powerBI, Name: "Power BI Pro", Family: "Power BI", SelfServiceEligible: true, MaxQuantity: 1000, TrainingURLs: []string{"https://learn.example/power-bi"}},
		Trial:    product.Trial{Days: 30, Seats: 25, WithPaymentMethod: true, WithoutPaymentMethod: true},
		Capacity: product.Capacity{DatabaseMB: 10, FileMB: 100}, OldIDs: []domain.ProductID{powerBIOld}, Exclusions: []product.ExcludeMarket{{Market: "IN", From: lastYear}}},
	{Product: product.List{Product: visio, Name: "Visio Plan 2", Family: "Visio", SelfServiceEligible: true, MaxQuantity: 1000},
		Exclusions: []product.ExcludeMarket{{Market: "BR", From: lastYear}}},
	{Product: product.List{Product: copilot, Name: "Microsoft 365 Copilot", Family: "Copilot", MaxQuantity: 1000}},
}

// furnish brings a catalogue and a directory in.
func (h *house) furnish() {
	for _, p := range offers {
		for channel, minor := range map[domain.Channel]int64{domain.SelfService: 999, domain.Central: 900} {
			p.Prices = append(p.Prices, price.Publish{
				Product: p.Product.Product, Channel: channel, Market: "US", Amount: domain.Money{Minor: minor, Currency: "USD"}, Term: domain.Monthly, ValidFrom: lastYear,
			})
		}
		_, err := h.catalogue.Put(h.Context(), operator(), p)
		require.NoError(h, err)
	}
	for _, o := range organisations {
		_, err := h.directory.PutTenant(h.Context(), operator(), commands.Organisation{Tenant: o, PremierIncidents: premier[o.Tenant]})
		require.NoError(h, err)
	}
	var last uint64
	for _, p := range residents {
		applied, err := h.directory.PutPerson(h.Context(), operator(), p)
		require.NoError(h, err)
		last = applied.Position
		guest := p.Guest
		h.signIn(p.Mail, identity.Claims{Tenant: p.Tenant, Person: p.Person, Guest: &guest, Roles: p.Roles})
	}
	nobody := domain.PersonID("ffffffff-0000-4000-8000-000000000001")
	h.signIn("operator", identity.Claims{Tenant: domain.TenantID(nobody), Person: nobody, Roles: []string{commands.RoleOperator}})
	vendor := domain.PersonID("ffffffff-0000-4000-8000-000000000002")
	h.signIn("support", identity.Claims{Tenant: domain.TenantID(vendor), Person: vendor, Roles: []string{commands.RoleSupport}})
	for _, v := range views.All() {
		require.NoError(h, h.Projector.Await(h.Context(), v.Name, last))
	}
}

func (h *house) signIn(as string, c identity.Claims) {
	token, _, err := h.issuer.Issue(c)
	require.NoError(h, err)
	h.claims[as], h.tokens[as] = c, token
}

// passes lets time go by until an instant, with every step that it brings to a
// subscription. Everybody signs in again then.
func (h *house) passes(until time.Time) {
	h.Helper()
	for {
		require.NoError(h, h.Projector.Await(h.Context(), views.DueView.Name, h.head()))
		agenda, err := views.DueBy(h.Context(), h.Projector, until, views.Due{}, 1)
		require.NoError(h, err)
		if len(agenda.Due) == 0 {
			break
		}
		h.clock = agenda.Due[0].At
		_, err = h.Server.Subscriptions.(*commands.Subscriptions).Advance(h.Context(), agenda.Due[0].Subscription, h.clock)
		require.NoError(h, err)
	}
	h.clock = until
	for as, c := range h.claims {
		h.signIn(as, c)
	}
}

var organisations = []tenant.Register{
	organisation(1, "contoso.example", domain.Commercial, true),
	organisation(2, "fabrikam.example", domain.Commercial, true),
	organisation(3, "school.example", domain.Education, true),
	organisation(4, "agency.example", domain.GCC, true),
	organisation(5, "unmanaged.example", domain.Commercial, false),
	organisation(9, "partner.example", domain.Commercial, true),
}

// premier are the incidents that Premier contracts grant.
var premier = map[domain.TenantID]int64{tenantID(1): 2}

func organisation(n byte, name string, kind domain.TenantKind, managed bool) tenant.Register {
	return tenant.Register{
		Tenant: tenantID(n), Name: name, Domains: []string{name}, Kind: kind, Managed: managed, Country: "US", Zone: "America/New_York",
	}
}

func tenantID(n byte) domain.TenantID {
	return domain.TenantID("10000000-0000-4000-8000-00000000000" + string('0'+rune(n)))
}

func resident(n byte, mail, name string, at byte, roles ...string) commands.Person {
	return commands.Person{
		Tenant: tenantID(at), Person: domain.PersonID("20000000-0000-4000-8000-0000000000" + string('0'+rune(n/10)) + string('0'+rune(n%10))),
		Mail: mail, Name: name, Enabled: true, UsageLocation: "US", Roles: roles,
	}
}

var residents = []commands.Person{
	resident(1, "anna@contoso.example", "Anna Andersson", 1),
	resident(2, "omar@contoso.example", "Omar Haddad", 1),
	resident(3, "bill@contoso.example", "Bill Payne", 1, domain.RoleBillingAdmin),
	resident(4, "gail@contoso.example", "Gail Boss", 1, domain.RoleGlobalAdmin),
	guest(resident(5, "gustav@contoso.example", "Gustav Gäst", 1)),
	disabled(resident(6, "dora@contoso.example", "Dora Out", 1)),
	synced(resident(7, "sync@contoso.example", "Sync Local", 1)),
	resident(8, "anna@fabrikam.example", "Anna Other", 2),
	resident(9, "gail@fabrikam.example", "Gail Other", 2, domain.RoleGlobalAdmin),
	resident(10, "teacher@school.example", "Tea Cher", 3),
	resident(11, "clerk@agency.example", "Cle Rk", 4),
	resident(12, "ivan@unmanaged.example", "Ivan Alone", 5),
	resident(91, "pat@partner.example", "Pat Peters", 9, domain.RoleGlobalAdmin),
	guest(resident(92, "gus@partner.example", "Gus Guest", 9)),
	disabled(resident(93, "dot@partner.example", "Dot Gone", 9)),
	resident(13, "petra@contoso.example", "Petra Platform", 1, domain.RolePowerPlatformAdmin),
}

func guest(p commands.Person) commands.Person    { p.Guest = true; return p }
func disabled(p commands.Person) commands.Person { p.Enabled = false; return p }
func synced(p commands.Person) commands.Person   { p.Synced = true; return p }

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
}

// ask sends a request as somebody ("" for nobody); headers are name, value pairs.
func (h *house) ask(as, method, path, body string, headers ...string) answer {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.http.URL+path, strings.NewReader(body))
	require.NoError(h, err)
	if as != "" {
		require.Contains(h, h.tokens, as)
		r.Header.Set("Authorization", "Bearer "+h.tokens[as])
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if position := "Kassa-Position"; method == http.MethodGet && r.Header.Get(position) == "" {
		r.Header.Set(position, uintText(h.head())) // what Kassa does by itself shows a moment later
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h, err)
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	require.NoError(h, err)
	return answer{h.T, response.StatusCode, response.Header, b}
}

// into reads the answer's JSON, member for member.
func into[T any](a answer) (out T) {
	a.t.Helper()
	require.NoError(a.t, json.Unmarshal(a.body, &out, json.RejectUnknownMembers(true)), "%s", a.body)
	return out
}

// is demands a status and returns the body.
func is[T any](a answer, status int) T {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s", a.body)
	return into[T](a)
}

// problem demands an error answer with a code.
func (a answer) problem(status int, code string) v1.Problem {
	a.t.Helper()
	require.Equal(a.t, status, a.status, "%s", a.body)
	require.Equal(a.t, "application/problem+json", a.header.Get("Content-Type"))
	p := into[v1.Problem](a)
	require.Equal(a.t, code, p.Code, "%s", a.body)
	require.Equal(a.t, status, p.Status)
	require.NotEmpty(a.t, p.Detail)
	require.NotEmpty(a.t, p.Title)
	require.NotEmpty(a.t, p.Instance)
	require.Equal(a.t, "/docs#"+code, p.Type)
	return p
}

// buy takes anna's (or another's) checkout to its subscription.
func (h *house) buy(as string, seats string) v1.Submitted {
	h.Helper()
	quoted := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":`+seats+`,"market":"US"}`), 201)
	return is[v1.Submitted](h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`), 200)
}

func position(s v1.Submitted) (name, value string) { return "Kassa-Position", uintText(s.Position) }
