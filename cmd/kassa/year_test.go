package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
	"kassa/services/demo"
	"kassa/services/payments/simulator"
)

// TestADemonstrationLivesAYearInSeconds: terms follow each other, one that is
// not to be followed ends by itself, a restart in the middle goes on where it
// stopped, one is cancelled within its first days, trials become paid or end; and
// at the end the views equal the history, and the orders, the bills and the
// gateway's books come to the same, to the cent.
func TestADemonstrationLivesAYearInSeconds(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--demo") // as slow as real time: there are seven days to cancel in
	const regrets = "sync@contoso.example"
	cancelled := as[v1.Subscription](p, regrets, "subscriptions", "cancel", "--reason", "not_needed",
		"--subscription", string(as[v1.Products](p, regrets, "purchases").Items[0].SubscriptionID))
	require.NotNil(t, cancelled.Refund)
	p.stop()

	p = start(t, data, "--demo", "--clock", "1y/10s")
	began := p.simulated()
	beatriz := p.token("beatriz@contoso.example")
	own := as[v1.Products](p, "beatriz@contoso.example", "purchases").Items
	require.Len(t, own, 1)
	out, code := p.kassa(beatriz, "subscriptions", "recurring", "off", "--subscription", string(own[0].SubscriptionID))
	require.Equal(t, 0, code, out)
	p.awaitTime(t, began.AddDate(0, 5, 0))
	p.stop()

	p = start(t, data, "--demo", "--clock", "1y/10s")
	assert.False(t, p.simulated().Before(began.AddDate(0, 4, 0)), "time goes on from the last fact")
	p.awaitTime(t, began.AddDate(1, 0, 7))
	out, code = p.kassa(p.token("beatriz@contoso.example"), "purchases", "--json")
	require.Equal(t, 0, code, out)
	assert.Equal(t, "deleted", as[v1.Products](p, "beatriz@contoso.example", "purchases").Items[0].Status)

	for _, r := range as[reports](p, "", "views", "verify").Items {
		assert.True(t, r.Equal, r.View)
	}
	p.stop()

	p = start(t, data, "--demo") // as slow as real time, so that what is due comes to an end
	done := as[client.BillingProgress](p, "", "billing", "run")
	assert.Zero(t, done.Left(), "it ends when nothing is left")
	assert.True(t, p.idle(t), "neither by the facts")
	assert.True(t, as[v1.LedgerReport](p, "", "ledger", "verify").Equal)
	out, code = p.kassa(p.token(""), "billing", "status", "--until", done.Now.Format(time.DateOnly))
	require.Equal(t, 0, code, out)
	assert.Equal(t, "DUE UNNUMBERED BEHIND 0 0 0", strings.Join(append(strings.Fields(out)[1:4], strings.Fields(out)[5:]...), " "))
	facts, ordered, billed := p.history(t), p.ordered(t), p.billed(t)
	p.stop()
	renewals, months, total, trials := 0, 0, map[string]int64{}, map[subscription.EndCause]int{}
	for _, f := range facts {
		switch e := f.Event.(type) {
		case purchase.PaymentAuthorised:
			if e.Reference != "" {
				total[e.Amount.Currency] += e.Amount.Minor
			}
		case subscription.RefundIssued:
			total[e.Amount.Currency] -= e.Amount.Minor
		case subscription.TrialEnded:
			trials[e.Cause]++
			assert.Equal(t, e.At, f.Meta.At, "as of when it was due")
		case subscription.TrialConverted:
			trials["converted"]++
			total[e.Charge.Currency] += e.Charge.Minor
		case subscription.InstalmentPaid:
			months++
			assert.Equal(t, e.Start, f.Meta.At, "as of when it was due")
			total[e.Charge.Currency] += e.Charge.Minor
		case subscription.Renewed:
			renewals++
			assert.Equal(t, e.Start, f.Meta.At, "as of when it was due")
			if e.Reference != "" {
				total[e.Charge.Currency] += e.Charge.Minor
			}
		}
	}
	assert.Greater(t, renewals, 6*11, "of everybody else")
	assert.GreaterOrEqual(t, months, 11, "of Lena's year")
	assert.Equal(t, map[subscription.EndCause]int{"converted": 1, subscription.EndPayment: 1, subscription.EndTrial: 1}, trials)
	nonzero(total)
	assert.Equal(t, booked(t, data), total)
	assert.Equal(t, total, ordered, "what the orders' histories come to")
	assert.Equal(t, total, billed, "what the bills come to")
}

