package purchase_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	. "kassa/domain/domaintest"
	"kassa/domain/purchase"
)

type (
	is    = Case[purchase.Command, purchase.Event]
	facts = []purchase.Event
)

var (
	noon    = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	later   = noon.Add(time.Hour)
	allowed = domain.Verdict{Checks: []domain.Check{{Code: "guest", Rule: "R21", Passed: true, Evidence: "member", Source: "user-t-ann", Revision: 1}}}
	blocked = domain.Verdict{Checks: []domain.Check{{Code: "policy_disabled", Rule: "R41", Evidence: "Disabled by default", Revision: -1}}}
	guest   = domain.Verdict{Checks: []domain.Check{{Code: "guest", Rule: "R21", Evidence: "guest"}}}
	visa    = domain.Card{Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030}
)

func sek(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }

// with is c after change: a case says only what is special about it.
func with[C any](c C, change func(*C)) C { change(&c); return c }

var (
	open = purchase.Open{
		Purchase: "p1", OrderNumber: "KA-1", Tenant: "t", Product: "new", AskedFor: "old", Channel: domain.SelfService,
		EntryPoint: domain.InApp, Market: "SE", Person: "ann", Quantity: 3, MaxQuantity: 10, Verdict: allowed,
		Unit: sek(99_50), Term: domain.Monthly, PriceStream: "price-new-self-service-SE", PriceRevision: 4, At: noon,
	}
	started  = purchase.Started{Purchase: "p1", OrderNumber: "KA-1", Tenant: "t", Product: "new", AskedFor: "old", Channel: domain.SelfService, EntryPoint: domain.InApp, Market: "SE", At: noon}
	resolved = purchase.TenantResolved{Tenant: "t"}
	signedIn = purchase.PurchaserAuthenticated{Person: "ann", Tenant: "t"}
	quote    = purchase.QuoteIssued{
		UnitPrice: sek(99_50), Quantity: 3, Net: sek(298_50), Tax: sek(0), Total: sek(298_50), Term: domain.Monthly,
		PriceStream: "price-new-self-service-SE", PriceRevision: 4, ValidUntil: noon.Add(24 * time.Hour),
	}
	quoted = facts{
		started, resolved, signedIn,
		purchase.EligibilityConfirmed{Stage: purchase.AtStart, Checks: allowed.Checks},
		purchase.QuantityChosen{Quantity: 3}, quote,
	}
	refusedAtStart = purchase.Refused{Stage: purchase.AtStart, Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: blocked.Checks, At: noon}

	submit = purchase.Submit{
		Person: "ann", Verdict: allowed, Terms: "t-1", PrivacyNotice: "p-1", Kind: purchase.CreditCard, Card: visa,
		Subscription: "s1", At: later,
	}
	ordered = facts{
		purchase.TermsAccepted{Terms: "t-1", PrivacyNotice: "p-1"},
		purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030},
		purchase.EligibilityConfirmed{Stage: purchase.AtSubmit, Checks: allowed.Checks},
		purchase.Submitted{OrderNumber: "KA-1", Attempt: 1, Total: sek(298_50), Subscription: "s1", At: later},
	}
	submitted = append(quoted[:len(quoted):len(quoted)], ordered...)
	declined  = append(submitted[:len(submitted):len(submitted)], purchase.PaymentDeclined{Attempt: 1, Code: "card_declined", Retriable: true, At: later})
	decline   = purchase.Declined{Attempt: 1, Code: "card_declined", Retriable: true, At: later}
	charged   = purchase.Charged{Attempt: 1, Amount: sek(298_50), Reference: "ch_1", Subscription: "s1", At: later}
	paid      = facts{
		purchase.PaymentAuthorised{Attempt: 1, Amount: sek(298_50), Reference: "ch_1", At: later},
		purchase.Completed{Subscription: "s1", OrderNumber: "KA-1", UnitPrice: sek(99_50), Price: sek(298_50), Quantity: 3, At: later},
	}
	completed = append(submitted[:len(submitted):len(submitted)], paid...)
)

