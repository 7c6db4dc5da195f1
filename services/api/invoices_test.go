package api_test

import (
	"context"
	"encoding/csv"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/commands"
	"kassa/domain"
	"kassa/eventstore"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	writing "kassa/services/billing"
)

// bill has every bill written that is due, and returns the position of the last.
func (h *house) bill() uint64 {
	h.Helper()
	ctx, stop := context.WithCancel(h.Context())
	m := &writing.Manager{
		Seller: "KASSA", Projector: h.Projector, Facts: h.store, Every: 5 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Invoices: &commands.Invoices{
			Log:    commands.Log{Store: h.store, Codec: eventstore.Schema()},
			Seller: "KASSA", Taxes: taxed, Now: func() time.Time { return h.clock },
		},
	}
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	require.Eventually(h, func() bool {
		head, err := h.store.Head(ctx)
		require.NoError(h, err)
		require.NoError(h, h.Projector.Await(ctx, views.BillingView.Name, head))
		u, _, err := views.NewBilling(h.Projector).Unnumbered(ctx, "KASSA", 1)
		require.NoError(h, err)
		behind, _, err := views.NewBilling(h.Projector).Behind(ctx, 1)
		require.NoError(h, err)
		return len(u.Bills)+len(behind) == 0
	}, 20*time.Second, 5*time.Millisecond)
	stop()
	require.NoError(h, <-ended)
	return h.head()
}

