package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	v1 "kassa/services/api/v1"
)

type (
	healthInput  struct{}
	healthOutput struct {
		Status int
		Body   v1.Health
	}
)

func (s *Server) registerHealth(api huma.API) {
	group := []string{"Health"}
	public(s, api, huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Tags: group,
		Summary: "Whether the process answers",
	}, func(context.Context, *healthInput) (*healthOutput, error) {
		return &healthOutput{http.StatusOK, v1.Health{Status: "ok"}}, nil
	})
	public(s, api, huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Tags: group,
		Summary:     "Whether every part works and has caught up",
		Description: "Each part with its position and how far it is behind; 503 with the reason while one is not ready.",
	}, s.readyz)
}

func (s *Server) readyz(context.Context, *healthInput) (*healthOutput, error) {
	h := v1.Health{Status: "ok", Parts: s.Parts()}
	for _, p := range h.Parts {
		if !p.Ready {
			h.Status, h.Reason = "unready", p.Name+": "+p.Detail
			return &healthOutput{http.StatusServiceUnavailable, h}, nil
		}
	}
	return &healthOutput{http.StatusOK, h}, nil
}
