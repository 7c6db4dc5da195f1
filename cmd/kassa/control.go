package main

import (
	"context"
	"fmt"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type takeControlCmd struct {
	subscriptionFlags
	MoveTo string `help:"The subscription to move its users to, with a free seat for each." xor:"option" required:"" placeholder:"ID"`
	Cancel bool   `help:"Let its users lose their licences." xor:"option" required:""`
	Reason string `default:"other" help:"too_expensive, not_needed, missing_features, technical_problems, other_product, centralised, purchaser_left or other (default)." placeholder:"REASON"`
}

// Help shows how it is used.
func (takeControlCmd) Help() string {
	return `For global administrators, once. The purchaser changes nothing any more and is
refunded by the rules for cancelling; in the end the subscription is deleted.
Whoever cannot be moved for now keeps what they have, until there are seats.

Examples:
  kassa subscriptions take-control --subscription 0f0e… --move-to 7c11… --reason centralised
  kassa subscriptions take-control --subscription 0f0e… --cancel --reason purchaser_left`
}

func (c *takeControlCmd) Run(ctx context.Context, s *session) error {
	in := v1.TakingControl{Option: "move", Target: subscriptionFlags{Subscription: c.MoveTo}.id(), Reason: c.Reason}
	if c.Cancel {
		in.Option = "cancel"
	}
	begun, err := s.client.TakeControl(ctx, client.Intent(c.CommandID), c.id(), in)
	if err != nil {
		return err
	}
	return c.watch(ctx, s, begun)
}

type giveUpMoveCmd struct{ subscriptionFlags }

// Help shows how it is used.
func (giveUpMoveCmd) Help() string {
	return `Whoever has not been moved yet loses their licence, instead of waiting for a
seat.

Example:
  kassa subscriptions give-up-move --subscription 0f0e…`
}

func (c *giveUpMoveCmd) Run(ctx context.Context, s *session) error {
	begun, err := s.client.GiveUpMove(ctx, client.Intent(c.CommandID), c.id())
	if err != nil {
		return err
	}
	return c.watch(ctx, s, begun)
}

type controlCmd struct {
	Subscription string `required:"" help:"Subscription id." placeholder:"ID"`
}

// Help shows how it is used.
func (controlCmd) Help() string {
	return `Example:
  kassa subscriptions control --subscription 0f0e…`
}

func (c *controlCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Control(ctx, subscriptionFlags{Subscription: c.Subscription}.id())
	if err != nil {
		return err
	}
	return s.show(out, func() { s.tellControl(out) })
}

// watch tells how a takeover goes on, until it is finished, waits for seats, or
// takes too long.
func (f subscriptionFlags) watch(ctx context.Context, s *session, begun v1.Control) error {
	told := begun
	out, err := untilKnown(ctx, func() (v1.Control, bool, error) {
		out, err := s.client.Control(ctx, f.id())
		if err == nil && !s.json && out.Remaining != told.Remaining && !out.Finished {
			s.tellControl(out)
			told = out
		}
		return out, out.Finished || out.Waiting != nil, err
	})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.tellControl(out) })
}

func (s *session) tellControl(c v1.Control) {
	if c.Finished {
		fmt.Fprintf(s.stdout, "Subscription %s is deleted; of its %d users nobody is left.\n", c.SubscriptionID, c.Users)
		return
	}
	fmt.Fprintf(s.stdout, "Subscription %s is under the control of %s, to %s; %d of its %d users remain.\n", c.SubscriptionID, c.By.Name, c.Option, c.Remaining, c.Users)
	if c.Waiting != nil {
		fmt.Fprintf(s.stdout, "They wait: %s (%s) %s missing there.\n", c.Waiting.Detail, c.Waiting.Code, seats(c.MissingSeats))
	}
}
