package api_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/paymentmethods"
)

// add puts a card on somebody's list.
func (h *house) add(as, token string) v1.PaymentMethodChanged {
	h.Helper()
	return is[v1.PaymentMethodChanged](h.ask(as, "POST", "/v1/payment-methods", `{"card":"`+token+`"}`), 201)
}

func (h *house) cards(as string) []v1.PaymentMethod {
	h.Helper()
	return is[v1.PaymentMethods](h.ask(as, "GET", "/v1/payment-methods", ""), 200).Items
}

// method asks something of one of anna's cards.
func (h *house) method(method string, id domain.PaymentMethodID, verb, body string) answer {
	h.Helper()
	return h.ask(buyer, method, "/v1/payment-methods/"+string(id)+verb, body)
}

// seesToCards lets the process work until it finds nothing to do.
func (h *house) seesToCards() {
	h.Helper()
	ctx, stop := context.WithCancel(h.Context())
	at := h.clock
	m := &paymentmethods.Manager{
		Projector: h.Projector, Methods: h.PaymentMethods.(*commands.PaymentMethods), Every: 5 * time.Millisecond,
		Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
	}
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	view := views.NewPaymentMethods(h.Projector)
	for {
		require.NoError(h, h.Projector.Await(ctx, views.PaymentMethodsView.Name, h.head()))
		unlisted, asOf, err := view.Unlisted(ctx, 1) // the oldest look: whatever is found waits for a later fact
		require.NoError(h, err)
		moving, _, err := view.Moving(ctx, 1)
		require.NoError(h, err)
		expired, latest, err := view.Expired(ctx, at, 1)
		require.NoError(h, err)
		require.NoError(h, h.Projector.Await(ctx, views.UnfinishedView.Name, latest))
		charging, err := views.Waiting(ctx, h.Projector, at.Add(time.Hour), 1)
		require.NoError(h, err)
		if len(unlisted)+len(moving)+len(expired)+len(charging.Subscriptions) == 0 {
			break
		}
		require.NoError(h, h.Projector.Await(ctx, views.PaymentMethodsView.Name, asOf+1))
	}
	stop()
	require.NoError(h, <-ended)
}

