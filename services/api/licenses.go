package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	v1 "kassa/services/api/v1"
)

type licenses interface {
	Assign(ctx context.Context, r commands.Request, c commands.AssignLicense) (commands.Outcome[license.State], error)
	Unassign(ctx context.Context, r commands.Request, c commands.AssignLicense) (commands.Outcome[license.State], error)
	MayAssign(ctx context.Context, who commands.Principal, id domain.SubscriptionID) error
}

type (
	assignInput struct {
		Writing
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		Body v1.AssignLicense
	}
	unassignInput struct {
		Writing
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		User string                `path:"user" doc:"Mail address or directory object id."`
	}
	licenseOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.License
	}
)

func (s *Server) registerLicenses(api huma.API) {
	group := []string{"Licences"}
	signed(s, api, huma.Operation{
		OperationID: "assign-license", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/licenses", Tags: group,
		Summary:     "Give a person a seat",
		Description: "The purchaser assigns what they bought themselves (R24, R28); licence administrators what the organisation bought. Only to people of the same organisation (R23).",
	}, s.assignLicense)
	signed(s, api, huma.Operation{
		OperationID: "unassign-license", Method: http.MethodDelete, Path: "/v1/subscriptions/{id}/licenses/{user}", Tags: group,
		Summary: "Take a person's seat back",
	}, s.unassignLicense)
}

func (s *Server) assignLicense(ctx context.Context, who commands.Principal, in *assignInput) (*licenseOutput, error) {
	return s.changeLicense(ctx, who, in.Writing, "license.assign", in.ID, in.Body.User, s.Licenses.Assign)
}

func (s *Server) unassignLicense(ctx context.Context, who commands.Principal, in *unassignInput) (*licenseOutput, error) {
	return s.changeLicense(ctx, who, in.Writing, "license.unassign", in.ID, in.User, s.Licenses.Unassign)
}

type licenseCommand func(context.Context, commands.Request, commands.AssignLicense) (commands.Outcome[license.State], error)

func (s *Server) changeLicense(ctx context.Context, who commands.Principal, w Writing, verb string, id domain.SubscriptionID, user string, do licenseCommand) (*licenseOutput, error) {
	person, err := s.findPerson(ctx, who, user)
	if err != nil {
		return nil, err
	}
	c := commands.AssignLicense{Subscription: id, Person: person}
	r, err := w.request(who, verb, c)
	if err != nil {
		return nil, err
	}
	changed, err := s.licenseAfter(ctx, r, c, do)
	if err != nil {
		return nil, err
	}
	return &licenseOutput{Position: changed.Position, Body: *changed}, nil
}

// licenseAfter carries a command out and shows the licence that it left.
func (s *Server) licenseAfter(ctx context.Context, r commands.Request, c commands.AssignLicense, do licenseCommand) (*v1.License, error) {
	out, err := do(ctx, r, c)
	if err != nil {
		return nil, err
	}
	shown, err := s.openPeople(ctx, r.Who, c.Person)
	if err != nil {
		return nil, err
	}
	return &v1.License{
		SubscriptionID: c.Subscription, User: shown.show(c.Person), Assigned: out.State.Assigned, Position: out.Position,
	}, nil
}
