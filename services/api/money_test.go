package api_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/invoice"
	v1 "kassa/services/api/v1"
)

// trader does whatever comes to mind with what she bought, in no order and
// whether it is allowed or not.
type trader struct {
	*house
	random  *rand.Rand
	bought  []domain.SubscriptionID
	done    int
	allowed int // of done
}

var tokens = []string{"tok_visa", "tok_mastercard", "tok_declined", "tok_expired", "tok_insufficient_funds", "tok_timeout"}

func (tr *trader) pick(n int) int         { return tr.random.IntN(n) }
func (tr *trader) any() string            { return string(tr.bought[tr.pick(len(tr.bought))]) }
func (tr *trader) card() string           { return `"card":"` + tokens[tr.pick(len(tokens))] + `"` }
func (tr *trader) few() string            { return fmt.Sprint(1 + tr.pick(3)) }
func (tr *trader) own(verb string) string { return "/v1/subscriptions/" + tr.any() + "/" + verb }

// step does one thing. Whatever is refused is refused with a code.
func (tr *trader) step() {
	steps := []func() answer{
		tr.buys,
		func() answer { return tr.ask(buyer, "POST", tr.own("seats"), `{"delta":`+tr.few()+`}`) },
		func() answer { return tr.ask(buyer, "POST", tr.own("seats"), `{"delta":`+tr.few()+`,`+tr.card()+`}`) },
		func() answer {
			return tr.ask(buyer, "POST", tr.own("seats/remove"), `{"delta":`+tr.few()+`,"when":"now"}`)
		},
		func() answer { return tr.ask(buyer, "POST", tr.own("seats/remove"), `{"delta":1,"when":"renewal"}`) },
		func() answer {
			return tr.ask(buyer, "PUT", tr.own("recurring-billing"), fmt.Sprintf(`{"on":%t}`, tr.pick(2) == 0))
		},
		func() answer { return tr.ask(buyer, "POST", tr.own("cancel"), `{"reason":"not_needed"}`) },
		func() answer { return tr.ask(buyer, "POST", tr.own("reactivate"), `{`+tr.card()+`}`) },
		func() answer { return tr.ask(buyer, "POST", tr.own("pay"), `{`+tr.card()+`}`) },
		func() answer { return tr.ask(buyer, "PUT", tr.own("card"), `{`+tr.card()+`}`) },
		tr.credits, tr.takesBack, tr.publishes, tr.waits, tr.waits,
	}
	a := steps[tr.pick(len(steps))]()
	tr.done++
	if a.status < 300 {
		tr.allowed++
		return
	}
	require.Less(tr, a.status, 500, "%s", a.body)
	require.NotEmpty(tr, into[v1.Problem](a).Code)
}

func (tr *trader) buys() answer {
	market := []string{"US", "SE", "JP", "KW", "CA"}[tr.pick(5)]
	frequency := []string{"", "", `,"frequency":"P1M"`}[tr.pick(3)]
	quoted := is[v1.Purchase](tr.ask(buyer, "POST", "/v1/purchases", `{"productId":"`+string(abroad)+`","quantity":`+tr.few()+`,"market":"`+market+`"`+frequency+`}`), 201)
	a := tr.ask(buyer, "POST", "/v1/purchases/"+string(quoted.PurchaseID)+"/submit", `{`+tr.card()+`,"acceptTerms":true}`)
	if a.status == 200 {
		tr.bought = append(tr.bought, into[v1.Submitted](a).SubscriptionID)
	}
	return a
}

func (tr *trader) credits() answer {
	all := tr.invoiced()
	of := all[tr.pick(len(all))]
	return tr.ask("support", "POST", "/v1/support/credits", fmt.Sprintf(`{"number":%q,"amount":{"minor":%d,"currency":%q},"reason":"goodwill"}`,
		of.Number, 1+tr.random.Int64N(max(1, of.Total.Minor)), of.Total.Currency))
}

// takesBack has the bank take any payment back, seldom.
func (tr *trader) takesBack() answer {
	var taken []domain.Charge
	for c, err := range tr.gateway.Charges(tr.Context()) {
		require.NoError(tr, err)
		if c.Status == domain.ChargeSucceeded {
			taken = append(taken, c)
		}
	}
	if tr.pick(3) > 0 {
		return tr.waits()
	}
	before := 0
	for range tr.gateway.Disputes(tr.Context()) {
		before++
	}
	a := tr.ask("operator", "POST", "/v1/ledger/chargebacks", `{"charge":"`+taken[tr.pick(len(taken))].ID+`","reason":"general"}`)
	after := 0
	for range tr.gateway.Disputes(tr.Context()) {
		after++
	}
	if after > before {
		tr.disputed()
	}
	return a
}

