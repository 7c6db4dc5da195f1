package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	v1 "kassa/services/api/v1"
)

type purchases interface {
	Start(ctx context.Context, r commands.Request, c commands.StartPurchase) (commands.Outcome[purchase.State], error)
	Submit(ctx context.Context, r commands.Request, c commands.SubmitPurchase) (commands.Outcome[purchase.State], error)
	Get(ctx context.Context, who commands.Principal, id domain.PurchaseID) (commands.Outcome[purchase.State], error)
	Explain(ctx context.Context, who commands.Principal, c commands.ExplainEligibility) (commands.Explanation, error)
	Tax(market string, at time.Time) domain.TaxRule
	Declined(ctx context.Context, id domain.PurchaseID, attempt int) (commands.Outcome[purchase.State], error)
}

// fulfilment drives a submitted purchase as far as it will go.
type fulfilment interface {
	Pump(ctx context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error)
}

// currentTerms is the version of the terms and of the privacy notice that a
// buyer accepts who does not name another.
const currentTerms = "2026-01"

type (
	startInput struct {
		Writing
		Body v1.StartPurchase
	}
	submitInput struct {
		Writing
		ID   domain.PurchaseID `path:"id" doc:"The purchase."`
		Body v1.SubmitPurchase
	}
	purchaseInput struct {
		ID domain.PurchaseID `path:"id" doc:"The purchase."`
	}
	purchaseOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Purchase
	}
	submittedOutput struct {
		Status   int
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Submitted
	}
)

func (s *Server) registerPurchases(api huma.API) {
	group := []string{"Purchases"}
	signed(s, api, huma.Operation{
		OperationID: "start-purchase", Method: http.MethodPost, Path: "/v1/purchases", Tags: group, DefaultStatus: http.StatusCreated,
		Summary:     "Ask for a quote",
		Description: "Judges whether the caller may buy the product, or try it first, and quotes its price. A refusal by a rule is recorded and answered with 422, the rule and every check that was made.",
	}, s.startPurchase)
	signed(s, api, huma.Operation{
		OperationID: "submit-purchase", Method: http.MethodPost, Path: "/v1/purchases/{id}/submit", Tags: group,
		Summary:     "Order what was quoted",
		Description: "Judges the caller again, charges the card and provisions the subscription. Of a trial nothing is charged; without a payment method it takes no card. 402 when the card is declined: submit again with another, under a new key. 202 when the payment gateway has not answered yet: repeat the request with the same key; nothing is charged twice.",
		Responses:   map[string]*huma.Response{"202": {Description: "The payment gateway has not answered yet."}},
	}, s.submitPurchase)
	signed(s, api, huma.Operation{
		OperationID: "get-purchase", Method: http.MethodGet, Path: "/v1/purchases/{id}", Tags: group,
		Summary: "Look at one of your own purchases",
	}, s.getPurchase)
}

func (s *Server) startPurchase(ctx context.Context, who commands.Principal, in *startInput) (*purchaseOutput, error) {
	c := commands.StartPurchase{
		Product: in.Body.ProductID, Quantity: in.Body.Quantity, Market: in.Body.Market,
		Channel: cmp.Or(in.Body.Channel, domain.SelfService), EntryPoint: cmp.Or(in.Body.EntryPoint, domain.Website),
		Email: in.Body.Email, Currency: in.Body.Currency, NeedsPaymentMethod: in.Body.NeedsPaymentMethod,
		Frequency: in.Body.Frequency,
	}
	if in.Body.Kind != domain.Paid {
		c.Kind = in.Body.Kind
	}
	if err := s.sameRealm(ctx, who, c.Email); err != nil {
		return nil, err
	}
	r, err := in.request(who, "purchase.start", c)
	if err != nil {
		return nil, err
	}
	out, err := s.Purchases.Start(ctx, r, c)
	if err != nil {
		return nil, refused(out, err)
	}
	return purchaseOf(out), nil
}

func (s *Server) submitPurchase(ctx context.Context, who commands.Principal, in *submitInput) (*submittedOutput, error) {
	c := commands.SubmitPurchase{Purchase: in.ID, PaymentKind: purchase.PaymentKind(in.Body.PaymentKind), Card: in.Body.Card}
	if in.Body.AcceptTerms {
		c.Terms, c.PrivacyNotice = cmp.Or(in.Body.TermsVersion, currentTerms), cmp.Or(in.Body.PrivacyNoticeVersion, currentTerms)
	}
	r, err := in.request(who, "purchase.submit", c)
	if err != nil {
		return nil, err
	}
	if id, err := uuid.Parse(string(in.ID)); err == nil {
		r.Correlation = id // the conversation that starting it opened
	}
	submitted, err := s.Purchases.Submit(ctx, r, c)
	if err != nil {
		return nil, refused(submitted, err)
	}
	return s.fulfil(ctx, submitted)
}

