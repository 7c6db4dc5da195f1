package cancelreq

import (
	"slices"
	"time"

	"kassa/domain"
)

// AnswerWithin is how long a request waits for its answer.
const AnswerWithin = 90 * 24 * time.Hour

// Command is sealed; each command carries its own rule.
type Command interface{ decide(State) ([]Event, error) }

// Refusals this aggregate can give.
var (
	ErrUnknown  = &domain.Error{Kind: domain.NotFound, Code: "cancellation_request_unknown", Message: "There is no such cancellation request. Check its id."}
	ErrOpen     = &domain.Error{Kind: domain.Conflict, Code: "cancellation_request_open", Message: "A cancellation of this subscription has been requested already. Wait for the answer, or withdraw that request."}
	ErrClosed   = &domain.Error{Kind: domain.Conflict, Code: "cancellation_request_closed", Message: "This cancellation request has been answered or withdrawn, or has expired. Look at it again."}
	ErrCentral  = domain.Refuse("cancellation_request_central", "The organisation bought this subscription itself, so there is nobody to ask. Cancel it, or turn recurring billing off.")
	ErrEnded    = domain.Refuse("cancellation_request_ended", "This subscription is not active any more, so there is nothing to cancel.")
	ErrTo       = &domain.Error{Kind: domain.Invalid, Code: "cancellation_request_to_unknown", Message: "Say whom to ask: purchaser or support."}
	ErrReason   = &domain.Error{Kind: domain.Invalid, Code: "cancellation_request_reason_unknown", Message: "Give one of the listed reasons to ask for a cancellation."}
	ErrDeclined = &domain.Error{Kind: domain.Invalid, Code: "decline_reason_unknown", Message: "Give one of the listed reasons to decline."}
)

var (
	reasons        = []Reason{Centralised, PurchaserLeft, NotNeeded, TooExpensive, OtherReason}
	declineReasons = []DeclineReason{StillNeeded, CancelsLater, AskPurchaser, NotVerified, OtherObstacle}
)

// Ask requests the cancellation of a subscription that a person bought by
// themselves and that is active. The subscription's own facts say so.
type Ask struct {
	To           To
	Subscription domain.SubscriptionID
	Tenant       domain.TenantID
	Purchaser    domain.PersonID
	Channel      domain.Channel
	Active       bool
	By           domain.PersonID
	Reason       Reason
	At           time.Time
}

func (c Ask) decide(s State) ([]Event, error) {
	switch {
	case !c.To.known():
		return nil, ErrTo
	case c.Channel != domain.SelfService:
		return nil, ErrCentral
	case !slices.Contains(reasons, c.Reason):
		return nil, ErrReason
	case s.waits(c.At):
		return nil, ErrOpen
	case !c.Active:
		return nil, ErrEnded
	}
	requested := CancellationRequested{
		Number: s.Number + 1, To: c.To, Subscription: c.Subscription, Tenant: c.Tenant, Purchaser: c.Purchaser,
		By: c.By, Reason: c.Reason, ExpiresAt: c.At.Add(AnswerWithin), At: c.At,
	}
	if s.Status == StatusOpen { // nobody has noticed yet that its time is over
		return []Event{RequestExpired{Cause: Unanswered, At: s.ExpiresAt}, requested}, nil
	}
	return []Event{requested}, nil
}

// waits says whether there is a request that may still have an effect.
func (s State) waits(at time.Time) bool {
	return s.Status == StatusAccepted || s.Status == StatusOpen && at.Before(s.ExpiresAt)
}

// Accept says yes, as whoever was asked.
type Accept struct {
	Number int
	By     domain.PersonID
	At     time.Time
}

func (c Accept) decide(s State) ([]Event, error) {
	if s.Number == c.Number && s.AnsweredBy == c.By && (s.Status == StatusAccepted || s.Status == StatusExecuted) {
		return nil, nil
	}
	if err := s.answerable(c.Number, c.At); err != nil {
		return nil, err
	}
	return []Event{RequestAccepted{By: c.By, At: c.At}}, nil
}

// Decline says no, as whoever was asked. It costs nothing (R47).
type Decline struct {
	Number int
	By     domain.PersonID
	Reason DeclineReason
	At     time.Time
}

func (c Decline) decide(s State) ([]Event, error) {
	switch {
	case !slices.Contains(declineReasons, c.Reason):
		return nil, ErrDeclined
	case s.Number == c.Number && s.Status == StatusDeclined && s.AnsweredBy == c.By:
		return nil, nil
	}
	if err := s.answerable(c.Number, c.At); err != nil {
		return nil, err
	}
	return []Event{RequestDeclined{By: c.By, Reason: c.Reason, At: c.At}}, nil
}

// Withdraw takes a request back, as an administrator who could have asked.
type Withdraw struct {
	Number int
	By     domain.PersonID
	At     time.Time
}

func (c Withdraw) decide(s State) ([]Event, error) {
	if s.Number == c.Number && s.Status == StatusWithdrawn && s.AnsweredBy == c.By {
		return nil, nil
	}
	if err := s.answerable(c.Number, c.At); err != nil {
		return nil, err
	}
	return []Event{RequestWithdrawn{By: c.By, At: c.At}}, nil
}

// answerable refuses whoever comes too late: after another answer, or after the
// request's own time.
func (s State) answerable(number int, at time.Time) error {
	switch {
	case number < 1 || number > s.Number:
		return ErrUnknown
	case number < s.Number || s.Status != StatusOpen || !at.Before(s.ExpiresAt):
		return ErrClosed
	}
	return nil
}

// Expire closes a request whose time is over, as of then, or whose subscription
// ended by somebody else's doing. It changes nothing where that is not so.
type Expire struct {
	Number int
	Cause  ExpiryCause
	At     time.Time
}

func (c Expire) decide(s State) ([]Event, error) {
	switch {
	case s.Number != c.Number:
		return nil, nil
	case c.Cause == Unanswered && s.Status == StatusOpen && !c.At.Before(s.ExpiresAt):
		return []Event{RequestExpired{Cause: c.Cause, At: s.ExpiresAt}}, nil
	case c.Cause == SubscriptionEnded && (s.Status == StatusOpen || s.Status == StatusAccepted):
		return []Event{RequestExpired{Cause: c.Cause, At: c.At}}, nil
	}
	return nil, nil
}

// Execute records what an accepted request came to, once the subscription's own
// facts say so.
type Execute struct {
	Number int
	Effect Effect
	At     time.Time
}

func (c Execute) decide(s State) ([]Event, error) {
	switch {
	case s.Number != c.Number || s.Status != StatusAccepted:
		return nil, nil
	case s.To == ToSupport:
		return []Event{SupportCancellationExecuted{Subscription: s.Subscription, By: s.AnsweredBy, Reason: s.Reason, At: c.At}}, nil
	}
	return []Event{RequestExecuted{Effect: c.Effect, At: c.At}}, nil
}
