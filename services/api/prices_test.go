package api_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/subscription"
	v1 "kassa/services/api/v1"
)

func cad(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "CAD"} }

var gst = v1.Tax{Kind: "gst", Rate: 5}

// inCanada sells a product where prices are stated without tax, and buys three
// seats of it.
func (h *house) inCanada() v1.Submitted {
	h.Helper()
	_, err := h.catalogue.Put(h.Context(), operator(), commands.Offer{
		Product: product.List{Product: abroad, Name: "Abroad", SelfServiceEligible: true, MaxQuantity: 100},
		Trial:   product.Trial{Days: 30, Seats: 5, WithPaymentMethod: true},
		Prices:  []price.Publish{{Product: abroad, Channel: domain.SelfService, Market: "CA", Amount: cad(9_99), Term: domain.Monthly, ValidFrom: lastYear}},
	})
	require.NoError(h, err)
	quoted := is[v1.Purchase](h.wants(buyer, string(powerBI), string(abroad), `"US"`, `"CA"`, ":1", ":3"), 201)
	assert.Equal(h, cad(9_99), quoted.Quote.UnitPrice, "as it is published")
	assert.Equal(h, cad(29_97), quoted.Quote.Net)
	assert.Equal(h, cad(1_50), quoted.Quote.Tax)
	assert.Equal(h, cad(31_47), quoted.Quote.Total)
	assert.Equal(h, &gst, quoted.Quote.TaxRule)
	bought := is[v1.Submitted](h.pays(buyer, quoted), 200)
	assert.Equal(h, cad(31_47), bought.Total)
	return bought
}

// From the price list to the refund, to the cent: nobody pays another amount than
// they were shown, and the bills say the same of it.
func TestR34_R36_WherePricesAreStatedWithoutTaxItIsOnTop(t *testing.T) {
	h := newHouse(t)
	bought := h.inCanada()
	prices := is[v1.Prices](h.ask("", "GET", "/v1/prices?market=CA", ""), 200).Items
	require.Len(t, prices, 1)
	assert.Equal(t, cad(9_99), prices[0].UnitPrice)
	assert.Equal(t, gst, prices[0].Tax)
	assert.True(t, is[v1.Prices](h.ask("", "GET", "/v1/prices?market=US", ""), 200).Items[0].Tax.Included)

	id := bought.SubscriptionID
	added := is[v1.Subscription](h.act(id, "seats", `{"delta":2}`, "1"), 200)
	assert.Equal(t, cad(20_98), *added.Charged, "19.98 and a dollar of tax")
	removed := is[v1.Subscription](h.act(id, "seats/remove", `{"delta":1,"when":"now"}`, "2"), 200)
	assert.Equal(t, cad(10_49), *removed.Refund, "a half of that")
	item := h.detail(buyer, id)
	assert.Equal(t, cad(9_99), item.UnitPrice)
	assert.Equal(t, cad(31_47), item.PurchasePrice)
	assert.Equal(t, &v1.NextTerm{StartDate: item.ExpiryDate, Quantity: 4, UnitPrice: cad(9_99), Net: cad(39_96), Tax: cad(2_00), Total: cad(41_96)}, item.NextTerm)

	h.passes(item.ExpiryDate.Add(time.Hour))
	h.passes(item.ExpiryDate.AddDate(0, 0, 2)) // the third day
	cancelled := is[v1.Subscription](h.act(id, "cancel", `{"reason":"not_needed"}`, "3"), 200)
	assert.Equal(t, cad(41_96).Share(27, 30), *cancelled.Refund)

	var told [][4]int64
	for _, i := range h.invoiced() {
		require.Len(t, i.Lines, 1)
		l := i.Lines[0]
		assert.False(t, l.TaxIncluded)
		assert.Equal(t, [3]domain.Money{i.Net, i.Tax, i.Total}, [3]domain.Money{l.Net, l.Tax, l.Total})
		assert.Equal(t, cad(9_99), l.UnitPrice)
		told = append(told, [4]int64{l.Quantity, l.Net.Minor, l.Tax.Minor, l.Total.Minor})
	}
	assert.ElementsMatch(t, [][4]int64{
		{3, 29_97, 1_50, 31_47}, {2, 19_98, 1_00, 20_98}, {-1, -9_99, -50, -10_49}, {4, 39_96, 2_00, 41_96}, {-4, -35_96, -1_80, -37_76},
	}, told)
	h.audited()
}

func TestR34_ATrialSaysWhatItCostsWithTaxOnceItIsPaid(t *testing.T) {
	h := newHouse(t)
	h.inCanada()
	quoted := is[v1.Purchase](h.wants("omar@contoso.example", string(powerBI), string(abroad), `"US"`, `"CA","kind":"trial","needsPaymentMethod":true`), 201)
	assert.Nil(t, quoted.Quote.TaxRule, "nothing is to be paid yet")
	assert.Equal(t, &v1.TrialQuote{Days: 30, NeedsPaymentMethod: true, UnitPrice: cad(9_99), Net: cad(9_99), Tax: cad(50), Total: cad(10_49), TaxRule: &gst}, quoted.Quote.Trial)
	tried := is[v1.Submitted](h.pays("omar@contoso.example", quoted), 200)
	converted := is[v1.Subscription](h.ask("omar@contoso.example", "POST", "/v1/subscriptions/"+string(tried.SubscriptionID)+"/convert", `{}`), 200)
	assert.Equal(t, cad(10_49), *converted.Charged)
	h.audited()
}

