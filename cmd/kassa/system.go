package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/tax"
	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/api"
	"kassa/services/broker"
	"kassa/services/cancellation"
	"kassa/services/clock"
	"kassa/services/fulfilment"
	"kassa/services/identity"
	"kassa/services/ledger"
	"kassa/services/mail"
	"kassa/services/mscommerce"
	"kassa/services/onboarding"
	"kassa/services/paymentmethods"
	"kassa/services/payments/stripe"
	"kassa/services/relay"
	"kassa/services/scheduler"
	"kassa/services/vault"
)

// settings is everything a deployment decides about a server, read once.
type settings struct {
	Demo             bool
	Clock            clock.Speed // of business time in a demonstration; 0: as fast as real time
	Begin            time.Time   // business time goes on from there, in a measurement; zero: it is real
	Data             string      // directory
	Listen           string      // host:port
	EventStore       string      // esdb://… or "embedded"
	EventStoreListen string
	NATS             string // nats://… or "embedded"
	NATSListen       string
	Views            string   // "sqlite"
	AnyAddress       bool     // the development identity provider may be reached from elsewhere
	Taxes            string   // file of rules; empty: the standard ones
	Mail             *postage // nil: nobody gets mail
	Payments         string   // "simulator" or "stripe"
	Stripe           stripe.Config
}

// inside is what stands for an engine that Kassa brings along.
const inside = "embedded"

// system is a whole Kassa, opened but not running. Its parts are opened in the
// order of its fields and closed in the reverse.
type system struct {
	settings
	log *slog.Logger

	engine        *embedded.Server // nil: the event store is elsewhere
	store         *esdb.Store
	source        uuid.UUID    // the history's id
	clock         *clock.Clock // business time
	broker        *broker.Broker
	vault         *vault.Vault
	gateway       gateway
	taxes         tax.Table
	issuer        *identity.Issuer
	purchases     *commands.Purchases
	licenses      *commands.Licenses
	fulfil        *fulfilment.Manager
	subscriptions *commands.Subscriptions
	takeovers     *commands.Takeovers
	requests      *commands.CancellationRequests
	cancellation  *cancellation.Manager
	partners      *commands.Partners
	centralising  *commands.Centralisations
	supportCases  *commands.SupportCases
	onboard       *onboarding.Onboarding
	projector     *projections.Projector
	scheduler     *scheduler.Scheduler
	mailer        *mail.Manager // nil: nobody gets mail
	relay         *relay.Relay
	listener      net.Listener
	handler       http.Handler
	demo          demoState
	stopping      chan struct{} // closed when the API stops

	methods         *commands.PaymentMethods
	licenseRequests *commands.LicenseRequests
	claims          *commands.AutoClaims

	closers []func() error
}