// ordered is what the history of every order says that people paid, less what
// they were paid back, by currency.
func (p *program) ordered(t *testing.T) map[string]int64 {
	t.Helper()
	total := map[string]int64{}
	for _, d := range demo.Purchases() {
		if d.Channel != domain.SelfService {
			continue
		}
		for _, item := range as[v1.Products](p, d.By, "purchases").Items {
			for _, number := range item.OrderNumbers {
				for _, e := range as[v1.Order](p, d.By, "orders", "show", number).Entries {
					switch e.Transaction {
					case "Purchase", "Add quantity", "Renew", "Monthly payment", "Re-enable", "Convert":
						total[e.MoneyAfter.Currency] += e.MoneyAfter.Minor
					case "Remove quantity", "Cancel":
						total[e.MoneyAfter.Currency] -= e.MoneyAfter.Minor
					}
				}
			}
		}
	}
	return nonzero(total)
}

// billed is the cash of the ledger, by currency.
func (p *program) billed(t *testing.T) map[string]int64 {
	t.Helper()
	total := map[string]int64{}
	for _, b := range as[v1.Balances](p, "", "ledger", "balances").Items {
		if b.Account == "cash" {
			total[b.Amount.Currency] = b.Amount.Minor
		}
	}
	return nonzero(total)
}

func nonzero(total map[string]int64) map[string]int64 {
	maps.DeleteFunc(total, func(_ string, minor int64) bool { return minor == 0 })
	return total
}

// idle says whether nothing is due, nor any charge pending.
func (p *program) idle(t *testing.T) bool {
	t.Helper()
	now, states := p.simulated(), map[string]subscription.State{}
	for _, f := range p.history(t) {
		if e, ok := f.Event.(subscription.Event); ok {
			states[f.Stream] = subscription.Decider.Evolve(states[f.Stream], e)
		}
	}
	for _, s := range states {
		if due, ok := s.Due(); ok && !due.At.After(now) || s.Pending.Kind != "" {
			return false
		}
	}
	return true
}

// simulated is the business time that kassa health shows.
func (p *program) simulated() time.Time {
	p.Helper()
	out, code := p.kassa("", "health")
	require.Equal(p, 0, code, out)
	for line := range strings.Lines(out) {
		if words := strings.Fields(line); words[0] == "clock" {
			for _, w := range words {
				if at, err := time.Parse(time.RFC3339+",", w); err == nil {
					return at
				}
			}
		}
	}
	require.Fail(p, "no time", out)
	return time.Time{}
}

func (p *program) awaitTime(t *testing.T, until time.Time) {
	t.Helper()
	require.Eventually(t, func() bool { return p.simulated().After(until) }, 2*time.Minute, 100*time.Millisecond)
}

// history is every fact.
func (p *program) history(t *testing.T) (facts []eventstore.Fact) {
	t.Helper()
	store, err := esdb.Open(p.eventstore, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	records, err := store.ReadAll(t.Context(), 0, 100_000)
	require.NoError(t, err)
	for _, r := range records {
		f, err := eventstore.Schema().Decode(r)
		require.NoError(t, err)
		facts = append(facts, f)
	}
	return facts
}

// booked is what the gateway has taken and not paid back, by currency.
func booked(t *testing.T, data string) map[string]int64 {
	t.Helper()
	books, err := simulator.Open(t.Context(), simulator.Config{Dir: data + "/payments"})
	require.NoError(t, err)
	defer func() { require.NoError(t, books.Close()) }()
	total := map[string]int64{}
	for c, err := range books.Charges(t.Context()) {
		require.NoError(t, err)
		if c.Status == domain.ChargeSucceeded {
			total[c.Amount.Currency] += c.Amount.Minor
		}
	}
	for r, err := range books.Refunds(t.Context()) {
		require.NoError(t, err)
		total[r.Amount.Currency] -= r.Amount.Minor
	}
	return nonzero(total)
}

func TestAFastClockIsForADemonstration(t *testing.T) {
	for _, c := range []struct{ speed, says string }{{"1y/1m", "add --demo"}, {"year", "units s, m, h, d, w, y"}} {
		_, errs, code := offline(t, "serve", "--clock", c.speed)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, c.says)
	}
}