// A dearer price is told in time to say no, and then is what the next term costs;
// one that comes too late waits.
func TestR34_R36_APriceIsAnnouncedBeforeItIsCharged(t *testing.T) {
	h := newHouse(t)
	id := h.inCanada().SubscriptionID
	publish := func(minor, from string) answer {
		return h.ask("operator", "POST", "/v1/prices", `{"productId":"`+string(abroad)+`","channel":"self-service","market":"CA","unitPrice":{"minor":`+minor+`,"currency":"CAD"},"term":"P1M","validFrom":"`+from+`"}`)
	}
	end := h.detail(buyer, id).ExpiryDate
	assert.True(t, is[v1.Priced](publish("1249", "2026-03-20T00:00:00Z"), 200).Changed)
	assert.False(t, is[v1.Priced](publish("1249", "2026-03-20T00:00:00Z"), 200).Changed, "it is so")
	h.passes(end.Add(-subscription.MonthlyNotice - time.Minute))
	assert.NotContains(t, h.toldBuyer(), "price_change_announced")
	assert.False(t, h.detail(buyer, id).NextTerm.PriceChanges)

	h.passes(end.Add(-subscription.MonthlyNotice))
	assert.Contains(t, h.toldBuyer(), "price_change_announced")
	item := h.detail(buyer, id)
	assert.Equal(t, cad(9_99), item.UnitPrice, "this term's stays")
	assert.Equal(t, &v1.NextTerm{StartDate: end, Quantity: 3, UnitPrice: cad(12_49), PriceChanges: true, Net: cad(37_47), Tax: cad(1_87), Total: cad(39_34)}, item.NextTerm)
	entries := h.history("bill@contoso.example", item.OrderNumbers[0]).Entries
	assert.Equal(t, "From 2026-04-02 on a licence costs 12.49 CAD a term instead of 9.99 CAD.", entries[len(entries)-1].Summary)

	is[v1.Priced](publish("1500", "2026-03-28T00:00:00Z"), 200)
	h.passes(end.Add(time.Hour))
	assert.Equal(t, cad(39_34), h.invoiced()[0].Total, "what was announced, and not what was published too late")
	second := h.detail(buyer, id)
	h.passes(second.ExpiryDate.Add(time.Hour))
	assert.Equal(t, cad(47_25), h.invoiced()[0].Total, "that was announced in the meantime")

	withdraw := `{"productId":"` + string(abroad) + `","channel":"self-service","market":"CA","from":"2026-05-03T00:00:00Z"}`
	is[v1.Priced](h.ask("operator", "POST", "/v1/prices/withdraw", withdraw), 200)
	third := h.detail(buyer, id)
	h.passes(third.ExpiryDate.Add(time.Hour))
	assert.Equal(t, cad(47_25), h.invoiced()[0].Total, "R58: what was agreed to goes on")
	assert.Empty(t, is[v1.Prices](h.ask("", "GET", "/v1/prices?market=CA", ""), 200).Items)
	h.audited()
}

func TestR36_NothingIsAnnouncedToWhomNoTermFollows(t *testing.T) {
	h := newHouse(t)
	id := h.inCanada().SubscriptionID
	end := h.detail(buyer, id).ExpiryDate
	_, err := h.catalogue.PublishPrice(t.Context(), operator(), price.Publish{Product: abroad, Channel: domain.SelfService, Market: "CA", Amount: cad(20_00), Term: domain.Monthly, ValidFrom: h.clock})
	require.NoError(t, err)
	is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(id)+"/recurring-billing", `{"on":false}`), 200)
	h.passes(end.Add(-time.Hour))
	assert.NotContains(t, h.toldBuyer(), "price_change_announced")
	assert.Nil(t, h.detail(buyer, id).NextTerm)
	is[v1.Subscription](h.ask(buyer, "PUT", "/v1/subscriptions/"+string(id)+"/recurring-billing", `{"on":true}`), 200)
	h.passes(end.Add(time.Hour))
	assert.Equal(t, cad(31_47), h.invoiced()[0].Total, "there was no time to say that it costs more")
}

func TestOnlyAnOperatorChangesPrices(t *testing.T) {
	h := newHouse(t)
	publish := `{"productId":"CFQ7TTC0H9MP","channel":"self-service","market":"US","unitPrice":{"minor":1,"currency":"USD"},"term":"P1M","validFrom":"2026-03-20T00:00:00Z"}`
	withdraw := `{"productId":"CFQ7TTC0H9MP","channel":"self-service","market":"SE","from":"2026-03-20T00:00:00Z"}`
	for _, who := range []string{buyer, "gail@contoso.example"} {
		h.ask(who, "POST", "/v1/prices", publish).problem(403, "not_operator")
		h.ask(who, "POST", "/v1/prices/withdraw", withdraw).problem(403, "not_operator")
	}
	h.ask("operator", "POST", "/v1/prices/withdraw", withdraw).problem(404, "price_unknown")
	is[v1.Priced](h.ask("operator", "POST", "/v1/prices", publish, "Idempotency-Key", "1"), 200)
	assert.True(t, is[v1.Priced](h.ask("operator", "POST", "/v1/prices", publish, "Idempotency-Key", "1"), 200).Changed, "the first result")
}
