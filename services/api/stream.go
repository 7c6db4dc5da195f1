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

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// ndjson is a JSON value a line.
const ndjson = "application/x-ndjson"

const (
	flushEvery = 200 * time.Millisecond // how long a line waits at most for others to be sent with it
	unread     = time.Minute            // after which a reader who takes nothing is taken to have left
)

// errStopping is the last line of a stream that a stop of Kassa cut off.
var errStopping = &domain.Error{
	Kind: domain.Unavailable, Code: "stopping",
	Message: "Kassa is being stopped. Ask again in a moment, for what comes after the last line you got.",
}

type streamOutput struct {
	ContentType string `header:"Content-Type"`
	Body        func(huma.Context)
}

// stream answers with the lines that send sends until it returns, its reader
// leaves or Kassa stops; the last two end its context.
func (s *Server) stream(send func(context.Context, *lines) error) *streamOutput {
	return &streamOutput{ContentType: ndjson, Body: func(ctx huma.Context) {
		out := newLines(ctx)
		streaming, stop := context.WithCancelCause(ctx.Context())
		defer stop(nil)
		go func() {
			select {
			case <-s.Stopping:
				stop(errStopping)
			case <-streaming.Done():
			}
		}()
		err := send(streaming, out)
		if errors.Is(context.Cause(streaming), errStopping) {
			err = errStopping
		}
		s.broken(ctx, out, err)
	}}
}

// lines sends JSON values one a line, for as long as it takes.
type lines struct {
	w       http.ResponseWriter
	control *http.ResponseController
	flushed time.Time
}

func newLines(ctx huma.Context) *lines {
	_, w := humago.Unwrap(ctx)
	l := &lines{w: w, control: http.NewResponseController(w)}
	w.WriteHeader(http.StatusOK)
	l.flush()
	return l
}

func (l *lines) send(v any) error {
	l.extend()
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
	l.extend()
	_ = l.control.Flush() // the next write will tell if the reader has gone
}

// extend gives the reader time to take the next line, however long the stream
// has been going on.
func (l *lines) extend() {
	_ = l.control.SetWriteDeadline(time.Now().Add(unread)) // a connection without deadlines is ended by its reader
}

// broken ends a stream that could not be finished with a last line that says
// why, since its status went out long ago.
func (s *Server) broken(ctx huma.Context, l *lines, err error) {
	if err == nil || ctx.Context().Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	p := problemOf(err)
	if !errors.Is(err, errStopping) { // which nobody has to act on
		p = s.problem(ctx.Context(), ctx.Operation().OperationID, err)
	}
	localise(p, ctx.Header("Accept-Language"))
	_ = l.send(struct {
		Error *v1.Problem `json:"error"`
	}{p})
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
