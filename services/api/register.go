package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"kassa/commands"
	v1 "kassa/services/api/v1"
	"kassa/services/identity"
)

// verifier tells whose bearer token it is, or refuses it with an error of kind
// Unauthorized.
type verifier interface {
	Verify(ctx context.Context, bearer string) (identity.Claims, error)
}

// public registers an operation that anybody may ask for.
func public[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes = cmp.Or(op.MaxBodyBytes, maxBody+1) // huma refuses from its limit on
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		return out, s.told(ctx, op.OperationID, err)
	})
}

// signed registers an operation that needs a token. Who asks is verified before
// anything of the request is read, and handed to do as a value.
func signed[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, commands.Principal, *I) (*O, error)) {
	op.Security = []map[string][]string{{"bearer": {}}}
	op.Parameters = append(op.Parameters, behalfParameter(op.OperationID)...)
	op.Middlewares = append(op.Middlewares, s.authenticate)
	public(s, api, op, func(ctx context.Context, in *I) (*O, error) {
		return do(ctx, ctx.Value(caller{}).(commands.Principal), in)
	})
}

// unhurried is for operations that read a long history or a large file before
// they answer: the server's own limit is not theirs.
func unhurried(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // without a limit there is none to lift
	next(ctx)
}

// caller is the key under which authenticate hands the principal to signed; the
// two are its only users.
type caller struct{}

func (s *Server) authenticate(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	who, err := s.who(ctx, r.Header)
	if err != nil {
		write(w, r, s.problem(ctx.Context(), ctx.Operation().OperationID, err))
		return
	}
	next(huma.WithValue(ctx, caller{}, who))
}

// who asks, in whose name: their own organisation's, or that of a customer who
// let their organisation in.
func (s *Server) who(ctx huma.Context, h http.Header) (commands.Principal, error) {
	c, err := s.Verifier.Verify(ctx.Context(), identity.Bearer(h.Get("Authorization")))
	who := commands.Principal{Tenant: c.Tenant, Person: c.Person, Guest: c.Guest, Roles: c.Roles}
	customers := h.Values(behalfHeader)
	if err != nil || len(customers) == 0 {
		return who, err
	}
	return s.admit(ctx, who, customers)
}

// told is err as huma sends it: a problem with its headers.
func (s *Server) told(ctx context.Context, operation string, err error) error {
	if err == nil {
		return nil
	}
	p := s.problem(ctx, operation, err)
	return huma.ErrorWithHeaders(p, headersOf(p))
}

// problem tells err to the caller and, where somebody here must act on it, to
// the log. Nothing is logged anywhere below.
func (s *Server) problem(ctx context.Context, operation string, err error) *v1.Problem {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError && ctx.Err() == nil {
		s.Log.ErrorContext(ctx, "request failed", "operation", operation, "code", p.Code, "error", err)
	}
	return p
}