// open opens every part. It reads from top to bottom as what depends on what.
func open(ctx context.Context, cfg settings, log *slog.Logger) (_ *system, err error) {
	s := &system{settings: cfg, log: log, stopping: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := identity.CheckLoopback(cfg.Listen, cfg.AnyAddress); err != nil {
		return nil, fmt.Errorf("--listen %s without --dev-identity-on-any-address: %w", cfg.Listen, err)
	}
	if err := cfg.checkPayments(); err != nil {
		return nil, err
	}
	if cfg.Views != "sqlite" {
		return nil, fmt.Errorf("views %q: only sqlite is supported yet", cfg.Views)
	}
	for _, step := range []func(context.Context) error{
		s.openStore, s.openClock, s.openBroker, s.openSecrets, s.openCommands, s.openViews, s.openMail, s.openAPI,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *system) openStore(ctx context.Context) (err error) {
	if err := os.MkdirAll(s.Data, 0o700); err != nil {
		return err
	}
	address := s.EventStore
	if address == inside {
		s.engine, err = embedded.Open(ctx, embedded.Config{Dir: s.dir("events"), Listen: s.EventStoreListen, Log: s.part("eventstore")})
		if err != nil {
			return err
		}
		s.closers = append(s.closers, s.engine.Close)
		address = s.engine.ConnectionString()
	}
	if s.store, err = esdb.Open(address, s.part("esdb")); err != nil {
		return err
	}
	s.closers = append(s.closers, s.store.Close)
	s.EventStore = address
	for { // a store that is not there yet is waited for
		s.source, err = eventstore.Identify(ctx, s.store, time.Now())
		if domain.KindOf(err) != domain.Unavailable || ctx.Err() != nil {
			return err
		}
		s.log.WarnContext(ctx, "waiting for the event store", "error", err)
	}
}

func (s *system) openBroker(ctx context.Context) (err error) {
	if s.NATS == inside {
		s.broker, err = broker.Embedded(ctx, broker.Config{Dir: s.dir("nats"), Listen: s.NATSListen, Log: s.part("nats")})
	} else {
		s.broker, err = broker.Connect(s.NATS)
	}
	if err != nil {
		return err
	}
	s.closers = append(s.closers, s.broker.Close)
	cfg := relay.Config{
		Source: s.store, Conn: s.broker.Conn(), Stream: broker.Stream{Source: s.source.String(), Filter: "1"}, Log: s.part("relay"),
	}
	if s.NATS == inside {
		cfg.Restart = s.broker.Restart
	}
	s.relay = relay.New(cfg)
	return nil
}

func (s *system) openSecrets(ctx context.Context) (err error) {
	if s.vault, err = vault.Open(ctx, s.dir("vault")); err != nil {
		return err
	}
	s.closers = append(s.closers, s.vault.Close)
	if err := s.openGateway(ctx); err != nil {
		return err
	}
	s.issuer, err = identity.NewIssuer(s.dir("identity"), time.Now)
	return err
}

func (s *system) openCommands(context.Context) (err error) {
	if s.taxes, err = readTaxes(s.Taxes); err != nil {
		return fmt.Errorf("--taxes: %w", err)
	}
	log := commands.Log{Store: s.store, Codec: eventstore.Schema()}
	s.purchases = &commands.Purchases{Log: log, Gateway: s.gateway, Taxes: s.taxes, Now: s.clock.Now}
	s.licenses = &commands.Licenses{Log: log, Now: s.clock.Now}
	s.subscriptions = &commands.Subscriptions{Log: log, Gateway: s.gateway, Taxes: s.taxes, Sealer: s.vault, Now: s.clock.Now}
	s.takeovers = &commands.Takeovers{Log: log, Licenses: s.licenses, Now: s.clock.Now}
	s.licenseRequests = &commands.LicenseRequests{Log: log, Licenses: s.licenses, Now: s.clock.Now}
	s.claims = &commands.AutoClaims{Log: log, Licenses: s.licenses, Now: s.clock.Now}
	s.fulfil = &fulfilment.Manager{Purchases: s.purchases, Subscriptions: s.subscriptions, Licenses: s.licenses}
	s.requests = &commands.CancellationRequests{Log: log, Now: s.clock.Now}
	s.cancellation = s.newCancellation()
	s.partners = &commands.Partners{Log: log, Now: s.clock.Now}
	s.centralising = &commands.Centralisations{
		Log: log, Purchases: s.purchases, Licenses: s.licenses, Requests: s.requests, Now: s.clock.Now,
	}
	s.supportCases = &commands.SupportCases{Log: log, Now: s.clock.Now}
	s.onboard = &onboarding.Onboarding{TenantByDomain: s.tenantByDomain}
	s.onboard.Commands.Catalogue = &commands.Catalogue{Log: log, Now: s.clock.Now}
	s.onboard.Commands.Directory = &commands.Directory{Log: log, Sealer: s.vault, Now: s.clock.Now}
	return nil
}

func (s *system) openViews(ctx context.Context) (err error) {
	stream, err := jetstream.New(s.broker.Conn())
	if err != nil {
		return err
	}
	s.projector, err = projections.Open(ctx, projections.Config{
		Dir: s.dir("views"), Store: s.store, JetStream: func() jetstream.JetStream { return stream },
		SourceID: s.source, Codec: eventstore.Schema(), Log: s.part("views"),
	}, views.All()...)
	if err == nil {
		s.closers = append(s.closers, s.projector.Close)
		s.scheduler = s.newScheduler()
		s.methods = &commands.PaymentMethods{
			Log: s.purchases.Log, Gateway: s.gateway, Subscriptions: s.subscriptions, Now: s.clock.Now,
			Paid: paymentmethods.Paid(s.projector, s.store.Head),
		}
	}
	return err
}

func (s *system) openAPI(ctx context.Context) (err error) {
	policies := &commands.Policies{Log: s.purchases.Log, Now: s.clock.Now}
	server := &api.Server{
		Ledger:   ledger.Ledger{Entries: views.NewLedger(s.projector), Bills: views.NewInvoices(s.projector), Books: s.gateway},
		Verifier: s.issuer.Verifier(), Purchases: s.purchases, Fulfilment: s.fulfil, Licenses: s.licenses, Subscriptions: s.subscriptions,
		Centralising: s.centralising, CancellationRequests: s.requests, Cancellation: s.cancellation, SupportCases: s.supportCases,
		LicenseRequests: s.licenseRequests, AutoClaims: s.claims, PaymentMethods: s.methods,
		Policies: policies, Catalogue: s.onboard.Commands.Catalogue, Partners: s.partners, Takeovers: s.takeovers,
		Directory: s.onboard.Commands.Directory,
		Projector: s.projector, Vault: s.vault, History: s.store,
		Imports: map[string]api.Importer{"catalogue": s.onboard.ImportCatalogue, "directory": s.onboard.ImportDirectory},
		Parts:   s.parts, Stopping: s.stopping,
		DevTokens: s.issuer, Log: s.part("api"), Now: s.clock.Now,
	}
	s.pays(server)
	handler, err := server.Handler()
	if err != nil {
		return err
	}
	scripts := &mscommerce.Server{
		Verifier: s.issuer.Verifier(), Policies: policies, Catalogue: views.NewCatalogue(s.projector),
		Log: s.part("mscommerce"), Now: s.clock.Now,
	}
	faces := http.NewServeMux()
	faces.Handle(mscommerce.Root, scripts.Handler())
	faces.Handle("/", handler)
	s.handler = faces
	s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		err = fmt.Errorf("open the address of the API; choose another with --listen: %w", err)
	} else {
		s.closers = append(s.closers, func() error {
			if err := s.listener.Close(); !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		})
	}
	return err
}

func (s *system) tenantByDomain(ctx context.Context, name string) (domain.TenantID, error) {
	t, _, err := views.NewDirectory(s.projector).TenantByDomain(ctx, name)
	return t.Tenant, err
}

func (s *system) dir(name string) string { return filepath.Join(s.Data, name) }

func (s *system) part(name string) *slog.Logger { return s.log.With("part", name) }

// close closes what was opened, last first.
func (s *system) close() error {
	var errs []error
	for _, c := range slices.Backward(s.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// announce prints where everything is: the lines that scripts wait for.
func (s *system) announce(out io.Writer) {
	fmt.Fprintf(out, "kassa: listening on http://%s\neventstore: %s\nnats: %s\n", s.listener.Addr(), s.EventStore, s.natsURL())
}
