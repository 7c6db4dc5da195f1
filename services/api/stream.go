package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	v1 "kassa/services/api/v1"
)

// ndjson is a JSON value a line.
const ndjson = "application/x-ndjson"

// flushEvery bounds how long a line waits for others to be sent with it.
const flushEvery = 200 * time.Millisecond

// lines sends JSON values one a line, for as long as it takes.
type lines struct {
	w       http.ResponseWriter
	control *http.ResponseController
	flushed time.Time
}

func newLines(ctx huma.Context) *lines {
	_, w := humago.Unwrap(ctx)
	l := &lines{w: w, control: http.NewResponseController(w)}
	_ = l.control.SetWriteDeadline(time.Time{}) // a stream ends when its reader leaves
	w.WriteHeader(http.StatusOK)
	l.flush()
	return l
}

func (l *lines) send(v any) error {
	if err := json.MarshalWrite(l.w, v, jsontext.PreserveRawStrings(true)); err != nil {
		return err
	}
	_, err := l.w.Write([]byte{'\n'})
	if time.Since(l.flushed) > flushEvery {
		l.flush()
	}
	return err
}

func (l *lines) flush() {
	l.flushed = time.Now()
	_ = l.control.Flush() // the next write will tell if the reader has gone
}

// broken ends a stream that could not be finished with a last line that says
// why, since its status went out long ago.
func (s *Server) broken(ctx huma.Context, l *lines, err error) {
	if err == nil || ctx.Context().Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	p := s.problem(ctx.Context(), ctx.Operation().OperationID, err)
	localise(p, ctx.Header("Accept-Language"))
	_ = l.send(struct {
		Error *v1.Problem `json:"error"`
	}{p})
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