// checkout orders a seat for anna and pays as body says.
func (h *house) checkout(as, card string) answer {
	h.Helper()
	quoted := is[v1.Purchase](h.ask(as, "POST", "/v1/purchases", `{"productId":"CFQ7TTC0H9MP","quantity":1,"market":"US"}`), 201)
	return h.ask(as, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"`+card+`","acceptTerms":true}`)
}

func TestR13_R36_ACardThatWasPaidWithIsOnItsOwnersListOnce(t *testing.T) {
	h := newHouse(t)
	h.checkout(buyer, "tok_declined").problem(402, "card_declined")
	first, second := is[v1.Submitted](h.checkout(buyer, "tok_visa"), 200), is[v1.Submitted](h.checkout(buyer, "tok_visa"), 200)
	assert.Empty(t, h.cards(buyer))
	h.seesToCards()
	before := h.head()
	h.seesToCards()
	assert.Equal(t, before, h.head(), "it is done once")
	listed := h.cards(buyer)
	require.Len(t, listed, 1, "a card that was declined is none, and one that paid twice is one")
	visa := listed[0]
	assert.Equal(t, v1.PaymentMethod{
		PaymentMethodID: visa.PaymentMethodID, Kind: "credit_card", CardFace: v1.CardFace{Brand: "visa", Last4: "4242"},
		ExpMonth: 12, ExpYear: 2034, Default: true, AddedAt: now, Pays: visa.Pays,
	}, visa)
	assert.ElementsMatch(t, []v1.PaidWith{
		{SubscriptionID: first.SubscriptionID, ProductID: powerBI, ProductName: "Power BI Pro", Renews: true},
		{SubscriptionID: second.SubscriptionID, ProductID: powerBI, ProductName: "Power BI Pro", Renews: true},
	}, visa.Pays)

	is[v1.Card](h.card(first.SubscriptionID, "tok_mastercard"), 200)
	h.seesToCards()
	listed = h.cards(buyer)
	require.Len(t, listed, 2, "one put on file later is, too")
	assert.Equal(t, second.SubscriptionID, listed[0].Pays[0].SubscriptionID)
	assert.Equal(t, first.SubscriptionID, listed[1].Pays[0].SubscriptionID)
	assert.False(t, listed[1].Default)

	for _, other := range []string{"omar@contoso.example", "bill@contoso.example", "gail@contoso.example", "gail@fabrikam.example"} {
		assert.Empty(t, h.cards(other), other)
	}
	assert.NotContains(t, string(h.ask("gail@contoso.example", "GET", "/v1/events", "").body), "paymentmethod", "nor in the history that administrators replay")
	assert.Contains(t, string(h.ask("operator", "GET", "/v1/events", "").body), "kassa.paymentmethod.card_added.v1")
	h.let("GDAP", domain.RoleGlobalAdmin)
	h.behalf("GET", "/v1/payment-methods", "").problem(403, "not_for_partners")
	assert.NotContains(t, string(h.behalf("GET", "/v1/events", "").body), "paymentmethod")
}

func TestR13_R16_ASavedCardPaysWhereverACardIsNamed(t *testing.T) {
	h := newHouse(t)
	h.checkout(buyer, "").problem(400, "card_unknown")
	visa, master := h.add(buyer, "tok_visa"), h.add(buyer, "tok_mastercard")
	assert.True(t, visa.Default)
	assert.False(t, master.Default)
	assert.Equal(t, visa.PaymentMethodID, h.add(buyer, "tok_visa").PaymentMethodID, "a card is on the list once")
	byDefault := is[v1.Submitted](h.checkout(buyer, ""), 200)
	byID := is[v1.Submitted](h.checkout(buyer, string(master.PaymentMethodID)), 200)
	is[v1.Subscription](h.act(byDefault.SubscriptionID, "seats", `{"delta":1,"card":"`+string(master.PaymentMethodID)+`"}`, "1"), 200)
	var faces []string
	for _, b := range h.bills(buyer, "") {
		faces = append(faces, b.Transaction+" "+b.Card.Brand)
	}
	assert.ElementsMatch(t, []string{"Purchase visa", "Purchase mastercard", "Add quantity mastercard"}, faces)
	on := is[v1.Card](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(byID.SubscriptionID)+"/card", `{}`), 200)
	assert.Equal(t, "visa", on.Brand, "the default where none is named")
	is[v1.PaymentMethodChanged](h.method("PUT", master.PaymentMethodID, "/default", ""), 200)
	on = is[v1.Card](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(byID.SubscriptionID)+"/card", `{}`), 200)
	assert.Equal(t, "mastercard", on.Brand)
	h.ask(buyer, "POST", "/v1/payment-methods", `{"card":"4242424242424242"}`).problem(400, "card_number_not_accepted")
	h.ask(buyer, "POST", "/v1/payment-methods", `{"card":"tok_expired"}`).problem(402, "saved_card_expired")
	h.ask(buyer, "POST", "/v1/payment-methods", `{"card":"tok_visa","billingCountry":"Sverige"}`).problem(400, "market_unknown")
}

func (h *house) chargesMade() (n int) {
	h.Helper()
	for _, err := range h.gateway.Charges(h.Context()) {
		require.NoError(h, err)
		n++
	}
	return n
}

func TestR31_AReplacedCardPaysWhatIsOpenAtOnce(t *testing.T) {
	for name, replace := range map[string]func(h *house, old domain.PaymentMethodID, with string) []domain.SubscriptionID{
		"at once": func(h *house, old domain.PaymentMethodID, with string) []domain.SubscriptionID {
			changed := is[v1.PaymentMethodChanged](h.method("POST", old, "/replace", `{"card":"`+with+`"}`), 200)
			assert.Equal(h, "replaced", changed.Status)
			assert.NotEqual(h, old, changed.ReplacedBy)
			return changed.Moved
		},
		"by the process, where what should have seen to it died": func(h *house, old domain.PaymentMethodID, with string) (moved []domain.SubscriptionID) {
			h.replaceUnseen(old, with)
			h.seesToCards()
			for _, p := range h.methodWith("4444").Pays {
				moved = append(moved, p.SubscriptionID)
			}
			return moved
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			id, _ := h.bought()
			other := is[v1.Submitted](h.checkout(buyer, "tok_visa"), 200).SubscriptionID
			is[v1.Card](h.card(id, "tok_declined"), 200)
			is[v1.Card](h.card(other, "tok_declined"), 200)
			h.seesToCards()
			due := time.Date(2026, 4, 2, 11, 0, 0, 0, time.UTC)
			h.passes(due.AddDate(0, 0, 4))
			require.Len(t, h.bills(buyer, "?status=open"), 2)
			failing := h.methodWith("0002")
			assert.ElementsMatch(t, []domain.SubscriptionID{id, other}, replace(h, failing.PaymentMethodID, "tok_mastercard"))
			assert.Empty(t, h.bills(buyer, "?status=open"))
			last := h.bills(buyer, "?status=paid")[0]
			assert.Equal(t, "Re-enable", last.Transaction)
			assert.Equal(t, "4444", last.Card.Last4)
			h.method("POST", failing.PaymentMethodID, "/replace", `{"card":"tok_visa"}`).problem(409, "card_removed")
			h.card(id, string(failing.PaymentMethodID)).problem(409, "card_removed")
			h.passes(due.AddDate(0, 1, 1))
			assert.Equal(t, "Renew mastercard", h.bills(buyer, "?status=paid")[0].Transaction+" "+h.bills(buyer, "?status=paid")[0].Card.Brand, "and the terms go on")
			h.audited()
		})
	}
}

// replaceUnseen replaces anna's card, and what should see to the rest dies.
func (h *house) replaceUnseen(old domain.PaymentMethodID, with string) {
	h.Helper()
	r := operator()
	r.Who = commands.Principal{Tenant: residents[0].Tenant, Person: residents[0].Person}
	_, err := h.PaymentMethods.(*commands.PaymentMethods).Replace(h.Context(), r, commands.ReplaceMethod{Method: old, Card: with})
	require.NoError(h, err)
}

// methodWith is anna's card that ends in these digits.
func (h *house) methodWith(last4 string) v1.PaymentMethod {
	h.Helper()
	for _, m := range h.cards(buyer) {
		if m.Last4 == last4 {
			return m
		}
	}
	require.Fail(h, "no card ends in "+last4)
	return v1.PaymentMethod{}
}

func TestR31_R58_TheOnlyCardOfWhatRenewsStays(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	h.seesToCards()
	visa := h.methodWith("4242")
	h.method("DELETE", visa.PaymentMethodID, "", "").problem(422, "card_only_one")
	master := h.add(buyer, "tok_mastercard")
	removed := is[v1.PaymentMethodChanged](h.method("DELETE", visa.PaymentMethodID, "", ""), 200)
	assert.Equal(t, "removed", removed.Status)
	assert.Equal(t, master.PaymentMethodID, removed.ReplacedBy)
	assert.Equal(t, []domain.SubscriptionID{id}, removed.Moved)
	left := h.cards(buyer)
	require.Len(t, left, 1)
	assert.True(t, left[0].Default, "what is left is the default")
	assert.Equal(t, id, left[0].Pays[0].SubscriptionID)
	h.passes(time.Date(2026, 4, 3, 11, 0, 0, 0, time.UTC))
	assert.Equal(t, mastercard, h.bills(buyer, "?status=paid")[0].Card)

	h.method("DELETE", master.PaymentMethodID, "", "").problem(422, "card_only_one")
	is[v1.Subscription](change("recurring-billing", `{"on":false}`, "off"), 200)
	is[v1.PaymentMethodChanged](h.method("DELETE", master.PaymentMethodID, "", ""), 200)
	assert.Empty(t, h.cards(buyer))
	charged := h.chargesMade()
	change("seats", `{"delta":1}`, "seats").problem(409, "card_removed")
	h.checkout(buyer, string(master.PaymentMethodID)).problem(409, "card_removed")

	is[v1.Subscription](change("recurring-billing", `{"on":true}`, "on"), 200)
	h.passes(time.Date(2026, 5, 3, 11, 0, 0, 0, time.UTC))
	assert.Equal(t, charged, h.chargesMade(), "nothing is charged to a card that was removed")
	require.Len(t, h.bills(buyer, "?status=open"), 1)
	change("pay", `{}`, "pay").problem(409, "card_removed")
	is[v1.Subscription](change("pay", `{"card":"tok_mastercard"}`, "again"), 200)
	h.seesToCards()
	assert.NotEqual(t, master.PaymentMethodID, h.methodWith("4444").PaymentMethodID, "it is added anew, since they gave it again")
	h.audited()
}

func TestR31_AnExpiredCardIsToldOfAndRefused(t *testing.T) {
	h := newHouse(t)
	h.bought()
	h.seesToCards()
	visa, master := h.methodWith("4242"), h.add(buyer, "tok_mastercard")
	for _, wrong := range []string{`{"expMonth":13}`, `{"expYear":26}`, `{"expMonth":2,"expYear":2026}`} {
		h.method("PATCH", visa.PaymentMethodID, "", wrong).problem(400, "card_expiry_invalid")
	}
	changed := is[v1.PaymentMethodChanged](h.method("PATCH", visa.PaymentMethodID, "", `{"expMonth":3,"expYear":2026,"billingCountry":"SE"}`), 200)
	assert.Equal(t, "SE", changed.BillingCountry)
	h.passes(time.Date(2026, 3, 31, 23, 59, 59, 0, time.UTC))
	h.seesToCards()
	assert.False(t, h.methodWith("4242").Expired, "not before its month is over")
	h.passes(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	assert.True(t, h.methodWith("4242").Expired, "then it has, though nobody has said so yet")
	charged := h.chargesMade()
	h.checkout(buyer, string(visa.PaymentMethodID)).problem(402, "saved_card_expired")
	h.checkout(buyer, "").problem(402, "saved_card_expired")
	h.seesToCards()
	h.seesToCards()
	assert.Equal(t, []string{"card_expired"}, h.toldBuyer(), "once")
	assert.Empty(t, is[v1.Notices](h.ask("gail@contoso.example", "GET", "/v1/notices", ""), 200).Items)
	assert.True(t, h.methodWith("4444").Default, "another pays where none is named")
	assert.True(t, h.methodWith("4242").Pays[0].Renews, "what it pays for stays with it")
	h.method("PUT", visa.PaymentMethodID, "/default", "").problem(402, "saved_card_expired")
	h.method("DELETE", master.PaymentMethodID, "", "").problem(422, "card_only_one")
	assert.Equal(t, charged, h.chargesMade())

	is[v1.PaymentMethodChanged](h.method("PATCH", visa.PaymentMethodID, "", `{"expYear":2030}`), 200)
	is[v1.Submitted](h.checkout(buyer, string(visa.PaymentMethodID)), 200)
}

// Something renews, and two cards can pay for it: one of two removals is refused.
func TestOfTwoRemovalsOfTheLastTwoCardsOneIsRefused(t *testing.T) {
	h := newHouse(t)
	h.bought()
	h.seesToCards()
	h.add(buyer, "tok_mastercard")
	answers, both := make([]answer, 2), sync.WaitGroup{}
	for i, m := range h.cards(buyer) {
		both.Go(func() { answers[i] = h.method("DELETE", m.PaymentMethodID, "", "") })
	}
	both.Wait()
	if answers[0].status != 200 {
		answers[0], answers[1] = answers[1], answers[0]
	}
	is[v1.PaymentMethodChanged](answers[0], 200)
	answers[1].problem(422, paymentmethod.ErrOnly.Code)
	assert.Len(t, h.cards(buyer), 1)
}