func TestOpen(t *testing.T) {
	set := func(change func(*purchase.Open)) purchase.Command { return with(open, change) }
	Run(t, purchase.Decider, []is{
		{Name: "R34 an eligible buyer gets a quote for a day", When: open, Then: quoted},
		{Name: "R34 the commitment to a year in months is stated", When: set(func(c *purchase.Open) { c.Term, c.Frequency = domain.Yearly, domain.Monthly }),
			Then: append(quoted[:5:5], with(quote, func(q *purchase.QuoteIssued) {
				q.Term, q.Commitment = domain.Yearly, purchase.Commitment{Frequency: domain.Monthly, Payments: 12, Total: sek(3582_00)}
			}))},
		{Name: "with the tax that comes on top", When: set(func(c *purchase.Open) {
			c.Term, c.Frequency, c.Tax = domain.Yearly, domain.Monthly, domain.TaxRule{Kind: domain.GST, Rate: 1000, Exclusive: true}
		}), Then: append(quoted[:5:5], with(quote, func(q *purchase.QuoteIssued) {
			q.Tax, q.Total, q.TaxRule = sek(29_85), sek(328_35), domain.TaxRule{Kind: domain.GST, Rate: 1000, Exclusive: true}
			q.Term, q.Commitment = domain.Yearly, purchase.Commitment{Frequency: domain.Monthly, Payments: 12, Total: sek(3940_20)}
		}))},
		{Name: "no month is paid in months", When: set(func(c *purchase.Open) { c.Frequency = domain.Monthly }), Rejects: domain.ErrFrequencyUnknown},
		{Name: "opening again changes nothing", Given: quoted, When: open},
		{Name: "R20 a refused buyer is remembered with the reason", When: set(func(c *purchase.Open) { c.Verdict = blocked }),
			Then: facts{started, resolved, signedIn, refusedAtStart}},
		{Name: "R21 a guest cannot ask for a licence instead", When: set(func(c *purchase.Open) { c.Verdict, c.Guest = guest, true }),
			Then: facts{started, resolved, purchase.PurchaserAuthenticated{Person: "ann", Tenant: "t", Guest: true},
				purchase.Refused{Stage: purchase.AtStart, Code: "guest", Rule: "R21", MessageKey: "guest", Checks: guest.Checks, At: noon}}},
		{Name: "opening a refused purchase again changes nothing", Given: facts{started, resolved, signedIn, refusedAtStart}, When: open},
		{Name: "R20 a refusal needs neither price nor a maximum", When: set(func(c *purchase.Open) {
			c.Verdict, c.Unit, c.Term, c.MaxQuantity = blocked, domain.Money{}, "", 0
		}), Then: facts{started, resolved, signedIn, refusedAtStart}},
		{Name: "R12 no seat is too few", When: set(func(c *purchase.Open) { c.Quantity = 0 }), Rejects: purchase.ErrQuantityInvalid},
		{Name: "R12 nor can there be less than none", When: set(func(c *purchase.Open) { c.Quantity = -1 }), Rejects: purchase.ErrQuantityInvalid},
		{Name: "R12 the maximum itself is allowed", When: set(func(c *purchase.Open) { c.MaxQuantity = 3 }), Then: quoted},
		{Name: "R12 one more than the maximum is too many", When: set(func(c *purchase.Open) { c.Quantity = 11 }), Rejects: purchase.ErrQuantityTooLarge},
		{Name: "R12 one seat is enough", When: set(func(c *purchase.Open) { c.Quantity = 1 }), Then: append(quoted[:4:4],
			purchase.QuantityChosen{Quantity: 1},
			with(quote, func(q *purchase.QuoteIssued) { q.Quantity, q.Net, q.Total = 1, sek(99_50), sek(99_50) }))},
		{Name: "a product without a price is not sold", When: set(func(c *purchase.Open) { c.Unit = domain.Money{} }), Rejects: purchase.ErrNoPrice},
		{Name: "nor one without a term", When: set(func(c *purchase.Open) { c.Term = "" }), Rejects: purchase.ErrNoPrice},
		{Name: "a sum too large to bill is not sold", When: set(func(c *purchase.Open) { c.Unit = sek(math.MaxInt64) }), Rejects: domain.ErrAmountTooLarge},
		{Name: "R01 there is no third channel", When: set(func(c *purchase.Open) { c.Channel = "partner" }), Rejects: domain.ErrChannelUnknown},
		{Name: "nobody buys unjudged", When: set(func(c *purchase.Open) { c.Verdict = domain.Verdict{} }), Rejects: purchase.ErrNoVerdict},
	})
}

