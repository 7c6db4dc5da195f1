package stripetest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// intent is a PaymentIntent with the one charge that this Stripe tries for it.
type intent struct {
	id, charge, customer, currency string
	method                         *method
	amount, refunded               int64
	disputed                       bool
	failure                        reason
	metadata                       object
	at                             time.Time
}

func (i *intent) paid() bool { return i.failure == reason{} }

func (i *intent) show() object {
	o := object{
		"id": i.id, "object": "payment_intent", "amount": i.amount, "currency": i.currency, "customer": i.customer,
		"metadata": i.metadata, "created": i.at.Unix(), "status": "succeeded", "amount_received": i.amount,
		"payment_method": i.method.id, "latest_charge": i.charge, "last_payment_error": nil,
	}
	if !i.paid() {
		o["status"], o["amount_received"], o["payment_method"] = "requires_payment_method", 0, nil
		o["last_payment_error"] = i.failure.show(object{"payment_method": i.method.show()})
	}
	return o
}

// showCharge is the charge behind it.
func (i *intent) showCharge() object {
	return object{
		"id": i.charge, "object": "charge", "amount": i.amount, "amount_refunded": i.refunded, "refunded": i.refunded == i.amount,
		"currency": i.currency, "disputed": i.disputed, "paid": i.paid(), "payment_intent": i.id, "created": i.at.Unix(),
	}
}

// least is what Stripe charges at least, where it is known.
var least = map[string]int64{"usd": 50, "eur": 50, "sek": 300, "gbp": 30, "jpy": 50}

// createIntent charges a card whose owner is not there.
func (b *books) createIntent(r request) answer {
	m, ok := b.method(r.form.Get("payment_method"))
	amount, _ := strconv.ParseInt(r.form.Get("amount"), 10, 64)
	code := r.form.Get("currency")
	switch {
	case !ok:
		return noSuch("payment_method", r.form.Get("payment_method"))
	case r.form.Get("confirm") != "true" || r.form.Get("off_session") != "true":
		return bad("", "", "this Stripe charges at once and without the owner only")
	case m.customer == "" || m.customer != r.form.Get("customer"):
		return bad("payment_method_customer_mismatch", "payment_method", "the card is not this customer's")
	case amount < max(1, least[code]):
		return bad("amount_too_small", "amount", "the amount is below what is charged at least")
	case amount > 99_999_999:
		return bad("amount_too_large", "amount", "the amount is above what is charged at most")
	case strings.Contains("bhd jod kwd omr tnd", code) && amount%10 != 0, strings.Contains("isk ugx", code) && amount%100 != 0:
		return bad("invalid_charge_amount", "amount", "the amount is not in the currency's steps")
	}
	i := &intent{
		id: b.id("pi"), charge: b.id("ch"), customer: m.customer, method: m, currency: code, amount: amount,
		failure: m.charged, metadata: metadataOf(r.form), at: b.now(),
	}
	b.intents = append(b.intents, i)
	if !i.paid() {
		b.happened("payment_intent.payment_failed", i.show())
		return declined(i.failure, object{"payment_intent": i.show(), "payment_method": m.show(), "charge": i.charge})
	}
	b.happened("payment_intent.succeeded", i.show())
	return answer{status: 200, body: i.show(), lost: m.silent}
}

func (b *books) intent(id string) *intent {
	for _, i := range b.intents {
		if i.id == id || i.charge == id {
			return i
		}
	}
	return nil
}

func (b *books) retrieveIntent(r request) answer {
	i := b.intent(r.path[1])
	if i == nil {
		return noSuch("payment_intent", r.path[1])
	}
	o := i.show()
	if r.expands("latest_charge") {
		o["latest_charge"] = i.showCharge()
	}
	return good(o)
}

func (b *books) listIntents(r request) answer {
	since, _ := strconv.ParseInt(r.form.Get("created[gte]"), 10, 64)
	var found []object
	for _, i := range newestFirst(b.intents) {
		if customer := r.form.Get("customer"); (customer == "" || customer == i.customer) && i.at.Unix() >= since {
			found = append(found, i.show())
		}
	}
	return b.list(r, found)
}

// Foreign is a payment that something else takes on the same account.
func (s *Server) Foreign() {
	b := &s.books
	b.mu.Lock()
	defer b.mu.Unlock()
	m, _ := b.method("pm_card_visa")
	b.intents = append(b.intents, &intent{
		id: b.id("pi"), charge: b.id("ch"), method: m, currency: "usd", amount: 1200, metadata: object{"order": "7"}, at: b.now(),
	})
}

// indexed is how far this Stripe's search is behind.
const indexed = time.Minute

var query = regexp.MustCompile(`^metadata\['(\w+)'\]:'((?:[^'\\]|\\.)*)'$`)

func (b *books) searchIntents(r request) answer {
	asked := query.FindStringSubmatch(r.form.Get("query"))
	if asked == nil {
		return bad("", "query", "this Stripe searches metadata only")
	}
	want := strings.NewReplacer(`\\`, `\`, `\'`, `'`).Replace(asked[2])
	data := []object{}
	for _, i := range newestFirst(b.intents) {
		if i.metadata[asked[1]] == want && !i.at.After(b.now().Add(-indexed)) {
			data = append(data, i.show())
		}
	}
	return good(object{"object": "search_result", "data": data, "has_more": false, "next_page": nil})
}
