package main

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

// kind is a sort of intent.
type kind string

const (
	start    kind = "start a purchase"
	submit   kind = "submit a purchase"
	assign   kind = "assign a licence"
	unassign kind = "unassign a licence"
	grow     kind = "add seats"
	shrink   kind = "remove seats"
	plan     kind = "remove seats at renewal"
	recur    kind = "turn recurring billing off"
	cancel   kind = "cancel a subscription"
	pay      kind = "pay a term that was declined"
	replace  kind = "replace the card"
	revive   kind = "reactivate a subscription"
)

// kinds are all of them, as a report lists them.
var kinds = []kind{start, submit, assign, unassign, grow, shrink, plan, recur, cancel, pay, replace, revive}

// promise is what a kind of intent stands for.
type promise struct {
	verb     string   // in its command's id
	trail    []string // every fact it leads to, and what follows from these, in order
	unpaid   []string // the trail when the card was declined
	refusals []string // what it may be refused with, leaving no fact
}

var promises = map[kind]promise{
	start: {verb: "purchase.start", trail: []string{
		"purchase.started.v1", "purchase.tenant_resolved.v1", "purchase.purchaser_authenticated.v1",
		"purchase.eligibility_confirmed.v1", "purchase.quantity_chosen.v1", "purchase.quote_issued.v1",
	}},
	submit: {verb: "purchase.submit", trail: []string{
		"purchase.terms_accepted.v1", "purchase.payment_method_attached.v1", "purchase.eligibility_confirmed.v1", "purchase.submitted.v1",
		"purchase.payment_authorised.v1", "purchase.completed.v1", "subscription.provisioned.v1",
	}, unpaid: []string{
		"purchase.terms_accepted.v1", "purchase.payment_method_attached.v1", "purchase.eligibility_confirmed.v1", "purchase.submitted.v1",
		"purchase.payment_declined.v1",
	}},
	assign:   {verb: "license.assign", trail: []string{"subscription.seat_reserved.v1", "license.assigned.v1"}, refusals: []string{"no_seat", "other_tenant"}},
	unassign: {verb: "license.unassign", trail: []string{"license.unassigned.v1", "subscription.seat_released.v1"}},
	grow: {verb: "subscription.add_seats", trail: []string{"subscription.seat_addition_requested.v1", "subscription.seats_added.v1"},
		unpaid: []string{"subscription.seat_addition_requested.v1", "subscription.seat_addition_declined.v1"}},
	shrink:  {verb: "subscription.remove_seats", trail: []string{"subscription.seats_removed.v1", "subscription.refund_issued.v1"}, refusals: []string{"seats_assigned", "last_seat"}},
	plan:    {verb: "subscription.remove_seats", trail: []string{"subscription.seat_reduction_scheduled.v1"}, refusals: []string{"seats_assigned", "last_seat"}},
	recur:   {verb: "subscription.set_recurring_billing", trail: []string{"subscription.recurring_billing_turned_off.v1"}},
	pay:     {verb: "subscription.pay", trail: []string{"subscription.reactivation_requested.v1", "subscription.reactivated.v1"}},
	revive:  {verb: "subscription.reactivate", trail: []string{"subscription.reactivation_requested.v1", "subscription.reactivated.v1"}},
	replace: {verb: "subscription.replace_card", trail: []string{"purchase.payment_method_attached.v1"}},
	cancel:  {verb: "subscription.cancel", trail: []string{"subscription.cancelled.v1", "subscription.disabled.v1", "subscription.refund_issued.v1"}},
}

// consequences are what Kassa does later because of a fact in a trail, in its
// own time: licences that follow their subscription, and bills.
var consequences = []string{
	"license.suspended.v1", "paymentmethod.card_added.v1", "paymentmethod.card_set_as_default.v1",
	"invoice.issued.v1", "invoice.paid.v1", "invoice.refunded.v1",
}

// declines are the refusals that are recorded.
var declines = []string{"card_declined", "expired_card"}

// intent is something a person wants, under a key that makes it safe to ask
// again.
type intent struct {
	kind kind
	by   buyer
	key  client.Intent
	ask  func(context.Context, *client.Client) (answer, error)
}