func TestSubmit(t *testing.T) {
	set := func(change func(*purchase.Submit)) purchase.Command { return with(submit, change) }
	second := append(facts{}, ordered...)
	second[3] = purchase.Submitted{OrderNumber: "KA-1", Attempt: 2, Total: sek(298_50), Subscription: "s1", At: later}
	refused := append(quoted[:len(quoted):len(quoted)], refusedAtStart)
	Run(t, purchase.Decider, []is{
		{Name: "R13 a card and consent make an order", Given: quoted, When: submit, Then: ordered},
		{Name: "submitting twice orders once", Given: submitted, When: submit},
		{Name: "a completed purchase is not ordered again", Given: completed, When: submit},
		{Name: "another card does not join an order under way", Given: submitted, When: set(func(c *purchase.Submit) { c.Card.Token = "tok_other" }), Rejects: purchase.ErrOtherCard},
		{Name: "nor one that was paid", Given: completed, When: set(func(c *purchase.Submit) { c.Card.Token = "tok_other" }), Rejects: purchase.ErrOtherCard},
		{Name: "after a decline another card may be tried", Given: declined, When: submit, Then: second},
		{Name: "R41 a policy that changed since the quote refuses", Given: quoted, When: set(func(c *purchase.Submit) { c.Verdict = blocked }),
			Then: facts{purchase.Refused{Stage: purchase.AtSubmit, Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: blocked.Checks, At: later}}},
		{Name: "R41 also after a decline", Given: declined, When: set(func(c *purchase.Submit) { c.Verdict = guest }),
			Then: facts{purchase.Refused{Stage: purchase.AtSubmit, Code: "guest", Rule: "R21", MessageKey: "guest", Checks: guest.Checks, At: later}}},
		{Name: "R41 but not once the order is placed", Given: submitted, When: set(func(c *purchase.Submit) { c.Verdict = blocked })},
		{Name: "nobody buys unjudged", Given: quoted, When: set(func(c *purchase.Submit) { c.Verdict = domain.Verdict{} }), Rejects: purchase.ErrNoVerdict},
		{Name: "what was never opened is unknown", When: submit, Rejects: purchase.ErrUnknown},
		{Name: "R24 so is another person's purchase", Given: quoted, When: set(func(c *purchase.Submit) { c.Person = "eve" }), Rejects: purchase.ErrUnknown},
		{Name: "a refused purchase stays refused", Given: refused, When: submit, Rejects: purchase.ErrRefused},
		{Name: "and says why", Given: refused, When: submit, Rejects: domain.ErrPolicyDisabled},
		{Name: "R34 the quote holds to its last instant", Given: quoted, When: set(func(c *purchase.Submit) { c.At = noon.Add(24 * time.Hour) }),
			Then: append(ordered[:3:3], purchase.Submitted{OrderNumber: "KA-1", Attempt: 1, Total: sek(298_50), Subscription: "s1", At: noon.Add(24 * time.Hour)})},
		{Name: "R34 and no longer", Given: quoted, When: set(func(c *purchase.Submit) { c.At = noon.Add(24*time.Hour + 1) }), Rejects: purchase.ErrQuoteExpired},
		{Name: "R17 invoices are refused by name", Given: quoted, When: set(func(c *purchase.Submit) { c.Kind = purchase.Invoice }), Rejects: purchase.ErrNoInvoice},
		{Name: "R16 nothing but a card pays", Given: quoted, When: set(func(c *purchase.Submit) { c.Kind = "bank_transfer" }), Rejects: purchase.ErrPaymentKind},
		{Name: "R36 the organisation's agreement does not pay for a person", Given: quoted, When: set(func(c *purchase.Submit) { c.Kind = purchase.Agreement }), Rejects: purchase.ErrPaymentKind},
		{Name: "R13 a card needs its token", Given: quoted, When: set(func(c *purchase.Submit) { c.Card.Token = "" }), Rejects: domain.ErrCard},
		{Name: "R13 a card's number is no token", Given: quoted, When: set(func(c *purchase.Submit) { c.Card.Token = "4242424242424242" }), Rejects: domain.ErrCard},
		{Name: "R13 however short", Given: quoted, When: set(func(c *purchase.Submit) { c.Card.Token = "424242424242" }), Rejects: domain.ErrCard},
		{Name: "R13 nor with spaces", Given: quoted, When: set(func(c *purchase.Submit) { c.Card.Token = "4242 4242 4242 4242" }), Rejects: domain.ErrCard},
		{Name: "R13 nor in place of its last four digits", Given: quoted, When: set(func(c *purchase.Submit) { c.Card.Last4 = "4242424242424242" }), Rejects: domain.ErrCard},
		{Name: "terms must be accepted", Given: quoted, When: set(func(c *purchase.Submit) { c.Terms = "" }), Rejects: purchase.ErrTerms},
		{Name: "and the privacy notice", Given: quoted, When: set(func(c *purchase.Submit) { c.PrivacyNotice = "" }), Rejects: purchase.ErrTerms},
		{Name: "R13 a version is no place for a card's number", Given: quoted, When: set(func(c *purchase.Submit) { c.Terms = "4242424242424242" }), Rejects: purchase.ErrTermsVersion},
		{Name: "nor for an address", Given: quoted, When: set(func(c *purchase.Submit) { c.PrivacyNotice = "ann@t.example" }), Rejects: purchase.ErrTermsVersion},
		{Name: "R14 an order names its subscription", Given: quoted, When: set(func(c *purchase.Submit) { c.Subscription = "" }), Rejects: purchase.ErrSubscription},
	})
}

