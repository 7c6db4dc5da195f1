package bench

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// TestTheAuditOfAMonthFindsWhatIsWrong: each fact that is left out, or there
// twice, is noticed.
func TestTheAuditOfAMonthFindsWhatIsWrong(t *testing.T) {
	m := month{history: uuid.New(), began: time.Date(2026, 3, 14, 9, 0, 0, 0, time.UTC), n: 3}
	fact := func(stream string, e domain.Event) eventstore.Fact {
		return eventstore.Fact{Record: eventstore.Record{Stream: stream}, Event: e}
	}
	var facts []eventstore.Fact
	for n := range m.n {
		id := m.subscription(n)
		bill := invoice.Stream(invoice.ID(id, invoice.OfTerm(2)))
		facts = append(facts,
			fact(subscription.Stream(id), subscription.Renewed{}),
			fact(invoice.RegisterStream("KASSA", 2026), invoice.Numbered{Seller: "KASSA", Year: 2026, First: int64(n) + 1, Entries: []invoice.Entry{{Subscription: id}}}),
			fact(bill, invoice.Issued{Subscription: id, Number: invoice.Number("KASSA", 2026, int64(n)+1)}),
			fact(bill, invoice.Paid{}))
	}
	judge := func(facts []eventstore.Fact) error {
		var a tally
		for _, f := range facts {
			a.hear(f)
		}
		return a.judge(m)
	}
	assert.NoError(t, judge(facts))
	for n, f := range facts {
		assert.Error(t, judge(slices.Delete(slices.Clone(facts), n, n+1)), "%T is missing", f.Event)
		assert.Error(t, judge(slices.Insert(slices.Clone(facts), n, f)), "%T is there twice", f.Event)
	}
}

func TestAMonthsRenewalsAreDueOnOneDay(t *testing.T) {
	m := month{history: uuid.New(), began: time.Date(2026, 1, 31, 9, 0, 0, 0, time.UTC), n: 2_500}
	assert.Equal(t, 3, m.firms())
	for _, n := range []int{0, 1_999, m.n - 1} {
		bought := m.order(m.firm(n/firmSize), n)[1].events[0].(subscription.Provisioned)
		assert.False(t, bought.End.Before(m.day()))
		assert.True(t, bought.End.Before(m.evening()))
		assert.True(t, bought.End.After(m.began))
		assert.Equal(t, m.day().Day(), bought.AnchorDay)
	}
	assert.Equal(t, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), m.evening())
}
