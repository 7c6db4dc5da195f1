package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain/tenantpolicy"
	v1 "kassa/services/api/v1"
)

type (
	requestProcessInput struct {
		Writing
		Matching
		Body v1.SetRequestProcess
	}
	requestProcessOutput struct {
		Position uint64 `header:"Kassa-Position"`
		ETag     string `header:"ETag"`
		Body     v1.RequestProcessChanged
	}
)

func (s *Server) registerRequestProcess(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "set-request-process", Method: http.MethodPut, Path: "/v1/policies/request-process", Tags: []string{"Policies"},
		Summary:     "Send whoever asks for a licence elsewhere",
		Description: "For global and billing administrators. While there is a message, nobody can ask here: they are told the message and the link. Requests that were made before stay, and can be answered.",
	}, s.setRequestProcess)
}

func (s *Server) setRequestProcess(ctx context.Context, who commands.Principal, in *requestProcessInput) (*requestProcessOutput, error) {
	process := tenantpolicy.RequestProcess(in.Body)
	r, err := in.request(who, "policy.request_process", process)
	if err != nil {
		return nil, err
	}
	if r.Revision, err = in.revision(); err != nil {
		return nil, err
	}
	out, err := s.Policies.SetRequestProcess(ctx, r, process)
	if err != nil {
		return nil, err
	}
	return &requestProcessOutput{Position: out.Position, ETag: etag(out.Revision), Body: v1.RequestProcessChanged{
		RequestProcess: v1.RequestProcess(out.State.Process), Position: out.Position, Revision: int64(out.Revision),
	}}, nil
}
