package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

type subscriptions interface {
	AddSeats(ctx context.Context, r commands.Request, c commands.AddSeats) (changed, error)
	RemoveSeats(ctx context.Context, r commands.Request, c commands.RemoveSeats) (changed, error)
	CancelScheduledChange(ctx context.Context, r commands.Request, c commands.CancelScheduledChange) (changed, error)
	SetRecurringBilling(ctx context.Context, r commands.Request, c commands.SetRecurringBilling) (changed, error)
	Cancel(ctx context.Context, r commands.Request, c commands.CancelSubscription) (changed, error)
	Reactivate(ctx context.Context, r commands.Request, c commands.ReactivateSubscription) (changed, error)
	Cancellation(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID) (c commands.Cancellation, cancelled bool, err error)
	Terms(ctx context.Context, tenant domain.TenantID, id domain.SubscriptionID) (subscription.Provisioned, error)
	NextTerm(ctx context.Context, id domain.SubscriptionID) (next subscription.NextTerm, ok bool, err error)
	ExtendTrial(ctx context.Context, r commands.Request, c commands.ExtendTrial) (changed, error)
	ConvertTrial(ctx context.Context, r commands.Request, c commands.ConvertTrial) (changed, error)
	Pay(ctx context.Context, r commands.Request, c commands.PayTerm) (changed, error)
	ReplaceCard(ctx context.Context, r commands.Request, c commands.ReplaceCard) (commands.Outcome[purchase.State], error)
	Credit(ctx context.Context, r commands.Request, c commands.CreditBill) (changed, error)
	Settle(ctx context.Context, id domain.SubscriptionID) (changed, error)
	ChargeBack(ctx context.Context, d domain.Dispute) (changed, error)
	Settlement(ctx context.Context, id domain.SubscriptionID, key string) (out changed, ok bool, err error)
	Repayment(ctx context.Context, id domain.SubscriptionID, of subscription.ChangeID) (out changed, ok bool, err error)
}

type changed = commands.Outcome[subscription.State]

type (
	changeInput[Body any] struct {
		Writing
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		Body Body
	}
	subscriptionInput struct {
		Writing
		ID domain.SubscriptionID `path:"id" doc:"The subscription."`
	}
	subscriptionOutput struct {
		Status   int
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Subscription
	}
)

func (s *Server) registerSubscriptions(api huma.API) {
	group := []string{"Subscriptions"}
	later := func() map[string]*huma.Response {
		return map[string]*huma.Response{"202": {Description: "The payment gateway has not answered yet."}}
	}
	signed(s, api, huma.Operation{
		OperationID: "add-seats", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/seats", Tags: group, Responses: later(),
		Summary:     "Buy more seats",
		Description: "For what is left of the term, by days, charged now (R27). Judged as when buying: a refusal is recorded and answered with 422. " + whileDeclined + whileUnknown,
	}, s.addSeats)
	signed(s, api, huma.Operation{
		OperationID: "remove-seats", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/seats/remove", Tags: group, Responses: later(),
		Summary:     "Give seats back",
		Description: "Now, for a refund of the days not begun within seven days of paying for them, or from the next term on. Seats that people hold cannot be removed now. " + whileUnknown,
	}, s.removeSeats)
	signed(s, api, huma.Operation{
		OperationID: "cancel-scheduled-change", Method: http.MethodDelete, Path: "/v1/subscriptions/{id}/scheduled-change", Tags: group,
		Summary:     "Keep the seats that the next term would not have",
		Description: "Withdraws what was planned for it, which is at most one change.",
	}, s.cancelScheduledChange)
	signed(s, api, huma.Operation{
		OperationID: "set-recurring-billing", Method: http.MethodPut, Path: "/v1/subscriptions/{id}/recurring-billing", Tags: group,
		Summary:     "Turn recurring billing on or off",
		Description: "Off, nobody loses anything before the term ends.",
	}, s.setRecurringBilling)
	signed(s, api, huma.Operation{
		OperationID: "cancel-subscription", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/cancel", Tags: group, Responses: later(),
		Summary:     "Cancel at once",
		Description: "Within seven days of the start or a renewal, for a refund of the days not begun (R32). Everybody loses access at once. Later, turn recurring billing off instead. " + whileUnknown,
	}, s.cancelSubscription)
	signed(s, api, huma.Operation{
		OperationID: "reactivate-subscription", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/reactivate", Tags: group, Responses: later(),
		Summary:     "Begin a new term after the last one ended",
		Description: "At the price in force now, charged now. " + whileDeclined + whileUnknown,
	}, s.reactivateSubscription)
}

const (
	whileDeclined = "402 when the card is declined: ask again with another, under a new key. "
	whileUnknown  = "202 when the payment gateway has not answered yet: repeat the request with the same key; nothing is charged or refunded twice."
)

