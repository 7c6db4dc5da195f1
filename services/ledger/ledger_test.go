package ledger_test

import (
	"context"
	"iter"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/projections/views"
	"kassa/services/ledger"
)

func sek(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }

// accounts are a ledger, its bills and the gateway's books, as a test says.
type accounts struct {
	audit    views.Audit
	open     map[domain.InvoiceID]domain.Money
	charges  []domain.Charge
	refunds  []domain.Refund
	disputes []domain.Dispute
}

func (a accounts) Audit(context.Context) (views.Audit, error) { return a.audit, nil }

func (a accounts) Open(context.Context) (map[domain.InvoiceID]domain.Money, uint64, error) {
	return a.open, 0, nil
}

func (a accounts) Charges(context.Context) iter.Seq2[domain.Charge, error]   { return each(a.charges) }
func (a accounts) Disputes(context.Context) iter.Seq2[domain.Dispute, error] { return each(a.disputes) }
func (a accounts) Refunds(context.Context) iter.Seq2[domain.Refund, error]   { return each(a.refunds) }

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, t := range all {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func TestEachDifferenceIsNamed(t *testing.T) {
	whole := func() accounts {
		return accounts{
			audit: views.Audit{
				Entries: 9, Open: map[domain.InvoiceID]domain.Money{"b3": sek(30)}, AsOf: 7,
				Cash: []views.CashEntry{{Bill: "b1", Reference: "ch_1", Amount: sek(10)}, {Bill: "b2", Reference: "re_1", Amount: sek(-4)}},
			},
			open: map[domain.InvoiceID]domain.Money{"b3": sek(30)},
			charges: []domain.Charge{
				{ID: "ch_1", Amount: sek(10), Status: domain.ChargeSucceeded}, {ID: "ch_2", Amount: sek(99), Status: domain.ChargeDeclined},
			},
			refunds: []domain.Refund{{ID: "re_1", Charge: "ch_1", Amount: sek(4)}},
		}
	}
	for name, c := range map[string]struct {
		spoil func(*accounts)
		want  []ledger.Difference
	}{
		"all agree": {func(*accounts) {}, nil},
		"a fact's entries do not add up": {func(a *accounts) { a.audit.Unbalanced = []domain.InvoiceID{"b1"} },
			[]ledger.Difference{{Kind: ledger.Unbalanced, Bill: "b1"}}},
		"a bill is open that the ledger has as paid": {func(a *accounts) { a.open["b1"] = sek(10) },
			[]ledger.Difference{{Kind: ledger.Receivable, Bill: "b1", Other: sek(10)}}},
		"a bill is paid that the ledger has as open": {func(a *accounts) { delete(a.open, "b3") },
			[]ledger.Difference{{Kind: ledger.Receivable, Bill: "b3", Ledger: sek(30)}}},
		"a charge is on no bill": {func(a *accounts) {
			a.charges = append(a.charges, domain.Charge{ID: "ch_3", Amount: sek(5), Status: domain.ChargeSucceeded})
		}, []ledger.Difference{{Kind: ledger.NotInLedger, Reference: "ch_3", Other: sek(5)}}},
		"a refund is on no bill": {func(a *accounts) { a.refunds = append(a.refunds, domain.Refund{ID: "re_2", Amount: sek(5)}) },
			[]ledger.Difference{{Kind: ledger.NotInLedger, Reference: "re_2", Other: sek(-5)}}},
		"the gateway has no such charge": {func(a *accounts) { a.charges = nil },
			[]ledger.Difference{{Kind: ledger.NotAtGateway, Bill: "b1", Reference: "ch_1", Ledger: sek(10)}}},
		"the gateway declined it": {func(a *accounts) { a.charges[0].Status = domain.ChargeDeclined },
			[]ledger.Difference{{Kind: ledger.NotAtGateway, Bill: "b1", Reference: "ch_1", Ledger: sek(10)}}},
		"the amounts differ": {func(a *accounts) { a.charges[0].Amount = sek(11) },
			[]ledger.Difference{{Kind: ledger.OtherAmount, Bill: "b1", Reference: "ch_1", Ledger: sek(10), Other: sek(11)}}},
		"one charge pays two bills": {func(a *accounts) {
			a.audit.Cash = append(a.audit.Cash, views.CashEntry{Bill: "b4", Reference: "ch_1", Amount: sek(10)})
		}, []ledger.Difference{{Kind: ledger.Twice, Bill: "b4", Reference: "ch_1", Ledger: sek(10), Other: sek(10)}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := whole()
			c.spoil(&a)
			r, err := ledger.Ledger{Entries: a, Bills: a, Books: a}.Verify(t.Context())
			require.NoError(t, err)
			assert.Equal(t, c.want, r.Differences)
			assert.EqualValues(t, 9, r.Entries)
			assert.EqualValues(t, 7, r.Position)
		})
	}
}
