package mscommerce_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/product"
	"kassa/eventstore"
	"kassa/eventstore/memory"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/identity"
	"kassa/services/mscommerce"
)

const contoso = domain.TenantID("10000000-0000-4000-8000-000000000001")

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// house is the compatible service over real commands, views and an identity
// provider, with a catalogue that has seen better days.
type house struct {
	*testing.T
	url       string
	store     *memory.Store
	projector *projections.Projector
	issuer    *identity.Issuer
	clock     time.Time
}

func newHouse(t *testing.T) *house {
	h := &house{T: t, store: new(memory.Store), clock: noon}
	now := func() time.Time { return h.clock }
	var err error
	h.issuer, err = identity.NewIssuer(t.TempDir(), now)
	require.NoError(t, err)
	h.furnish()
	log := commands.Log{Store: h.store, Codec: eventstore.Schema()}
	h.projector, err = projections.Open(t.Context(), projections.Config{
		Dir: t.TempDir(), Store: h.store, SourceID: uuid.New(), Codec: log.Codec, Poll: 5 * time.Millisecond,
	}, views.CatalogueView)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error)
	go func() { ended <- h.projector.Run(ctx) }()
	server := httptest.NewServer((&mscommerce.Server{
		Verifier: h.issuer.Verifier(), Policies: &commands.Policies{Log: log, Now: now},
		Catalogue: views.NewCatalogue(h.projector), Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: now,
	}).Handler())
	t.Cleanup(func() {
		server.Close()
		stop()
		require.NoError(t, <-ended)
		require.NoError(t, h.projector.Close())
	})
	h.url = server.URL
	return h
}

// furnish lists three products: one that is fine, one that is neither sold any
// more nor for self-service, and one whose history cannot be folded.
func (h *house) furnish() {
	h.given("CFQ7TTC0H9MP", product.Listed{Product: "CFQ7TTC0H9MP", Name: "Power BI Pro", SelfServiceEligible: true, MaxQuantity: 10},
		product.IDReplaced{OldID: "CFQ7TTC0L3PB"})
	h.given("CFQ7TTC0L3PB", product.ReplacedBy{Product: "CFQ7TTC0H9MP"})
	h.given("CFQ7TTC0HD32", product.Listed{Product: "CFQ7TTC0HD32", Name: "Visio Plan 2 & <more>", MaxQuantity: 10}, product.EndOfSale{From: noon.AddDate(-1, 0, 0)})
	h.given("CFQ7TTC0BAD0", product.Renamed{Name: "never listed"})
}

func (h *house) given(id domain.ProductID, events ...domain.Event) {
	h.Helper()
	h.record(product.Stream(id), events...)
}

func (h *house) givenPolicy(events ...domain.Event) {
	h.Helper()
	h.record("tenantpolicy-"+string(contoso), events...)
}

// record begins a stream.
func (h *house) record(stream string, events ...domain.Event) {
	h.Helper()
	drafts, err := eventstore.Drafts(stream, eventstore.Meta{Command: uuid.New(), At: noon}, events...)
	require.NoError(h, err)
	_, err = h.store.Append(h.Context(), stream, eventstore.NoStream, drafts)
	require.NoError(h, err)
}

// token is somebody's of contoso with a directory role, or without.
func (h *house) token(roles ...string) string {
	h.Helper()
	guest := false
	token, _, err := h.issuer.Issue(identity.Claims{Tenant: contoso, Person: "20000000-0000-4000-8000-000000000001", Guest: &guest, Roles: roles})
	require.NoError(h, err)
	return token
}

// correlation is the GUID that the script sends with every call.
const correlation = "6F9619FF-8B86-D011-B42D-00C04FC964FF"

// call is what Invoke-RestMethod sends, and what it gets.
func (h *house) call(token, method, path, body string) (status int, answer string) {
	h.Helper()
	status, answer, header := h.send(token, method, path, body, correlation)
	assert.Equal(h, correlation, header.Get("x-ms-correlation-id"))
	assert.Equal(h, "application/json; charset=utf-8", header.Get("Content-Type"))
	return status, answer
}

func (h *house) send(token, method, path, body, correlation string) (int, string, http.Header) {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), method, h.url+path, strings.NewReader(body))
	require.NoError(h, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if correlation != "" {
		r.Header.Set("x-ms-correlation-id", correlation)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h, err)
	defer response.Body.Close()
	b, err := io.ReadAll(response.Body)
	require.NoError(h, err)
	return response.StatusCode, string(b), response.Header
}

// facts is every fact of contoso's policies.
func (h *house) facts() []eventstore.Fact {
	h.Helper()
	records, err := h.store.Read(h.Context(), "tenantpolicy-"+string(contoso))
	require.NoError(h, err)
	facts := make([]eventstore.Fact, len(records))
	for i, r := range records {
		facts[i], err = eventstore.Schema().Decode(r)
		require.NoError(h, err)
	}
	return facts
}
