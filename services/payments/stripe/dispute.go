package stripe

import (
	"context"
	"iter"
	"slices"

	"github.com/stripe/stripe-go/v85"

	"kassa/domain"
	"kassa/services/payments"
)

// taken are the states of a dispute in which the bank has the money. An inquiry
// has taken none yet, and one that was won gave it back.
var taken = []stripe.DisputeStatus{stripe.DisputeStatusNeedsResponse, stripe.DisputeStatusUnderReview, stripe.DisputeStatusLost}

// Disputes yields every charge of Kassa's that a bank took back, newest first. An
// error is the last thing it yields.
func (g *Gateway) Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error] {
	params := &stripe.DisputeListParams{}
	params.Limit = stripe.Int64(page)
	params.AddExpand("data.payment_intent")
	return rows(g.api.V1Disputes.List(ctx, params).All(ctx), disputed)
}

// dispute reads one.
func (g *Gateway) dispute(ctx context.Context, id string) (domain.Dispute, bool, error) {
	params := &stripe.DisputeRetrieveParams{}
	params.AddExpand("payment_intent")
	d, err := g.api.V1Disputes.Retrieve(ctx, id, params)
	switch {
	case missing(err):
		return domain.Dispute{}, false, nil
	case err != nil:
		return domain.Dispute{}, false, payments.ErrUnavailable.Because(err)
	}
	told, known := disputed(d)
	return told, known, nil
}

func disputed(d *stripe.Dispute) (domain.Dispute, bool) {
	if !ours(d.PaymentIntent) || !slices.Contains(taken, d.Status) {
		return domain.Dispute{}, false
	}
	return domain.Dispute{
		ID: d.ID, Charge: d.PaymentIntent.ID, Key: d.PaymentIntent.Metadata[ourKey], Amount: money(d.Amount, string(d.Currency)),
		Reason: string(d.Reason), At: at(d.Created),
	}, true
}
