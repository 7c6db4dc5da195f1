package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// mostUsers is how many people one call gives a seat, or takes it from.
const mostUsers = 20

var errTooManyUsers = &domain.Error{
	Kind: domain.Invalid, Code: "too_many_users",
	Message: "At most 20 people can be given a licence, or lose one, in one request. Send the rest in another.",
}

type (
	manyLicensesInput struct {
		Writing
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		Body v1.ManyLicenses
	}
	manyLicensesOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.LicenseResults
	}
)

func (s *Server) registerLicensesBulk(api huma.API) {
	group := []string{"Licences"}
	signed(s, api, huma.Operation{
		OperationID: "assign-licenses", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/licenses/assign", Tags: group,
		Summary:     "Give up to 20 people a seat",
		Description: "In their order, so that the last seats go to the first. " + eachByItself,
	}, s.assignLicenses)
	signed(s, api, huma.Operation{
		OperationID: "unassign-licenses", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/licenses/unassign", Tags: group,
		Summary:     "Take the seats of up to 20 people back",
		Description: "In their order. " + eachByItself,
	}, s.unassignLicenses)
}

const eachByItself = "Each by themselves: a person has a result or an error, and an error stops nothing else. Repeated with the same Idempotency-Key, what was done is not done again and what failed is tried again."

func (s *Server) assignLicenses(ctx context.Context, who commands.Principal, in *manyLicensesInput) (*manyLicensesOutput, error) {
	return s.changeLicenses(ctx, who, in, "license.assign_many", s.Licenses.Assign)
}

func (s *Server) unassignLicenses(ctx context.Context, who commands.Principal, in *manyLicensesInput) (*manyLicensesOutput, error) {
	return s.changeLicenses(ctx, who, in, "license.unassign_many", s.Licenses.Unassign)
}

func (s *Server) changeLicenses(ctx context.Context, who commands.Principal, in *manyLicensesInput, verb string, do licenseCommand) (*manyLicensesOutput, error) {
	if len(in.Body.Users) > mostUsers {
		return nil, errTooManyUsers
	}
	r, err := in.request(who, verb, in.Body)
	if err != nil {
		return nil, err
	}
	if err := s.Licenses.MayAssign(ctx, who, in.ID); err != nil {
		return nil, err // whoever may not assign one may assign none
	}
	out := &manyLicensesOutput{Body: v1.LicenseResults{SubscriptionID: in.ID}}
	for i, user := range in.Body.Users {
		result := v1.LicenseResult{User: user}
		held, err := s.licenseOf(ctx, r.Part(i), in.ID, user, do)
		switch {
		case errors.Is(err, commands.ErrReused):
			return nil, err
		case err != nil:
			result.Error = s.problem(ctx, verb, err)
		default:
			result.License = held
			out.Position = max(out.Position, held.Position)
		}
		out.Body.Items = append(out.Body.Items, result)
	}
	out.Body.Position = out.Position
	return out, nil
}

func (s *Server) licenseOf(ctx context.Context, r commands.Request, id domain.SubscriptionID, user string, do licenseCommand) (*v1.License, error) {
	person, err := s.findPerson(ctx, r.Who, user)
	if err != nil {
		return nil, err
	}
	return s.licenseAfter(ctx, r, commands.AssignLicense{Subscription: id, Person: person}, do)
}
