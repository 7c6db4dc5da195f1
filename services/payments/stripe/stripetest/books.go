package stripetest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stripe/stripe-go/v85"
)

// books is everything that this Stripe knows. Its methods, apart from those of
// Server, are called with mu held.
type books struct {
	mu        sync.Mutex
	now       func() time.Time
	page      int
	count     int
	customers map[string]object // their metadata
	methods   map[string]*method
	intents   []*intent
	refunds   []*refund
	disputes  []*dispute
	events    [][]byte
}

// request is what somebody asks: path is without /v1/.
type request struct {
	path []string
	form url.Values
}

func (r request) expands(name string) bool {
	for field, values := range r.form {
		if strings.HasPrefix(field, "expand[") && slices.Contains(values, name) {
			return true
		}
	}
	return false
}

// answer is what it is told.
type answer struct {
	status int
	body   object
	lost   bool // on its way, the first time
}

// carryOut does what was asked for; false: this Stripe does not know that.
func (b *books) carryOut(method string, r request) (answer, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := method + " " + r.path[0]
	if len(r.path) == 2 {
		name += "/id"
		if r.path[1] == "search" {
			name = method + " " + strings.Join(r.path, "/")
		}
	}
	do, known := map[string]func(request) answer{
		"GET payment_methods/id": b.retrieveMethod, "POST setup_intents": b.createSetup,
		"POST customers": b.createCustomer, "GET customers/id": b.retrieveCustomer,
		"POST payment_intents": b.createIntent, "GET payment_intents": b.listIntents, "GET payment_intents/id": b.retrieveIntent,
		"GET payment_intents/search": b.searchIntents, "POST refunds": b.createRefund, "GET refunds": b.listRefunds,
		"GET disputes": b.listDisputes, "GET disputes/id": b.retrieveDispute,
	}[name]
	if !known {
		return bad("", "", "this Stripe does not know "+name), false
	}
	return do(r), true
}

func (b *books) id(kind string) string {
	b.count++
	return fmt.Sprintf("%s_%024d", kind, b.count)
}

// list is one page of what was found.
func (b *books) list(r request, found []object) answer {
	if after := r.form.Get("starting_after"); after != "" {
		at := slices.IndexFunc(found, func(o object) bool { return o["id"] == after })
		found = found[at+1:]
	}
	limit, _ := strconv.Atoi(r.form.Get("limit"))
	if limit = min(limit, b.page); limit == 0 {
		limit = min(10, b.page)
	}
	n := min(limit, len(found))
	return good(object{"object": "list", "data": append([]object{}, found[:n]...), "has_more": n < len(found)})
}

func newestFirst[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// happened keeps an event, as it would be sent to webhooks.
func (b *books) happened(kind string, about object) {
	event, err := json.Marshal(object{
		"id": b.id("evt"), "object": "event", "api_version": stripe.APIVersion, "created": b.now().Unix(), "livemode": false,
		"type": kind, "data": object{"object": about},
	})
	if err != nil {
		panic(err) // it is made of strings and numbers
	}
	b.events = append(b.events, event)
}

// Events are the payloads of all webhooks that this Stripe would have sent.
func (s *Server) Events() [][]byte {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	return slices.Clone(s.books.events)
}

func metadataOf(form url.Values) object {
	m := object{}
	for name, values := range form {
		if inner, ok := strings.CutPrefix(name, "metadata["); ok {
			m[strings.TrimSuffix(inner, "]")] = values[0]
		}
	}
	return m
}

func good(body object) answer { return answer{status: 200, body: body} }

func bad(code, param, message string) answer {
	return failure(400, object{"type": "invalid_request_error", "code": code, "param": param, "message": message})
}

func noSuch(kind, id string) answer {
	a := bad("resource_missing", kind, "No such "+kind+": '"+id+"'")
	a.status = 404
	return a
}

func declined(why reason, more object) answer { return failure(402, why.show(more)) }

func (r reason) show(more object) object {
	e := object{"type": "card_error", "code": r.code, "decline_code": r.decline, "message": "The card was declined."}
	for name, value := range more {
		e[name] = value
	}
	return e
}

func failure(status int, e object) answer { return answer{status: status, body: object{"error": e}} }
