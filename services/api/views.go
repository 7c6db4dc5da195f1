package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections"
	v1 "kassa/services/api/v1"
)

var errNotUpkeeper = &domain.Error{
	Kind: domain.Forbidden, Code: "not_view_admin",
	Message: "Only an operator or a global administrator may look after views. Ask one of them.",
}

type (
	viewsInput  struct{}
	viewsOutput struct{ Body v1.Views }
	viewInput   struct {
		Name string `path:"name" doc:"The view." example:"your_products"`
	}
	reportOutput  struct{ Body v1.Report }
	viewOutput    struct{ Body v1.View }
	droppedOutput struct{ Body v1.Dropped }
)

func (s *Server) registerViews(api huma.API) {
	group := []string{"Views"}
	signed(s, api, huma.Operation{
		OperationID: "list-views", Method: http.MethodGet, Path: "/v1/views", Tags: group,
		Summary: "See how the views are doing",
	}, s.listViews)
	signed(s, api, huma.Operation{
		OperationID: "rebuild-view", Method: http.MethodPost, Path: "/v1/views/{name}/rebuild", Tags: group,
		Summary:     "Build a view anew from history",
		Description: "Beside the live view, which goes on serving until the new one is equal and takes its place. Progress is sent a line at a time (application/x-ndjson); the last line has report or error. A rebuild that was cut off resumes when asked for again.",
		Responses: map[string]*huma.Response{"200": {Description: "One line of progress after the other.", Content: map[string]*huma.MediaType{
			ndjson: {Schema: api.OpenAPI().Components.Schemas.Schema(typeOf[v1.Progress](), true, "Progress")},
		}}},
	}, s.rebuildView)
	signed(s, api, huma.Operation{
		OperationID: "verify-view", Method: http.MethodPost, Path: "/v1/views/{name}/verify", Tags: group,
		Summary:     "Prove that a view equals its history",
		Description: "Folds the whole history again and compares it with the live view, row for row, at the same position. Operators see the keys of the rows that differ.",
		Middlewares: huma.Middlewares{unhurried},
	}, s.verifyView)
	signed(s, api, huma.Operation{
		OperationID: "retry-view", Method: http.MethodPost, Path: "/v1/views/{name}/retry", Tags: group,
		Summary:     "Apply the facts that a view has parked",
		Description: "After whatever made them fail has been corrected. A stream whose facts succeed is not held back any more.",
	}, s.retryView)
	signed(s, api, huma.Operation{
		OperationID: "drop-generations", Method: http.MethodPost, Path: "/v1/views/{name}/drop", Tags: group,
		Summary: "Remove the files of generations that rebuilds have replaced",
	}, s.dropGenerations)
}

func mayKeepViews(who commands.Principal) error {
	if who.Has(commands.RoleOperator, domain.RoleGlobalAdmin) {
		return nil
	}
	return errNotUpkeeper
}

func (s *Server) listViews(ctx context.Context, who commands.Principal, _ *viewsInput) (*viewsOutput, error) {
	if err := mayKeepViews(who); err != nil {
		return nil, err
	}
	body := v1.Views{}
	for _, v := range s.Projector.Status() {
		body.Items = append(body.Items, viewOf(who, v))
	}
	return &viewsOutput{body}, nil
}

func (s *Server) rebuildView(ctx context.Context, who commands.Principal, in *viewInput) (*streamOutput, error) {
	if err := mayKeepViews(who); err != nil {
		return nil, err
	}
	return s.stream(func(ctx context.Context, out *lines) error {
		report, err := s.Projector.Rebuild(ctx, in.Name, func(p projections.Progress) {
			_ = out.send(progressOf(p)) // a watcher who leaves ends ctx, and with it the rebuild
		})
		if err != nil {
			return err
		}
		r := reportOf(who, report)
		return out.send(v1.Progress{View: in.Name, Phase: string(projections.Done), Events: r.Events, Position: r.Position, Target: r.Position, PerSecond: r.PerSecond, Report: &r})
	}), nil
}

func (s *Server) verifyView(ctx context.Context, who commands.Principal, in *viewInput) (*reportOutput, error) {
	if err := mayKeepViews(who); err != nil {
		return nil, err
	}
	report, err := s.Projector.Verify(ctx, in.Name, nil)
	if err != nil {
		return nil, err
	}
	return &reportOutput{reportOf(who, report)}, nil
}

func (s *Server) retryView(ctx context.Context, who commands.Principal, in *viewInput) (*viewOutput, error) {
	if err := mayKeepViews(who); err != nil {
		return nil, err
	}
	if err := s.Projector.Retry(ctx, in.Name); err != nil {
		return nil, err
	}
	for _, v := range s.Projector.Status() {
		if v.View == in.Name {
			return &viewOutput{viewOf(who, v)}, nil
		}
	}
	return nil, projections.ErrUnknownView
}

func (s *Server) dropGenerations(ctx context.Context, who commands.Principal, in *viewInput) (*droppedOutput, error) {
	if err := mayKeepViews(who); err != nil {
		return nil, err
	}
	n, err := s.Projector.Drop(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	return &droppedOutput{v1.Dropped{View: in.Name, Generations: n}}, nil
}

// viewOf leaves the reason of a failure to operators: a view is every tenant's,
// and the reason may name a stream of another.
func viewOf(who commands.Principal, v projections.Status) v1.View {
	if v.Error != "" && !who.Has(commands.RoleOperator) {
		v.Error = "An operator can see why."
	}
	return v1.View{
		Name: v.View, Version: v.Version, Generation: v.Generation, State: string(v.State), Position: v.Position,
		Lag: v.Lag, Parked: v.Parked, Quarantined: len(v.Quarantined), Detail: v.Error,
	}
}

func progressOf(p projections.Progress) v1.Progress {
	return v1.Progress{
		View: p.View, Phase: string(p.Phase), Events: p.Events, Position: p.Position, Target: p.Target,
		PerSecond: p.PerSecond, ETASeconds: p.ETA.Seconds(),
	}
}

// reportOf leaves the keys of differing rows to operators, since the rows are
// every tenant's.
func reportOf(who commands.Principal, r projections.Report) v1.Report {
	out := v1.Report{
		View: r.View, Generation: r.Generation, Position: r.Position, Events: r.Events, Rows: r.Rows, Parked: r.Parked,
		Hash: r.Hash, Compared: r.Compared, Equal: r.Equal, TookSeconds: r.Took.Seconds(), PerSecond: r.PerSecond,
	}
	for _, d := range r.Differences {
		if !who.Has(commands.RoleOperator) {
			d.Key = ""
		}
		out.Differences = append(out.Differences, v1.Difference{Table: d.Table, Key: d.Key, Kind: string(d.Kind)})
	}
	return out
}
