package scheduler

import (
	"context"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
)

// subscriptions is the command that the scheduler issues.
type subscriptions interface {
	Advance(ctx context.Context, id domain.SubscriptionID, at time.Time) (commands.Outcome[subscription.State], error)
}

// Steps is a Scheduler's Advance by that command. More than one step may be due
// at the same instant: a term whose renewal came to nothing ends there and then.
func Steps(c subscriptions) func(ctx context.Context, id domain.SubscriptionID, due time.Time) (uint64, error) {
	return func(ctx context.Context, id domain.SubscriptionID, due time.Time) (position uint64, err error) {
		for {
			out, err := c.Advance(ctx, id, due)
			if err != nil || !out.Wrote {
				return position, err
			}
			position = out.Position
			if next, ok := out.State.Due(); !ok || next.At.After(due) {
				return position, nil
			}
		}
	}
}