func (i intent) command() uuid.UUID {
	return commands.CommandID(commands.Principal{Tenant: i.by.Tenant, Person: i.by.Person}, promises[i.kind].verb, string(i.key))
}

// answer is what came of an intent: done, or refused for good.
type answer struct {
	Position     uint64 // of the last fact it led to; 0: none
	Code         string // of the refusal; "": done
	Body         string // the whole answer, or the refusal's sentence
	Purchase     domain.PurchaseID
	Subscription domain.SubscriptionID
}

// trail is what must be in the store because this was answered.
func (a answer) trail(k kind) []string {
	switch {
	case a.Code == "":
		return promises[k].trail
	case slices.Contains(declines, a.Code):
		return promises[k].unpaid
	}
	return nil
}

// errPending: the gateway has not answered yet.
var errPending = errors.New("the payment is not settled yet")

func done(a answer, body any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	b, err := json.Marshal(body)
	a.Body = string(b)
	return a, err
}

func refusedWith(p *client.Error) answer {
	return answer{Position: p.Position, Code: p.Code, Body: p.Detail}
}

func starting(by buyer, key client.Intent, seats int64, frequency domain.Term) intent {
	return intent{start, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		p, err := c.Start(ctx, key, v1.StartPurchase{ProductID: book, Quantity: seats, Market: "US", Frequency: frequency})
		return done(answer{Position: p.Position, Purchase: p.PurchaseID}, p, err)
	}}
}

func submitting(by buyer, key client.Intent, id domain.PurchaseID, card string) intent {
	return intent{submit, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		s, err := c.Submit(ctx, key, id, v1.SubmitPurchase{Card: card, AcceptTerms: true})
		if err == nil && s.Status != "completed" {
			err = errPending
		}
		return done(answer{Position: s.Position, Purchase: s.PurchaseID, Subscription: s.SubscriptionID}, s, err)
	}}
}

func assigning(by buyer, key client.Intent, id domain.SubscriptionID, mail string) intent {
	return intent{assign, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		l, err := c.Assign(ctx, key, id, mail)
		return done(answer{Position: l.Position, Subscription: id}, l, err)
	}}
}

func unassigning(by buyer, key client.Intent, id domain.SubscriptionID, mail string) intent {
	return intent{unassign, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		l, err := c.Unassign(ctx, key, id, mail)
		return done(answer{Position: l.Position, Subscription: id}, l, err)
	}}
}

// changing asks something of a subscription.
func changing(k kind, by buyer, key client.Intent, change func(context.Context, *client.Client) (v1.Subscription, error)) intent {
	return intent{k, by, key, func(ctx context.Context, c *client.Client) (answer, error) {
		s, err := change(ctx, c)
		if err == nil && s.Pending {
			err = errPending
		}
		return done(answer{Position: s.Position, Subscription: s.SubscriptionID}, s, err)
	}}
}

func growing(by buyer, key client.Intent, id domain.SubscriptionID, seats int64) intent {
	return changing(grow, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.AddSeats(ctx, key, id, v1.AddSeats{Delta: seats})
	})
}

func shrinking(by buyer, key client.Intent, id domain.SubscriptionID) intent {
	return changing(shrink, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.RemoveSeats(ctx, key, id, v1.RemoveSeats{Delta: 1, When: string(commands.Immediately)})
	})
}

func planning(by buyer, key client.Intent, id domain.SubscriptionID) intent {
	return changing(plan, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.RemoveSeats(ctx, key, id, v1.RemoveSeats{Delta: 1, When: string(commands.AtRenewal)})
	})
}

func ending(by buyer, key client.Intent, id domain.SubscriptionID) intent {
	return changing(recur, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.SetRecurringBilling(ctx, key, id, false)
	})
}

func cancelling(by buyer, key client.Intent, id domain.SubscriptionID) intent {
	return changing(cancel, by, key, func(ctx context.Context, c *client.Client) (v1.Subscription, error) {
		return c.CancelSubscription(ctx, key, id, v1.CancelSubscription{Reason: "not_needed"})
	})
}
