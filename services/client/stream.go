package client

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	v1 "kassa/services/api/v1"
)

// longestLine bounds one line of a stream.
const longestLine = 4 << 20

// Tail says which events to read.
type Tail struct {
	From   string // start, or a position; empty: start
	Limit  int    // 0: all
	Follow bool   // go on with what happens from now on
}

// Events yields CloudEvents as the server sent them, byte for byte. The last
// item may be an error instead.
func (c *Client) Events(ctx context.Context, t Tail) iter.Seq2[jsontext.Value, error] {
	q := url.Values{"from": {first(t.From, "start")}, "follow": {strconv.FormatBool(t.Follow)}}
	if t.Limit != 0 {
		q.Set("limit", strconv.Itoa(t.Limit))
	}
	return c.lines(ctx, call{method: http.MethodGet, path: "/v1/events", query: q})
}

// Rebuild builds a view anew and tells about it; the report is that of the last
// line.
func (c *Client) Rebuild(ctx context.Context, view string, tell func(v1.Progress)) (v1.Report, error) {
	for line, err := range c.lines(ctx, call{method: http.MethodPost, path: "/v1/views/" + url.PathEscape(view) + "/rebuild"}) {
		if err != nil {
			return v1.Report{}, err
		}
		var p v1.Progress
		if err := json.Unmarshal(line, &p); err != nil {
			return v1.Report{}, fmt.Errorf("read progress: %w", err)
		}
		if p.Report != nil {
			return *p.Report, nil
		}
		tell(p)
	}
	return v1.Report{}, fmt.Errorf("rebuild %s: %w", view, io.ErrUnexpectedEOF)
}

// lines yields the lines of a streamed answer. A line with an error member is
// how a stream ends that could not be finished.
func (c *Client) lines(ctx context.Context, r call) iter.Seq2[jsontext.Value, error] {
	return func(yield func(jsontext.Value, error) bool) {
		response, err := c.send(ctx, r)
		if err != nil {
			yield(nil, err)
			return
		}
		defer response.Body.Close()
		scanner := bufio.NewScanner(response.Body)
		scanner.Buffer(nil, longestLine)
		for scanner.Scan() {
			line := jsontext.Value(scanner.Bytes())
			if err := broken(line); err != nil {
				yield(nil, err)
				return
			}
			if !yield(line.Clone(), nil) {
				return
			}
		}
		if err := scanner.Err(); err != nil {
			yield(nil, fmt.Errorf("the connection to Kassa broke: %w", err))
		}
	}
}

func broken(line jsontext.Value) error {
	var last struct {
		Error jsontext.Value `json:"error"`
	}
	if err := json.Unmarshal(line, &last); err != nil {
		return fmt.Errorf("read stream: %w", err)
	}
	if last.Error == nil {
		return nil
	}
	e := &Error{Raw: last.Error}
	if err := json.Unmarshal(last.Error, &e.Problem); err != nil {
		return fmt.Errorf("read stream: %w", err)
	}
	return e
}

// asHealth reads the health that came with a 503.
func asHealth(err error) *v1.Health {
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		return nil
	}
	h := new(v1.Health)
	if json.Unmarshal(e.Raw, h) != nil || h.Status == "" {
		return nil
	}
	return h
}