// fulfil charges and provisions. An order that was submitted is not lost when
// that has to wait: the caller may ask again, and Kassa goes on by itself.
func (s *Server) fulfil(ctx context.Context, submitted commands.Outcome[purchase.State]) (*submittedOutput, error) {
	out, err := s.Fulfilment.Pump(ctx, submitted.State.Purchase)
	switch {
	case out.State.Attempt > submitted.State.Attempt: // only a decline leads to another attempt
		return s.declined(ctx, submitted.State)
	case domain.KindOf(err) == domain.Unavailable:
		submitted.Position = max(submitted.Position, out.Position)
		return submittedOf(http.StatusAccepted, submitted), nil
	case err != nil:
		return nil, err
	case out.State.Status == purchase.StatusCompleted:
		return submittedOf(http.StatusOK, out), nil
	case out.State.Status == purchase.StatusRefused && out.State.Kind == domain.Trial: // the second of two ordered at once
		return nil, refused(out, out.State.Refusal())
	case out.State.Status == purchase.StatusSubmitted:
		return submittedOf(http.StatusAccepted, out), nil
	}
	return s.declined(ctx, submitted.State)
}

// declined answers as when the attempt of s was declined, whatever came later.
func (s *Server) declined(ctx context.Context, attempt purchase.State) (*submittedOutput, error) {
	then, err := s.Purchases.Declined(ctx, attempt.Purchase, attempt.Attempt)
	if err != nil {
		return nil, err
	}
	return nil, declined(then)
}

func (s *Server) getPurchase(ctx context.Context, who commands.Principal, in *purchaseInput) (*purchaseOutput, error) {
	out, err := s.Purchases.Get(ctx, who, in.ID)
	if err != nil {
		return nil, err
	}
	return purchaseOf(out), nil
}

func purchaseOf(out commands.Outcome[purchase.State]) *purchaseOutput {
	s := out.State
	p := &purchaseOutput{Position: out.Position, Body: v1.Purchase{
		PurchaseID: s.Purchase, OrderNumber: s.OrderNumber, Status: string(s.Status),
		ProductID: s.Product, Channel: s.Channel, Kind: s.Kind, Market: s.Market, Total: s.Total, Position: out.Position,
	}}
	if s.Status == purchase.StatusCompleted {
		p.Body.SubscriptionID = s.Subscription
	}
	if !s.ValidUntil.IsZero() {
		p.Body.Quote = &v1.Quote{
			UnitPrice: s.Unit, Quantity: s.Quantity, Net: s.Net, Tax: s.Tax, Total: s.Total,
			Term: s.Term, ValidUntil: s.ValidUntil, TaxRule: quotedTax(s.TaxRule),
		}
		if c := s.Commitment; c.Payments > 0 {
			p.Body.Quote.Commitment = &v1.Commitment{Frequency: c.Frequency, Payments: c.Payments, Total: c.Total}
		}
		if s.Kind == domain.Trial {
			p.Body.Quote.Trial = &v1.TrialQuote{
				Days: s.Trial.Days, NeedsPaymentMethod: s.NeedsPaymentMethod, UnitPrice: s.Trial.UnitPrice,
				Net: s.Trial.Tax.Net, Tax: s.Trial.Tax.Tax, Total: s.Trial.Total, TaxRule: quotedTax(s.Trial.Tax.Rule()),
			}
		}
	}
	return p
}

func taxOf(r domain.TaxRule) v1.Tax {
	return v1.Tax{Kind: string(r.Kind), Rate: float64(r.Rate) / 100, Included: !r.Exclusive}
}

// quotedTax is nil where a quote does not say.
func quotedTax(r domain.TaxRule) *v1.Tax {
	if r == (domain.TaxRule{}) {
		return nil
	}
	tax := taxOf(r)
	return &tax
}

func submittedOf(status int, out commands.Outcome[purchase.State]) *submittedOutput {
	s := out.State
	body := v1.Submitted{PurchaseID: s.Purchase, OrderNumber: s.OrderNumber, Status: string(s.Status), Position: out.Position, Total: s.Total}
	if s.Status == purchase.StatusCompleted {
		body.SubscriptionID = s.Subscription
	}
	return &submittedOutput{Status: status, Position: out.Position, Body: body}
}
