package stripe

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/stripe/stripe-go/v85"

	"kassa/domain"
	"kassa/services/payments"
)

// Refund pays back a charge, or a part of it, once per key: who asks again gets
// the first result. All refunds of a charge together never exceed it, nor what a
// bank left of it. Where no answer comes it is payments.ErrRefundTimeout, whether
// or not the refund was made.
func (g *Gateway) Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error) {
	sum, err := check(key, amount)
	if err != nil {
		return domain.Refund{}, err
	}
	paid, err := g.paid(ctx, charge)
	if err != nil {
		return domain.Refund{}, err
	}
	made, err := g.refundOf(ctx, charge, key)
	switch {
	case err != nil:
		return domain.Refund{}, payments.ErrUnavailable.Because(err)
	case made == nil && !enough(paid, amount, sum):
		return domain.Refund{}, payments.ErrRefundTooLarge
	case made == nil:
		if made, err = remembered(g, key, charge, func() (*stripe.Refund, error) { return g.repay(ctx, key, charge, sum) }); err != nil {
			return domain.Refund{}, err
		}
	}
	refund := refunded(made)
	if refund.Amount != amount {
		return domain.Refund{}, payments.ErrRefundKeyReused
	}
	return refund, nil
}

// paid is a charge that succeeded, with what became of its money.
func (g *Gateway) paid(ctx context.Context, charge string) (*stripe.PaymentIntent, error) {
	if !isID(charge) {
		return nil, payments.ErrChargeUnknown
	}
	params := &stripe.PaymentIntentRetrieveParams{}
	params.AddExpand("latest_charge")
	paid, err := g.api.V1PaymentIntents.Retrieve(ctx, charge, params)
	switch {
	case missing(err):
		return nil, payments.ErrChargeUnknown
	case err != nil:
		return nil, payments.ErrUnavailable.Because(err)
	case paid.Status != stripe.PaymentIntentStatusSucceeded || paid.LatestCharge == nil:
		return nil, payments.ErrChargeUnknown
	}
	return paid, nil
}

// enough says whether so much of a payment is still to be had: neither paid back
// nor taken back.
func enough(paid *stripe.PaymentIntent, amount domain.Money, sum int64) bool {
	c := paid.LatestCharge
	return money(paid.Amount, string(paid.Currency)).Currency == amount.Currency && !c.Disputed && sum <= c.Amount-c.AmountRefunded
}

func (g *Gateway) repay(ctx context.Context, key, charge string, sum int64) (*stripe.Refund, error) {
	params := &stripe.RefundCreateParams{
		PaymentIntent: stripe.String(charge), Amount: stripe.Int64(sum), Metadata: map[string]string{ourKey: key},
	}
	params.SetIdempotencyKey(key)
	made, err := patiently(ctx, func() (*stripe.Refund, error) { return g.api.V1Refunds.Create(ctx, params) })
	switch {
	case err == nil:
		return made, nil
	case otherBody(err):
		return nil, payments.ErrRefundKeyReused.Because(err)
	case notTaken(err):
		return nil, payments.ErrAmountNotTaken.Because(err)
	case tooMuch(err): // somebody else was first
		return nil, payments.ErrRefundTooLarge.Because(err)
	}
	return nil, failed(err, payments.ErrRefundTimeout)
}

// tooMuch is more than what is left of a charge.
func tooMuch(err error) bool {
	e := (*stripe.Error)(nil)
	return asked(err, stripe.ErrorCodeChargeAlreadyRefunded, stripe.ErrorCodeChargeDisputed, stripe.ErrorCodeRefundDisputedPayment) ||
		errors.As(err, &e) && e.HTTPStatusCode == http.StatusBadRequest && e.Param == "amount"
}

// LookupRefund finds the refund made for key. Where this process asked for it, it
// looks at what was paid back of that charge; otherwise at all refunds, newest
// first: Stripe's search knows none.
func (g *Gateway) LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error) {
	charge, _ := g.asked.Load(key)
	of, _ := charge.(string)
	made, err := g.refundOf(ctx, of, key)
	switch {
	case err != nil:
		return domain.Refund{}, false, payments.ErrUnavailable.Because(err)
	case made == nil:
		return domain.Refund{}, false, nil
	}
	return refunded(made), true, nil
}

// refundOf finds the refund made for key, of a charge or, where it is not known,
// of any; nil: there is none.
func (g *Gateway) refundOf(ctx context.Context, charge, key string) (*stripe.Refund, error) {
	params := &stripe.RefundListParams{}
	params.Limit = stripe.Int64(page)
	if charge != "" {
		params.PaymentIntent = stripe.String(charge)
	}
	for r, err := range g.api.V1Refunds.List(ctx, params).All(ctx) {
		if err != nil {
			return nil, err
		}
		if r.Metadata[ourKey] == key {
			return r, nil
		}
	}
	return nil, nil
}

func refunded(r *stripe.Refund) domain.Refund {
	made := domain.Refund{ID: r.ID, Key: r.Metadata[ourKey], Amount: money(r.Amount, string(r.Currency)), At: at(r.Created)}
	if r.PaymentIntent != nil {
		made.Charge = r.PaymentIntent.ID
	}
	return made
}

// Refunds yields every refund of a charge of Kassa's, newest first, for audits,
// whoever made it. An error is the last thing it yields.
func (g *Gateway) Refunds(ctx context.Context) iter.Seq2[domain.Refund, error] {
	params := &stripe.RefundListParams{}
	params.Limit = stripe.Int64(page)
	params.AddExpand("data.payment_intent")
	return rows(g.api.V1Refunds.List(ctx, params).All(ctx), func(r *stripe.Refund) (domain.Refund, bool) {
		stands := r.Status != stripe.RefundStatusFailed && r.Status != stripe.RefundStatusCanceled
		return refunded(r), stands && ours(r.PaymentIntent)
	})
}
