package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// CancellationRequests carries out what people ask and answer about cancelling
// what a person bought by themselves (R47, R58). What a yes leads to is done by
// Finish.
type CancellationRequests struct {
	Log
	Now func() time.Time
}

// AskPurchaser asks the person who bought a subscription to cancel it (R47).
type AskPurchaser struct {
	Subscription domain.SubscriptionID
	Reason       cancelreq.Reason
}

// AskSupport asks the vendor's support to cancel it (R58).
type AskSupport struct {
	Subscription domain.SubscriptionID
	Reason       cancelreq.Reason
}

// AnswerRequest names the request that is accepted or withdrawn.
type AnswerRequest struct{ Request string }

// DeclineRequest says no to a request.
type DeclineRequest struct {
	Request string
	Reason  cancelreq.DeclineReason
}

type asked = Outcome[cancelreq.State]

// AskPurchaser asks the purchaser to cancel. While an earlier request waits for
// its answer, it returns that one beside cancelreq.ErrOpen.
func (c *CancellationRequests) AskPurchaser(ctx context.Context, r Request, a AskPurchaser) (asked, error) {
	return c.ask(ctx, r, cancelreq.ToPurchaser, a.Subscription, a.Reason)
}

// AskSupport asks support to cancel, likewise.
func (c *CancellationRequests) AskSupport(ctx context.Context, r Request, a AskSupport) (asked, error) {
	return c.ask(ctx, r, cancelreq.ToSupport, a.Subscription, a.Reason)
}

func (c *CancellationRequests) ask(ctx context.Context, r Request, to cancelreq.To, id domain.SubscriptionID, reason cancelreq.Reason) (asked, error) {
	if !isID(id) {
		return asked{}, subscription.ErrUnknown
	}
	s, err := read(ctx, c.Log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return asked{}, err
	case s.State.Tenant == "" || s.State.Tenant != r.Who.Tenant:
		return asked{}, subscription.ErrUnknown
	case !r.Who.Has(cancelAskers...):
		return asked{}, ErrNotCancelAsker
	case to == cancelreq.ToSupport && r.Who.Partner != "": // R58 is the customer's own; R55 ends at R47
		return asked{}, ErrPartnerLooksOnly
	}
	at := now(c.Now)
	return c.run(ctx, cancelreq.ID{Subscription: id, To: to}, r.meta(domain.ActorAdmin, at), cancelreq.Ask{
		To: to, Subscription: id, Tenant: s.State.Tenant, Purchaser: s.State.Purchaser, Channel: s.State.Channel,
		Active: s.State.Status(at).Running(), By: r.Who.Person, Reason: reason, At: at,
	})
}

// Accept says yes: the purchaser to a request to them, support to one to it.
func (c *CancellationRequests) Accept(ctx context.Context, r Request, a AnswerRequest) (asked, error) {
	return c.answer(ctx, r, a.Request, mayAnswer, func(n int, at time.Time) cancelreq.Command {
		return cancelreq.Accept{Number: n, By: r.Who.Person, At: at}
	})
}

// Decline says no.
func (c *CancellationRequests) Decline(ctx context.Context, r Request, d DeclineRequest) (asked, error) {
	return c.answer(ctx, r, d.Request, mayAnswer, func(n int, at time.Time) cancelreq.Command {
		return cancelreq.Decline{Number: n, By: r.Who.Person, Reason: d.Reason, At: at}
	})
}

// Withdraw takes a request back that nobody has answered.
func (c *CancellationRequests) Withdraw(ctx context.Context, r Request, a AnswerRequest) (asked, error) {
	return c.answer(ctx, r, a.Request, mayWithdraw, func(n int, at time.Time) cancelreq.Command {
		return cancelreq.Withdraw{Number: n, By: r.Who.Person, At: at}
	})
}

func (c *CancellationRequests) answer(ctx context.Context, r Request, request string, may func(Principal, cancelreq.State) (domain.ActorKind, error), command func(number int, at time.Time) cancelreq.Command) (asked, error) {
	id, err := requestID(request)
	if err != nil {
		return asked{}, err
	}
	s, err := read(ctx, c.Log, cancelreq.Decider, id.Stream())
	if err != nil {
		return asked{}, err
	}
	kind, err := may(r.Who, s.State)
	if err != nil {
		return asked{}, err
	}
	at := now(c.Now)
	return c.run(ctx, id, forTenant(r.meta(kind, at), s.State.Tenant), command(id.Number, at))
}

// requestID reads the id of a request from outside.
func requestID(text string) (cancelreq.ID, error) {
	id, err := cancelreq.ParseID(text)
	if err == nil && !isID(id.Subscription) {
		err = cancelreq.ErrUnknown
	}
	return id, err
}

// mayAnswer says in which capacity who answers a request. One that belongs to
// another tenant is as unknown as one that was never made.
func mayAnswer(who Principal, s cancelreq.State) (domain.ActorKind, error) {
	switch {
	case s.To == cancelreq.ToSupport && who.Has(RoleSupport):
		return domain.ActorSupport, nil
	case s.Tenant == "" || s.Tenant != who.Tenant:
		return "", cancelreq.ErrUnknown
	case s.To == cancelreq.ToSupport:
		return "", ErrNotSupport
	case !who.Is(s.Purchaser):
		return "", ErrNotYourAnswer
	}
	return domain.ActorPurchaser, nil
}

// mayWithdraw says who takes a request back: whoever could have made it.
func mayWithdraw(who Principal, s cancelreq.State) (domain.ActorKind, error) {
	switch {
	case s.Tenant == "" || s.Tenant != who.Tenant:
		return "", cancelreq.ErrUnknown
	case !who.Has(cancelAskers...):
		return "", ErrNotCancelAsker
	}
	return domain.ActorAdmin, nil
}

func (c *CancellationRequests) run(ctx context.Context, id cancelreq.ID, meta eventstore.Meta, command cancelreq.Command) (asked, error) {
	return run(ctx, c.Log, cancelreq.Decider, id.Stream(), meta, func(s cancelreq.State) ([]cancelreq.Event, error) {
		return cancelreq.Decider.Decide(s, command)
	})
}
