package api

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"kassa/commands"
	"kassa/domain"
	"kassa/eventstore"
	v1 "kassa/services/api/v1"
)

// history is read here as it is stored, for whoever replays it.
type history interface {
	Head(ctx context.Context) (uint64, error)
	At(ctx context.Context, position uint64) (eventstore.Record, bool, error)
	Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error]
}

var errPositionInvalid = &domain.Error{
	Kind: domain.Invalid, Code: "position_invalid",
	Message: "Give from as start, or as a position that an event or an answer named.",
}

type eventsInput struct {
	From   string `query:"from" default:"start" doc:"start, or the position after which to begin." example:"48211"`
	Limit  int64  `query:"limit" minimum:"0" doc:"Most events to send; 0 for all."`
	Follow bool   `query:"follow" doc:"Keep the answer open and send what happens from now on."`
}

func (s *Server) registerEvents(api huma.API) {
	signed(s, api, huma.Operation{
		OperationID: "list-events", Method: http.MethodGet, Path: "/v1/events", Tags: []string{"Events"},
		Summary:     "Replay your organisation's history",
		Description: "One CloudEvent a line (application/x-ndjson), in order, from the event store itself: the same bytes that subscribers receive. For administrators, without the lists of people's own cards (R36); an operator sees every organisation's, whole. A partner needs the role of a global administrator or reader (R56), gets nothing of cards or other partners, and is cut off when the relation ends.",
		Responses: map[string]*huma.Response{"200": {Description: "One CloudEvent a line.", Content: map[string]*huma.MediaType{
			ndjson: {Schema: api.OpenAPI().Components.Schemas.Schema(typeOf[v1.CloudEvent](), true, "CloudEvent")},
		}}},
	}, s.listEvents)
}

func (s *Server) listEvents(ctx context.Context, who commands.Principal, in *eventsInput) (*streamOutput, error) {
	if err := mayReplay(who); err != nil {
		return nil, err
	}
	after, err := s.begin(ctx, in.From)
	if err != nil {
		return nil, err
	}
	return s.stream(func(ctx context.Context, out *lines) error {
		return s.sendEvents(ctx, who, in, after, out)
	}), nil
}

// begin is the position to send events after. It asks the store, because once
// the answer has begun it is too late to say that it cannot be given.
func (s *Server) begin(ctx context.Context, from string) (uint64, error) {
	if from == "start" {
		_, err := s.History.Head(ctx)
		return 0, err
	}
	after, err := strconv.ParseUint(from, 10, 64)
	if err != nil {
		return 0, errPositionInvalid.Because(err)
	}
	_, named, err := s.History.At(ctx, after)
	if err == nil && !named && after > 0 {
		err = errPositionInvalid
	}
	return after, err
}

// sendEvents writes events until the limit, the end of history or, when
// following, the end of the request.
func (s *Server) sendEvents(ctx context.Context, who commands.Principal, in *eventsInput, after uint64, out *lines) error {
	sent, live, right := int64(0), false, s.watch(who)
	for d, err := range s.History.Follow(ctx, after) {
		switch {
		case err != nil:
			return err
		case d.CaughtUp && !in.Follow:
			return nil
		case d.CaughtUp:
			live = true
			out.flush()
		}
		if d.Record == nil {
			continue
		}
		if err := right.lasts(ctx, *d.Record); err != nil {
			return err
		}
		event, mine, err := eventFor(who, *d.Record)
		if err != nil {
			return err
		}
		if !mine {
			continue
		}
		if err := out.send(event); err != nil {
			return err
		}
		if live {
			out.flush() // there may be no next one for long
		}
		if sent++; sent == in.Limit {
			return nil
		}
	}
	return nil
}

// eventFor shows a record to who, if it is theirs to see: an operator sees
// everything, others the facts of their own tenant.
func eventFor(who commands.Principal, r eventstore.Record) (v1.CloudEvent, bool, error) {
	var meta eventstore.Meta
	if err := json.Unmarshal(r.Metadata, &meta); err != nil {
		return v1.CloudEvent{}, false, fmt.Errorf("read metadata of %s@%d: %w", r.Stream, r.Revision, err)
	}
	aggregate, _, _ := strings.Cut(r.Type, ".")
	theirs := meta.Tenant == who.Tenant && aggregate != "paymentmethod" // a person's cards are nobody else's (R36)
	if !who.Has(commands.RoleOperator) && !theirs || who.Partner != "" && closedToPartners(r.Type) {
		return v1.CloudEvent{}, false, nil
	}
	owner := cmp.Or(string(meta.Tenant), eventstore.Shared)
	return v1.CloudEvent{
		SpecVersion: "1.0", ID: r.ID.String(), Type: "kassa." + r.Type, Subject: r.Stream, Time: r.At,
		Source:          "/kassa/" + url.PathEscape(owner) + "/" + url.PathEscape(aggregate),
		DataContentType: "application/json", DataSchema: "urn:kassa:schema:" + r.Type,
		Position: formatPosition(r.Position), Revision: strconv.FormatInt(int64(r.Revision), 10),
		Data: jsontext.Value(r.Data),
	}, true, nil
}
