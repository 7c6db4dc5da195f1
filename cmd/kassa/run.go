package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/alecthomas/kong"

	"kassa/services/client"
)

// Exit codes. Scripts rely on them.
const (
	exitOK      = 0
	exitFailed  = 1 // something is wrong: with the command line, the connection, a view, Kassa
	exitRefused = 2 // Kassa answered, and the answer is no
)

// errPartlyRefused: Kassa did some of what it was asked for and refused the
// rest.
var errPartlyRefused = errors.New("partly refused")

const defaultURL = "http://127.0.0.1:8080"

// commandLine is everything that can be said to kassa.
type commandLine struct {
	URL      string `help:"Address of Kassa ($$KASSA_URL, else http://127.0.0.1:8080)." placeholder:"URL"`
	Lang     string `help:"Language of messages, en or sv ($$KASSA_LANG)." placeholder:"LANG"`
	JSON     bool   `name:"json" help:"Print JSON for scripts instead of text for people."`
	Customer string `name:"on-behalf-of" help:"Act for this customer of your organisation ($$KASSA_ON_BEHALF_OF), by their tenant id." placeholder:"TENANT"`
	Position uint64 `help:"Answer no older than this position, such as the one a write returned." placeholder:"N"`

	Serve      serveCmd      `cmd:"" help:"Run Kassa."`
	Eventstore eventstoreCmd `cmd:"" help:"Run the embedded event store alone."`
	Bench      benchCmd      `cmd:"" help:"Measure Kassa on this machine."`

	Token       tokenCmd       `cmd:"" help:"Get a token of the development identity provider."`
	Whoami      whoamiCmd      `cmd:"" help:"Show who you are and what you may see."`
	Checkout    checkoutCmd    `cmd:"" help:"Buy seats of a product."`
	Prices      pricesCmd      `cmd:"" help:"Show the public price list of a market, or change it (operators)."`
	Eligibility eligibilityCmd `cmd:"" help:"Ask whether somebody may buy a product, and why."`

	Purchases purchasesCmd `cmd:"" help:"List what you bought yourself."`
	Products  productsCmd  `cmd:"" help:"List what your organisation has (administrators)."`
	Orders    ordersCmd    `cmd:"" help:"Look at orders."`
	Orphaned  orphanedCmd  `cmd:"" help:"List what people who left had bought by themselves (administrators)."`
	Capacity  capacityCmd  `cmd:"" help:"Show where your organisation's storage comes from."`

	Licenses             licensesCmd             `cmd:"" help:"Assign the licences of a subscription."`
	LicenseRequests      licenseRequestsCmd      `cmd:"" help:"Ask for licences of what you may not buy, and answer who asks."`
	AutoClaim            autoClaimCmd            `cmd:"" help:"Give a licence to whoever opens a product."`
	Subscriptions        subscriptionsCmd        `cmd:"" help:"Change what was bought: seats, renewal, end."`
	CancellationRequests cancellationRequestsCmd `cmd:"" help:"Ask for what a person bought to be cancelled, and answer that."`
	Centralise           centraliseCmd           `cmd:"" help:"Take over what people bought by themselves (administrators)."`
	Support              supportCmd              `cmd:"" help:"Ask for help with a subscription, and look after those who do."`
	Notices              noticesCmd              `cmd:"" help:"See what you should know of."`
	Mails                mailsCmd                `cmd:"" help:"See what became of each mail (operators)."`

	Bills    billsCmd    `cmd:"" help:"See and pay what you were charged for."`
	Cards    cardsCmd    `cmd:"" help:"Look after the cards that you pay with."`
	Invoices invoicesCmd `cmd:"" help:"See the bills that you were sent."`
	Billing  billingCmd  `cmd:"" help:"Follow a billing run (operators)."`
	Ledger   ledgerCmd   `cmd:"" help:"Prove that the money adds up (operators)."`

	Policy    policyCmd    `cmd:"" help:"Control what people may buy by themselves (administrators)."`
	Refusals  refusalsCmd  `cmd:"" help:"List purchases that a rule refused (administrators)."`
	Partners  partnersCmd  `cmd:"" help:"Let partners in, and see what they looked at (administrators)."`
	Customers customersCmd `cmd:"" help:"List the organisations that let yours in as a partner."`
	People    peopleCmd    `cmd:"" help:"Say who left the organisation, and who is back (administrators)."`

	Events  eventsCmd  `cmd:"" help:"Read the history."`
	Views   viewsCmd   `cmd:"" help:"Look after the views (operators)."`
	Health  healthCmd  `cmd:"" help:"See whether every part works and has caught up."`
	Import  importCmd  `cmd:"" help:"Bring in a catalogue or a directory (operators)."`
	Version versionCmd `cmd:"" help:"Say which Kassa this is."`
}

