package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/services/payments/simulator"
)

const (
	askers = 64 // people who ask for something at the same time
	asks   = 20 // of one subscription each, then of their next one
)

// measureCommands has 64 people each change what they bought, over and over:
// assign a licence (two appends), then add a seat (two, with a charge between
// them). The limit is a bare append by as many writers.
func (r *run) measureCommands(ctx context.Context) (err error) {
	limit, err := r.appendEvents(ctx, askers)
	if err != nil {
		return err
	}
	dir, err := r.scratch()
	if err != nil {
		return err
	}
	store, stop, err := openStore(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	gateway, err := simulator.Open(ctx, simulator.Config{Dir: dir, Now: now})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gateway.Close()) }()
	log := commands.Log{Store: store, Codec: eventstore.Schema()}
	for _, m := range []struct {
		name, unit string
		ask        func(ctx context.Context, b *buyer) error
	}{
		{"commands: assign, 64 writers", "licences", assigning(&commands.Licenses{Log: log, Now: now})},
		{"commands: add a seat, 64 writers", "seats", adding(&commands.Subscriptions{Log: log, Gateway: gateway, Now: now})},
	} {
		r.tell("%s", m.name)
		buyers, err := r.buyers(ctx, &history{store: store})
		if err != nil {
			return err
		}
		s, err := during(ctx, r.Each, askers, func(ctx context.Context, n int) error { return m.ask(ctx, buyers[n]) })
		if err != nil {
			return err
		}
		r.figures = append(r.figures, s.figure(m.name, m.unit, 1).ofRate(limit))
	}
	return nil
}

// buyer is somebody with enough subscriptions to change one after the other.
type buyer struct {
	firm
	bought []domain.SubscriptionID
	asked  int
}

// next is whose subscription is changed, and for which of the colleagues.
func (b *buyer) next() (domain.SubscriptionID, domain.PersonID, error) {
	n := b.asked
	b.asked++
	if n/asks >= len(b.bought) {
		return "", "", fmt.Errorf("after %d commands nothing is left to change: measure for a shorter time", n)
	}
	return b.bought[n/asks], b.people[n%asks], nil
}

func (b *buyer) request() commands.Request {
	member := false
	return commands.Request{ID: uuid.New(), Correlation: uuid.New(), Who: commands.Principal{Tenant: b.id, Person: b.people[0], Guest: &member}}
}

// buyers are organisations of asks people, the first of whom has bought enough
// for a few hundred commands in each second that is measured.
func (r *run) buyers(ctx context.Context, h *history) ([]*buyer, error) {
	all := make([]*buyer, askers)
	if err := h.tell(ctx, []chapter{listed()}); err != nil && !errors.Is(err, eventstore.ErrConflict) {
		return nil, err
	}
	work, ctx := errgroup.WithContext(ctx)
	for n := range all {
		work.Go(func() (err error) {
			b := &buyer{firm: newFirm(n, asks)}
			all[n] = b
			if err := h.tell(ctx, b.registered()); err != nil {
				return err
			}
			for range max(1, int(r.Each.Seconds()*200/asks)) {
				order := b.purchase(0, asks)
				b.bought = append(b.bought, order[1].events[0].(subscription.Provisioned).Subscription)
				if err := h.tell(ctx, order); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return all, work.Wait()
}

func assigning(l *commands.Licenses) func(context.Context, *buyer) error {
	return func(ctx context.Context, b *buyer) error {
		id, person, err := b.next()
		if err != nil {
			return err
		}
		_, err = l.Assign(ctx, b.request(), commands.AssignLicense{Subscription: id, Person: person})
		return err
	}
}

func adding(s *commands.Subscriptions) func(context.Context, *buyer) error {
	return func(ctx context.Context, b *buyer) error {
		id, _, err := b.next()
		if err != nil {
			return err
		}
		asked, err := s.AddSeats(ctx, b.request(), commands.AddSeats{Subscription: id, Delta: 1})
		if err != nil {
			return err
		}
		if asked.State.Pending.Kind == "" {
			return fmt.Errorf("subscription %s waits for no charge", id)
		}
		paid, err := s.Settle(ctx, id)
		if err == nil && paid.State.Settled.Code != "" {
			err = fmt.Errorf("subscription %s: %s", id, paid.State.Settled.Code)
		}
		return err
	}
}
