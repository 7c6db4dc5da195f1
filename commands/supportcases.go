package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/eventstore"
)

// SupportCases carries out what people and the vendor's support do about support
// cases (R50-R52).
type SupportCases struct {
	Log
	Now func() time.Time
}

// OpenSupportCase asks for help with a subscription.
type OpenSupportCase struct {
	Subscription domain.SubscriptionID
	Topic        support.Topic
	Premier      bool // a Premier incident of the organisation shall pay for it
}

// EscalateSupportCase passes a case on.
type EscalateSupportCase struct{ Case domain.CaseID }

// CloseSupportCase ends it.
type CloseSupportCase struct {
	Case       domain.CaseID
	Resolution support.Resolution
}

type supportCase = Outcome[support.State]

// Open opens a case: the purchaser of what they bought themselves, which costs
// the organisation nothing (R52), its administrators of what it bought. A Premier
// incident is charged first, where it is decided whether one is left. What a
// crash leaves between the two, Finish completes.
func (c *SupportCases) Open(ctx context.Context, r Request, o OpenSupportCase) (supportCase, error) {
	s, err := c.about(ctx, r.Who, o.Subscription)
	if err != nil {
		return supportCase{}, err
	}
	kind := domain.ActorAdmin
	if s.Channel == domain.SelfService {
		kind = domain.ActorPurchaser
	}
	at := now(c.Now)
	open := support.Open{
		Case: domain.CaseID(derive(r.ID, "case").String()), Subscription: o.Subscription, Tenant: s.Tenant, By: r.Who.Person,
		Topic: o.Topic, Channel: s.Channel, Premier: o.Premier, At: at,
	}
	if err := open.Check(); err != nil {
		return supportCase{}, err
	}
	if !o.Premier {
		return c.run(ctx, open.Case, r.meta(kind, at), open)
	}
	charged, err := run(ctx, c.Log, tenant.Decider, tenant.Stream(s.Tenant), r.meta(kind, at), func(t tenant.State) ([]tenant.Event, error) {
		return tenant.Decider.Decide(t, tenant.ChargePremierIncident{
			Case: open.Case, Subscription: o.Subscription, Channel: s.Channel, Topic: string(o.Topic), At: at,
		})
	})
	if err != nil {
		return supportCase{}, err
	}
	out, err := c.Finish(ctx, s.Tenant, open.Case)
	out.Position = max(out.Position, charged.Position)
	return out, err
}

// Finish opens the case that a Premier incident was charged for. It is safe to
// call at any time, by anybody, any number of times.
func (c *SupportCases) Finish(ctx context.Context, tid domain.TenantID, id domain.CaseID) (supportCase, error) {
	h, err := load(ctx, c.Log, tenant.Decider, tenant.Stream(tid))
	if err != nil {
		return supportCase{}, err
	}
	paid := h.latest(func(e tenant.Event) bool {
		charged, ok := e.(tenant.PremierIncidentCharged)
		return ok && charged.Case == id
	})
	charged, ok := paid.Event.(tenant.PremierIncidentCharged)
	if !ok {
		return supportCase{}, support.ErrUnknown
	}
	return c.run(ctx, id, follow(paid.Meta, paid.ID, "open", charged.At), support.Open{
		Case: id, Subscription: charged.Subscription, Tenant: tid, By: paid.Meta.Actor.Person,
		Topic: support.Topic(charged.Topic), Channel: domain.Central, Premier: true, At: charged.At,
	})
}

// about is the subscription that somebody may ask support about.
func (c *SupportCases) about(ctx context.Context, who Principal, id domain.SubscriptionID) (subscription.State, error) {
	if !isID(id) {
		return subscription.State{}, subscription.ErrUnknown
	}
	s, err := read(ctx, c.Log, subscription.Decider, subscription.Stream(id))
	switch {
	case err != nil:
		return s.State, err
	case s.State.Tenant == "" || s.State.Tenant != who.Tenant:
		return s.State, subscription.ErrUnknown
	case s.State.Channel == domain.SelfService && s.State.Purchaser == who.Person,
		s.State.Channel == domain.Central && who.Has(caseOpeners...):
		return s.State, nil
	}
	return s.State, ErrNotCaseOpener
}

// Escalate passes a case on: whoever opened it, or support.
func (c *SupportCases) Escalate(ctx context.Context, r Request, e EscalateSupportCase) (supportCase, error) {
	return c.change(ctx, r, e.Case, func(at time.Time) support.Command { return support.Escalate{By: r.Who.Person, At: at} })
}

// Close ends a case, likewise.
func (c *SupportCases) Close(ctx context.Context, r Request, e CloseSupportCase) (supportCase, error) {
	return c.change(ctx, r, e.Case, func(at time.Time) support.Command {
		return support.Close{By: r.Who.Person, Resolution: e.Resolution, At: at}
	})
}

func (c *SupportCases) change(ctx context.Context, r Request, id domain.CaseID, command func(at time.Time) support.Command) (supportCase, error) {
	if !isID(id) {
		return supportCase{}, support.ErrUnknown
	}
	s, err := read(ctx, c.Log, support.Decider, support.Stream(id))
	if err != nil {
		return supportCase{}, err
	}
	kind, err := mayHandle(r.Who, s.State)
	if err != nil {
		return supportCase{}, err
	}
	at := now(c.Now)
	return c.run(ctx, id, forTenant(r.meta(kind, at), s.State.Tenant), command(at))
}

// mayHandle says in which capacity who acts on a case. To everybody else it is
// unknown: what a person asks the vendor about is no business of their
// organisation's (R50).
func mayHandle(who Principal, s support.State) (domain.ActorKind, error) {
	switch {
	case s.Status == support.StatusNone:
		return "", support.ErrUnknown
	case who.Has(RoleSupport):
		return domain.ActorSupport, nil
	case s.Tenant != who.Tenant:
		return "", support.ErrUnknown
	case s.Channel == domain.Central && who.Has(caseOpeners...):
		return domain.ActorAdmin, nil
	case s.By == who.Person:
		return domain.ActorPurchaser, nil
	}
	return "", support.ErrUnknown
}

func (c *SupportCases) run(ctx context.Context, id domain.CaseID, meta eventstore.Meta, command support.Command) (supportCase, error) {
	return run(ctx, c.Log, support.Decider, support.Stream(id), meta, func(s support.State) ([]support.Event, error) {
		return support.Decider.Decide(s, command)
	})
}
