// Package client is the Go client of Kassa's API, and the only way in for the
// command line and the end-to-end tests: what they can do, anybody can. It
// knows the API's shapes and when to ask again; it must never know a store, a
// broker or a rule.
package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// Client speaks to one Kassa as one person. The zero value of everything but
// URL is usable. It is safe for concurrent use as long as its fields stay.
type Client struct {
	URL      string       // "http://127.0.0.1:8080"
	Token    string       // bearer token; empty for what needs none
	Language string       // of error messages: "en" or "sv"
	Customer string       // the tenant id of a partner's customer to act for; empty: for oneself
	Position uint64       // reads are answered no older than this; 0 for whatever there is
	HTTP     *http.Client // nil: http.DefaultClient
	Retries  int          // of requests answered 503; 0: Retries, negative: none
}

// Retries is how often a request that was answered 503 is sent again.
const Retries = 5

const (
	longest  = 5 * time.Second // how long one Retry-After is obeyed at most
	patience = time.Minute     // how long one answer may take
)

// ErrUnreachable: there was no answer at all. What was sent may have arrived.
var ErrUnreachable = errors.New("reach Kassa")

// Intent names a write, so that it can be repeated: the same intent, sent again,
// returns the first result. The zero Intent is a new one each time.
type Intent string

// call is one request and where its answer goes.
type call struct {
	method, path string
	query        url.Values
	intent       Intent
	ifMatch      string // what the caller saw; empty: whatever it is by now
	mediaType    string // of body; empty: JSON
	unhurried    bool   // the answer takes as long as it takes
	body         any    // nil: none; []byte: as it is; else: JSON
}

// do sends c and reads the answer into out, which may be nil. It asks again
// where the answer is 503: the same bytes under the same key.
func (c *Client) do(ctx context.Context, r call, out any) error {
	if !r.unhurried {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	response, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.UnmarshalRead(response.Body, out); err != nil {
		return fmt.Errorf("read answer of %s %s: %w", r.method, r.path, err)
	}
	return nil
}

// send returns an answer that is not a problem. Its body must be closed.
func (c *Client) send(ctx context.Context, r call) (*http.Response, error) {
	body, err := r.encode()
	if err != nil {
		return nil, err
	}
	if r.intent == "" && r.method != http.MethodGet {
		r.intent = Intent(uuid.NewString())
	}
	for left := c.retries(); ; left-- {
		request, err := c.request(ctx, r, body)
		if err != nil {
			return nil, err
		}
		response, err := c.http().Do(request)
		if err != nil {
			return nil, fmt.Errorf("%w at %s: %w", ErrUnreachable, c.URL, cause(err))
		}
		if response.StatusCode < 400 {
			return response, nil
		}
		problem := readProblem(response)
		if response.StatusCode != http.StatusServiceUnavailable || left <= 0 {
			return nil, problem
		}
		if !pause(ctx, response.Header.Get("Retry-After")) {
			return nil, problem
		}
	}
}

// cause is what is wrong with the connection, without the request's address.
func cause(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		return u.Err
	}
	return err
}

func (r call) encode() ([]byte, error) {
	switch body := r.body.(type) {
	case nil:
		return nil, nil
	case []byte:
		return body, nil
	default:
		b, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write request of %s %s: %w", r.method, r.path, err)
		}
		return b, nil
	}
}

func (c *Client) request(ctx context.Context, r call, body []byte) (*http.Request, error) {
	at := c.URL + r.path
	if len(r.query) > 0 {
		at += "?" + r.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, r.method, at, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if c.Token != "" {
		set("Authorization", "Bearer "+c.Token)
	}
	if body != nil {
		set("Content-Type", first(r.mediaType, "application/json"))
	}
	if r.method == http.MethodGet && c.Position > 0 {
		set("Kassa-Position", strconv.FormatUint(c.Position, 10))
	}
	set("Accept-Language", c.Language)
	set("Kassa-On-Behalf-Of", c.Customer)
	set("Idempotency-Key", string(r.intent))
	set("If-Match", r.ifMatch)
	return request, nil
}

func (c *Client) http() *http.Client {
	if c.HTTP == nil {
		return http.DefaultClient
	}
	return c.HTTP
}

func (c *Client) retries() int {
	if c.Retries == 0 {
		return Retries
	}
	return c.Retries
}

// pause waits as the server asks; false if there is no time left for that.
func pause(ctx context.Context, retryAfter string) bool {
	seconds, err := strconv.Atoi(retryAfter)
	if err != nil {
		return false // the server does not expect to be asked again
	}
	timer := time.NewTimer(min(time.Duration(seconds)*time.Second, longest))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// drain reads what is left of an answer, up to a bound.
func drain(r io.Reader) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, 1<<20)) // what cannot be read says nothing
	return b
}
