package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/notice"
)

type (
	noticesInput struct {
		Reading
		Paging
		Language string `header:"Accept-Language" doc:"English or Swedish." example:"sv"`
	}
	noticesOutput struct {
		Language string `header:"Content-Language"`
		Body     v1.Notices
	}
)

func (s *Server) registerNotices(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-notices", Method: http.MethodGet, Path: "/v1/notices", Tags: []string{"Notices"},
		Summary:     "What you should know of",
		Description: "What happened that concerns whoever asks, and that they did not do themselves, newest first.",
	}, s.listNotices)
}

func (s *Server) listNotices(ctx context.Context, who commands.Principal, in *noticesInput) (*noticesOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.NoticesView.Name); err != nil {
		return nil, err
	}
	page, err := views.NewNotices(s.Projector).List(ctx, who.Tenant, who.Person, s.Now(), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &noticesOutput{Language: languageOf(in.Language), Body: v1.Notices{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}}
	for _, n := range page.Items {
		out.Body.Items = append(out.Body.Items, v1.Notice{
			ID: n.ID, At: n.At, Code: n.Code, Text: notice.Told(n.Code, out.Language).Text, SubscriptionID: n.Subscription, RequestID: n.Request,
		})
	}
	return out, nil
}
