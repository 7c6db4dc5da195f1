package api_test

import (
	"context"
	"log/slog"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/subscription"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/disputes"
	"kassa/services/payments/gatewaytest"
)

// abroad is sold in four currencies: with two decimals, none and three.
const abroad = domain.ProductID("CFQ7TTC0ABRD")

var markets = map[string]domain.Money{
	"US": {Minor: 9_99, Currency: "USD"}, "SE": {Minor: 99_50, Currency: "SEK"}, "JP": {Minor: 1_250, Currency: "JPY"}, "KW": {Minor: 3_333, Currency: "KWD"},
}

// takes is a price as the gateway takes it: Stripe takes a dinar in steps of ten
// fils.
func (h *house) takes(each domain.Money) domain.Money {
	if _, stripe := h.gateway.Books.(*gatewaytest.OnStripe); stripe && each.Currency == "KWD" {
		each.Minor -= each.Minor % 10
	}
	return each
}

func (h *house) sellAbroad() {
	offer := commands.Offer{Product: product.List{Product: abroad, Name: "Abroad", SelfServiceEligible: true, MaxQuantity: 100}}
	sold := maps.Clone(markets)
	sold["CA"] = cad(9_99) // and the tax on top
	for market, each := range sold {
		offer.Prices = append(offer.Prices, price.Publish{
			Product: abroad, Channel: domain.SelfService, Market: market, Amount: h.takes(each), Term: domain.Monthly, ValidFrom: lastYear,
		}, price.Publish{
			Product: abroad, Channel: domain.SelfService, Market: market, Amount: h.takes(each), Term: domain.Yearly, Frequency: domain.Monthly, ValidFrom: lastYear,
		})
	}
	_, err := h.catalogue.Put(h.Context(), operator(), offer)
	require.NoError(h, err)
}

// audited is that the ledger, the bills and the gateway agree.
func (h *house) audited() {
	h.Helper()
	report := is[v1.LedgerReport](h.ask("operator", "POST", "/v1/ledger/verify", "", "Kassa-Position", uintText(h.bill())), 200)
	require.Empty(h, report.Differences)
	sums := map[string]int64{}
	for _, b := range is[v1.Balances](h.ask("operator", "GET", "/v1/ledger/balances", "", "Kassa-Position", uintText(h.head())), 200).Items {
		sums[b.Amount.Currency] += b.Amount.Minor
	}
	for currency, sum := range sums {
		require.Zero(h, sum, currency)
	}
}

func (h *house) invoiced() (all []v1.Invoice) {
	h.Helper()
	return is[v1.Invoices](h.ask(buyer, "GET", "/v1/invoices", "", "Kassa-Position", uintText(h.bill())), 200).Items
}

func (h *house) toldBuyer() (codes []string) {
	h.Helper()
	for _, n := range is[v1.Notices](h.ask(buyer, "GET", "/v1/notices", "", "Kassa-Position", uintText(h.head())), 200).Items {
		codes = append(codes, n.Code)
	}
	return codes
}

// From the purchase over a card that fails, dunning, a new card and its payment
// to a refund, in each currency, to the smallest unit, on either gateway.
func TestR30_R31_R36_ACardThatFailsIsDunnedPaidAndRefunded(t *testing.T) {
	for _, gateway := range []string{gatewaytest.Simulator, gatewaytest.Stripe} {
		for market := range markets {
			t.Run(gateway+" "+markets[market].Currency, func(t *testing.T) { dunnedPaidAndRefunded(newHouseOn(t, gateway), market) })
		}
	}
}

