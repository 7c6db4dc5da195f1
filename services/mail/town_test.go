package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	netmail "net/mail"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/invoice"
	mailing "kassa/domain/mail"
	"kassa/domain/subscription"
	"kassa/domain/tax"
	"kassa/domain/tenant"
	"kassa/domain/user"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/projections"
	"kassa/projections/projectiontest"
	"kassa/projections/views"
	"kassa/services/mail"
	"kassa/services/mail/mailtest"
	"kassa/services/vault"
)

const powerBI = domain.ProductID("CFQ7TTC0H9MP")

// town is a history, the views of it, and the mail that is sent about it.
type town struct {
	*testing.T
	*projectiontest.Shop
	*projections.Projector
	vault  *vault.Vault
	server *mailtest.Server
	se, us domain.TenantID
	åsa    domain.PersonID // of the Swedish organisation
	bob    domain.PersonID // of the American one
	now    time.Time
	log    *logbook
	bills  int // numbered
}

// newTown has two organisations, somebody in each, and a product. Its mailer was
// started after that.
func newTown(t *testing.T) *town {
	c := &town{T: t, Shop: projectiontest.New(t), server: new(mailtest.Server).Begin(t), now: projectiontest.Noon.Add(time.Hour), log: new(logbook)}
	keys, err := vault.Open(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, keys.Close()) })
	c.vault = keys
	c.Offer(powerBI, "Power BI Pro", projectiontest.Euros(1000))
	c.se, c.us = c.register("Kontoret AB", "SE"), c.register("Contoso", "US")
	c.åsa = c.join(c.se, "Åsa Öberg", "asa@kontoret.example")
	c.bob = c.join(c.us, "Bob Baker", "bob@contoso.example")
	require.NoError(t, c.records().Start(t.Context()))
	c.follow()
	return c
}

func (c *town) register(name, country string) domain.TenantID {
	tid := domain.TenantID(c.NewID())
	c.Record(tenant.Stream(tid), domain.Actor{Kind: domain.ActorSystem, Tenant: tid}, tenant.Registered{
		Tenant: tid, Name: name, Domains: []string{"d" + string(tid)}, Kind: domain.Commercial, Managed: true, Country: country, Zone: "Europe/Stockholm",
	})
	return tid
}

// join seals a name and an address as the directory would.
func (c *town) join(tid domain.TenantID, name, address string) domain.PersonID {
	oid := domain.PersonID(c.NewID())
	sealed := map[string][]byte{}
	for field, plain := range map[string]string{"name": name, "mail": address} {
		b, err := c.vault.Seal(c.Context(), tid, oid, field, plain)
		require.NoError(c, err)
		sealed[field] = b
	}
	c.Record(user.Stream(tid, oid), domain.Actor{Kind: domain.ActorSystem, Tenant: tid}, user.Observed{
		Tenant: tid, Person: oid, Enabled: true, Name: sealed["name"], Mail: sealed["mail"], MailIndex: "index of " + string(oid),
	})
	return oid
}

// mortal is a store that is out of reach of a mailer that was killed.
type mortal struct {
	*memory.Store
	dead *atomic.Bool
}

func (m mortal) Append(ctx context.Context, stream string, expected eventstore.Revision, drafts []eventstore.Draft) (eventstore.Written, error) {
	if m.dead.Load() {
		return eventstore.Written{}, eventstore.ErrUnavailable
	}
	return m.Store.Append(ctx, stream, expected, drafts)
}

// mortal is a mailer that can be killed: what it does then is not stored.
func (c *town) mortal() (m *mail.Manager, kill func()) {
	store := mortal{&c.Store, new(atomic.Bool)}
	m = c.manager(c.sender("smtp://"+c.server.Address(), nil))
	m.Mails = &commands.Mails{Log: commands.Log{Store: store, Codec: c.Codec}, Now: m.Now}
	return m, func() { store.dead.Store(true) }
}

// follow opens the views, on an empty directory, and keeps them in step.
func (c *town) follow() {
	cfg := c.Config(c.TempDir())
	cfg.Poll = 2 * time.Millisecond
	c.Projector = projectiontest.Open(c, cfg, views.NoticesView, views.DirectoryView, views.CatalogueView, views.InvoicesView)
	projectiontest.Run(c, c.Projector)
}

func (c *town) records() *commands.Mails {
	return &commands.Mails{Log: commands.Log{Store: &c.Store, Codec: c.Codec}, Now: func() time.Time { return c.now }}
}

