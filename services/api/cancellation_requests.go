package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
)

type cancellationRequests interface {
	AskPurchaser(ctx context.Context, r commands.Request, c commands.AskPurchaser) (requested, error)
	AskSupport(ctx context.Context, r commands.Request, c commands.AskSupport) (requested, error)
	Accept(ctx context.Context, r commands.Request, c commands.AnswerRequest) (requested, error)
	Decline(ctx context.Context, r commands.Request, c commands.DeclineRequest) (requested, error)
	Withdraw(ctx context.Context, r commands.Request, c commands.AnswerRequest) (requested, error)
}

// cancellation carries out what was accepted.
type cancellation interface {
	Pump(ctx context.Context, id cancelreq.ID) (requested, error)
}

type requested = commands.Outcome[cancelreq.State]

type (
	askCancellationInput struct {
		Writing
		ID   domain.SubscriptionID `path:"id" doc:"The subscription."`
		Body v1.AskCancellation
	}
	answerInput struct {
		Writing
		ID string `path:"id" doc:"The cancellation request."`
	}
	declineInput struct {
		Writing
		ID   string `path:"id" doc:"The cancellation request."`
		Body v1.DeclineCancellation
	}
	cancellationRequestOutput struct {
		Position uint64 `header:"Kassa-Position"`
		Body     v1.CancellationRequest
	}
	cancellationRequestsInput struct {
		Reading
		Paging
		Status string `query:"status" doc:"Only those that stand like this." enum:"open,accepted,executed,declined,withdrawn,expired"`
	}
	cancellationRequestsOutput struct{ Body v1.CancellationRequests }
)

func (s *Server) registerCancellationRequests(api huma.API) {
	group := []string{"Cancellation requests"}
	signed(s, api, huma.Operation{
		OperationID: "request-cancellation", Method: http.MethodPost, Path: "/v1/subscriptions/{id}/cancellation-requests", Tags: group,
		Summary:     "Ask for what a person bought to be cancelled",
		Description: "The purchaser, who is free to say no (R47), or support, which decides (R58). For global and billing administrators. One request is open at a time for each subscription and addressee; it expires after 90 days, or with its subscription.",
	}, s.requestCancellation)
	signed(s, api, huma.Operation{
		OperationID: "list-cancellation-requests", Method: http.MethodGet, Path: "/v1/cancellation-requests", Tags: group,
		Summary:     "Cancellation requests",
		Description: "Newest first. Administrators see all of their organisation's; everybody else sees what they were asked as a purchaser. Support sees what it was asked, by every organisation.",
	}, s.listCancellationRequests)
	signed(s, api, huma.Operation{
		OperationID: "accept-cancellation-request", Method: http.MethodPost, Path: "/v1/cancellation-requests/{id}/accept", Tags: group,
		Summary:     "Say yes",
		Description: "By the purchaser: within seven days of the start or a renewal the subscription is cancelled for a refund, later recurring billing is turned off (R32). By support: it is cancelled at once, later without a refund (R58).",
	}, s.acceptCancellation)
	signed(s, api, huma.Operation{
		OperationID: "decline-cancellation-request", Method: http.MethodPost, Path: "/v1/cancellation-requests/{id}/decline", Tags: group,
		Summary: "Say no",
	}, s.declineCancellation)
	signed(s, api, huma.Operation{
		OperationID: "withdraw-cancellation-request", Method: http.MethodPost, Path: "/v1/cancellation-requests/{id}/withdraw", Tags: group,
		Summary:     "Take a request back before it is answered",
		Description: "For global and billing administrators.",
	}, s.withdrawCancellation)
}

func (s *Server) requestCancellation(ctx context.Context, who commands.Principal, in *askCancellationInput) (*cancellationRequestOutput, error) {
	reason := cancelreq.Reason(in.Body.Reason)
	switch cancelreq.To(in.Body.To) {
	case cancelreq.ToPurchaser:
		return answerTo(ctx, s, who, in.Writing, "cancelreq.ask_purchaser", s.CancellationRequests.AskPurchaser, commands.AskPurchaser{Subscription: in.ID, Reason: reason})
	case cancelreq.ToSupport:
		return answerTo(ctx, s, who, in.Writing, "cancelreq.ask_support", s.CancellationRequests.AskSupport, commands.AskSupport{Subscription: in.ID, Reason: reason})
	}
	return nil, cancelreq.ErrTo
}

func (s *Server) declineCancellation(ctx context.Context, who commands.Principal, in *declineInput) (*cancellationRequestOutput, error) {
	return answerTo(ctx, s, who, in.Writing, "cancelreq.decline", s.CancellationRequests.Decline, commands.DeclineRequest{
		Request: in.ID, Reason: cancelreq.DeclineReason(in.Body.Reason),
	})
}

func (s *Server) withdrawCancellation(ctx context.Context, who commands.Principal, in *answerInput) (*cancellationRequestOutput, error) {
	return answerTo(ctx, s, who, in.Writing, "cancelreq.withdraw", s.CancellationRequests.Withdraw, commands.AnswerRequest{Request: in.ID})
}

