package stripetest

// card is what a PaymentMethod stands for and how it behaves.
type card struct {
	brand, last4    string
	month, year     int
	kept            reason // why it cannot be kept
	charged         reason // why it is declined
	confirmedToKeep bool   // only its owner can say that it may be kept
	silent          bool   // the first answer for each key is lost
}

// reason is how Stripe says no: a code, and the bank's own where there is one.
type reason struct{ code, decline string }

var (
	generic        = reason{"card_declined", "generic_decline"}
	authentication = reason{"authentication_required", "authentication_required"}
)

var cards = map[string]card{
	"pm_card_visa":                          {brand: "visa", last4: "4242", month: 12, year: 2034},
	"pm_card_mastercard":                    {brand: "mastercard", last4: "4444", month: 8, year: 2033},
	"pm_card_chargeCustomerFail":            {brand: "visa", last4: "0341", month: 12, year: 2034, charged: generic},
	"pm_card_visa_chargeDeclined":           {brand: "visa", last4: "0002", month: 12, year: 2034, kept: generic},
	"pm_card_authenticationRequiredOnSetup": {brand: "visa", last4: "3155", month: 12, year: 2034, confirmedToKeep: true},
	"pm_card_authenticationRequired":        {brand: "visa", last4: "3184", month: 12, year: 2034, charged: authentication},
	"pm_later_declined":                     {brand: "visa", last4: "0002", month: 12, year: 2034, charged: generic},
	"pm_later_expired":                      {brand: "visa", last4: "0069", month: 1, year: 2026, charged: reason{"expired_card", "expired_card"}},
	"pm_later_insufficient_funds":           {brand: "visa", last4: "9995", month: 12, year: 2034, charged: reason{"card_declined", "insufficient_funds"}},
	"pm_later_processing_error":             {brand: "visa", last4: "0119", month: 12, year: 2034, charged: reason{"processing_error", "processing_error"}},
	"pm_later_stolen":                       {brand: "visa", last4: "9979", month: 12, year: 2034, charged: reason{"card_declined", "stolen_card"}},
	"pm_lost_answers":                       {brand: "visa", last4: "0077", month: 12, year: 2034, silent: true},
}

// object is a JSON object as Stripe shows it.
type object = map[string]any

// method is a card that somebody gave, and whose customer it was made.
type method struct {
	id, customer string
	card
}

func (m *method) show() object {
	return object{
		"id": m.id, "object": "payment_method", "type": "card", "customer": orNull(m.customer),
		"card": object{"brand": m.brand, "last4": m.last4, "exp_month": m.month, "exp_year": m.year},
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// method finds a card; a test card of Stripe's is a new one each time it is kept.
func (b *books) method(id string) (*method, bool) {
	if m := b.methods[id]; m != nil {
		return m, true
	}
	c, ok := cards[id]
	return &method{id: id, card: c}, ok
}

func (b *books) retrieveMethod(r request) answer {
	m, ok := b.method(r.path[1])
	if !ok {
		return noSuch("payment_method", r.path[1])
	}
	return good(m.show())
}

func (b *books) retrieveCustomer(r request) answer {
	kept, ok := b.customers[r.path[1]]
	if !ok {
		return noSuch("customer", r.path[1])
	}
	return good(object{"id": r.path[1], "metadata": kept})
}

func (b *books) createCustomer(r request) answer {
	id := b.id("cus")
	b.customers[id] = metadataOf(r.form)
	return good(object{"id": id, "metadata": b.customers[id]})
}

// createSetup keeps a card with a customer.
func (b *books) createSetup(r request) answer {
	m, ok := b.method(r.form.Get("payment_method"))
	customer := r.form.Get("customer")
	switch {
	case !ok:
		return noSuch("payment_method", r.form.Get("payment_method"))
	case b.customers[customer] == nil:
		return noSuch("customer", customer)
	case r.form.Get("confirm") != "true" || r.form.Get("usage") != "off_session":
		return bad("", "", "this Stripe keeps cards for later only")
	case m.customer != "" && m.customer != customer:
		return bad("payment_method_customer_mismatch", "payment_method", "the card is another customer's")
	case m.kept != (reason{}):
		return declined(m.kept, object{"setup_intent": object{"id": b.id("seti"), "object": "setup_intent", "status": "requires_payment_method"}})
	}
	setup := object{"id": b.id("seti"), "status": "succeeded", "customer": customer, "created": b.now().Unix()}
	if m.confirmedToKeep {
		setup["status"] = "requires_action"
	} else if m.customer == "" {
		if _, test := cards[m.id]; test {
			m.id = b.id("pm")
		}
		m.customer = customer
		b.methods[m.id] = m
	}
	setup["payment_method"] = m.show()
	return good(setup)
}
