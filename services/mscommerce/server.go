// Package mscommerce answers scripts that were written for the MSCommerce
// PowerShell module, or for the REST service behind it: point them at Kassa and
// they read and set the policy AllowSelfServicePurchase as before (R03, R41).
// The shapes, names and statuses here are that service's, byte for byte, and so
// are its limits: English only, one product at a time. Everything else is the
// business of services/api.
//
// Nothing may be decided here: each request is one command or query that the
// API has as well.
package mscommerce

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain/tenantpolicy"
	"kassa/projections/views"
	"kassa/services/identity"
)

// Root is the path under which Handler answers.
const Root = "/v1.0/"

// correlationHeader names a call: scripts send it to find it again in a log.
const correlationHeader = "x-ms-correlation-id"

// behalfHeader is how a partner names a customer to services/api. Ignoring it
// would set the partner's own policy, so it is refused here.
const behalfHeader = "Kassa-On-Behalf-Of"

// verifier tells whose bearer token it is, or refuses it with an error of kind
// Unauthorized.
type verifier interface {
	Verify(ctx context.Context, bearer string) (identity.Claims, error)
}

type policies interface {
	Set(ctx context.Context, r commands.Request, c commands.SetPolicy) (commands.Outcome[tenantpolicy.State], error)
	SetOfferType(ctx context.Context, r commands.Request, c commands.SetOfferType) (commands.Outcome[tenantpolicy.State], error)
	Get(ctx context.Context, who commands.Principal) (commands.Outcome[tenantpolicy.State], error)
}

// Server is the compatible service. Every field is required.
type Server struct {
	Verifier  verifier
	Policies  policies
	Catalogue views.Catalogue
	Log       *slog.Logger
	Now       func() time.Time
}

// call is a request of somebody we know.
type call struct {
	*http.Request
	command commands.Request
}

// Handler serves everything under Root.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(call) (any, error){
		"GET /v1.0/policies":                             s.listPolicies,
		"GET /v1.0/policies/{policy}":                    s.getPolicy,
		"GET /v1.0/policies/{policy}/products":           s.listProducts,
		"GET /v1.0/policies/{policy}/products/{product}": s.getProduct,
		"PUT /v1.0/policies/{policy}/products/{product}": s.setProduct,
		"GET /v1.0/policies/{policy}/offerTypes/{offer}": s.getOfferType,
		"PUT /v1.0/policies/{policy}/offerTypes/{offer}": s.setOfferType,
		Root: func(call) (any, error) { return nil, errNothingHere },
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, answer) })
	}
	return mux
}

// serve answers one request and logs it. It names the route, never the path or
// the token.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, answer func(call) (any, error)) {
	started, id := s.Now(), uuid.New()
	correlation, name := correlationOf(r.Header.Get(correlationHeader), id)
	h := w.Header()
	h.Set(correlationHeader, name)
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")

	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	body, err := s.answer(r, commands.Request{ID: id, Correlation: correlation}, answer)
	status := http.StatusOK
	if err != nil {
		f := failureOf(err)
		body, status = f, f.status
		f.headers(h)
	}
	w.WriteHeader(status)
	_ = json.MarshalWrite(w, body) // a caller who has gone needs no answer
	s.log(r, status, s.Now().Sub(started), err)
}

// answer finds out who asks before anything else of the request is looked at.
func (s *Server) answer(r *http.Request, request commands.Request, answer func(call) (any, error)) (any, error) {
	c, err := s.Verifier.Verify(r.Context(), identity.Bearer(r.Header.Get("Authorization")))
	if err != nil {
		return nil, err
	}
	if r.Header.Values(behalfHeader) != nil {
		return nil, errNotForPartners
	}
	request.Who = commands.Principal{Tenant: c.Tenant, Person: c.Person, Guest: c.Guest, Roles: c.Roles}
	if id := r.PathValue("policy"); id != "" && id != policyID {
		return nil, errPolicyUnknown
	}
	return answer(call{r, request})
}

func (s *Server) log(r *http.Request, status int, took time.Duration, err error) {
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("method", r.Method), slog.String("route", r.Pattern), slog.Int("status", status), slog.Duration("took", took),
	}
	if status >= http.StatusInternalServerError && r.Context().Err() == nil {
		level, attrs = slog.LevelError, append(attrs, slog.Any("error", err))
	}
	s.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// correlationOf is the conversation that a caller names with a GUID, and the
// header that says so back: theirs as they wrote it, or ours if they gave none.
func correlationOf(header string, ours uuid.UUID) (uuid.UUID, string) {
	if id, err := uuid.Parse(header); err == nil && id != uuid.Nil {
		return id, header
	}
	return ours, ours.String()
}
