package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

type takeovers interface {
	TakeControl(ctx context.Context, r commands.Request, c commands.TakeControl) (changed, error)
	GiveUpMove(ctx context.Context, r commands.Request, id domain.SubscriptionID) (changed, error)
	Progress(ctx context.Context, who commands.Principal, id domain.SubscriptionID) (commands.Takeover, error)
}

type (
	controlInput struct {
		ID domain.SubscriptionID `path:"id" doc:"The subscription."`
	}
	controlOutput struct {
		Status   int
		Position uint64 `header:"Kassa-Position"`
		Body     v1.Control
	}
)

func (s *Server) registerTakeovers(api huma.API) {
	group := []string{"Subscriptions"}
	signed(s, api, huma.Operation{
		OperationID: "take-control", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/control", Tags: group, DefaultStatus: http.StatusAccepted,
		Summary:     "Take control of what a person bought",
		Description: "For global administrators, once. The users are moved to another subscription or lose their licences; then it is cancelled, with a refund to the purchaser if within seven days of its start or renewal, and deleted. The purchaser changes nothing any more. It takes a moment: look at the progress.",
	}, s.takeControl)
	signed(s, api, huma.Operation{
		OperationID: "get-control", Method: http.MethodGet, Path: "/v1/subscriptions/{id}/control", Tags: group,
		Summary:     "How far a takeover has come",
		Description: "For global and billing administrators, global readers and the purchaser.",
	}, s.getControl)
	signed(s, api, huma.Operation{
		OperationID: "give-up-move", Method: http.MethodDelete, Path: "/v1/subscriptions/{id}/control/move", Tags: group, DefaultStatus: http.StatusAccepted,
		Summary:     "Move nobody else",
		Description: "For global administrators. Whoever has not been moved yet loses their licence, instead of waiting for a seat of the target.",
	}, s.giveUpMove)
}

func (s *Server) takeControl(ctx context.Context, who commands.Principal, in *changeInput[v1.TakingControl]) (*controlOutput, error) {
	c := commands.TakeControl{
		Subscription: in.ID, Option: subscription.TakeoverOption(in.Body.Option), Target: in.Body.Target, Reason: subscription.Reason(in.Body.Reason),
	}
	r, err := in.request(who, "subscription.take_control", c)
	if err != nil {
		return nil, err
	}
	if _, err := s.Takeovers.TakeControl(ctx, r, c); err != nil {
		return nil, seatsMissing(err)
	}
	return s.control(ctx, who, in.ID, http.StatusAccepted)
}

func (s *Server) giveUpMove(ctx context.Context, who commands.Principal, in *subscriptionInput) (*controlOutput, error) {
	r, err := in.request(who, "subscription.give_up_move", in.ID)
	if err != nil {
		return nil, err
	}
	if _, err := s.Takeovers.GiveUpMove(ctx, r, in.ID); err != nil {
		return nil, err
	}
	return s.control(ctx, who, in.ID, http.StatusAccepted)
}

func (s *Server) getControl(ctx context.Context, who commands.Principal, in *controlInput) (*controlOutput, error) {
	return s.control(ctx, who, in.ID, http.StatusOK)
}

func (s *Server) control(ctx context.Context, who commands.Principal, id domain.SubscriptionID, status int) (*controlOutput, error) {
	p, err := s.Takeovers.Progress(ctx, who, id)
	if err != nil {
		return nil, err
	}
	people, err := s.openPeople(ctx, who, p.Takeover.Admin)
	if err != nil {
		return nil, err
	}
	out := &controlOutput{Status: status, Position: p.Position, Body: v1.Control{
		SubscriptionID: id, Status: string(p.Status(s.Now())), MissingSeats: p.Missing, Position: p.Position,
		TakenOver: v1.TakenOver{
			By: people.show(p.Takeover.Admin), At: p.Takeover.At, Option: string(p.Takeover.Option), Target: p.Takeover.Target,
			Users: int64(p.Users), Remaining: int64(p.Remaining), Finished: p.Ended == subscription.StatusDeleted,
		},
	}}
	if p.Waiting != nil {
		out.Body.Waiting = problemOf(p.Waiting)
	}
	return out, nil
}

// seatsMissing says how many seats a target lacks. Other errors pass unchanged.
func seatsMissing(err error) error {
	e := (*commands.MissingSeats)(nil)
	if !errors.As(err, &e) {
		return err
	}
	p := problemOf(err)
	p.MissingSeats = e.Missing
	p.Errors = []v1.FieldError{{Location: "body.target", Message: "free licences missing: " + strconv.FormatInt(e.Missing, 10)}}
	return p
}
