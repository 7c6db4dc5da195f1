package commands

import (
	"context"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/domain/user"
)

// Cancel ends a subscription at once (R32). What has not begun is owed to the
// card; Settle pays it back. What the person wrote about it is kept ahead of
// that, in their own stream: a cancellation never names words that are nowhere.
func (s *Subscriptions) Cancel(ctx context.Context, r Request, c CancelSubscription) (Outcome[subscription.State], error) {
	return s.change(ctx, r, change{subscription: c.Subscription, command: func(ctx context.Context, state subscription.State, m moment) (subscription.Command, error) {
		cancel := subscription.Cancel{Cancellation: ChangeID(r.ID), By: subscription.ByPurchaser, Reason: c.Reason, Zone: m.zone, At: m.at}
		if m.by == domain.ActorAdmin {
			cancel.By = subscription.ByAdmin
		}
		if c.Words == "" {
			return cancel, nil
		}
		cancel.Feedback = subscription.FeedbackID(derive(r.ID, "feedback").String())
		if events, err := subscription.Decider.Decide(state, cancel); err != nil || len(events) == 0 {
			return cancel, err
		}
		return cancel, s.keep(ctx, r, m, cancel.Feedback, c.Words)
	}})
}

func (s *Subscriptions) keep(ctx context.Context, r Request, m moment, id subscription.FeedbackID, words string) error {
	home, person := r.Who.home(), r.Who.Person
	sealed, err := s.Sealer.Seal(ctx, home, person, feedbackField, words)
	if err != nil {
		return err
	}
	meta := follow(r.meta(m.by, m.at), r.ID, "feedback", m.at)
	meta.Tenant = home
	_, err = run(ctx, s.Log, user.Decider, user.Stream(home, person), meta, func(u user.State) ([]user.Event, error) {
		return user.Decider.Decide(u, user.GiveFeedback{Feedback: string(id), Words: sealed, At: m.at})
	})
	return err
}

// feedbackField is what words about a cancellation are sealed as.
const feedbackField = "feedback"

// Cancellation is how a subscription was cancelled, and what somebody wrote
// about it.
type Cancellation struct {
	subscription.Cancelled
	Who   domain.Actor
	Field string // that Words are sealed as, for Who
	Words []byte // sealed; nil: none
}

// Cancellation finds how a tenant's subscription was cancelled; false if it was
// not, or has begun anew.
func (s *Subscriptions) Cancellation(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID) (c Cancellation, cancelled bool, err error) {
	if !isID(id) {
		return c, false, subscription.ErrUnknown
	}
	h, err := s.load(ctx, id)
	if err != nil || h.state.Tenant != tenant {
		return c, false, err
	}
	for i, e := range h.events {
		switch e := e.(type) {
		case subscription.Cancelled:
			c, cancelled = Cancellation{Cancelled: e, Who: h.facts[i].Meta.Actor}, true
		case subscription.Reactivated:
			cancelled = false
		}
	}
	if !cancelled || c.Feedback == "" {
		return c, cancelled, nil
	}
	said, err := load(ctx, s.Log, user.Decider, user.Stream(c.Who.Tenant, c.Who.Person))
	for _, e := range said.events {
		if words, ok := e.(user.FeedbackGiven); ok && words.Feedback == string(c.Feedback) {
			c.Field, c.Words = feedbackField, words.Words
		}
	}
	return c, true, err
}
