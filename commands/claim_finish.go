package commands

import (
	"context"
	"errors"
	"slices"

	"kassa/domain/claim"
	"kassa/domain/license"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Finish takes a claim that was started to its end: a seat from the first
// subscription that has one, or a refusal. It is safe to call at any time, by
// anybody, any number of times.
func (a *AutoClaims) Finish(ctx context.Context, id claim.ID) (Outcome[claim.State], error) {
	h, err := load(ctx, a.Log, claim.Decider, claim.Stream(id))
	if err != nil || h.state.Status != claim.StatusStarted {
		return h.outcome(), err
	}
	started := h.facts[0]
	from, err := a.from(ctx, h.state, started)
	if err != nil {
		return h.outcome(), err
	}
	at := now(a.Now)
	for _, s := range from {
		meta := follow(started.Meta, started.ID, "seat/"+string(s.id), at)
		given, err := a.Licenses.give(ctx, AssignLicense{Subscription: s.id, Person: h.state.Person}, license.ByAutoClaim, meta)
		switch {
		case err == nil:
			out, err := a.end(ctx, started, "granted", claim.Grant{Subscription: s.id, Product: s.product, At: at})
			out.Position = max(out.Position, given.Position)
			return out, err
		case !errors.Is(err, subscription.ErrNoSeat) && final(err) == nil:
			return h.outcome(), err
		}
	}
	return a.end(ctx, started, "refused", claim.Refuse{Code: claim.ErrNoSeat.Code, At: at})
}

// from is where a seat may come from, in order. A seat that the person has
// comes first: an earlier call may have been cut off after reserving it.
func (a *AutoClaims) from(ctx context.Context, s claim.State, started eventstore.Fact) ([]source, error) {
	var from []source
	who := Principal{Tenant: s.Tenant, Person: s.Person}
	for _, id := range s.From {
		found, usable, err := a.source(ctx, id, who, started.Meta.At)
		if err != nil {
			return nil, err
		}
		if usable {
			from = append(from, found)
		}
	}
	slices.SortStableFunc(from, func(x, y source) int {
		switch {
		case x.held == y.held:
			return 0
		case x.held:
			return -1
		}
		return 1
	})
	return from, nil
}

func (a *AutoClaims) end(ctx context.Context, started eventstore.Fact, step string, c claim.Command) (Outcome[claim.State], error) {
	return run(ctx, a.Log, claim.Decider, started.Stream, follow(started.Meta, started.ID, step, now(a.Now)),
		func(s claim.State) ([]claim.Event, error) { return claim.Decider.Decide(s, c) })
}
