package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
)

type trialInput struct {
	Writing
	ID domain.SubscriptionID `path:"id" doc:"The subscription."`
}

func (s *Server) registerTrials(api huma.API) {
	group := []string{"Subscriptions"}
	signed(s, api, huma.Operation{
		OperationID: "extend-trial", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/extend-trial", Tags: group,
		Summary:     "Try for thirty more days",
		Description: "Once, in the fifteen days before the trial ends.",
	}, s.extendTrial)
	signed(s, api, huma.Operation{
		OperationID: "convert-trial", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/convert", Tags: group,
		Responses:   map[string]*huma.Response{"202": {Description: "The payment gateway has not answered yet."}},
		Summary:     "Buy what is being tried",
		Description: "The first paid term begins now, at the price that checkout displayed, charged now; also for thirty days after the trial ended. Judged as when buying: a refusal is recorded and answered with 422. " + whileDeclined + whileUnknown,
	}, s.convertTrial)
}

func (s *Server) extendTrial(ctx context.Context, who commands.Principal, in *trialInput) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.extend_trial", s.Subscriptions.ExtendTrial, commands.ExtendTrial{Subscription: in.ID})
}

func (s *Server) convertTrial(ctx context.Context, who commands.Principal, in *changeInput[v1.ConvertTrial]) (*subscriptionOutput, error) {
	return change(ctx, s, who, in.Writing, "subscription.convert", s.Subscriptions.ConvertTrial, commands.ConvertTrial{
		Subscription: in.ID, Card: in.Body.Card,
	})
}
