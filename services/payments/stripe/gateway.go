package stripe

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/stripe/stripe-go/v85"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/services/payments"
)

// Config says whose account it is and where Stripe is.
type Config struct {
	Key           string           // of the account: sk_… or rk_…
	URL           string           // empty: Stripe's own; another one is for tests
	WebhookSecret string           // whsec_…; empty: no webhook is believed
	Now           func() time.Time // defaults to time.Now
}

// Mistakes in a configuration. They are for whoever runs Kassa.
var (
	ErrAccountKey = &domain.Error{Kind: domain.Invalid, Code: "stripe_key_invalid", Message: "Stripe needs a secret or restricted key of the account: sk_test_…, rk_test_…, sk_live_… or rk_live_…. Set KASSA_STRIPE_KEY."}
	ErrLiveKey    = &domain.Error{Kind: domain.Invalid, Code: "stripe_live_key_elsewhere", Message: "A live key goes to Stripe alone. Leave --stripe-url out, or use a test key."}
	ErrAddress    = &domain.Error{Kind: domain.Invalid, Code: "stripe_url_invalid", Message: "Give another address of Stripe as https://HOST, or as http://HOST:PORT of this machine."}
	ErrSecret     = &domain.Error{Kind: domain.Invalid, Code: "stripe_webhook_secret_invalid", Message: "The secret of a webhook endpoint begins with whsec_. Set KASSA_STRIPE_WEBHOOK_SECRET, or leave it out."}
)

// check refuses what would send a key to a stranger, or a stranger's word here.
func (c Config) check() error {
	kind, rest, _ := strings.Cut(c.Key, "_")
	mode, secret, _ := strings.Cut(rest, "_")
	switch {
	case kind != "sk" && kind != "rk", mode != "test" && mode != "live", secret == "":
		return ErrAccountKey
	case c.WebhookSecret != "" && !strings.HasPrefix(c.WebhookSecret, "whsec_"):
		return ErrSecret
	case c.URL == "":
		return nil
	case mode == "live":
		return ErrLiveKey
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !net.ParseIP(u.Hostname()).IsLoopback()) {
		return ErrAddress
	}
	return nil
}

// Gateway is safe for concurrent use.
type Gateway struct {
	api    *stripe.Client
	secret string
	now    func() time.Time
	asked  sync.Map // by key: the customer, or the charge, where an answer is still to come
}

// patience is how long Stripe may take for one answer.
const patience = 30 * time.Second

// Open makes a gateway. It does not ask Stripe anything yet.
func Open(cfg Config) (*Gateway, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	backend := &stripe.BackendConfig{
		HTTPClient: &http.Client{Timeout: patience}, EnableTelemetry: stripe.Bool(false),
		LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // what it would tell comes back as an error
		MaxNetworkRetries: stripe.Int64(0),                                // what was lost is asked for again by whoever waits for it
	}
	if cfg.URL != "" {
		backend.URL = stripe.String(strings.TrimSuffix(cfg.URL, "/"))
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	api := stripe.NewClient(cfg.Key, stripe.WithBackends(stripe.NewBackendsWithConfig(backend)))
	return &Gateway{api: api, secret: cfg.WebhookSecret, now: cfg.Now}, nil
}

// ourOwner is the name in the metadata of a card's customer of whoever handed it in.
const ourOwner = "kassa_owner"

// Card puts a card on file, so that it can be charged while its owner is away,
// and says what is behind it. The token to charge is that of the answer. A card
// that is on file stays as it is, and is paymentmethod.ErrAnother to all but whoever
// handed it in: tokens are in history, and others use the account as well. Its
// other errors are payments.ErrCardUnknown, ErrCardNumber, ErrCardRefused,
// ErrCardUnconfirmed and ErrUnavailable.
func (g *Gateway) Card(ctx context.Context, owner, token string) (domain.Card, error) {
	method, err := g.method(ctx, token)
	switch {
	case err != nil:
	case method.Customer == nil:
		method, err = g.keep(ctx, owner, method)
	default:
		err = g.ownedBy(ctx, owner, method.Customer.ID)
	}
	if err != nil {
		return domain.Card{}, err
	}
	return domain.Card{
		Token: method.ID, Brand: string(method.Card.Brand), Last4: method.Card.Last4,
		ExpMonth: int(method.Card.ExpMonth), ExpYear: int(method.Card.ExpYear),
	}, nil
}

// ownedBy refuses a card whose customer was made for anybody else, or not by Kassa.
func (g *Gateway) ownedBy(ctx context.Context, owner, customer string) error {
	c, err := g.api.V1Customers.Retrieve(ctx, customer, nil)
	switch {
	case err != nil && !missing(err):
		return payments.ErrUnavailable.Because(err)
	case err != nil, c.Metadata[ourOwner] != owner:
		return paymentmethod.ErrAnother
	}
	return nil
}

// method is the card behind a token. Its errors never repeat the token, in case
// it is a secret after all.
func (g *Gateway) method(ctx context.Context, token string) (*stripe.PaymentMethod, error) {
	switch {
	case payments.LooksLikeCardNumber(token):
		return nil, payments.ErrCardNumber
	case !isID(token):
		return nil, payments.ErrCardUnknown
	}
	method, err := g.api.V1PaymentMethods.Retrieve(ctx, token, nil)
	switch {
	case missing(err):
		return nil, payments.ErrCardUnknown
	case err != nil:
		return nil, payments.ErrUnavailable.Because(err)
	case method.Type != stripe.PaymentMethodTypeCard || method.Card == nil:
		return nil, payments.ErrCardUnknown
	}
	return method, nil
}

// isID keeps what people type from becoming another address at Stripe.
func isID(s string) bool {
	return s != "" && len(s) <= 255 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

// keep attaches a card to a customer made for it, with its bank's consent to
// charges that its owner is not there for. Nothing is charged, so nothing is lost
// by asking again.
func (g *Gateway) keep(ctx context.Context, owner string, method *stripe.PaymentMethod) (*stripe.PaymentMethod, error) {
	made := &stripe.CustomerCreateParams{Metadata: map[string]string{ourOwner: owner}}
	made.SetIdempotencyKey("card/" + owner + "/" + method.ID)
	customer, err := patiently(ctx, func() (*stripe.Customer, error) { return g.api.V1Customers.Create(ctx, made) })
	if err != nil {
		return nil, failed(err, payments.ErrUnavailable)
	}
	params := &stripe.SetupIntentCreateParams{
		Customer: stripe.String(customer.ID), PaymentMethod: stripe.String(method.ID), PaymentMethodTypes: stripe.StringSlice([]string{"card"}),
		Usage: stripe.String("off_session"), Confirm: stripe.Bool(true),
	}
	params.AddExpand("payment_method")
	setup, err := g.api.V1SetupIntents.Create(ctx, params)
	switch {
	case refusedByBank(err, stripe.ErrorCodeAuthenticationRequired):
		return nil, payments.ErrCardUnconfirmed
	case refusedByBank(err):
		return nil, payments.ErrCardRefused.Because(err)
	case err != nil:
		return nil, failed(err, payments.ErrUnavailable)
	case setup.Status != stripe.SetupIntentStatusSucceeded:
		return nil, payments.ErrCardUnconfirmed
	}
	kept := setup.PaymentMethod
	kept.Customer = customer
	return kept, nil
}
