package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	mailsInput struct {
		Reading
		Paging
		Status string `query:"status" doc:"Only those that stand like this." enum:"waiting,sent,failed,skipped"`
	}
	mailsOutput struct{ Body v1.Mails }
)

func (s *Server) registerMails(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-mails", Method: http.MethodGet, Path: "/v1/mails", Tags: []string{"Notices"},
		Summary:     "What became of each mail",
		Description: "Of all organisations, what happened last first: what waits, was sent, was refused for good, or was sent to nobody. Ids and codes only. For the operator.",
	}, s.listMails)
}

func (s *Server) listMails(ctx context.Context, who commands.Principal, in *mailsInput) (*mailsOutput, error) {
	if !who.Has(commands.RoleOperator) {
		return nil, commands.ErrNotOperator
	}
	if err := s.caughtUp(ctx, in.Reading, views.NoticesView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewNotices(s.Projector).Mails(ctx, s.Now(), views.MailFilter{Status: in.Status, Next: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	body := v1.Mails{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, m := range page.Items {
		shown := v1.Mail{
			ID: string(m.Mail), FactID: m.Fact, TenantID: m.Tenant, At: m.At, Code: m.Code,
			Status: cmp.Or(string(m.Status), views.MailStatusWaiting), Why: m.Why,
		}
		if !m.DoneAt.IsZero() {
			shown.DoneAt = &m.DoneAt
		}
		body.Items = append(body.Items, shown)
	}
	return &mailsOutput{body}, nil
}
