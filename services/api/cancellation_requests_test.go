package api_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/cancelreq"
	v1 "kassa/services/api/v1"
)

const (
	admin   = "gail@contoso.example"
	billing = "bill@contoso.example"
)

// asks requests a cancellation of a subscription as an administrator.
func (h *house) asks(id domain.SubscriptionID, to, reason string) v1.CancellationRequest {
	h.Helper()
	return is[v1.CancellationRequest](h.ask(billing, "POST", "/v1/subscriptions/"+string(id)+"/cancellation-requests", `{"to":"`+to+`","reason":"`+reason+`"}`), 200)
}

// answers accepts, declines or withdraws a request.
func (h *house) answers(as string, r v1.CancellationRequest, verb string) answer {
	h.Helper()
	body := ""
	if verb == "decline" {
		body = `{"reason":"still_needed"}`
	}
	return h.ask(as, "POST", "/v1/cancellation-requests/"+r.ID+"/"+verb, body)
}

func (h *house) listed(as, query string) []v1.CancellationRequest {
	h.Helper()
	return is[v1.CancellationRequests](h.ask(as, "GET", "/v1/cancellation-requests"+query, ""), 200).Items
}

func (h *house) noticed(as string, headers ...string) (codes, texts []string) {
	h.Helper()
	for _, n := range is[v1.Notices](h.ask(as, "GET", "/v1/notices", "", headers...), 200).Items {
		codes, texts = append(codes, n.Code), append(texts, n.Text)
	}
	return codes, texts
}

func (h *house) product(id domain.SubscriptionID) v1.Product {
	h.Helper()
	for _, p := range is[v1.Products](h.ask(admin, "GET", "/v1/products", ""), 200).Items {
		if p.SubscriptionID == id {
			return p
		}
	}
	require.Fail(h, "no such subscription")
	return v1.Product{}
}

func TestR47_ThePurchaserIsAskedAndCancels(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	open := h.asks(id, "purchaser", "centralised")
	assert.Equal(t, "open", open.Status)
	assert.Equal(t, "Anna Andersson", open.Purchaser.Name)
	assert.Equal(t, "Bill Payne", open.RequestedBy.Name)
	assert.Equal(t, now.AddDate(0, 0, 90), open.ExpiresAt)
	h.ask(admin, "POST", "/v1/subscriptions/"+string(id)+"/cancellation-requests", `{"to":"purchaser","reason":"other"}`).problem(409, "cancellation_request_open")

	seen := h.listed(buyer, "")
	require.Len(t, seen, 1, "whom it concerns sees it")
	assert.Equal(t, open.ID, seen[0].ID)
	assert.Equal(t, powerBI, seen[0].ProductID)
	assert.Empty(t, seen[0].RequestedBy.Mail, "no addresses")
	assert.Equal(t, seen[0].ID, h.listed(admin, "?status=open")[0].ID)
	assert.Empty(t, h.listed("omar@contoso.example", ""))
	assert.Empty(t, h.listed("gail@fabrikam.example", ""))
	assert.Empty(t, h.listed("support", ""), "support was not asked")
	codes, texts := h.noticed(buyer)
	assert.Equal(t, []string{"cancellation_requested"}, codes)
	assert.Contains(t, texts[0], "asks you to cancel")
	_, texts = h.noticed(buyer, "Accept-Language", "sv-SE")
	assert.Contains(t, texts[0], "ber dig säga upp")

	h.answers(admin, open, "accept").problem(403, "not_your_answer")
	done := is[v1.CancellationRequest](h.answers(buyer, open, "accept"), 200)
	assert.Equal(t, "executed", done.Status)
	assert.Equal(t, "cancelled", done.Effect)
	assert.Equal(t, "disabled", h.product(id).Status)
	codes, _ = h.noticed(billing)
	assert.Equal(t, []string{"cancellation_request_accepted"}, codes)
	assert.Equal(t, "executed", h.listed(admin, "")[0].Status)
	h.answers(billing, open, "withdraw").problem(409, "cancellation_request_closed")
}