func TestSubmitCentral(t *testing.T) {
	underway := append(facts{}, quoted...)
	underway[0] = with(started, func(e *purchase.Started) { e.Channel = domain.Central })
	agreed := with(submit, func(c *purchase.Submit) { c.Kind, c.Card = purchase.Agreement, domain.Card{} })
	order := facts{
		ordered[0], ordered[2], ordered[3],
		purchase.Completed{Subscription: "s1", OrderNumber: "KA-1", UnitPrice: sek(99_50), Price: sek(298_50), Quantity: 3, At: later},
	}
	Run(t, purchase.Decider, []is{
		{Name: "R46 an agreement needs no card and completes at once", Given: underway, When: agreed, Then: order},
		{Name: "R46 a card does not pay for the organisation", Given: underway, When: submit, Rejects: purchase.ErrPaymentKind},
		{Name: "a charge was never awaited", Given: append(underway[:len(underway):len(underway)], order...), When: charged, Rejects: purchase.ErrUnexpected},
	})
}

func TestPayment(t *testing.T) {
	set := func(change func(*purchase.Charged)) purchase.Command { return with(charged, change) }
	again := append(declined[:len(declined):len(declined)], ordered[0], ordered[1], ordered[2],
		purchase.Submitted{OrderNumber: "KA-1", Attempt: 2, Total: sek(298_50), Subscription: "s1", At: later})
	Run(t, purchase.Decider, []is{
		{Name: "R14 a charge completes the purchase", Given: submitted, When: charged, Then: paid},
		{Name: "a second report of a charge changes nothing", Given: completed, When: charged},
		{Name: "a second charge of one attempt is an alarm", Given: completed, When: set(func(c *purchase.Charged) { c.Reference = "ch_2" }), Rejects: purchase.ErrUnexpected},
		{Name: "a charge of another amount completes nothing", Given: submitted, When: set(func(c *purchase.Charged) { c.Amount = sek(298_49) }), Rejects: purchase.ErrAmount},
		{Name: "nor one in another currency", Given: submitted, When: set(func(c *purchase.Charged) { c.Amount.Currency = "EUR" }), Rejects: purchase.ErrAmount},
		{Name: "nor one for another subscription", Given: submitted, When: set(func(c *purchase.Charged) { c.Subscription = "s2" }), Rejects: purchase.ErrSubscription},
		{Name: "nor one of an attempt to come", Given: submitted, When: set(func(c *purchase.Charged) { c.Attempt = 2 }), Rejects: purchase.ErrUnexpected},
		{Name: "nor one of a declined attempt", Given: again, When: charged, Rejects: purchase.ErrUnexpected},
		{Name: "nor one before the order", Given: quoted, When: charged, Rejects: purchase.ErrUnexpected},
		{Name: "nor one of an unknown purchase", When: charged, Rejects: purchase.ErrUnknown},
		{Name: "a decline lets another card be tried", Given: submitted, When: decline, Then: declined[len(submitted):]},
		{Name: "a second report of a decline changes nothing", Given: declined, When: decline},
		{Name: "not even during the next attempt", Given: again, When: decline},
		{Name: "a charge cannot be declined afterwards", Given: completed, When: decline, Rejects: purchase.ErrUnexpected},
		{Name: "a decline of an attempt to come is an alarm", Given: submitted, When: with(decline, func(c *purchase.Declined) { c.Attempt = 2 }), Rejects: purchase.ErrUnexpected},
		{Name: "so is one of attempt nought", Given: submitted, When: with(decline, func(c *purchase.Declined) { c.Attempt = 0 }), Rejects: purchase.ErrUnexpected},
		{Name: "a decline of an unknown purchase", When: decline, Rejects: purchase.ErrUnknown},
	})
}

