package subscription

import (
	"time"

	"kassa/domain"
)

// How long before a renewal a price that is not today's is announced: time enough
// to turn recurring billing off.
const (
	YearlyNotice  = 30 * 24 * time.Hour
	MonthlyNotice = 7 * 24 * time.Hour
)

// NoticeAt is when the price of the term that follows one is announced; zero where
// it is not: what an organisation buys is priced by its agreement.
func NoticeAt(c domain.Channel, t domain.Term, end time.Time) time.Time {
	switch {
	case c == domain.Central:
		return time.Time{}
	case t == domain.Yearly:
		return end.Add(-YearlyNotice)
	}
	return end.Add(-MonthlyNotice)
}

// These structs are the storage format, too.
type (
	// PriceChangeAnnounced tells whoever pays that the next term costs something
	// else (R34): this or less, but never more.
	PriceChangeAnnounced struct {
		Number        int          `json:"termNumber"` // the next
		OldUnitPrice  domain.Money `json:"oldUnitPrice"`
		UnitPrice     domain.Money `json:"unitPrice"`
		PriceStream   string       `json:"priceStream"`
		PriceRevision int64        `json:"priceRevision"`
		EffectiveAt   time.Time    `json:"effectiveAt"` // the renewal
		At            time.Time    `json:"at"`
	}
	// RenewalPriceKept says that it costs the same. There was nothing to announce,
	// so a higher price that is published from now on waits for the renewal after.
	RenewalPriceKept struct {
		Number      int          `json:"termNumber"` // the next
		UnitPrice   domain.Money `json:"unitPrice"`
		EffectiveAt time.Time    `json:"effectiveAt"` // the renewal
		At          time.Time    `json:"at"`
	}
)

func (PriceChangeAnnounced) EventType() string { return "subscription.price_change_announced.v1" }
func (RenewalPriceKept) EventType() string     { return "subscription.renewal_price_kept.v1" }

// Notice is what was announced of the next term; zero: nothing was.
type Notice struct {
	Price Price
	At    time.Time
}

func (e PriceChangeAnnounced) evolve(s State) State {
	s.noticed = true
	s.Notice = Notice{Price: Price{Unit: e.UnitPrice, Term: s.Term, Frequency: s.Frequency, Stream: e.PriceStream, Revision: e.PriceRevision}, At: e.At}
	return s
}

func (e RenewalPriceKept) evolve(s State) State { s.noticed = true; return s }

// announce compares the price that holds at the renewal with today's.
func (c Advance) announce(s State) []Event {
	p := s.sold(c.Price)
	if p.Unit == s.UnitPrice {
		return []Event{RenewalPriceKept{Number: s.TermNumber + 1, UnitPrice: s.UnitPrice, EffectiveAt: s.End, At: c.Due.At}}
	}
	return []Event{PriceChangeAnnounced{
		Number: s.TermNumber + 1, OldUnitPrice: s.UnitPrice, UnitPrice: p.Unit,
		PriceStream: p.Stream, PriceRevision: p.Revision, EffectiveAt: s.End, At: c.Due.At,
	}}
}

// announced is a renewal's price: the one that is published, but never more than
// was announced or, where nothing was, than the last term's. A term that began
// before prices were announced is followed by one at whatever holds then.
func (s State) announced(p Price) Price {
	p = s.sold(p)
	limit := Price{Unit: s.UnitPrice, Term: s.Term, Frequency: s.Frequency, Revision: -1}
	if s.Notice != (Notice{}) {
		limit = s.Notice.Price
	}
	if !s.NoticeAt.IsZero() && p.Unit.Minor > limit.Unit.Minor {
		return limit
	}
	return p
}

// NextTerm is what follows the current term, as far as that is known.
type NextTerm struct {
	Start     time.Time
	Quantity  int64
	UnitPrice domain.Money    // as announced or, where nothing was, as it is now
	Tax       domain.TaxSplit // of all seats
}

// Next is the term that follows if nothing changes, by a tax rule; ok is false
// where none does, or only an agreement knows what it costs.
func (s State) Next(tax domain.TaxRule) (n NextTerm, ok bool, err error) {
	due, waits := s.Due()
	if !waits || !s.RecurringBilling || due.Step != Bill && due.Step != Announce && due.Step != Renew || s.NoticeAt.IsZero() {
		return n, false, nil
	}
	n = NextTerm{Start: s.End, Quantity: s.renewed(), UnitPrice: s.UnitPrice}
	if s.Notice != (Notice{}) {
		n.UnitPrice = s.Notice.Price.Unit
	}
	stated, err := n.UnitPrice.Times(n.Quantity)
	if err == nil {
		n.Tax, err = tax.On(stated)
	}
	return n, true, err
}
