package stripetest

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
)

// Key is the secret key of the account that this Stripe knows, and Secret signs
// its webhooks.
const (
	Key    = "sk_test_kassa"
	Secret = "whsec_kassa"
)

// Config says how a Stripe behaves.
type Config struct {
	Now  func() time.Time // defaults to time.Now
	Page int              // the most that a list gives at once; 0: 100, as Stripe
}

// Server is a Stripe of a test's own.
type Server struct {
	http  *httptest.Server
	mock  string
	books books

	mu      sync.Mutex
	keys    map[string]*asked
	trouble []http.HandlerFunc // instead of the next answers
	seen    []string           // method and path of every request
	faults  []string           // what stripe-mock refused
}

// asked is what an idempotency key stands for.
type asked struct {
	body   [sha256.Size]byte
	at     time.Time
	answer answer
	done   bool
}

// Start starts a Stripe that ends with the test. A request that Stripe's own
// description does not allow fails the test.
func Start(t testing.TB, cfg Config) *Server {
	t.Helper()
	address, err := mock()
	if err != nil {
		t.Fatalf("start stripe-mock: %v", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Page == 0 {
		cfg.Page = 100
	}
	s := &Server{mock: address, keys: map[string]*asked{}, books: books{now: cfg.Now, page: cfg.Page, customers: map[string]object{}, methods: map[string]*method{}}}
	s.http = httptest.NewServer(s)
	t.Cleanup(func() {
		s.http.Close()
		for _, f := range s.faults {
			t.Errorf("stripe-mock refuses %s", f)
		}
	})
	return s
}

// URL is where it listens.
func (s *Server) URL() string { return s.http.URL }

// Instead lets something else answer the next requests, one each.
func (s *Server) Instead(answers ...http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = append(s.trouble, answers...)
}

// Requests are the method and path of all there were, in order.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.seen...)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if instead := s.next(r); instead != nil {
		instead(w, r)
		return
	}
	ground, refused := s.validate(r, body)
	if refused != nil {
		s.write(w, *refused, nil)
		return
	}
	s.write(w, s.once(r, body), ground)
}

func (s *Server) next(r *http.Request) (instead http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	if len(s.trouble) > 0 {
		instead, s.trouble = s.trouble[0], s.trouble[1:]
	}
	return instead
}

// validate asks stripe-mock what it thinks of a request, and returns its answer.
func (s *Server) validate(r *http.Request, body []byte) (ground []byte, refused *answer) {
	to, err := http.NewRequestWithContext(r.Context(), r.Method, s.mock+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, &answer{status: 500}
	}
	to.Header = r.Header.Clone()
	to.Header.Del("Accept-Encoding")
	told, err := http.DefaultClient.Do(to)
	if err != nil {
		return nil, &answer{status: 500}
	}
	defer told.Body.Close()
	if ground, err = io.ReadAll(told.Body); err == nil && told.StatusCode == http.StatusOK {
		return ground, nil
	}
	a := answer{status: told.StatusCode}
	_ = json.Unmarshal(ground, &a.body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, r.Method+" "+r.URL.RequestURI()+" "+string(body)+": "+string(ground))
	return nil, &a
}

// day is how long an idempotency key is remembered.
const day = 24 * time.Hour

// once carries a request out, or tells what it came to before. Only what was
// carried out is remembered: not that it was malformed, or that another was
// still under way.
func (s *Server) once(r *http.Request, body []byte) answer {
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost || key == "" {
		return s.carryOut(r, body)
	}
	sum := sha256.Sum256(append([]byte(r.URL.Path+"?"), body...))
	s.mu.Lock()
	before := s.keys[key]
	if before != nil && s.books.now().Sub(before.at) >= day {
		before = nil
	}
	switch {
	case before == nil:
		before = &asked{body: sum, at: s.books.now()}
		s.keys[key] = before
	case before.body != sum:
		s.mu.Unlock()
		return failure(400, object{"type": "idempotency_error", "message": "Keys for idempotent requests can only be used with the same parameters they were first used with."})
	case !before.done:
		s.mu.Unlock()
		return failure(409, object{"type": "idempotency_error", "code": "idempotency_key_in_use", "message": "There is another request with this key under way."})
	default:
		defer s.mu.Unlock()
		a := before.answer
		a.lost = false
		return a
	}
	s.mu.Unlock()
	a := s.carryOut(r, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if before.answer, before.done = a, true; a.status == http.StatusBadRequest || a.status == http.StatusNotFound {
		delete(s.keys, key)
	}
	return a
}

func (s *Server) carryOut(r *http.Request, body []byte) answer {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return bad("", "", err.Error())
	}
	for name, values := range r.URL.Query() {
		form[name] = values
	}
	a, known := s.books.carryOut(r.Method, request{strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/"), "/"), form})
	if !known {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = append(s.faults, r.Method+" "+r.URL.Path+" (and nor does this Stripe know it)")
	}
	return a
}

// write answers; a lost answer breaks off in its middle.
func (s *Server) write(w http.ResponseWriter, a answer, ground []byte) {
	body := a.body
	if a.status == http.StatusOK {
		body = lay(a.body, ground)
	}
	b, err := json.Marshal(body)
	if err != nil {
		panic(err) // it is made of what was read from JSON
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", "req_local")
	w.WriteHeader(a.status)
	if !a.lost {
		_, _ = w.Write(b)
		return
	}
	_, _ = w.Write(b[:len(b)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// lay lays what this Stripe knows over an answer of stripe-mock's, member for
// member; every element of a list over its first.
func lay(known object, ground []byte) object {
	under := object{}
	_ = json.Unmarshal(ground, &under)
	data, listed := known["data"].([]object)
	if !listed {
		return merge(under, known)
	}
	sample, _ := under["data"].([]any)
	all := []any{}
	for _, each := range data {
		fresh := object{}
		if len(sample) > 0 {
			b, _ := json.Marshal(sample[0])
			_ = json.Unmarshal(b, &fresh)
		}
		all = append(all, merge(fresh, each))
	}
	whole := merge(under, known)
	whole["data"] = all
	return whole
}

func merge(under, over object) object {
	for name, value := range over {
		inner, both := value.(object)
		ground, is := under[name].(object)
		if both && is && name != "metadata" && name != "last_payment_error" {
			value = merge(ground, inner)
		}
		under[name] = value
	}
	return under
}
