package subscription

import (
	"slices"
	"time"

	"kassa/domain"
)

// Takeover is how an administrator took control of a subscription. The zero
// Takeover: nobody did.
type Takeover struct {
	ID     ChangeID
	Admin  domain.PersonID
	Option TakeoverOption
	Target domain.SubscriptionID // of a move
	Reason Reason
	At     time.Time

	givenUp bool // it began as a move
}

// Refusals of a takeover.
var (
	ErrControlTaken     = &domain.Error{Kind: domain.Conflict, Code: "control_taken", Message: "An administrator has taken control of this subscription and it is coming to its end, so it cannot be changed. Ask an administrator for another licence."}
	ErrNotTaken         = &domain.Error{Kind: domain.Conflict, Code: "control_not_taken", Message: "Nobody has taken control of this subscription, so nothing is under way. Take control of it first."}
	ErrNotMoving        = &domain.Error{Kind: domain.Conflict, Code: "not_moving", Message: "Nobody is being moved from this subscription any more. Look at how far it has come."}
	ErrNotSelfService   = domain.Refuse("not_self_service", "The organisation bought this subscription, so there is no control to take. Change it as it is.")
	ErrTakeoverEnded    = domain.Refuse("takeover_ended", "This subscription has ended, so nobody uses it and there is no control to take. It is deleted by itself.")
	ErrTakeoverOption   = &domain.Error{Kind: domain.Invalid, Code: "takeover_option_invalid", Message: "Say either to which other subscription to move the people, or that their licences shall be cancelled."}
	ErrTargetSeats      = &domain.Error{Kind: domain.Conflict, Code: "target_seats_missing", Message: "The other subscription has too few free licences for the people to be moved. Buy more there, or choose another."}
	ErrTakeoverSeatHeld = &domain.Error{Kind: domain.Conflict, Code: "takeover_unfinished", Message: "People still hold licences of this subscription. Wait until each is moved or has lost theirs."}
)

// TakeControl ends what a person bought by themselves, in the name of their
// organisation. Who may ask, and whether there are seats to move to, has been
// looked up now.
type TakeControl struct {
	Takeover ChangeID
	Admin    domain.PersonID
	Option   TakeoverOption
	Target   domain.SubscriptionID // of a move
	Missing  int64                 // seats that the target lacks
	Reason   Reason
	At       time.Time
}

func (c TakeControl) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Takeover.ID == c.Takeover && c.Takeover != "":
		return nil, nil
	case s.Takeover.ID != "":
		return nil, ErrControlTaken
	case s.Channel != domain.SelfService:
		return nil, ErrNotSelfService
	case s.Pending.Kind != "":
		return nil, ErrChargePending
	case !s.payable(c.At):
		return nil, ErrTakeoverEnded
	}
	if err := c.check(s); err != nil {
		return nil, err
	}
	events := s.drops(ChangeTakenOver, c.At)
	if s.RecurringBilling {
		events = append(events, RecurringBillingTurnedOff{EffectiveEnd: s.End, At: c.At})
	}
	return append(events, ControlTaken{
		Takeover: c.Takeover, Admin: c.Admin, Option: c.Option, Target: c.Target, Reason: c.Reason, At: c.At,
	}), nil
}

func (c TakeControl) check(s State) error {
	switch {
	case c.Takeover == "", c.Admin == "":
		return ErrRequest
	case c.Option == TakeoverMove && (c.Target == "" || c.Target == s.Subscription),
		c.Option == TakeoverCancel && c.Target != "",
		c.Option != TakeoverMove && c.Option != TakeoverCancel:
		return ErrTakeoverOption
	case !slices.Contains(reasons, c.Reason):
		return ErrReason
	case c.Missing > 0:
		return ErrTargetSeats
	}
	return nil
}

// GiveUpMove lets whoever has not been moved yet lose their licence.
type GiveUpMove struct {
	Admin domain.PersonID
	At    time.Time
}

func (c GiveUpMove) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Takeover.ID == "":
		return nil, ErrNotTaken
	case s.Takeover.givenUp:
		return nil, nil
	case s.Takeover.Option != TakeoverMove, s.Cancelled:
		return nil, ErrNotMoving
	}
	return []Event{MoveGivenUp{Takeover: s.Takeover.ID, Admin: c.Admin, At: c.At}}, nil
}

// FinishTakeover ends a subscription that an administrator controls, once nobody
// holds a seat of it: it is cancelled, with what the purchaser would have been
// refunded when control was taken, and deleted as soon as that is paid back.
type FinishTakeover struct {
	Zone *time.Location // the subscription's
	At   time.Time
}

func (c FinishTakeover) decide(s State) ([]Event, error) {
	switch {
	case s.Subscription == "":
		return nil, ErrUnknown
	case s.Takeover.ID == "":
		return nil, ErrNotTaken
	case s.Taken > 0:
		return nil, ErrTakeoverSeatHeld
	case !s.bills(c.Zone):
		return nil, ErrRequest
	}
	switch {
	case !s.Cancelled:
		return c.cancel(s), nil
	case s.Ended == StatusDeleted, len(s.Owed) > 0:
		return nil, nil
	}
	return []Event{Deleted{Cause: EndTakeover, At: c.At}}, nil
}

func (c FinishTakeover) cancel(s State) []Event {
	cancelled := Cancel{Cancellation: s.Takeover.ID, By: ByTakeover, Reason: s.Takeover.Reason, Zone: c.Zone, At: s.Takeover.At}.cancelled(s)
	cancelled.AccessEndsAt, cancelled.At = c.At, c.At
	events := []Event{cancelled}
	if s.Trial.On && s.Ended == StatusNone {
		events = append(events, TrialEnded{Cause: EndTakeover, At: c.At})
	}
	if len(cancelled.evolve(s).Owed) > 0 {
		return append(events, Disabled{Cause: EndTakeover, At: c.At, NextAt: c.At})
	}
	return append(events, Deleted{Cause: EndTakeover, At: c.At})
}

// Lacks is how many seats there are too few for each of people to have one.
func (s State) Lacks(people []domain.PersonID) (missing int64) {
	for _, p := range people {
		if !s.Holds(p) {
			missing++
		}
	}
	return max(0, missing-max(0, s.capacity()-s.Taken))
}
