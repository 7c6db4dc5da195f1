package main

import (
	"context"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type extendTrialCmd struct{ subscriptionFlags }

// Help shows how it is used.
func (extendTrialCmd) Help() string {
	return `Once, in the fifteen days before the trial ends.

Example:
  kassa subscriptions extend-trial --subscription 0f0e…`
}

func (c *extendTrialCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.ExtendTrial(ctx, i, c.id()) })
}

type convertCmd struct {
	subscriptionFlags
	Card string `help:"The payment gateway's token of a card to pay with from now on, or the id of a saved one." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (convertCmd) Help() string {
	return `The first paid term begins now, at the price that checkout displayed, and is charged now. A refusal exits with 2.

Example:
  kassa subscriptions convert --subscription 0f0e… --card tok_visa`
}

func (c *convertCmd) Run(ctx context.Context, s *session) error {
	in := v1.ConvertTrial{Card: c.Card}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.ConvertTrial(ctx, i, c.id(), in) })
}