// session is what a command has to work with.
type session struct {
	client         *client.Client
	getenv         func(string) string
	stdout, stderr io.Writer
	json           bool
}

// run is the program. It returns the exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) (code int) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case exited:
			code = int(cause)
		default:
			panic(cause)
		}
	}()
	var c commandLine
	parser, err := kong.New(&c, kong.Name("kassa"),
		kong.Description("Self-service purchase: people buy with their own card, administrators see everything. Commands find Kassa at $KASSA_URL and sign in with $KASSA_TOKEN."),
		kong.Writers(stdout, stderr), kong.BindTo(ctx, (*context.Context)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.WithHyphenPrefixedParameters(true), kong.Exit(func(code int) { panic(exited(code)) }))
	if err != nil {
		panic(err) // the declaration above is wrong
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "kassa: %v\nTry kassa --help.\n", err)
		return exitFailed
	}
	s := &session{
		getenv: getenv, stdout: stdout, stderr: stderr, json: c.JSON,
		client: &client.Client{
			URL:   strings.TrimSuffix(cmp.Or(c.URL, getenv("KASSA_URL"), defaultURL), "/"),
			Token: getenv("KASSA_TOKEN"), Customer: cmp.Or(c.Customer, getenv("KASSA_ON_BEHALF_OF")), Language: cmp.Or(c.Lang, getenv("KASSA_LANG")), Position: c.Position,
		},
	}
	err = chosen.Run(ctx, s)
	if errors.Is(err, client.ErrUnreachable) && ctx.Err() != nil {
		err = errors.New("stopped before there was an answer")
	}
	return s.exit(err)
}

// exited carries the code out of kong, which expects that a call to exit does
// not return.
type exited int

// exit tells err and returns the code that goes with it.
func (s *session) exit(err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, errPartlyRefused) {
		fmt.Fprintf(s.stderr, "kassa: %v\n", err)
		return exitRefused
	}
	e := (*client.Error)(nil)
	if !errors.As(err, &e) {
		fmt.Fprintf(s.stderr, "kassa: %v\n", err)
		if errors.Is(err, client.ErrUnreachable) {
			fmt.Fprintln(s.stderr, "Is it running there? Start it with kassa serve, or say where it is with --url or KASSA_URL=http://HOST:PORT.")
		}
		return exitFailed
	}
	if s.json {
		fmt.Fprintf(s.stdout, "%s\n", strings.TrimSpace(string(e.Raw)))
	} else {
		fmt.Fprintf(s.stderr, "%s: %s (%s)\n", e.Title, e.Detail, e.Code)
		for _, f := range e.Errors {
			fmt.Fprintf(s.stderr, "  %s: %s\n", f.Location, f.Message)
		}
		if e.Status == http.StatusUnauthorized {
			fmt.Fprintln(s.stderr, "The token is what KASSA_TOKEN says: export KASSA_TOKEN=$(kassa token --as MAIL)")
		}
	}
	if e.Status >= 500 {
		return exitFailed
	}
	return exitRefused
}
