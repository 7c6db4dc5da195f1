package commands

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Finish takes a cancellation request as far as it will go without a person: a
// yes is carried out on the subscription and then recorded; a request whose time
// is over, or whose subscription ended by other means, expires. It is safe to
// call at any time, by anybody, any number of times. What is owed to the card
// is paid back by Subscriptions.Settle.
func (c *CancellationRequests) Finish(ctx context.Context, id cancelreq.ID) (asked, error) {
	h, err := load(ctx, c.Log, cancelreq.Decider, id.Stream())
	if err != nil || h.state.ID != id {
		return h.outcome(), err
	}
	switch h.state.Status {
	case cancelreq.StatusAccepted:
		return c.execute(ctx, h)
	case cancelreq.StatusOpen:
		return c.expire(ctx, h)
	}
	return h.outcome(), nil
}

type requests = history[cancelreq.State, cancelreq.Event]

// execute carries a yes out. Both steps are named after the yes: what a crash
// leaves between them, the next call completes.
func (c *CancellationRequests) execute(ctx context.Context, h requests) (asked, error) {
	yes := h.latest(func(e cancelreq.Event) bool { _, ok := e.(cancelreq.RequestAccepted); return ok })
	meta := follow(yes.Meta, yes.ID, "cancel", now(c.Now))
	changed, err := run(ctx, c.Log, subscription.Decider, subscription.Stream(h.state.Subscription), meta,
		func(s subscription.State) ([]subscription.Event, error) {
			if !s.Status(meta.At).Running() {
				return nil, subscription.ErrNotActive
			}
			cancel, err := cancellation(h.state, s, meta)
			if err != nil {
				return nil, err
			}
			return subscription.Decider.Decide(s, cancel)
		})
	switch {
	case errors.Is(err, subscription.ErrNotActive):
		return c.close(ctx, h, meta.At)
	case err != nil:
		return h.outcome(), err
	}
	effect := cancelreq.RecurringBillingOff
	if changed.State.Cancelled {
		effect = cancelreq.Cancelled
	}
	out, err := c.run(ctx, h.state.ID, follow(yes.Meta, yes.ID, "executed", meta.At),
		cancelreq.Execute{Number: h.state.Number, Effect: effect, At: meta.At})
	out.Position = max(out.Position, changed.Position)
	return out, err
}

// cancellation is what a yes means for the subscription as it stands: support
// cancels it (R58); a purchaser does so within days of its start or renewal, and
// lets it end with its term later (R32, R47).
func cancellation(request cancelreq.State, s subscription.State, m eventstore.Meta) (subscription.Command, error) {
	zone, err := billingZone(s)
	cancel := subscription.Cancel{
		Cancellation: ChangeID(m.Command), By: subscription.BySupport, Reason: subscription.Reason(request.Reason), Zone: zone, At: m.At,
	}
	if request.To == cancelreq.ToSupport || err != nil {
		return cancel, err
	}
	cancel.By = subscription.ByPurchaser
	if _, err := subscription.Decider.Decide(s, cancel); errors.Is(err, subscription.ErrWindowClosed) {
		return subscription.TurnRecurringBilling{On: false, At: m.At}, nil
	}
	return cancel, nil
}

// expire closes an open request that nobody can answer any more.
func (c *CancellationRequests) expire(ctx context.Context, h requests) (asked, error) {
	at := now(c.Now)
	if !at.Before(h.state.ExpiresAt) {
		return c.run(ctx, h.state.ID, unasked(h.state, cancelreq.Unanswered, h.state.ExpiresAt),
			cancelreq.Expire{Number: h.state.Number, Cause: cancelreq.Unanswered, At: h.state.ExpiresAt})
	}
	s, err := read(ctx, c.Log, subscription.Decider, subscription.Stream(h.state.Subscription))
	if err != nil || s.State.Ended == subscription.StatusNone {
		return h.outcome(), err
	}
	return c.close(ctx, h, at)
}

// close ends a request whose subscription has ended by somebody else's doing.
func (c *CancellationRequests) close(ctx context.Context, h requests, at time.Time) (asked, error) {
	return c.run(ctx, h.state.ID, unasked(h.state, cancelreq.SubscriptionEnded, at),
		cancelreq.Expire{Number: h.state.Number, Cause: cancelreq.SubscriptionEnded, At: at})
}

// unasked is the meta of closing a request, which nobody asked for.
func unasked(s cancelreq.State, cause cancelreq.ExpiryCause, at time.Time) eventstore.Meta {
	id := uuid.NewSHA1(namespace, []byte(s.ID.String()+"/"+string(cause)))
	return eventstore.Meta{
		Tenant: s.Tenant, Actor: domain.Actor{Kind: domain.ActorSystem},
		Command: id, Correlation: id, Causation: id, At: at,
	}
}
