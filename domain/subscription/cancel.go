package subscription

import (
	"slices"
	"strings"
	"time"

	"kassa/domain"
)

// Cancel ends a subscription within days of its start or renewal, and refunds
// what has not begun (R32). Later, recurring billing can be turned off instead;
// only support still cancels, for no refund (R58). A trial can be cancelled at
// any time: there is nothing to refund.
type Cancel struct {
	Cancellation ChangeID
	By           CancelledBy
	Reason       Reason
	Feedback     FeedbackID     // where the person's words are kept; never the words
	Zone         *time.Location // the subscription's
	At           time.Time
}

func (c Cancel) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Cancelled:
		return nil, nil
	}
	if err := c.check(s); err != nil {
		return nil, err
	}
	if err := s.endable(c.At); err != nil {
		return nil, err
	}
	if c.By != BySupport && !within(s.CancelUntil, c.At) {
		return nil, ErrWindowClosed
	}
	events := append(s.drops(ChangeCancelled, c.At), c.cancelled(s))
	if s.Trial.On {
		events = append(events, TrialEnded{Cause: EndCancelled, At: c.At})
	}
	return append(events, disabled(EndCancelled, c.At)), nil
}

func (c Cancel) check(s State) error {
	switch {
	case c.Cancellation == "", !s.bills(c.Zone), !slices.Contains([]CancelledBy{ByPurchaser, ByAdmin, BySupport}, c.By):
		return ErrRequest
	case !slices.Contains(reasons, c.Reason):
		return ErrReason
	case len(c.Feedback) > 64 || strings.Trim(string(c.Feedback), "0123456789abcdef-") != "":
		return ErrFeedback
	}
	return nil
}

var reasons = []Reason{TooExpensive, NotNeeded, MissingFeatures, TechnicalTrouble, OtherProduct, Centralised, OtherReason, PurchaserLeft}

func (c Cancel) cancelled(s State) Cancelled {
	left, of := s.days(c.At, c.Zone)
	e := Cancelled{
		Cancellation: c.Cancellation, By: c.By, Reason: c.Reason, Feedback: c.Feedback, InsideWindow: within(s.CancelUntil, c.At),
		RefundRule: NoRefund, Refund: domain.Money{Currency: s.UnitPrice.Currency}, OfDays: of, AccessEndsAt: c.At, At: c.At,
	}
	if !e.InsideWindow {
		return e
	}
	e.RefundRule, e.Days = rule(s.Start, c.At), of
	if e.RefundRule == RefundByDays {
		e.Days = max(0, left-1)
	}
	e.Lines, e.Refund, _ = s.refunds(c.Cancellation, s.Quantity, s.Batches, c.At, c.Zone)
	return e
}
