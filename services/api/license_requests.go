package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/licreq"
	v1 "kassa/services/api/v1"
)

type licenseRequested = commands.Outcome[licreq.State]

// licenseRequests is the commands by which people ask for licences and are
// answered.
type licenseRequests interface {
	Ask(ctx context.Context, r commands.Request, c commands.AskForLicenses) (licenseRequested, error)
	Share(ctx context.Context, r commands.Request, c commands.ShareLicenseRequest) (licenseRequested, error)
	Approve(ctx context.Context, r commands.Request, c commands.ApproveLicenseRequest) (licenseRequested, error)
	Deny(ctx context.Context, r commands.Request, c commands.DenyLicenseRequest) (licenseRequested, error)
	Fulfil(ctx context.Context, id licreq.ID) (licenseRequested, error)
}

// licenseRequestsAt is where a refused buyer asks instead (R20).
const licenseRequestsAt = "/v1/license-requests"

type (
	askInput struct {
		Writing
		Body v1.AskForLicenses
	}
	licenseRequestInput[Body any] struct {
		Writing
		ID   licreq.ID `path:"id" doc:"The request."`
		Body Body
	}
	licenseRequestOutput struct {
		Status   int
		Position uint64 `header:"Kassa-Position"`
		Body     v1.LicenseRequestChanged
	}
)

func (s *Server) registerLicenseRequests(api huma.API) {
	group := []string{"Licence requests"}
	signed(s, api, huma.Operation{
		OperationID: "ask-for-licenses", Method: http.MethodPost, Path: licenseRequestsAt, Tags: group, DefaultStatus: http.StatusCreated,
		Summary:     "Ask for licences of a product that you may not buy",
		Description: "Only where nothing but your organisation's policy keeps you from buying it: who may buy is told so. You have one pending request of a product; it is held for twelve months. Where the organisation has its own way to ask, nothing is recorded and the answer says what to do instead.",
	}, s.askForLicenses)
	signed(s, api, huma.Operation{
		OperationID: "approve-license-request", Method: http.MethodPost, Path: licenseRequestsAt + "/{id}/approve", Tags: group,
		Summary:     "Give all, or some, of the people licences",
		Description: "For global, license and user administrators. Each approved person gets a seat of the organisation's own subscription that you choose. Who finds none waits, which the answer says, and gets theirs once one is free or bought.",
	}, s.approveLicenseRequest)
	signed(s, api, huma.Operation{
		OperationID: "deny-license-request", Method: http.MethodPost, Path: licenseRequestsAt + "/{id}/deny", Tags: group,
		Summary:     "Give nobody any",
		Description: "For global, license and user administrators.",
	}, s.denyLicenseRequest)
	signed(s, api, huma.Operation{
		OperationID: "share-license-request", Method: http.MethodPost, Path: licenseRequestsAt + "/{id}/share", Tags: group,
		Summary:     "Show a pending request to a colleague",
		Description: "One at a time. For the requester, those it was shared with, and whoever may answer it.",
	}, s.shareLicenseRequest)
	s.registerLicenseRequestsList(api)
}

func (s *Server) askForLicenses(ctx context.Context, who commands.Principal, in *askInput) (*licenseRequestOutput, error) {
	people, err := s.findPeople(ctx, who, in.Body.Users)
	if err != nil {
		return nil, err
	}
	c := commands.AskForLicenses{
		Product: in.Body.ProductID, Market: in.Body.Market, For: people, Reason: cmp.Or(licreq.Reason(in.Body.Reason), licreq.OtherReason),
	}
	r, err := in.request(who, "license_request.ask", c)
	if err != nil {
		return nil, err
	}
	out, err := s.LicenseRequests.Ask(ctx, r, c)
	if errors.Is(err, licreq.ErrOwnProcess) {
		return nil, s.elsewhere(ctx, who, err)
	}
	return s.licenseRequestOf(ctx, who, http.StatusCreated, out, err)
}

