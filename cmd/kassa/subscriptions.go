package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type subscriptionsCmd struct {
	Show       showSubscriptionCmd `cmd:"" help:"Show everything about a subscription."`
	Seats      seatsCmd            `cmd:"" help:"Change how many seats there are."`
	Recurring  recurringCmd        `cmd:"" help:"Say whether another term follows the current one."`
	Cancel     cancelCmd           `cmd:"" help:"End a subscription at once, for a refund."`
	Reactivate reactivateCmd       `cmd:"" help:"Begin a new term after the last one ended."`
	Card       cardCmd             `cmd:"" help:"Name another card to pay with."`

	TakeControl takeControlCmd `cmd:"" help:"Take control of what a person bought (global administrators)."`
	GiveUpMove  giveUpMoveCmd  `cmd:"" help:"Move nobody else: whoever remains loses their licence (global administrators)."`
	Control     controlCmd     `cmd:"" help:"See how far a takeover has come."`

	ExtendTrial   extendTrialCmd   `cmd:"" help:"Try for thirty more days."`
	Convert       convertCmd       `cmd:"" help:"Buy what is being tried."`
	LastAssignees lastAssigneesCmd `cmd:"" help:"List who used what was cancelled (administrators)."`
}

type seatsCmd struct {
	Add    addSeatsCmd    `cmd:"" help:"Buy more seats."`
	Remove removeSeatsCmd `cmd:"" help:"Give seats back."`
	Keep   keepSeatsCmd   `cmd:"" help:"Withdraw what was planned for the next term."`
}

type recurringCmd struct {
	On  recurringOnCmd  `cmd:"" help:"Let another term follow."`
	Off recurringOffCmd `cmd:"" help:"Let the subscription end with its term."`
}

// subscriptionFlags name the subscription and the change.
type subscriptionFlags struct {
	Subscription string `required:"" help:"Subscription id." placeholder:"ID"`
	CommandID    string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// change asks for it, and again while the payment gateway has not answered.
func (f *subscriptionFlags) change(ctx context.Context, s *session, ask func(client.Intent) (v1.Subscription, error)) error {
	intent := client.Intent(cmp.Or(f.CommandID, uuid.NewString()))
	out, err := untilKnown(ctx, func() (v1.Subscription, bool, error) {
		out, err := ask(intent)
		return out, !out.Pending, err
	})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.tellSubscription(out) })
}

func (s *session) tellSubscription(v v1.Subscription) {
	then := "ends"
	switch {
	case v.RecurringBilling && v.Status == "trial":
		then = "becomes paid"
	case v.RecurringBilling:
		then = "is renewed"
	}
	fmt.Fprintf(s.stdout, "Subscription %s is %s with %d seats and %s on %s.\n", v.SubscriptionID, v.Status, v.Quantity, then, day(v.ExpiryDate))
	if v.QuantityAtRenewal != 0 {
		fmt.Fprintf(s.stdout, "The next term begins with %d seats.\n", v.QuantityAtRenewal)
	}
	if v.Charged != nil {
		fmt.Fprintf(s.stdout, "The card was charged %s.\n", money(*v.Charged))
	}
	if v.Refund != nil {
		fmt.Fprintf(s.stdout, "%s is paid back to the card.\n", money(*v.Refund))
	}
	if v.Pending {
		fmt.Fprintln(s.stdout, "The payment gateway has not answered yet; Kassa goes on by itself.")
	}
}

func (f subscriptionFlags) id() domain.SubscriptionID { return domain.SubscriptionID(f.Subscription) }

// seatFlags say how many: exactly one of the two is given.
type seatFlags struct {
	To int64 `help:"How many seats there shall be." xor:"count" required:"" placeholder:"N"`
	By int64 `help:"How many seats more or fewer." xor:"count" required:"" placeholder:"N"`
}

type addSeatsCmd struct {
	subscriptionFlags
	seatFlags
	Card string `help:"The payment gateway's token of a card to pay with from now on, or the id of a saved one." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (addSeatsCmd) Help() string {
	return `They are charged now, for what is left of the term. A refusal exits with 2.

Examples:
  kassa subscriptions seats add --subscription 0f0e… --to 5
  kassa subscriptions seats add --subscription 0f0e… --by 1 --card tok_visa`
}

func (c *addSeatsCmd) Run(ctx context.Context, s *session) error {
	in := v1.AddSeats{Quantity: c.To, Delta: c.By, Card: c.Card}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.AddSeats(ctx, i, c.id(), in) })
}

type removeSeatsCmd struct {
	subscriptionFlags
	seatFlags
	When string `default:"now" help:"now (default), within seven days of paying for them, or renewal." placeholder:"WHEN"`
}

// Help shows how it is used.
func (removeSeatsCmd) Help() string {
	return `Examples:
  kassa subscriptions seats remove --subscription 0f0e… --by 1
  kassa subscriptions seats remove --subscription 0f0e… --to 2 --when renewal`
}

func (c *removeSeatsCmd) Run(ctx context.Context, s *session) error {
	in := v1.RemoveSeats{Quantity: c.To, Delta: c.By, When: c.When}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.RemoveSeats(ctx, i, c.id(), in) })
}

type keepSeatsCmd struct{ subscriptionFlags }

// Help shows how it is used.
func (keepSeatsCmd) Help() string {
	return `Example:
  kassa subscriptions seats keep --subscription 0f0e…`
}

func (c *keepSeatsCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.KeepSeats(ctx, i, c.id()) })
}

type recurringOnCmd struct{ subscriptionFlags }

// Help shows how it is used.
func (recurringOnCmd) Help() string {
	return `Example:
  kassa subscriptions recurring on --subscription 0f0e…`
}

func (c *recurringOnCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) {
		return s.client.SetRecurringBilling(ctx, i, c.id(), true)
	})
}

type recurringOffCmd struct{ subscriptionFlags }

// Help shows how it is used.
func (recurringOffCmd) Help() string {
	return `Everything works until the term ends, and no other is charged. A term that is paid
in months is, to its end.

Example:
  kassa subscriptions recurring off --subscription 0f0e…`
}

func (c *recurringOffCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) {
		return s.client.SetRecurringBilling(ctx, i, c.id(), false)
	})
}

type cancelCmd struct {
	subscriptionFlags
	Reason   string `required:"" help:"too_expensive, not_needed, missing_features, technical_problems, other_product, centralised or other." placeholder:"REASON"`
	Feedback string `help:"Anything else you want to say; kept sealed." placeholder:"WORDS"`
}

// Help shows how it is used.
func (cancelCmd) Help() string {
	return `Within seven days of the start or a renewal. Everybody loses access at once.

Example:
  kassa subscriptions cancel --subscription 0f0e… --reason not_needed --feedback "We use another product now."`
}

func (c *cancelCmd) Run(ctx context.Context, s *session) error {
	in := v1.CancelSubscription{Reason: c.Reason, Feedback: c.Feedback}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.CancelSubscription(ctx, i, c.id(), in) })
}

type reactivateCmd struct {
	subscriptionFlags
	Card string `help:"The payment gateway's token of a card to pay with from now on, or the id of a saved one." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (reactivateCmd) Help() string {
	return `The term begins now, at the price in force now, and is charged now.

Example:
  kassa subscriptions reactivate --subscription 0f0e… --card tok_visa`
}

func (c *reactivateCmd) Run(ctx context.Context, s *session) error {
	in := v1.ReactivateSubscription{Card: c.Card}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.Reactivate(ctx, i, c.id(), in) })
}