// Fulfilment charges and provisions from this alone.
func TestStateTellsFulfilmentWhatWasBought(t *testing.T) {
	assert.Equal(t, purchase.State{
		Status: "completed", Purchase: "p1", OrderNumber: "KA-1", Tenant: "t", Product: "new", Channel: domain.SelfService, Kind: domain.Paid,
		Market: "SE", Person: "ann", Quantity: 3, Unit: sek(99_50), Net: sek(298_50), Tax: sek(0), Total: sek(298_50), Term: domain.Monthly,
		ValidUntil: noon.Add(24 * time.Hour), Card: visa, Attempt: 1, Reference: "ch_1", Subscription: "s1", CompletedAt: later,
	}, purchase.Decider.Fold(purchase.State{}, completed...))
}

func TestALicenceCanBeAskedForWhereOnlyThePolicyStandsInTheWay(t *testing.T) {
	for code, want := range map[string]bool{
		"policy_disabled": true, "policy_trials_only": true,
		"product_blocked": false, "tenant_kind": false, "market_not_eligible": false, "guest": false,
	} {
		c := open
		c.Verdict = domain.Verdict{Checks: []domain.Check{{Code: code}}}
		events, err := purchase.Decider.Decide(purchase.State{}, c)
		require.NoError(t, err)
		assert.Equal(t, want, events[3].(purchase.Refused).CanRequest, code)
	}
}

func TestR13_ATokenMayLookLikeAnythingButACardNumber(t *testing.T) {
	for _, token := range []string{"tok_4242424242424242", "12345678901", "pm-1NqE2e2eZvKYlo2C"} {
		c := submit
		c.Card.Token = token
		events, err := purchase.Decider.Decide(purchase.Decider.Fold(purchase.State{}, quoted...), c)
		require.NoError(t, err, token)
		assert.Equal(t, token, events[1].(purchase.PaymentMethodAttached).Token)
	}
}

func TestADeclineKeepsItsReason(t *testing.T) {
	assert.Equal(t, purchase.PaymentDeclined(decline), purchase.Decider.Fold(purchase.State{}, declined...).Declined)
}

func TestR20_ARefusedPurchaseKeepsItsReason(t *testing.T) {
	refused := purchase.Decider.Fold(purchase.State{}, started, resolved, signedIn, refusedAtStart)
	assert.ErrorIs(t, refused.Refusal(), domain.ErrPolicyDisabled)
	assert.Equal(t, refusedAtStart, refused.Refused)
	assert.NoError(t, purchase.Decider.Fold(purchase.State{}, quoted...).Refusal())
}

func TestNamesOfStreamsAndKeys(t *testing.T) {
	assert.Equal(t, "purchase-p1", purchase.Stream("p1"))
	assert.Equal(t, "p1/2", purchase.PaymentKey("p1", 2))
}