func TestR29_ThePayerSeesEachBillLineByLine(t *testing.T) {
	h := newHouse(t)
	id, change := h.bought()
	is[v1.Subscription](change("seats", `{"delta":2}`, "1"), 200)
	is[v1.Subscription](change("seats/remove", `{"delta":1,"when":"now"}`, "2"), 200)
	name, value := "Kassa-Position", uintText(h.bill())

	all := is[v1.Invoices](h.ask(buyer, "GET", "/v1/invoices", "", name, value), 200)
	require.Len(t, all.Items, 3, "the purchase, more seats, and one of them back")
	numbers := map[string]v1.Invoice{}
	for _, i := range all.Items {
		numbers[i.Number] = i
		assert.Equal(t, id, i.SubscriptionID)
		assert.Equal(t, i.Total.Minor, i.Net.Minor+i.Tax.Minor)
	}
	first := numbers["KASSA-2026-0000001"]
	assert.Equal(t, "Purchase", first.Lines[0].Transaction)
	assert.Equal(t, domain.Money{Minor: 1998, Currency: "USD"}, first.Total)
	assert.Equal(t, "paid", first.Status)
	assert.InDelta(t, 10.0, first.Lines[0].TaxRate, 0)
	assert.Contains(t, numbers, "KASSA-2026-0000002")
	assert.Contains(t, numbers, "KASSA-2026-0000003", "no number is left out")
	for _, i := range all.Items {
		if i.Kind == "credit_note" {
			assert.Equal(t, "Remove quantity", i.Lines[0].Transaction)
			assert.Negative(t, i.Total.Minor)
		}
		one := is[v1.Invoice](h.ask(buyer, "GET", "/v1/invoices/"+i.Number, "", name, value), 200)
		assert.Equal(t, i, one)
	}

	// Nobody else's: neither a colleague nor an administrator sees them (R36).
	for _, other := range []string{"gail@contoso.example", "omar@contoso.example", "gail@fabrikam.example"} {
		assert.Empty(t, is[v1.Invoices](h.ask(other, "GET", "/v1/invoices", "", name, value), 200).Items, other)
		h.ask(other, "GET", "/v1/invoices/KASSA-2026-0000001", "", name, value).problem(404, "invoice_unknown")
	}
	assert.Empty(t, is[v1.Invoices](h.ask(buyer, "GET", "/v1/invoices?until=2020-01-01", "", name, value), 200).Items)
	h.ask(buyer, "GET", "/v1/invoices?from=January", "").problem(400, "day_invalid")

	for language, word := range map[string]string{"en": "/Lang (en)", "sv": "/Lang (sv)"} {
		printed := h.ask(buyer, "GET", "/v1/invoices/KASSA-2026-0000001/pdf", "", name, value, "Accept-Language", language)
		require.Equal(t, 200, printed.status)
		assert.Contains(t, string(printed.body), "%PDF-")
		assert.Contains(t, string(printed.body), word)
		assert.Equal(t, printed.body, h.ask(buyer, "GET", "/v1/invoices/KASSA-2026-0000001/pdf", "", "Accept-Language", language).body)
	}
	h.ask("gail@contoso.example", "GET", "/v1/invoices/KASSA-2026-0000001/pdf", "", name, value).problem(404, "invoice_unknown")

	statement := h.ask(buyer, "GET", "/v1/invoices/statement.csv", "", name, value)
	require.Equal(t, 200, statement.status)
	rows, err := csv.NewReader(strings.NewReader(string(statement.body))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	assert.Equal(t, []string{"KASSA-2026-0000001", "invoice"}, rows[1][:2], "oldest first")
	assert.Equal(t, []string{"18.16", "10", "1.82", "19.98", "USD"}, rows[1][12:])
}

func TestTheLedgerAddsUpToWhatTheGatewayMoved(t *testing.T) {
	h := newHouse(t)
	_, change := h.bought()
	early := is[v1.LedgerReport](h.ask("operator", "POST", "/v1/ledger/verify", ""), 200)
	assert.False(t, early.Equal, "what is charged and not billed is told")
	require.Len(t, early.Differences, 1)
	assert.Equal(t, "not_in_ledger", early.Differences[0].Kind)

	is[v1.Subscription](change("cancel", `{"reason":"other"}`, "1"), 200)
	name, value := "Kassa-Position", uintText(h.bill())
	report := is[v1.LedgerReport](h.ask("operator", "POST", "/v1/ledger/verify", "", name, value), 200)
	assert.Empty(t, report.Differences)
	assert.True(t, report.Equal)
	assert.Equal(t, 2, report.Transactions)

	sums, accounts := map[string]int64{}, map[string]int64{}
	for _, b := range is[v1.Balances](h.ask("operator", "GET", "/v1/ledger/balances", "", name, value), 200).Items {
		sums[b.Amount.Currency] += b.Amount.Minor
		accounts[b.Account] = b.Amount.Minor
	}
	assert.Equal(t, map[string]int64{"USD": 0}, sums)
	assert.Equal(t, map[string]int64{"cash": 0, "receivable": 0, "revenue": -1816, "refunds": 1816, "tax": 0}, accounts, "bought and cancelled the same day")
	h.ask("gail@contoso.example", "POST", "/v1/ledger/verify", "").problem(403, "not_operator")
	h.ask("gail@contoso.example", "GET", "/v1/ledger/balances", "").problem(403, "not_operator")
}

func TestATrialIsBilledOnceItIsPaid(t *testing.T) {
	h := newHouse(t)
	tried := h.try(toTry, "")
	name, value := "Kassa-Position", uintText(h.bill())
	assert.Empty(t, is[v1.Invoices](h.ask(buyer, "GET", "/v1/invoices", "", name, value), 200).Items, "nothing is paid for it")
	paid := is[v1.Subscription](h.act(tried.SubscriptionID, "convert", `{"card":"tok_visa"}`, "1"), 200)
	name, value = "Kassa-Position", uintText(h.bill())
	all := is[v1.Invoices](h.ask(buyer, "GET", "/v1/invoices", "", name, value), 200).Items
	require.Len(t, all, 1)
	assert.Equal(t, "Convert", all[0].Lines[0].Transaction)
	assert.Equal(t, *paid.Charged, all[0].Total)
	assert.True(t, is[v1.LedgerReport](h.ask("operator", "POST", "/v1/ledger/verify", "", name, value), 200).Equal)
}
