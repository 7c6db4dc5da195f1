package commands

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// UsedCard is a card that a purchase, or what it led to, was paid with.
type UsedCard struct {
	Purchase domain.PurchaseID
	Fact     uuid.UUID // that attached it
}

// Expiry is a card whose month is over.
type Expiry struct {
	Payer
	Method domain.PaymentMethodID
	At     time.Time // since when
}

// Keep puts a card that somebody paid with on their list, once. One that has
// expired, or that they have removed since, is left alone.
func (p *PaymentMethods) Keep(ctx context.Context, c UsedCard) (Outcome[paymentmethod.State], error) {
	var none Outcome[paymentmethod.State]
	h, err := load(ctx, p.Log, purchase.Decider, purchase.Stream(c.Purchase))
	if err != nil {
		return none, err
	}
	n := 1 + slices.IndexFunc(h.facts, func(f eventstore.Fact) bool { return f.ID == c.Fact })
	file := cardOnFile(h.first(purchase.Decider, n))
	payer, theirs := file.payer()
	if !theirs || h.state.Status != purchase.StatusCompleted {
		return none, nil
	}
	if _, left, err := standIn(ctx, p.Log, payer, file.Card.Token, file.said.Position, ever); left.Event != nil {
		if errors.Is(err, paymentmethod.ErrGone) {
			err = nil
		}
		return none, err
	}
	meta := follow(file.said.Meta, file.said.ID, "keep", file.said.Meta.At)
	out, err := run(ctx, p.Log, paymentmethod.Decider, paymentmethod.Stream(payer.Tenant, payer.Person), meta, func(s paymentmethod.State) ([]paymentmethod.Event, error) {
		return paymentmethod.Decider.Decide(s, paymentmethod.Add{
			ID: domain.PaymentMethodID(derive(file.said.ID, "card").String()), Tenant: payer.Tenant, Person: payer.Person, Card: file.Card, At: meta.At,
		})
	})
	if errors.Is(err, paymentmethod.ErrExpired) {
		return none, nil
	}
	return out, err
}

// Moved is what pays with another card since, and where history stands with it.
type Moved struct {
	Subscriptions []domain.SubscriptionID
	Position      uint64
}

// Move has everything that somebody pays for with a card that is gone pay with
// what took its place, and asks for what is open once more (R31). One that cannot
// be does not keep the others waiting.
func (p *PaymentMethods) Move(ctx context.Context, of Payer) (m Moved, err error) {
	ids, err := p.Paid(ctx, of)
	errs := []error{err}
	for _, id := range ids {
		moved, position, err := p.Subscriptions.follows(ctx, id)
		if moved {
			m.Subscriptions = append(m.Subscriptions, id)
		}
		m.Position = max(m.Position, position)
		errs = append(errs, err)
	}
	return m, errors.Join(errs...)
}

// Expire records that a card's month is over. The command's id comes from the
// stream, the card and that instant, so whoever comes second changes nothing.
func (p *PaymentMethods) Expire(ctx context.Context, e Expiry) (Outcome[paymentmethod.State], error) {
	if now(p.Now).Before(e.At) {
		return Outcome[paymentmethod.State]{}, nil
	}
	stream := paymentmethod.Stream(e.Tenant, e.Person)
	id := uuid.NewSHA1(namespace, []byte(stream+"/expire/"+string(e.Method)+"/"+e.At.UTC().Format(time.RFC3339Nano)))
	meta := eventstore.Meta{
		Tenant: e.Tenant, Actor: domain.Actor{Kind: domain.ActorSystem}, Command: id, Correlation: id, Causation: id, At: e.At,
	}
	return run(ctx, p.Log, paymentmethod.Decider, stream, meta, func(s paymentmethod.State) ([]paymentmethod.Event, error) {
		card, _ := s.Find(e.Method)
		renewing, err := p.renewing(ctx, e.Payer, card.Token)
		if err != nil {
			return nil, err
		}
		return paymentmethod.Decider.Decide(s, paymentmethod.Expire{Card: e.Method, Renewing: renewing, At: e.At})
	})
}

// renewing lists what somebody will be charged for again on the card behind a
// token.
func (p *PaymentMethods) renewing(ctx context.Context, of Payer, token string) (ids []domain.SubscriptionID, err error) {
	paid, err := p.Paid(ctx, of)
	if err != nil {
		return nil, err
	}
	for _, id := range paid {
		s, err := read(ctx, p.Log, subscription.Decider, subscription.Stream(id))
		if err != nil {
			return nil, err
		}
		if !s.State.Renews() {
			continue
		}
		card, err := p.Subscriptions.pays(ctx, s.State, ever)
		if err == nil && card.Token == token {
			ids = append(ids, id)
		}
		if err != nil && !errors.Is(err, paymentmethod.ErrGone) {
			return nil, err
		}
	}
	return ids, nil
}