func TestReplaceCard(t *testing.T) {
	other := domain.Card{Token: "tok_other", Brand: "mastercard", Last4: "4444", ExpMonth: 8, ExpYear: 2033}
	replaced := purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_other", Brand: "mastercard", Last4: "4444", ExpMonth: 8, ExpYear: 2033}
	central := with(started, func(e *purchase.Started) { e.Channel = domain.Central })
	Run(t, purchase.Decider, []is{
		{Name: "R31 another card is put on file", Given: completed, When: purchase.ReplaceCard{Card: other}, Then: facts{replaced}},
		{Name: "the one that is there stays", Given: completed, When: purchase.ReplaceCard{Card: visa}},
		{Name: "nor is one replaced by itself", Given: append(completed[:len(completed):len(completed)], replaced), When: purchase.ReplaceCard{Card: other}},
		{Name: "and it can come back", Given: append(completed[:len(completed):len(completed)], replaced), When: purchase.ReplaceCard{Card: visa}, Then: ordered[1:2]},
		{Name: "R13 a number is no card", Given: completed, When: purchase.ReplaceCard{Card: domain.Card{Token: "4242 4242 4242 4242"}}, Rejects: domain.ErrCard},
		{Name: "nor is nothing", Given: completed, When: purchase.ReplaceCard{}, Rejects: domain.ErrCard},
		{Name: "an order under way is paid with its own", Given: submitted, When: purchase.ReplaceCard{Card: other}, Rejects: purchase.ErrNotCompleted},
		{Name: "R46 an agreement has no card", Given: append(facts{central}, completed[1:]...), When: purchase.ReplaceCard{Card: other}, Rejects: purchase.ErrPaymentKind},
		{Name: "no card of an unknown purchase", When: purchase.ReplaceCard{Card: other}, Rejects: purchase.ErrUnknown},
	})
}

// What is quoted is what is charged: with the tax on top, where prices are
// stated without it.
func TestR34_TheQuoteSaysWhatOfItIsTax(t *testing.T) {
	gst := domain.TaxRule{Kind: domain.GST, Rate: 500, Exclusive: true}
	vat := domain.TaxRule{Kind: domain.VAT, Rate: 2500}
	taxed := func(r domain.TaxRule, net, tax, total int64) facts {
		q := with(quote, func(q *purchase.QuoteIssued) { q.Net, q.Tax, q.Total, q.TaxRule = sek(net), sek(tax), sek(total), r })
		return append(quoted[:5:5], q)
	}
	tried := with(open, func(c *purchase.Open) { c.Tax, c.Trial = gst, purchase.Trial{Asked: true, Days: 30} })
	Run(t, purchase.Decider, []is{
		{Name: "R34 on top", When: with(open, func(c *purchase.Open) { c.Tax = gst }), Then: taxed(gst, 298_50, 14_93, 313_43)},
		{Name: "R34 within", When: with(open, func(c *purchase.Open) { c.Tax = vat }), Then: taxed(vat, 238_80, 59_70, 298_50)},
		{Name: "R34 none", When: with(open, func(c *purchase.Open) { c.Tax = domain.TaxRule{Kind: domain.NoTax} }), Then: taxed(domain.TaxRule{Kind: domain.NoTax}, 298_50, 0, 298_50)},
		{Name: "more than can be billed", When: with(open, func(c *purchase.Open) { c.Tax, c.Unit, c.Quantity = gst, sek(1<<63-1), 1 }), Rejects: domain.ErrAmountTooLarge},
	})
	events, err := purchase.Decider.Decide(purchase.State{}, tried)
	require.NoError(t, err)
	s := purchase.Decider.Fold(purchase.State{}, events...)
	assert.Equal(t, sek(0), s.Total, "nothing yet")
	assert.Zero(t, s.Split())
	assert.Equal(t, sek(313_43), s.Trial.Total)
	assert.Equal(t, domain.TaxSplit{Kind: domain.GST, Rate: 500, Net: sek(298_50), Tax: sek(14_93), Total: sek(313_43), Exclusive: true}, s.Trial.Tax)
}

// Given once more after its owner removed it, a card is put on file anew, so that
// history says which came later.
func TestR31_ACardThatIsGivenAnewIsPutOnFile(t *testing.T) {
	events, err := purchase.Decider.Decide(purchase.Decider.Fold(purchase.State{}, completed...), purchase.ReplaceCard{Card: visa, Anew: true})
	assert.NoError(t, err)
	assert.Equal(t, ordered[1:2], facts(events))
}
