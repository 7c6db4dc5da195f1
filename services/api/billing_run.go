package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	billingRunInput struct {
		Reading
		Until string `query:"until" doc:"What was due before this day (UTC); left out: by now." example:"2026-04-01"`
	}
	billingRunOutput struct{ Body v1.BillingRun }
)

func (s *Server) registerBillingRun(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "get-billing-run", Method: http.MethodGet, Path: "/v1/billing/run", Tags: []string{"Ledger"},
		Summary:     "How much of a billing run is left",
		Description: "Renewals are taken and bills written all the time; this counts what is still to be done of what was due by an instant, over all organisations. Nothing left means that every bill is written. For the operator.",
	}, s.getBillingRun)
}

// getBillingRun counts what is due first, and then the bills as of no earlier:
// what was taken in between is never in neither.
func (s *Server) getBillingRun(ctx context.Context, who commands.Principal, in *billingRunInput) (*billingRunOutput, error) {
	if !who.Has(commands.RoleOperator) {
		return nil, commands.ErrNotOperator
	}
	body := v1.BillingRun{Now: s.Now().UTC()}
	if body.Until = body.Now; in.Until != "" {
		day, err := time.Parse(time.DateOnly, in.Until)
		if err != nil {
			return nil, errDay
		}
		body.Until = day.Add(-time.Microsecond)
	}
	if err := s.caughtUp(ctx, in.Reading, views.DueView.Name); err != nil {
		return nil, err
	}
	due, asOf, err := views.CountDue(ctx, s.Projector, body.Until)
	if err != nil {
		return nil, err
	}
	if err := s.Projector.Await(ctx, views.BillingView.Name, asOf); err != nil {
		return nil, err
	}
	left, asOf, err := views.NewBilling(s.Projector).Left(ctx)
	if err != nil {
		return nil, err
	}
	body.AsOf, body.Due, body.Unnumbered, body.Behind = v1.AsOf{Position: asOf}, due, left.Unnumbered, left.Behind
	return &billingRunOutput{body}, nil
}