// publishes another price from now on, which nobody pays who was not told.
func (tr *trader) publishes() answer {
	market := []string{"US", "SE", "JP", "KW", "CA"}[tr.pick(5)]
	currency := map[string]string{"US": "USD", "SE": "SEK", "JP": "JPY", "KW": "KWD", "CA": "CAD"}[market]
	return tr.ask("operator", "POST", "/v1/prices", fmt.Sprintf(`{"productId":%q,"channel":"self-service","market":%q,"unitPrice":{"minor":%d,"currency":%q},"term":"P1M","validFrom":%q}`,
		abroad, market, 1+tr.pick(3000), currency, tr.clock.UTC().Format(time.RFC3339)))
}

func (tr *trader) waits() answer {
	tr.passes(tr.clock.Add(time.Duration(1+tr.pick(20*24)) * time.Hour))
	return answer{status: 200}
}

// addsUp is that every bill is the sum of its lines, numbers have no gap, and no
// more went back than was paid; the ledger is at zero and the gateway agrees.
func (tr *trader) addsUp() {
	tr.Helper()
	tr.audited()
	numbers, last := map[string]bool{}, map[string]int{}
	billed, credited := map[domain.InvoiceID]invoice.Issued{}, map[domain.InvoiceID][2]int64{} // total and tax
	for _, f := range tr.since(0) {
		e, ok := f.Event.(invoice.Issued)
		if !ok {
			continue
		}
		var net, tax, total int64
		for _, l := range e.Lines {
			require.Equal(tr, l.Total.Minor, l.Net.Minor+l.Tax.Minor)
			net, tax, total = net+l.Net.Minor, tax+l.Tax.Minor, total+l.Total.Minor
		}
		require.Equal(tr, []int64{net, tax, total}, []int64{e.Net.Minor, e.Tax.Minor, e.Total.Minor}, e.Number)
		require.False(tr, numbers[e.Number], "%s is given twice", e.Number)
		numbers[e.Number] = true
		last[e.Number[:len("KASSA-2026")]]++
		billed[e.Invoice] = e
		if e.Kind == invoice.CreditNote {
			c := credited[e.Credits]
			credited[e.Credits] = [2]int64{c[0] - e.Total.Minor, c[1] - e.Tax.Minor}
			require.LessOrEqual(tr, e.Tax.Minor, int64(0))
			require.LessOrEqual(tr, e.Net.Minor, int64(0))
		}
	}
	for id, back := range credited {
		require.LessOrEqual(tr, back[1], billed[id].Tax.Minor, "no more tax goes back than was paid")
		if back[0] == billed[id].Total.Minor {
			require.Equal(tr, billed[id].Tax.Minor, back[1], "and with all of it, all of its tax")
		}
	}
	for year, n := range last {
		require.True(tr, numbers[fmt.Sprintf("%s-%07d", year, n)], "%d bills of %s, and no gap", n, year)
	}
	back := map[string]int64{}
	for r, err := range tr.gateway.Refunds(tr.Context()) {
		require.NoError(tr, err)
		back[r.Charge] += r.Amount.Minor
	}
	for d, err := range tr.gateway.Disputes(tr.Context()) {
		require.NoError(tr, err)
		back[d.Charge] += d.Amount.Minor
	}
	for c, err := range tr.gateway.Charges(tr.Context()) {
		require.NoError(tr, err)
		require.LessOrEqual(tr, back[c.ID], c.Amount.Minor)
	}
}

// Any order of purchases, of a month or of a year in months, seats, cards that
// fail, time, cancellations, credits and chargebacks, in five currencies, while
// prices change.
func TestR29_R36_WhateverPeopleDoTheMoneyAddsUp(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			tr := &trader{house: newHouse(t), random: rand.New(rand.NewPCG(seed, 4))}
			tr.sellAbroad()
			tr.bought = append(tr.bought, tr.buy(buyer, "2").SubscriptionID)
			for n := range 40 {
				tr.step()
				if n%10 == 9 {
					tr.addsUp()
				}
			}
			assert.Greater(t, tr.allowed, tr.done/3, "or nothing happened")
		})
	}
}