func (c *town) sender(target string, trust *tls.Config) mail.Sender {
	s, err := mail.Server(target, "", "", trust)
	require.NoError(c, err)
	return s
}

func (c *town) manager(s mail.Sender) *mail.Manager {
	return &mail.Manager{
		From: &netmail.Address{Name: "Kassa", Address: "kassa@vendor.example"}, Sender: s, Mails: c.records(), Facts: c.Shop,
		Codec: c.Codec, Projector: c.Projector, Vault: c.vault, Stale: 7 * 24 * time.Hour, Every: 10 * time.Millisecond,
		Now: func() time.Time { return c.now }, Log: slog.New(slog.NewTextHandler(c.log, nil)),
	}
}

// run sends mail in the background until stop.
func (c *town) run(m *mail.Manager) (stop func()) {
	ctx, cancel := context.WithCancel(c.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		require.NoError(c, <-ended)
	})
}

// waiting is what is still to be sent, as the latest view says.
func (c *town) waiting() []views.Mail {
	c.Helper()
	require.NoError(c, c.Await(projectiontest.Within(c), views.NoticesView.Name, c.End()))
	found, _, err := views.NewNotices(c.Projector).MailToSend(c.Context(), c.now, 1000)
	require.NoError(c, err)
	return found
}

// settles sends until nothing waits.
func (c *town) settles() {
	c.Helper()
	stop := c.run(c.manager(c.sender("smtp://"+c.server.Address(), nil)))
	defer stop()
	require.Eventually(c, func() bool { return len(c.waiting()) == 0 }, time.Minute, 5*time.Millisecond, "%s", c.log)
}

// became is what history says of each mail.
func (c *town) became() (events []mailing.Event) {
	records, err := c.ReadAll(c.Context(), 0, 1<<30)
	require.NoError(c, err)
	for _, r := range records {
		f, err := c.Codec.Decode(r)
		require.NoError(c, err)
		if e, ok := f.Event.(mailing.Event); ok && r.Stream != mailing.StartStream {
			events = append(events, e)
		}
	}
	return events
}

// buy sells a Swede, or an American, two seats, and has the bill written and paid.
func (c *town) buy(tid domain.TenantID, oid domain.PersonID) projectiontest.Order {
	o := c.Buy(tid, oid, powerBI, domain.SelfService, 2, projectiontest.Euros(1000))
	c.bill(o, invoice.OfTerm(1), 1250_00)
	return o
}

// bill writes a bill, or below zero a credit note, and has it paid.
func (c *town) bill(o projectiontest.Order, of invoice.Of, minor int64) {
	c.bills++
	amount := domain.Money{Minor: minor, Currency: "SEK"}
	id := invoice.ID(o.Subscription, of)
	issued := invoice.Issued{
		Invoice: id, Number: invoice.Number("KASSA", 2026, int64(c.bills)), Kind: invoice.Invoice, Tenant: o.Tenant, Payer: o.Purchaser,
		Purchase: o.Purchase, OrderNumber: o.Number, Subscription: o.Subscription, Market: "SE", At: c.now, DueAt: c.now, Total: amount,
		Lines: []invoice.Line{{
			Transaction: invoice.Purchase, Product: o.Product, From: c.now, To: c.now.AddDate(0, 1, 0), Quantity: 2, UnitPrice: amount,
			TaxSplit: tax.Standard().At("SE", c.now).Of(amount),
		}},
	}
	if minor < 0 {
		issued.Kind, issued.Credits, issued.Lines[0].Transaction, issued.Lines[0].Quantity = invoice.CreditNote, invoice.ID(o.Subscription, invoice.OfTerm(1)), invoice.Cancel, -2
	}
	issued.Net, issued.Tax = issued.Lines[0].Net, issued.Lines[0].Tax
	c.Record(invoice.Stream(id), projectiontest.Person(o.Tenant, o.Purchaser), issued, invoice.Paid{Amount: amount, Reference: "ch_1", At: c.now})
}

// lives records what becomes of an order's subscription.
func (c *town) lives(o projectiontest.Order, events ...domain.Event) {
	c.Record(subscription.Stream(o.Subscription), projectiontest.Person(o.Tenant, o.Purchaser), events...)
}

// logbook is a log that can be read while it is written.
type logbook struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logbook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(b)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
