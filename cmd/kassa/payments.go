package main

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"kassa/domain"
	"kassa/services/api"
	"kassa/services/payments/simulator"
	"kassa/services/payments/stripe"
)

// gateway is what a whole Kassa asks of a payment service: to move money, and to
// show its books.
type gateway interface {
	Card(ctx context.Context, owner, token string) (domain.Card, error)
	Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error)
	Lookup(ctx context.Context, key string) (domain.Charge, bool, error)
	Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error)
	LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error)
	Charges(ctx context.Context) iter.Seq2[domain.Charge, error]
	Refunds(ctx context.Context) iter.Seq2[domain.Refund, error]
	Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error]
}

// onStripe is what stands for Stripe in place of the simulator that Kassa brings
// along.
const onStripe = "stripe"

// Settings that would play with other people's money.
var (
	errStripeDemo    = errors.New("--demo pays with the simulator's cards: leave it out, or --payments stripe")
	errStripeURL     = errors.New("--stripe-url is where Stripe is: add --payments stripe, or leave it out")
	errLiveForAnyone = errors.New("with --dev-identity-on-any-address whoever reaches Kassa may be anybody, and would pay with their cards: use a test key of Stripe's")
)

// checkPayments refuses what does not go together.
func (cfg settings) checkPayments() error {
	switch {
	case cfg.Payments != onStripe && cfg.Stripe.URL != "":
		return errStripeURL
	case cfg.Payments == onStripe && cfg.Demo:
		return errStripeDemo
	case cfg.Payments == onStripe && cfg.AnyAddress && strings.Contains(cfg.Stripe.Key, "_live_"):
		return errLiveForAnyone
	}
	return nil
}

func (s *system) openGateway(ctx context.Context) error {
	if s.Payments == onStripe {
		g, err := stripe.Open(s.Stripe)
		if err == nil {
			s.gateway = g
		}
		if s.Stripe.WebhookSecret == "" {
			s.log.WarnContext(ctx, "Stripe's webhooks are not heard: what it tells of is found a little later; set KASSA_STRIPE_WEBHOOK_SECRET")
		}
		return err
	}
	g, err := simulator.Open(ctx, simulator.Config{Dir: s.dir("payments"), Now: s.clock.Now})
	if err == nil {
		s.gateway = g
		s.closers = append(s.closers, g.Close)
	}
	return err
}

// pays lets the API do what only this gateway can: play the bank, or be told.
func (s *system) pays(server *api.Server) {
	switch g := s.gateway.(type) {
	case *simulator.Gateway:
		server.Bank = g
	case *stripe.Gateway:
		if s.Stripe.WebhookSecret != "" {
			server.Webhooks = g
		}
	}
}

// looks is how often the gateway's books are read for what banks took back.
func (s *system) looks() time.Duration {
	if s.Payments == onStripe {
		return time.Minute // its webhooks tell sooner
	}
	return time.Second
}