func TestR47_ThePurchaserIsFreeToSayNo(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	open := h.asks(id, "purchaser", "too_expensive")
	h.ask(buyer, "POST", "/v1/cancellation-requests/"+open.ID+"/decline", `{"reason":"go away"}`).problem(400, "decline_reason_unknown")
	no := is[v1.CancellationRequest](h.answers(buyer, open, "decline"), 200)
	assert.Equal(t, "declined", no.Status)
	assert.Equal(t, "still_needed", no.DeclineReason)
	kept := h.product(id)
	assert.Equal(t, "active", kept.Status)
	assert.True(t, kept.RecurringBilling)
	codes, _ := h.noticed(billing)
	assert.Equal(t, []string{"cancellation_request_declined"}, codes)

	again := h.asks(id, "purchaser", "other")
	assert.NotEqual(t, open.ID, again.ID)
	assert.Equal(t, "withdrawn", is[v1.CancellationRequest](h.answers(admin, again, "withdraw"), 200).Status)
	h.answers(buyer, again, "accept").problem(409, "cancellation_request_closed")
	codes, _ = h.noticed(buyer)
	assert.ElementsMatch(t, []string{"cancellation_request_withdrawn", "cancellation_requested", "cancellation_requested"}, codes)
}

func TestR47_OnlyAdministratorsAskAndOnlyOfAPerson(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	path := "/v1/subscriptions/" + string(id) + "/cancellation-requests"
	h.ask(buyer, "POST", path, `{"to":"purchaser","reason":"other"}`).problem(403, "not_cancellation_asker")
	h.ask("support", "POST", path, `{"to":"support","reason":"other"}`).problem(404, "subscription_unknown")
	h.ask(admin, "POST", path, `{"to":"everybody","reason":"other"}`).problem(400, "cancellation_request_to_unknown")
	h.ask(admin, "POST", path, `{"to":"support","reason":"I say so"}`).problem(400, "cancellation_request_reason_unknown")
	central := h.central(admin, "1")
	h.ask(admin, "POST", "/v1/subscriptions/"+string(central.SubscriptionID)+"/cancellation-requests", `{"to":"support","reason":"other"}`).problem(422, "cancellation_request_central")
}

func TestR58_SupportDecidesWhatAnAdministratorAsksFor(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	h.ask(admin, "POST", "/v1/subscriptions/"+string(id)+"/cancel", `{"reason":"other"}`).problem(409, "takeover_required")
	open := h.asks(id, "support", "purchaser_left")
	assert.Empty(t, h.listed(buyer, ""), "the purchaser was not asked")
	seen := h.listed("support", "?status=open")
	require.Len(t, seen, 1)
	assert.Equal(t, tenantID(1), seen[0].TenantID)
	assert.Equal(t, "Anna Andersson", seen[0].Purchaser.Name)
	for _, as := range []string{buyer, admin} {
		h.answers(as, open, "accept").problem(403, "not_support")
	}
	no := is[v1.CancellationRequest](h.ask("support", "POST", "/v1/cancellation-requests/"+open.ID+"/decline", `{"reason":"ask_purchaser"}`), 200)
	assert.Equal(t, "ask_purchaser", no.DeclineReason)
	assert.Equal(t, "active", h.product(id).Status, "it remains active until somebody ends it")

	again := h.asks(id, "support", "purchaser_left")
	yes := is[v1.CancellationRequest](h.answers("support", again, "accept"), 200)
	assert.Equal(t, "executed", yes.Status)
	ended := h.product(id)
	assert.Equal(t, "disabled", ended.Status)
	assert.False(t, ended.RecurringBilling)
	codes, texts := h.noticed(buyer)
	assert.Equal(t, []string{"cancelled_by_support"}, codes)
	assert.NotEmpty(t, texts[0])
	codes, _ = h.noticed(billing)
	assert.Equal(t, []string{"cancellation_request_accepted", "cancellation_request_declined"}, codes)
	order := is[v1.Order](h.ask(admin, "GET", "/v1/orders/"+ended.OrderNumbers[0], ""), 200)
	last := order.Entries[len(order.Entries)-3]
	assert.Equal(t, "Support", last.By)
	assert.Contains(t, last.Summary, "Cancelled by the support, reason: purchaser_left")
}

// What a crash left of a yes is finished by the process that reads the view of
// what waits.
func TestR58_AYesThatACrashCutOffIsCarriedOut(t *testing.T) {
	h := newHouse(t)
	id, _ := h.bought()
	open := h.asks(id, "support", "purchaser_left")
	h.Cancellation = crashed{}
	yes := is[v1.CancellationRequest](h.answers("support", open, "accept"), 200)
	assert.Equal(t, "accepted", yes.Status)
	assert.Equal(t, "active", h.product(id).Status)

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.cancellation.Run(ctx) }()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, "executed", h.listed(admin, "")[0].Status)
	}, 10*time.Second, 5*time.Millisecond)
	assert.Equal(t, "disabled", h.product(id).Status)
	stop()
	require.NoError(t, <-ended)
}

// crashed is a process that dies before it carries a yes out.
type crashed struct{}

func (crashed) Pump(context.Context, cancelreq.ID) (out commands.Outcome[cancelreq.State], err error) {
	return out, context.Canceled
}
