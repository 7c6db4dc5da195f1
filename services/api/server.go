// Package api is Kassa over HTTP: it decodes a request, hands it to a command
// or a query and encodes what comes of it. The OpenAPI document is made from
// the same Go types that decode and encode, so it cannot be wrong about them.
//
// No business rule may live here, and no SQL. The tenant of every request is
// the token's, or a customer's who let the token's in (see behalf.go): no other
// way leads to another tenant. Names and addresses are opened here, at the
// last moment, and never logged.
package api

import (
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kassa/projections"
	v1 "kassa/services/api/v1"
)

// Version is the API's, not the program's.
const Version = "1.0.0"

// maxBody bounds a request body, imports apart.
const maxBody = 1 << 20

// Server is the API. Every field is required unless it says otherwise.
type Server struct {
	Verifier             verifier
	Purchases            purchases
	Fulfilment           fulfilment
	Licenses             licenses
	Subscriptions        subscriptions
	CancellationRequests cancellationRequests
	Cancellation         cancellation
	Takeovers            takeovers
	Centralising         centralisations
	SupportCases         supportCases
	Policies             policies
	Catalogue            catalogue
	Partners             partners
	LicenseRequests      licenseRequests
	AutoClaims           autoClaims
	PaymentMethods       paymentMethods
	Directory            directory
	Ledger               auditor
	Bank                 bank     // nil: charges are taken back by real ones only
	Webhooks             webhooks // nil: the gateway sends none, or none can be believed
	Projector            *projections.Projector
	Vault                opener
	History              history
	Imports              map[string]Importer // by kind: catalogue, directory
	Parts                func() []v1.Part    // of the program, for /readyz
	DevTokens            issuer              // nil: there is no development identity provider here
	Stopping             <-chan struct{}     // closed when answers without an end have to end; nil: never
	Log                  *slog.Logger
	Now                  func() time.Time

	acknowledged newest
}

// Handler serves the API, its OpenAPI document and the page that shows it.
func (s *Server) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	api := s.register(mux)
	if err := pages(mux, api.OpenAPI()); err != nil {
		return nil, err
	}
	return s.edge(mux), nil
}

func (s *Server) register(mux *http.ServeMux) huma.API {
	problems()
	api := humago.New(mux, config())
	s.registerHealth(api)
	s.registerHomeRealm(api)
	s.registerPurchases(api)
	s.registerEligibility(api)
	s.registerProducts(api)
	s.registerProductUsers(api)
	s.registerOrders(api)
	s.registerCapacity(api)
	s.registerBills(api)
	s.registerPaymentMethods(api)
	s.registerInvoices(api)
	s.registerLedger(api)
	s.registerBillingRun(api)
	s.registerDocuments(api)
	s.registerWebhooks(api)
	s.registerMe(api)
	s.registerLicenses(api)
	s.registerLicensesBulk(api)
	s.registerTakeovers(api)
	s.registerSubscriptions(api)
	s.registerSubscriptionDetail(api)
	s.registerTrials(api)
	s.registerCentralisations(api)
	s.registerLeavers(api)
	s.registerOrphaned(api)
	s.registerCancellationRequests(api)
	s.registerLastAssignees(api)
	s.registerNotices(api)
	s.registerMails(api)
	s.registerSupport(api)
	s.registerCredits(api)
	s.registerPolicies(api)
	s.registerPoliciesBulk(api)
	s.registerPolicyHistory(api)
	s.registerRequestProcess(api)
	s.registerLicenseRequests(api)
	s.registerAutoClaim(api)
	s.registerRefusals(api)
	s.registerPartners(api)
	s.registerCustomers(api)
	s.registerPrices(api)
	s.registerEvents(api)
	s.registerViews(api)
	s.registerImports(api)
	if s.DevTokens != nil {
		s.registerDevTokens(api)
	}
	return api
}

// problems makes huma's own errors look like ours. It offers a package variable
// for that, so it is set once and for all servers of the process alike.
var problems = sync.OnceFunc(func() {
	huma.NewError = invalid
	huma.DefaultArrayNullable = false
})

func config() huma.Config {
	c := huma.DefaultConfig("Kassa", Version)
	c.Info.Description = about
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", "" // served by document
	c.Tags = tags
	c.CreateHooks = nil // no $schema members in answers
	c.RejectUnknownQueryParameters = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"}}
	c.Formats = map[string]huma.Format{"application/json": strict, "json": strict}
	c.Transformers = []huma.Transformer{localised}
	return c
}

// tags group the operations, in the order of a purchase.
var tags = []*huma.Tag{
	{Name: "Purchases", Description: "Buy seats of a product with your own card, or under your organisation's agreement."},
	{Name: "Licences", Description: "Say who uses the seats."},
	{Name: "Subscriptions", Description: "Change what was bought: its seats, its renewal, its end."},
	{Name: "Ledger", Description: "Prove that the money adds up."},
	{Name: "Bills", Description: "See and pay what you were charged for, and choose the card."},
	{Name: "Payment methods", Description: "Look after the cards that you pay with."},
	{Name: "Cancellation requests", Description: "Ask a purchaser, or support, to cancel."},
	{Name: "Support", Description: "Ask for help, and look after those who do."},
	{Name: "Notices", Description: "Know what others did that concerns you."},
	{Name: "Centralisation", Description: "Take over what people bought by themselves: seats under the agreement, then a word with the purchasers."},
	{Name: "Products", Description: "See what the organisation has, and how it came to it."},
	{Name: "People", Description: "Say who left the organisation, and who is back."},
	{Name: "Policies", Description: "Control what people may buy by themselves."},
	{Name: "Partners", Description: "Let a partner look at your purchases and help; see what it looked at."},
	{Name: "Licence requests", Description: "Ask for licences of what you may not buy, and answer who asks."},
	{Name: "Auto-claim", Description: "Give a licence to whoever opens a product."},
	{Name: "Prices", Description: "See what things cost, without signing in."},
	{Name: "Events", Description: "Replay everything that happened."},
	{Name: "Views", Description: "Look after the tables that answers are made from."},
	{Name: "Imports", Description: "Bring in a vendor's catalogue or an organisation's directory."},
	{Name: "Health", Description: "Ask the process how it is."},
	{Name: "Development", Description: "There only while the development identity provider is on."},
}

// strict refuses duplicate members and writes empty lists as [].
var strict = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		return json.MarshalWrite(w, v, jsontext.PreserveRawStrings(true))
	},
	Unmarshal: func(b []byte, v any) error { return json.Unmarshal(b, v) },
}

// localised is where every problem gets its language and its address.
func localised(ctx huma.Context, _ string, body any) (any, error) {
	u := ctx.URL()
	for _, p := range problemsIn(body) {
		p.Instance = u.Path
		if p.CanRequestLicense {
			p.RequestLicenseAt = licenseRequestsAt
		}
		ctx.SetHeader("Content-Language", localise(p, ctx.Header("Accept-Language")))
	}
	return body, nil
}

// problemsIn are the problems that an answer is, or holds.
func problemsIn(body any) []*v1.Problem {
	switch b := body.(type) {
	case *v1.Problem:
		return []*v1.Problem{b}
	case v1.PolicyResults:
		return b.Problems()
	case v1.LicenseResults:
		return b.Problems()
	case v1.Control:
		if b.Waiting != nil {
			return []*v1.Problem{b.Waiting}
		}
	case v1.Eligibility:
		if b.Refusal != nil {
			return []*v1.Problem{b.Refusal}
		}
	}
	return nil
}
