package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain/autoclaim"
	"kassa/domain/claim"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

// autoClaims is the commands by which licences are given to whoever opens a
// product.
type autoClaims interface {
	Set(ctx context.Context, r commands.Request, c commands.SetAutoClaim) (commands.Outcome[autoclaim.State], error)
	TurnOff(ctx context.Context, r commands.Request) (commands.Outcome[autoclaim.State], error)
	Policy(ctx context.Context, who commands.Principal) (commands.Outcome[autoclaim.State], error)
	Claim(ctx context.Context, r commands.Request, c commands.ClaimLicense) (commands.Claim, error)
}

type (
	setAutoClaimInput struct {
		Writing
		Body v1.SetAutoClaim
	}
	turnOffAutoClaimInput struct{ Writing }
	autoClaimInput        struct{}
	autoClaimOutput       struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.AutoClaim
	}
	autoClaimReportInput struct {
		Reading
		Days string `query:"days" default:"30" enum:"1,7,30,90" doc:"Claims of so many days until now."`
	}
	autoClaimReportOutput struct{ Body v1.AutoClaimReport }
)

func (s *Server) registerAutoClaim(api huma.API) {
	group := []string{"Auto-claim"}
	signed(s, api, huma.Operation{
		OperationID: "get-auto-claim", Method: http.MethodGet, Path: "/v1/auto-claim", Tags: group,
		Summary:     "Who gets a licence for opening a product",
		Description: "For global, license and user administrators and global readers. It is off until somebody turns it on.",
	}, s.getAutoClaim)
	signed(s, api, huma.Operation{
		OperationID: "set-auto-claim", Method: http.MethodPut, Path: "/v1/auto-claim", Tags: group,
		Summary:     "Give a licence to whoever opens a product",
		Description: "For global administrators. Whoever opens one of these products, and has a licence of none, gets a seat of the organisation's own subscriptions: of the primary product, else of the others in order.",
	}, s.setAutoClaim)
	signed(s, api, huma.Operation{
		OperationID: "turn-off-auto-claim", Method: http.MethodDelete, Path: "/v1/auto-claim", Tags: group,
		Summary:     "Stop giving licences to whoever opens a product",
		Description: "For global administrators. Nobody loses a licence.",
	}, s.turnOffAutoClaim)
	signed(s, api, huma.Operation{
		OperationID: "report-auto-claim", Method: http.MethodGet, Path: "/v1/auto-claim/report", Tags: group,
		Summary:     "How many claims led to a licence, and why others did not",
		Description: "By the product that was opened. For global, license and user administrators and global readers.",
	}, s.reportAutoClaim)
	s.registerClaims(api)
}

func (s *Server) getAutoClaim(ctx context.Context, who commands.Principal, _ *autoClaimInput) (*autoClaimOutput, error) {
	out, err := s.AutoClaims.Policy(ctx, who)
	return autoClaimOf(out), err
}

func (s *Server) setAutoClaim(ctx context.Context, who commands.Principal, in *setAutoClaimInput) (*autoClaimOutput, error) {
	c := commands.SetAutoClaim(in.Body)
	r, err := in.request(who, "auto_claim.set", c)
	if err != nil {
		return nil, err
	}
	out, err := s.AutoClaims.Set(ctx, r, c)
	return autoClaimOf(out), err
}

func (s *Server) turnOffAutoClaim(ctx context.Context, who commands.Principal, in *turnOffAutoClaimInput) (*autoClaimOutput, error) {
	r, err := in.request(who, "auto_claim.turn_off", struct{}{})
	if err != nil {
		return nil, err
	}
	out, err := s.AutoClaims.TurnOff(ctx, r)
	return autoClaimOf(out), err
}

func autoClaimOf(out commands.Outcome[autoclaim.State]) *autoClaimOutput {
	body := v1.AutoClaim{On: out.State.On, Position: out.Position}
	if len(out.State.Products) > 0 {
		body.Primary, body.Backups = out.State.Products[0], out.State.Products[1:]
	}
	return &autoClaimOutput{out.Position, body}
}

func (s *Server) reportAutoClaim(ctx context.Context, who commands.Principal, in *autoClaimReportInput) (*autoClaimReportOutput, error) {
	if err := commands.MayReadAutoClaim(who); err != nil {
		return nil, err
	}
	days, err := strconv.Atoi(in.Days)
	if err != nil {
		return nil, err // it is one of four
	}
	if err := s.caughtUp(ctx, in.Reading, views.ClaimsView.Name); err != nil {
		return nil, err
	}
	counts, asOf, err := views.NewClaims(s.Projector).Count(ctx, who.Tenant, s.Now().AddDate(0, 0, -days))
	if err != nil {
		return nil, err
	}
	body := v1.AutoClaimReport{Days: int64(days), AsOf: v1.AsOf{Position: asOf}}
	for _, c := range counts { // sorted by product
		if n := len(body.Items); n == 0 || body.Items[n-1].ProductID != c.Product {
			body.Items = append(body.Items, v1.AutoClaimProduct{ProductID: c.Product})
		}
		item := &body.Items[len(body.Items)-1]
		if c.Status == claim.StatusGranted {
			item.Claimed += c.Claims
			continue
		}
		item.Failed += c.Claims
		item.Reasons = append(item.Reasons, v1.AutoClaimReason{Code: c.Code, Claims: c.Claims})
	}
	return &autoClaimReportOutput{body}, nil
}
