package subscription

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"kassa/domain"
)

// fullRefundFor is how long after it was paid a batch is refunded whole.
const fullRefundFor = 24 * time.Hour

// RefundKey is the gateway's idempotency key for a refund that is owed.
func RefundKey(id domain.SubscriptionID, r RefundID) string {
	return string(id) + "/refund/" + string(r)
}

// bills says whether zone is the one that the billing calendar is pinned to.
func (s State) bills(zone *time.Location) bool { return zone != nil && zone.String() == s.Zone }

// days counts what is left of what is paid, from the day of at, and all of it.
func (s State) days(at time.Time, zone *time.Location) (left, of int64) {
	of = domain.Days(s.PaidFrom, s.PaidUntil, zone)
	return max(0, min(domain.Days(at, s.PaidUntil, zone), of)), of
}

// within says whether at is no later than the second until.
func within(until, at time.Time) bool { return at.Before(until.Add(time.Second)) }

// open are the batches that can be given back at some instant.
func (s State) open(at time.Time) []Batch {
	closed := func(b Batch) bool { return !within(b.Until, at) }
	return slices.DeleteFunc(slices.Clone(s.Batches), closed)
}

// rule says how a batch is refunded that was paid at from.
func rule(from, at time.Time) RefundRule {
	if at.Before(from.Add(fullRefundFor)) {
		return RefundInFull
	}
	return RefundByDays
}

// refunds takes seats from batches, the newest first, and works out what each
// of them is refunded; left is how many seats the batches did not have.
func (s State) refunds(of ChangeID, seats int64, batches []Batch, at time.Time, zone *time.Location) (lines []RefundLine, total domain.Money, left int64) {
	total.Currency = s.UnitPrice.Currency
	for _, b := range slices.Backward(batches) {
		n := min(seats, b.Seats)
		if n == 0 {
			break
		}
		line := s.refund(b, n, at, zone)
		line.Refund = RefundID(string(of) + "/" + strconv.Itoa(len(lines)+1))
		lines, seats = append(lines, line), seats-n
		total.Minor += line.Amount.Minor // all of it was paid, so it fits
	}
	return lines, total, seats
}

// refund is what giving back some seats of a batch is worth: their share of what
// was paid for it, and of that the days that have not started.
func (s State) refund(b Batch, seats int64, at time.Time, zone *time.Location) RefundLine {
	line := RefundLine{Addition: b.Addition, Payment: b.Payment, Seats: seats, Rule: rule(b.From, at), Charge: b.Charge}
	line.OfDays = domain.Days(b.From, s.PaidUntil, zone)
	line.Days, line.Amount = line.OfDays, b.share(seats)
	if line.Rule == RefundByDays {
		line.Days = max(0, domain.Days(at, s.PaidUntil, zone)-1)
		line.Amount = line.Amount.Share(line.Days, line.OfDays)
	}
	line.Amount.Minor = min(line.Amount.Minor, b.Paid.Minor-b.Back) // support may have given some back before
	line.Tax = back(b.Tax, b.Back, line.Amount)
	return line
}

// back is the tax in what is given back of a payment of which so much was before;
// zero where nobody said what its tax is.
func back(paid domain.TaxSplit, before int64, amount domain.Money) domain.TaxSplit {
	if paid == (domain.TaxSplit{}) {
		return paid
	}
	return paid.Back(before, amount)
}

// OwedFor is what is still to be paid back for a removal or a cancellation; in
// no currency where that is nothing.
func (s State) OwedFor(of ChangeID) (total domain.Money) {
	for _, o := range s.Owed {
		if strings.HasPrefix(string(o.Refund), string(of)+"/") {
			total = domain.Money{Minor: total.Minor + o.Amount.Minor, Currency: o.Amount.Currency}
		}
	}
	return total
}

// share is what was paid for the next seats to be given back. However a batch is
// divided, the shares add up to what was paid for it.
func (b Batch) share(seats int64) domain.Money {
	given := b.Of - b.Seats
	before, after := b.Paid.Share(given, b.Of), b.Paid.Share(given+seats, b.Of)
	return domain.Money{Minor: after.Minor - before.Minor, Currency: b.Paid.Currency}
}

// Refunded says that the gateway paid back what was owed.
type Refunded struct {
	Of        RefundID
	Amount    domain.Money
	Reference string // the gateway's id of the refund
	At        time.Time
}

func (c Refunded) decide(s State) ([]Event, error) {
	owed, done, err := s.owed(c.Of)
	switch {
	case done || err != nil:
		return nil, err
	case owed.Amount != c.Amount:
		return nil, ErrRefundAmount
	}
	return []Event{RefundIssued(c)}, nil
}

// RefundRefused says that the gateway will never pay it back.
type RefundRefused struct {
	Of   RefundID
	Code string // the gateway's reason
	At   time.Time
}

func (c RefundRefused) decide(s State) ([]Event, error) {
	owed, done, err := s.owed(c.Of)
	switch {
	case done || err != nil:
		return nil, err
	case c.Code == "":
		return nil, ErrRequest
	}
	return []Event{RefundFailed{Of: c.Of, Amount: owed.Amount, Code: c.Code, At: c.At}}, nil
}

// owed finds a refund that is owed; done says that it was the latest to end.
func (s State) owed(refund RefundID) (o Owed, done bool, err error) {
	i := slices.IndexFunc(s.Owed, func(o Owed) bool { return o.Refund == refund })
	switch {
	case s.Subscription == "":
		return o, false, ErrUnknown
	case i < 0 && s.repaid == refund && refund != "":
		return o, true, nil
	case i < 0:
		return o, false, ErrRefundUnexpected
	}
	return s.Owed[i], false, nil
}