func dunnedPaidAndRefunded(h *house, market string) {
	h.sellAbroad()
	each := h.takes(markets[market])
	quoted := is[v1.Purchase](h.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(abroad)+`","quantity":3,"market":"`+market+`"}`), 201)
	bought := is[v1.Submitted](h.ask(buyer, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{"card":"tok_visa","acceptTerms":true}`), 200)
	term := domain.Money{Minor: 3 * each.Minor, Currency: each.Currency}
	h.audited()

	is[v1.Card](h.card(bought.SubscriptionID, "tok_declined"), 200)
	due := time.Date(2026, 4, 2, 11, 0, 0, 0, time.UTC)
	h.passes(due.AddDate(0, 0, 22)) // three retries, then nobody has access
	open := h.invoiced()[0]
	assert.Equal(h, "open", open.Status)
	assert.Equal(h, term, open.Total)
	assert.Equal(h, 4, open.Attempts)
	assert.Equal(h, &v1.Dunning{Kind: "regular", NextAt: due.AddDate(0, 0, 25), DisabledAt: due.AddDate(0, 0, 30)}, open.Dunning)
	assert.Equal(h, "suspended", is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0].Status)
	h.act(bought.SubscriptionID, "licenses", `{"user":"anna@contoso.example"}`, "seat").problem(422, "subscription_suspended")
	assert.Equal(h, []string{"subscription_suspended", "payment_reminder", "payment_reminder", "payment_reminder", "payment_failed"}, h.toldBuyer())
	h.audited()

	is[v1.Card](h.card(bought.SubscriptionID, "tok_mastercard"), 200)
	paid := h.invoiced()[0]
	assert.Equal(h, open.Number, paid.Number)
	assert.Equal(h, "paid", paid.Status)
	assert.Nil(h, paid.Dunning)
	assert.Equal(h, "subscription_resumed", h.toldBuyer()[0])
	h.act(bought.SubscriptionID, "pay", `{}`, "again").problem(409, subscription.ErrNothingToPay.Code)

	h.passes(due.AddDate(0, 1, 3)) // the third day of the third term
	removed := is[v1.Subscription](h.act(bought.SubscriptionID, "seats/remove", `{"delta":1,"when":"now"}`, "1"), 200)
	note := h.invoiced()[0]
	assert.Equal(h, "credit_note", note.Kind)
	assert.Equal(h, domain.Money{Minor: each.Minor, Currency: each.Currency}.Share(27, 31), *removed.Refund)
	assert.Equal(h, -removed.Refund.Minor, note.Total.Minor)
	assert.Equal(h, each.Currency, note.Total.Currency)
	h.audited()
}

func TestR30_ACardThatNeverWillPayEndsItSooner(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Card](h.card(id, "tok_expired"), 200)
	due := time.Date(2026, 4, 2, 11, 0, 0, 0, time.UTC)
	h.passes(due.AddDate(0, 0, 2))
	assert.Equal(t, &v1.Dunning{Kind: "accelerated", NextAt: due.AddDate(0, 0, 3), DisabledAt: due.AddDate(0, 0, 7)}, h.invoiced()[0].Dunning)
	h.passes(due.AddDate(0, 0, 8))
	assert.Equal(t, "disabled", is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0].Status)
	over := h.invoiced()[0]
	assert.Equal(t, "written_off", over.Status)
	assert.Equal(t, 1, over.Attempts, "a dead card is not tried again")
	change("pay", `{"card":"tok_visa"}`, "1").problem(409, subscription.ErrNothingToPay.Code)
	h.audited()
}

// The bank's word is the gateway's books: nobody has to tell Kassa.
func TestAChargebackEndsAccessWithinADay(t *testing.T) {
	h := newHouse(t)
	h.bought()
	charge := h.charged()
	take := `{"charge":"` + charge.ID + `","reason":"fraudulent"}`
	h.ask("gail@contoso.example", "POST", "/v1/ledger/chargebacks", take).problem(403, "not_operator")
	h.ask("operator", "POST", "/v1/ledger/chargebacks", `{"charge":"ch_1","reason":"fraudulent"}`).problem(400, "charge_unknown")
	made := is[v1.Dispute](h.ask("operator", "POST", "/v1/ledger/chargebacks", take), 200)
	assert.Equal(t, made, is[v1.Dispute](h.ask("operator", "POST", "/v1/ledger/chargebacks", take), 200), "once")
	assert.Equal(t, charge.Amount, made.Amount)
	h.disputed()
	assert.Equal(t, "charged_back", h.invoiced()[0].Status)
	assert.Equal(t, "disabled", is[v1.Products](h.ask(buyer, "GET", "/v1/purchases", "", "Kassa-Position", uintText(h.head())), 200).Items[0].Status)
	assert.Equal(t, []string{"payment_charged_back"}, h.toldBuyer())
	h.audited()
	h.Bank = nil
	h.ask("operator", "POST", "/v1/ledger/chargebacks", take).problem(422, "bank_is_real")
}

// charged is the first payment that the gateway took.
func (h *house) charged() domain.Charge {
	h.Helper()
	for c, err := range h.gateway.Charges(h.Context()) {
		require.NoError(h, err)
		return c
	}
	require.Fail(h, "nothing was charged")
	return domain.Charge{}
}

// disputed lets the process look at the gateway's books until it has told of
// everything there.
func (h *house) disputed() {
	h.Helper()
	m := &disputes.Manager{Books: h.gateway, Subscriptions: h.Server.Subscriptions.(*commands.Subscriptions), Every: time.Millisecond, Log: slog.New(slog.DiscardHandler)}
	ctx, stop := context.WithCancel(h.Context())
	before, ended := h.head(), make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	require.NoError(h, h.Projector.Await(ctx, views.NoticesView.Name, before+1))
	stop()
	require.NoError(h, <-ended)
}