// elsewhere adds to a refusal what the organisation says instead.
func (s *Server) elsewhere(ctx context.Context, who commands.Principal, refusal error) error {
	process, err := s.Policies.RequestProcess(ctx, who)
	if err != nil {
		return err
	}
	p := problemOf(refusal)
	p.RequestProcess = &v1.RequestProcess{Message: process.Message, Link: process.Link}
	return p
}

// approveLicenseRequest gives out what it can at once. An approval that was
// recorded is not lost when that has to wait: Kassa goes on by itself.
func (s *Server) approveLicenseRequest(ctx context.Context, who commands.Principal, in *licenseRequestInput[v1.ApproveLicenseRequest]) (*licenseRequestOutput, error) {
	people, err := s.findPeople(ctx, who, in.Body.Users)
	if err != nil {
		return nil, err
	}
	c := commands.ApproveLicenseRequest{Request: in.ID, For: people, Subscription: in.Body.SubscriptionID}
	r, err := in.request(who, "license_request.approve", c)
	if err != nil {
		return nil, err
	}
	out, err := s.LicenseRequests.Approve(ctx, r, c)
	if err != nil {
		return nil, err
	}
	given, err := s.LicenseRequests.Fulfil(ctx, in.ID)
	switch domain.KindOf(err) {
	case domain.Unavailable, domain.Conflict:
		given, err = out, nil
	}
	return s.licenseRequestOf(ctx, who, http.StatusOK, given, err)
}

func (s *Server) denyLicenseRequest(ctx context.Context, who commands.Principal, in *licenseRequestInput[v1.DenyLicenseRequest]) (*licenseRequestOutput, error) {
	c := commands.DenyLicenseRequest{Request: in.ID, Reason: licreq.Denial(in.Body.Reason)}
	r, err := in.request(who, "license_request.deny", c)
	if err != nil {
		return nil, err
	}
	out, err := s.LicenseRequests.Deny(ctx, r, c)
	return s.licenseRequestOf(ctx, who, http.StatusOK, out, err)
}

func (s *Server) shareLicenseRequest(ctx context.Context, who commands.Principal, in *licenseRequestInput[v1.ShareLicenseRequest]) (*licenseRequestOutput, error) {
	person, err := s.findPerson(ctx, who, in.Body.User)
	if err != nil {
		return nil, err
	}
	c := commands.ShareLicenseRequest{Request: in.ID, With: person}
	r, err := in.request(who, "license_request.share", c)
	if err != nil {
		return nil, err
	}
	out, err := s.LicenseRequests.Share(ctx, r, c)
	return s.licenseRequestOf(ctx, who, http.StatusOK, out, err)
}

// findPeople turns what a caller typed into ids, in order.
func (s *Server) findPeople(ctx context.Context, who commands.Principal, typed []string) (people []domain.PersonID, err error) {
	if len(typed) > licreq.MaxPeople {
		return nil, licreq.ErrTooMany
	}
	for _, t := range typed {
		p, err := s.findPerson(ctx, who, t)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

func (s *Server) licenseRequestOf(ctx context.Context, who commands.Principal, status int, out licenseRequested, err error) (*licenseRequestOutput, error) {
	if err != nil {
		return nil, err
	}
	body := v1.LicenseRequestChanged{
		RequestID: string(out.State.Request), ProductID: out.State.Product, Status: string(out.State.Status),
		ExpiresAt: out.State.ExpiresAt, SubscriptionID: out.State.Subscription, Position: out.Position,
	}
	body.Users, err = s.licenseRequestUsers(ctx, who, out.State.People)
	return &licenseRequestOutput{Status: status, Position: out.Position, Body: body}, err
}

func (s *Server) licenseRequestUsers(ctx context.Context, who commands.Principal, asked []licreq.Person) (users []v1.LicenseRequestUser, err error) {
	ids := make([]domain.PersonID, len(asked))
	for i, p := range asked {
		ids[i] = p.ID
	}
	people, err := s.openPeople(ctx, who, ids...)
	for _, p := range asked {
		users = append(users, v1.LicenseRequestUser{User: people.show(p.ID), Standing: string(p.Standing), Code: p.Code})
	}
	return users, err
}
