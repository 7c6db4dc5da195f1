package api_test

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

// replay is the types of the events that a request is answered with.
func replay(a answer) (types []string) {
	require.Equal(a.t, 200, a.status, "%s", a.body)
	for line := range strings.Lines(string(a.body)) {
		var e v1.CloudEvent
		require.NoError(a.t, json.Unmarshal([]byte(line), &e))
		types = append(types, e.Type)
	}
	return types
}

func TestR56_APartnerExtendsByTheCustomersEvents(t *testing.T) {
	h := newHouse(t)
	h.buy(anna, "1")
	for _, relation := range []struct{ kind, role string }{{"DAP", ""}, {"GDAP", domain.RoleBillingAdmin}, {"GDAP", domain.RoleLicenseAdmin}} {
		h.let(relation.kind, strings.Fields(relation.role)...)
		h.behalf("GET", "/v1/events", "").problem(403, "events_not_delegated")
		h.ask(gail, "DELETE", partnersPath, "")
	}
	relation := h.let("GDAP", domain.RoleGlobalReader)
	before := h.head()
	whole, theirs := h.ask(gail, "GET", "/v1/events", ""), h.behalf("GET", "/v1/events", "")
	recorded := h.since(before)
	require.Len(t, recorded, 1)
	assert.Equal(t, relation.RelationID, recorded[0].Meta.Actor.Relation)

	// The same lines, byte for byte, but for cards, bills and what the customer
	// has with its partners.
	closed := regexp.MustCompile(`"type":"kassa\.(purchase\.payment_method_attached|invoice|invoiceregister|partner|access)\.`)
	var want []string
	for line := range strings.Lines(string(whole.body)) {
		if !closed.MatchString(line) {
			want = append(want, line)
		}
	}
	assert.Equal(t, strings.Join(want, ""), string(theirs.body))
	assert.Contains(t, replay(theirs), "kassa.purchase.completed.v1")
	assert.NotContains(t, string(theirs.body), `"last4"`)
}

// listen opens a partner's replay of what happens from now on.
func (h *house) listen() *bufio.Scanner {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), "GET", h.http.URL+"/v1/events?follow=true&from="+uintText(h.head()), nil)
	require.NoError(h, err)
	r.Header = http.Header{"Authorization": {"Bearer " + h.tokens[pat]}, "Kassa-On-Behalf-Of": {string(tenantID(1))}}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h, err)
	h.Cleanup(func() { response.Body.Close() })
	require.Equal(h, 200, response.StatusCode)
	return bufio.NewScanner(response.Body)
}

func TestR56_AReplayEndsWithTheRelation(t *testing.T) {
	for code, end := range map[string]func(*house){
		"delegation_revoked": func(h *house) { h.ask(gail, "DELETE", partnersPath, "") },
		"delegation_expired": func(h *house) { h.clock = now.Add(30 * time.Minute) },
	} {
		h := newHouse(t)
		h.let("GDAP", domain.RoleGlobalReader)
		lines := h.listen()
		h.ask(bill, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Disabled"}`)
		require.True(t, lines.Scan())
		assert.Contains(t, lines.Text(), "tenantpolicy.product_set")
		end(h)
		h.ask(bill, "PUT", "/v1/policies/CFQ7TTC0HD32", `{"value":"Enabled"}`)
		require.True(t, lines.Scan())
		assert.Contains(t, lines.Text(), `"code":"`+code+`"`)
		assert.False(t, lines.Scan(), "%s", lines.Text())
	}
}
