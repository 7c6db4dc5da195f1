package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type (
	licenseRequestsInput struct {
		Reading
		Paging
		State string `query:"state" enum:"pending,completed" doc:"Only those that wait for an answer, or only those that do not any more."`
	}
	licenseRequestsOutput struct{ Body v1.LicenseRequests }
)

func (s *Server) registerLicenseRequestsList(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-license-requests", Method: http.MethodGet, Path: licenseRequestsAt, Tags: []string{"Licence requests"},
		Summary:     "Requests for licences",
		Description: "Newest first. Global, license and user administrators see all of their organisation; everybody else what they asked for themselves and what was shared with them.",
	}, s.listLicenseRequests)
}

func (s *Server) listLicenseRequests(ctx context.Context, who commands.Principal, in *licenseRequestsInput) (*licenseRequestsOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.LicenseRequestsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	filter := views.LicenseRequestFilter{Pending: in.State == "pending", Completed: in.State == "completed", Next: in.After, Limit: in.Limit}
	if !commands.MayAnswerLicenseRequests(who) {
		filter.Person = who.Person
	}
	page, err := views.NewLicenseRequests(s.Projector).List(ctx, who.Tenant, filter)
	if err != nil {
		return nil, err
	}
	var ids []domain.PersonID
	for _, r := range page.Items {
		ids = append(ids, r.Requester, r.AnsweredBy)
		for _, p := range r.People {
			ids = append(ids, p.ID)
		}
	}
	people, err := s.openPeople(ctx, who, ids...)
	if err != nil {
		return nil, err
	}
	body := v1.LicenseRequests{AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}
	for _, r := range page.Items {
		body.Items = append(body.Items, licenseRequestShown(r, people))
	}
	return &licenseRequestsOutput{body}, nil
}

func licenseRequestShown(r views.LicenseRequest, people people) v1.LicenseRequest {
	shown := v1.LicenseRequest{
		RequestID: string(r.Request), ProductID: r.Product, Requester: people.show(r.Requester), Reason: string(r.Reason), Refusal: r.Refusal,
		Status: string(r.Status), RequestedAt: r.At, ExpiresAt: r.ExpiresAt, DenialReason: string(r.Denial), SubscriptionID: r.Subscription,
	}
	if !r.AnsweredAt.IsZero() {
		by := people.show(r.AnsweredBy)
		shown.AnsweredAt, shown.AnsweredBy = &r.AnsweredAt, &by
	}
	for _, p := range r.People {
		shown.Users = append(shown.Users, v1.LicenseRequestUser{User: people.show(p.ID), Standing: string(p.Standing), Code: p.Code})
	}
	return shown
}
