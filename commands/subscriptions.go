package commands

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// Subscriptions carries out what people ask about what was bought, and what
// time does to it. A person changes what they bought themselves (R24, R32), a
// billing administrator what the organisation bought. What costs something is
// asked for here and charged by Settle.
type Subscriptions struct {
	Log
	Gateway gateway
	Taxes   taxes  // nil: the standard ones
	Sealer  sealer // of what people write
	Now     func() time.Time
}

// change is something that somebody asks of a subscription.
type change struct {
	subscription domain.SubscriptionID
	card         string // the gateway's token of what shall pay, or the id of a card of theirs; empty: the card on file
	command      func(ctx context.Context, s subscription.State, m moment) (subscription.Command, error)
}

// moment is when, and by which calendar, a subscription is changed.
type moment struct {
	at   time.Time
	zone *time.Location // that the subscription is billed in
	by   domain.ActorKind
}

// ChangeID names what a command asks of a subscription, so that its retry finds
// it.
func ChangeID(command uuid.UUID) subscription.ChangeID {
	return subscription.ChangeID(derive(command, "change").String())
}

func (s *Subscriptions) change(ctx context.Context, r Request, c change) (Outcome[subscription.State], error) {
	kind, err := capacity(ctx, s.Log, r.Who, c.subscription, centralBuyers, ErrNotSubscriptionAdmin)
	if err != nil {
		return Outcome[subscription.State]{}, err
	}
	at := now(s.Now)
	return run(ctx, s.Log.insisting(r.Revision), subscription.Decider, subscription.Stream(c.subscription), r.meta(kind, at),
		func(state subscription.State) ([]subscription.Event, error) {
			if c.card != "" && state.Channel == domain.Central {
				return nil, purchase.ErrPaymentKind
			}
			zone, err := billingZone(state)
			if err != nil {
				return nil, err
			}
			command, err := c.command(ctx, state, moment{at: at, zone: zone, by: kind})
			if err != nil {
				return nil, err
			}
			events, err := subscription.Decider.Decide(state, command)
			if asks := subscription.Decider.Fold(state, events...).Pending.Kind != ""; err != nil || !asks {
				return events, err
			}
			if c.card != "" {
				return events, s.attach(ctx, r.Who, state.Purchase, c.card, follow(r.meta(kind, at), r.ID, "card", at))
			}
			_, err = s.pays(ctx, state, ever)
			return events, err
		})
}

// Terms are what a tenant's subscription began with and nobody changes: who pays
// (R36), who owns the data (R44), who supports it (R51).
func (s *Subscriptions) Terms(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID) (subscription.Provisioned, error) {
	if !isID(id) {
		return subscription.Provisioned{}, subscription.ErrUnknown
	}
	h, err := s.load(ctx, id)
	if err != nil {
		return subscription.Provisioned{}, err
	}
	for _, e := range h.events {
		if terms, ok := e.(subscription.Provisioned); ok && terms.Tenant == tenant {
			return terms, nil
		}
	}
	return subscription.Provisioned{}, subscription.ErrUnknown
}

// NextTerm is what follows the current term of a subscription, taxed as its market
// taxes now; ok is false where nothing does.
func (s *Subscriptions) NextTerm(ctx context.Context, id domain.SubscriptionID) (next subscription.NextTerm, ok bool, err error) {
	h, err := s.load(ctx, id)
	if err != nil {
		return next, false, err
	}
	market, err := s.market(ctx, h.state)
	if err != nil {
		return next, false, err
	}
	return h.state.Next(ruleOf(s.Taxes, market, now(s.Now)))
}

func billingZone(s subscription.State) (*time.Location, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("billing zone of subscription %s: %w", s.Subscription, err)
	}
	return zone, nil
}