func (s *Server) addSeats(ctx context.Context, who commands.Principal, in *changeInput[v1.AddSeats]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.add_seats", s.Subscriptions.AddSeats, commands.AddSeats{
		Subscription: in.ID, Quantity: in.Body.Quantity, Delta: in.Body.Delta, Card: in.Body.Card,
	})
}

func (s *Server) removeSeats(ctx context.Context, who commands.Principal, in *changeInput[v1.RemoveSeats]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.remove_seats", s.Subscriptions.RemoveSeats, commands.RemoveSeats{
		Subscription: in.ID, Quantity: in.Body.Quantity, Delta: in.Body.Delta, When: commands.When(in.Body.When),
	})
}

func (s *Server) cancelScheduledChange(ctx context.Context, who commands.Principal, in *subscriptionInput) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.cancel_scheduled_change", s.Subscriptions.CancelScheduledChange,
		commands.CancelScheduledChange{Subscription: in.ID})
}

func (s *Server) setRecurringBilling(ctx context.Context, who commands.Principal, in *changeInput[v1.SetRecurringBilling]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.set_recurring_billing", s.Subscriptions.SetRecurringBilling, commands.SetRecurringBilling{
		Subscription: in.ID, On: in.Body.On,
	})
}

func (s *Server) cancelSubscription(ctx context.Context, who commands.Principal, in *changeInput[v1.CancelSubscription]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.cancel", s.Subscriptions.Cancel, commands.CancelSubscription{
		Subscription: in.ID, Reason: subscription.Reason(in.Body.Reason), Words: in.Body.Feedback,
	})
}

func (s *Server) reactivateSubscription(ctx context.Context, who commands.Principal, in *changeInput[v1.ReactivateSubscription]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.reactivate", s.Subscriptions.Reactivate, commands.ReactivateSubscription{
		Subscription: in.ID, Card: in.Body.Card,
	})
}

// change carries out a command and then what it has to be paid for, or pays
// back.
func change[C any](ctx context.Context, s *Server, who commands.Principal, w Writing, verb string,
	do func(context.Context, commands.Request, C) (changed, error), c C,
) (*subscriptionOutput, error) {
	r, err := w.request(who, verb, c)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, r, c)
	if err != nil {
		return nil, seatsRefused(out, err)
	}
	asked := commands.ChangeID(r.ID)
	if out.State.Pending.ID == string(asked) {
		return s.charge(ctx, out)
	}
	return s.refund(ctx, out, asked)
}

// charge settles what a change waits to be paid for. A repeated request is
// answered as the first was, whatever came later.
func (s *Server) charge(ctx context.Context, asked changed) (*subscriptionOutput, error) {
	id, pending := asked.State.Subscription, asked.State.Pending
	_, failed := s.Subscriptions.Settle(ctx, id)
	then, ok, err := s.Subscriptions.Settlement(ctx, id, subscription.ChargeKey(id, pending))
	switch {
	case err != nil:
		return nil, err
	case !ok && failed != nil && domain.KindOf(failed) != domain.Unavailable:
		return nil, failed
	case !ok:
		return s.subscriptionOf(http.StatusAccepted, asked), nil
	case then.State.Settled.Code != "":
		return nil, seatsDeclined(then)
	}
	paid := s.subscriptionOf(http.StatusOK, then)
	paid.Body.Charged = &pending.Amount
	return paid, nil
}

// refund pays back what a change owes, if anything. A repeated request is
// answered as the first was, here, too.
func (s *Server) refund(ctx context.Context, out changed, of subscription.ChangeID) (*subscriptionOutput, error) {
	owed := out.State.OwedFor(of)
	if owed.Minor == 0 {
		return s.subscriptionOf(http.StatusOK, out), nil
	}
	_, failed := s.Subscriptions.Settle(ctx, out.State.Subscription)
	paid, ok, err := s.Subscriptions.Repayment(ctx, out.State.Subscription, of)
	status := http.StatusOK
	switch {
	case err != nil:
		return nil, err
	case !ok && failed != nil && domain.KindOf(failed) != domain.Unavailable:
		return nil, failed
	case !ok:
		status = http.StatusAccepted
	default:
		out.Position = paid.Position
	}
	answer := s.subscriptionOf(status, out)
	answer.Body.Refund = &owed
	return answer, nil
}

func (s *Server) subscriptionOf(status int, out changed) *subscriptionOutput {
	state := out.State
	return &subscriptionOutput{Status: status, Position: out.Position, Body: v1.Subscription{
		SubscriptionID: state.Subscription, Status: string(state.Status(s.Now())), Quantity: state.Quantity,
		QuantityAtRenewal: state.Scheduled.Quantity, ExpiryDate: state.End, RecurringBilling: state.RecurringBilling,
		Pending: status == http.StatusAccepted, Position: out.Position,
	}}
}
