package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
)

// Takeovers carries out that administrators take control of what people bought
// by themselves. The steps that follow, each for its own person, are in
// takeover_steps.go.
type Takeovers struct {
	Log
	Licenses *Licenses
	Now      func() time.Time
}

// TakeControl names a subscription, what becomes of its people and why.
type TakeControl struct {
	Subscription domain.SubscriptionID
	Option       subscription.TakeoverOption
	Target       domain.SubscriptionID // of a move
	Reason       subscription.Reason
}

// Refusals that come from who asks, and from looking the target up.
var (
	ErrNotController = &domain.Error{
		Kind: domain.Forbidden, Code: "not_global_admin",
		Message: "Only a global administrator may take control of what a person bought. Ask one of them.",
	}
	ErrTargetUnknown = &domain.Error{
		Kind: domain.NotFound, Code: "target_unknown",
		Message: "The subscription to move people to does not exist. Check its id.",
	}
	ErrTargetEnded = domain.Refuse("target_ended",
		"The subscription to move people to has ended or is about to, so its licences cannot be assigned. Choose another.")
)

// MissingSeats is subscription.ErrTargetSeats and how many seats are missing.
type MissingSeats struct{ Missing int64 }

func (e *MissingSeats) Error() string {
	return fmt.Sprintf("%d missing: %v", e.Missing, subscription.ErrTargetSeats)
}

func (e *MissingSeats) Unwrap() error { return subscription.ErrTargetSeats }

// TakeControl ends a subscription in the name of the organisation. People are
// moved, or lose their licences, afterwards.
func (t *Takeovers) TakeControl(ctx context.Context, r Request, c TakeControl) (Outcome[subscription.State], error) {
	if err := t.mayControl(ctx, r.Who, c.Subscription); err != nil {
		return Outcome[subscription.State]{}, err
	}
	at := now(t.Now)
	return run(ctx, t.Log.insisting(r.Revision), subscription.Decider, subscription.Stream(c.Subscription), r.meta(domain.ActorAdmin, at),
		func(s subscription.State) ([]subscription.Event, error) {
			missing, err := t.missing(ctx, r.Who, s, c, at)
			if err != nil {
				return nil, err
			}
			events, err := subscription.Decider.Decide(s, subscription.TakeControl{
				Takeover: ChangeID(r.ID), Admin: r.Who.Person, Option: c.Option, Target: c.Target, Missing: missing, Reason: c.Reason, At: at,
			})
			if errors.Is(err, subscription.ErrTargetSeats) {
				err = &MissingSeats{missing}
			}
			return events, err
		})
}

// GiveUpMove lets whoever has not been moved yet lose their licence, instead of
// waiting for a seat in the target.
func (t *Takeovers) GiveUpMove(ctx context.Context, r Request, id domain.SubscriptionID) (Outcome[subscription.State], error) {
	if err := t.mayControl(ctx, r.Who, id); err != nil {
		return Outcome[subscription.State]{}, err
	}
	at := now(t.Now)
	return run(ctx, t.Log.insisting(r.Revision), subscription.Decider, subscription.Stream(id), r.meta(domain.ActorAdmin, at),
		func(s subscription.State) ([]subscription.Event, error) {
			return subscription.Decider.Decide(s, subscription.GiveUpMove{Admin: r.Who.Person, At: at})
		})
}

// Takeover is how far a takeover has come.
type Takeover struct {
	subscription.State
	Users     int    // held a seat when control was taken
	Remaining int    // still do
	Waiting   error  // why those cannot be moved now; nil: nothing stands in the way
	Missing   int64  // seats that the target lacks for them
	Position  uint64 // of the last fact that this rests on
}

// Progress says how far a takeover has come, to administrators and to the
// purchaser.
func (t *Takeovers) Progress(ctx context.Context, who Principal, id domain.SubscriptionID) (Takeover, error) {
	if !isID(id) {
		return Takeover{}, subscription.ErrUnknown
	}
	h, err := load(ctx, t.Log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return Takeover{}, err
	case h.state.Tenant == "" || h.state.Tenant != who.Tenant:
		return Takeover{}, subscription.ErrUnknown
	case !who.Is(h.state.Purchaser) && !who.Has(onlookers...):
		return Takeover{}, ErrNotYourPurchase
	case h.state.Takeover.ID == "":
		return Takeover{}, subscription.ErrNotTaken
	}
	holders := h.state.Holders()
	p := Takeover{State: h.state, Remaining: len(holders), Position: h.outcome().Position}
	for i, e := range h.events {
		if _, taken := e.(subscription.ControlTaken); taken {
			p.Users = int(h.upTo(subscription.Decider, i).State.Taken)
		}
	}
	if h.state.Takeover.Option != subscription.TakeoverMove || len(holders) == 0 {
		return p, nil
	}
	to, err := read(ctx, t.Log, subscription.Decider, subscription.Stream(h.state.Takeover.Target))
	p.Position = max(p.Position, to.Position)
	switch p.Missing = to.State.Lacks(holders); {
	case !takesPeople(to.State, now(t.Now)):
		p.Waiting = ErrTargetEnded
	case p.Missing > 0:
		p.Waiting = subscription.ErrTargetSeats
	}
	return p, err
}

// mayControl refuses everybody but a global administrator of the subscription's
// tenant. Another tenant's subscription is as unknown as one that never was.
func (t *Takeovers) mayControl(ctx context.Context, who Principal, id domain.SubscriptionID) error {
	if !isID(id) {
		return subscription.ErrUnknown
	}
	s, err := read(ctx, t.Log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return err
	case s.State.Tenant == "" || s.State.Tenant != who.Tenant:
		return subscription.ErrUnknown
	case !who.Has(controllers...):
		return ErrNotController
	}
	return mayAct(ctx, t.Log, who)
}

// missing is how many seats the target of a move lacks. It must be one whose
// licences the administrator could assign to the same people.
func (t *Takeovers) missing(ctx context.Context, who Principal, from subscription.State, c TakeControl, at time.Time) (int64, error) {
	if c.Option != subscription.TakeoverMove || c.Target == "" {
		return 0, nil
	}
	_, err := capacity(ctx, t.Log, who, c.Target, licenseManagers, ErrNotLicenseAdmin)
	switch {
	case errors.Is(err, subscription.ErrUnknown):
		return 0, ErrTargetUnknown
	case err != nil:
		return 0, err
	}
	to, err := read(ctx, t.Log, subscription.Decider, subscription.Stream(c.Target))
	if err != nil {
		return 0, err
	}
	if !takesPeople(to.State, at) {
		return 0, ErrTargetEnded
	}
	return to.State.Lacks(from.Holders()), t.Licenses.mayUse(ctx, to.State)
}

// takesPeople says whether licences of a subscription can be assigned at all.
func takesPeople(s subscription.State, at time.Time) bool {
	status := s.Status(at)
	return s.Takeover.ID == "" && (status.Running() || status == subscription.StatusExpired)
}