func (s *Server) acceptCancellation(ctx context.Context, who commands.Principal, in *answerInput) (*cancellationRequestOutput, error) {
	return answerTo(ctx, s, who, in.Writing, "cancelreq.accept", s.acceptAndFinish, commands.AnswerRequest{Request: in.ID})
}

// acceptAndFinish says yes and carries it out. What cannot be done at once, such
// as while a payment is under way, is done later by whoever drives requests on.
func (s *Server) acceptAndFinish(ctx context.Context, r commands.Request, c commands.AnswerRequest) (requested, error) {
	yes, err := s.CancellationRequests.Accept(ctx, r, c)
	if err != nil {
		return yes, err
	}
	done, err := s.Cancellation.Pump(ctx, yes.State.ID)
	if err != nil {
		s.Log.WarnContext(ctx, "an accepted cancellation is carried out later", "request", yes.State.ID.String(), "error", err)
	}
	if done.State.ID == yes.State.ID { // no later request has taken its place
		return done, nil
	}
	return yes, nil
}

func answerTo[C any](ctx context.Context, s *Server, who commands.Principal, w Writing, verb string,
	do func(context.Context, commands.Request, C) (requested, error), c C,
) (*cancellationRequestOutput, error) {
	r, err := w.request(who, verb, c)
	if err != nil {
		return nil, err
	}
	out, err := do(ctx, r, c)
	if err != nil {
		return nil, err
	}
	shown, err := s.showRequests(ctx, who, []views.CancellationRequest{{State: out.State}})
	if err != nil {
		return nil, err
	}
	shown[0].Position = out.Position
	return &cancellationRequestOutput{out.Position, shown[0]}, nil
}

func (s *Server) listCancellationRequests(ctx context.Context, who commands.Principal, in *cancellationRequestsInput) (*cancellationRequestsOutput, error) {
	if err := s.caughtUp(ctx, in.Reading, views.CancellationRequestsView.Name, views.DirectoryView.Name); err != nil {
		return nil, err
	}
	page, err := s.requestsSeenBy(ctx, who, views.CancellationRequestFilter{Status: cancelreq.Status(in.Status), Next: in.After, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	items, err := s.showRequests(ctx, who, page.Items)
	if err != nil {
		return nil, err
	}
	return &cancellationRequestsOutput{v1.CancellationRequests{Items: items, AsOf: v1.AsOf{Position: page.AsOf}, Next: page.Next}}, nil
}

func (s *Server) requestsSeenBy(ctx context.Context, who commands.Principal, f views.CancellationRequestFilter) (views.Page[views.CancellationRequest], error) {
	asked := views.NewCancellationRequests(s.Projector)
	switch {
	case who.Has(commands.RoleSupport):
		return asked.ToSupport(ctx, f)
	case who.Has(admins...):
		return asked.List(ctx, who.Tenant, f)
	case who.Partner != "": // who is asked nothing
		return views.Page[views.CancellationRequest]{}, errNotAdmin
	}
	return asked.ToPurchaser(ctx, who.Tenant, who.Person, f)
}

// showRequests shows requests with the names of everybody in them.
func (s *Server) showRequests(ctx context.Context, who commands.Principal, requests []views.CancellationRequest) ([]v1.CancellationRequest, error) {
	ids := map[domain.TenantID][]domain.PersonID{}
	for _, r := range requests {
		ids[r.Tenant] = append(ids[r.Tenant], r.Purchaser, r.By)
	}
	named, err := s.openTenants(ctx, who, ids)
	if err != nil {
		return nil, err
	}
	var shown []v1.CancellationRequest
	for _, r := range requests {
		people := named[r.Tenant]
		shown = append(shown, v1.CancellationRequest{
			ID: r.ID.String(), To: string(r.To), TenantID: r.Tenant, SubscriptionID: r.Subscription, ProductID: r.Product,
			Purchaser: people.show(r.Purchaser), RequestedBy: people.show(r.By), Reason: string(r.Reason), Status: string(r.Status),
			DeclineReason: string(r.Declined), Effect: string(r.Effect), RequestedAt: r.RequestedAt, ExpiresAt: r.ExpiresAt,
		})
	}
	return shown, nil
}

// openTenants opens the names of people of several tenants. Support belongs to
// none of them, and sees no addresses.
func (s *Server) openTenants(ctx context.Context, who commands.Principal, ids map[domain.TenantID][]domain.PersonID) (map[domain.TenantID]people, error) {
	named := map[domain.TenantID]people{}
	for tenant, of := range ids {
		reader := who
		if tenant != who.Tenant {
			reader = commands.Principal{Tenant: tenant}
		}
		found, err := s.openPeople(ctx, reader, of...)
		if err != nil {
			return nil, err
		}
		named[tenant] = found
	}
	return named, nil
}
