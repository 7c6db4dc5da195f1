package commands

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/licreq"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Fulfil gives the approved people of a request their licences, as far as there
// are seats. Who finds none waits, and a later call goes on. It is safe to call
// at any time, by anybody, any number of times: each licence is a step named
// after the approval.
func (l *LicenseRequests) Fulfil(ctx context.Context, id licreq.ID) (licenseRequest, error) {
	h, err := load(ctx, l.Log, licreq.Decider, licreq.Stream(id))
	if err != nil {
		return h.outcome(), err
	}
	yes := h.latest(func(e licreq.Event) bool {
		switch e.(type) {
		case licreq.Approved, licreq.PartlyApproved:
			return true
		}
		return false
	})
	out, errs := h.outcome(), []error(nil)
	for _, p := range h.state.Waiting() {
		told, err := l.fulfil(ctx, out, yes, p)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = told
	}
	return out, errors.Join(errs...)
}

// fulfil gives one person theirs and records what came of it.
func (l *LicenseRequests) fulfil(ctx context.Context, before licenseRequest, yes eventstore.Fact, p domain.PersonID) (licenseRequest, error) {
	id, at := before.State.Request, now(l.Now)
	given, err := l.Licenses.give(ctx, AssignLicense{Subscription: before.State.Subscription, Person: p}, license.ByRequest,
		follow(yes.Meta, yes.ID, "license/"+string(p), at))
	var told licreq.Command = licreq.Give{Person: p, At: at}
	meta := follow(yes.Meta, yes.ID, "given/"+string(p), at)
	switch refusal := final(err); {
	case errors.Is(err, subscription.ErrNoSeat):
		told, meta = licreq.Miss{Person: p, At: at}, follow(yes.Meta, yes.ID, "missed/"+string(p), at)
	case refusal != nil:
		told, meta = licreq.Fail{Person: p, Code: refusal.Code, At: at}, follow(yes.Meta, yes.ID, "failed/"+string(p), at)
	case err != nil:
		return before, err
	}
	out, err := l.run(ctx, id, meta, func(licreq.State) (licreq.Command, error) { return told, nil })
	out.Position = max(out.Position, given.Position)
	return out, err
}

// Expire ends a request that is twelve months old, as of then. Like every step
// that time brings, it is named after the stream and the instant.
func (l *LicenseRequests) Expire(ctx context.Context, id licreq.ID) (licenseRequest, error) {
	old, err := read(ctx, l.Log, licreq.Decider, licreq.Stream(id))
	if err != nil {
		return old, err
	}
	at := old.State.ExpiresAt
	step := uuid.NewSHA1(namespace, []byte(licreq.Stream(id)+"/expire/"+at.UTC().Format(time.RFC3339Nano)))
	meta := eventstore.Meta{
		Tenant: old.State.Tenant, Actor: domain.Actor{Kind: domain.ActorSystem}, Command: step, Correlation: step, Causation: step, At: at,
	}
	return l.run(ctx, id, meta, func(licreq.State) (licreq.Command, error) { return licreq.Expire{At: now(l.Now)}, nil })
}
