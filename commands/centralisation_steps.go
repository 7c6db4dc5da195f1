package commands

import (
	"context"
	"errors"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// How many people, or purchasers, one step sees to: what a crash makes Kassa do
// again, and what one fact holds.
const (
	assignAtOnce = 50
	askAtOnce    = 50
)

type centralising = history[centralisation.State, centralisation.Event]

func (c *Centralisations) history(ctx context.Context, id domain.CentralisationID) (centralising, error) {
	return load(ctx, c.Log, centralisation.Decider, centralisation.Stream(id))
}

// step is the meta of a step that the latest fact leads to. It is taken in the
// name of whoever started the centralisation.
func (c *Centralisations) step(h centralising, name string) eventstore.Meta {
	return follow(h.facts[0].Meta, h.outcome().Last, name, now(c.Now))
}

func (c *Centralisations) record(ctx context.Context, h centralising, name string, command centralisation.Command) (centralised, error) {
	return run(ctx, c.Log, centralisation.Decider, h.stream, c.step(h, name),
		func(s centralisation.State) ([]centralisation.Event, error) {
			return centralisation.Decider.Decide(s, command)
		})
}

// Purchase carries out the order that waits (R46): quote, consent and
// provisioning, each named after the order, so that seats are bought once. The
// rules of buying hold here, too: what they refuse is noted, and the
// administrator may order again.
func (c *Centralisations) Purchase(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	h, err := c.history(ctx, id)
	if err != nil || h.state.Status() != centralisation.StatusBuying {
		return h.outcome(), err
	}
	bought, err := c.buy(ctx, h)
	if refusal := final(err); refusal != nil {
		return c.record(ctx, h, "refused", centralisation.Refuse{Code: refusal.Code, At: now(c.Now)})
	}
	if err != nil {
		return h.outcome(), err
	}
	return c.record(ctx, h, "bought", centralisation.Bought{
		Purchase: bought.Purchase, Subscription: bought.Subscription, Seats: bought.Quantity,
		Offer: centralisation.Offer{UnitPrice: bought.Unit, Term: bought.Term}, At: now(c.Now),
	})
}

// buy takes an order to its subscription, in the name of whoever ordered.
func (c *Centralisations) buy(ctx context.Context, h centralising) (purchase.State, error) {
	fact := h.latest(func(e centralisation.Event) bool { _, ok := e.(centralisation.CentralPurchaseOrdered); return ok })
	order := fact.Event.(centralisation.CentralPurchaseOrdered)
	quoted, err := c.Purchases.Start(ctx, inTheNameOf(fact, "quote"), StartPurchase{
		Product: h.state.Product, Quantity: order.Seats, Market: h.state.Market, Channel: domain.Central, EntryPoint: domain.Website,
	})
	if err != nil {
		return quoted.State, err
	}
	id := quoted.State.Purchase
	_, err = c.Purchases.Submit(ctx, inTheNameOf(fact, "submit"), SubmitPurchase{
		Purchase: id, Terms: order.Terms, PrivacyNotice: order.PrivacyNotice,
	})
	if err != nil {
		return quoted.State, err
	}
	paid, err := c.Purchases.Settle(ctx, id)
	if err != nil {
		return paid.State, err
	}
	_, err = c.Purchases.Provision(ctx, id)
	return paid.State, err
}

// inTheNameOf is a request that a fact makes in the name of whoever caused it.
func inTheNameOf(fact eventstore.Fact, step string) Request {
	return Request{
		Who: causeOf(fact.Meta),
		ID:  derive(fact.ID, step), Correlation: fact.Meta.Correlation,
	}
}

// final is err if trying again cannot help.
func final(err error) *domain.Error {
	refusal := (*domain.Error)(nil)
	if !errors.As(err, &refusal) {
		return nil
	}
	switch refusal.Kind {
	case domain.Refused, domain.Invalid, domain.Forbidden, domain.NotFound, domain.Payment:
		return refusal
	}
	return nil
}

// Assign gives the next people their licences. Who cannot have one is passed
// over, with the reason; when the target has no more to give, an administrator
// has to find others.
func (c *Centralisations) Assign(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	h, err := c.history(ctx, id)
	if err != nil || h.state.Status() != centralisation.StatusAssigning {
		return h.outcome(), err
	}
	users, lost, failed := c.assignNext(ctx, h)
	out := h.outcome()
	if len(users) > 0 {
		out, err = c.record(ctx, h, "reassigned", centralisation.Reassign{Target: h.state.Target, Users: users, At: now(c.Now)})
	}
	if err == nil && lost != nil {
		out, err = c.record(ctx, h, "ran out", centralisation.RanOut{Subscription: h.state.Target, Code: lost.Code, At: now(c.Now)})
	}
	return out, errors.Join(err, failed)
}

func (c *Centralisations) assignNext(ctx context.Context, h centralising) (done []centralisation.Reassigned, lost *domain.Error, err error) {
	target := h.latest(func(e centralisation.Event) bool {
		switch e.(type) {
		case centralisation.CentralSeatsBought, centralisation.CentralSubscriptionChosen:
			return true
		}
		return false
	})
	for _, person := range h.state.NextUsers(assignAtOnce) {
		meta := follow(h.facts[0].Meta, target.ID, "assign/"+string(person), now(c.Now))
		_, err := c.Licenses.give(ctx, AssignLicense{Subscription: h.state.Target, Person: person}, license.ByMove, meta)
		refusal := final(err)
		switch {
		case err == nil:
			done = append(done, centralisation.Reassigned{Person: person})
		case exhausted(err):
			errors.As(err, &lost)
			return done, lost, nil
		case refusal != nil:
			done = append(done, centralisation.Reassigned{Person: person, Code: refusal.Code})
		default:
			return done, nil, err
		}
	}
	return done, nil, nil
}

// exhausted says that nobody else can get a licence of the target either.
func exhausted(err error) bool {
	for _, reason := range []error{subscription.ErrNoSeat, subscription.ErrEnded, subscription.ErrUnknown, ErrAssignmentBlocked, license.ErrOtherTenant} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// Ask asks the next purchasers to cancel (R47). Whoever has been asked by
// somebody else already is not asked twice: that answer counts.
func (c *Centralisations) Ask(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	h, err := c.history(ctx, id)
	if err != nil || h.state.Status() != centralisation.StatusAsking {
		return h.outcome(), err
	}
	var asked []centralisation.Asked
	var failed error
	for _, source := range h.state.NextSources(askAtOnce) {
		one, err := c.ask(ctx, h, source.Subscription)
		if err != nil {
			failed = err
			break
		}
		asked = append(asked, one)
	}
	out, err := c.record(ctx, h, "asked", centralisation.Ask{Asked: asked, At: now(c.Now)})
	return out, errors.Join(err, failed)
}

func (c *Centralisations) ask(ctx context.Context, h centralising, id domain.SubscriptionID) (centralisation.Asked, error) {
	one := centralisation.Asked{Subscription: id}
	request, err := c.Requests.AskPurchaser(ctx, inTheNameOf(h.facts[0], "ask/"+string(id)), AskPurchaser{
		Subscription: id, Reason: cancelreq.Centralised,
	})
	refusal := final(err)
	switch {
	case err == nil, errors.Is(err, cancelreq.ErrOpen):
		one.Request = centralisation.RequestID(request.State.ID.String())
	case refusal != nil:
		one.Code = refusal.Code
	default:
		return one, err
	}
	return one, nil
}

// Follow notes what purchasers have answered by now.
func (c *Centralisations) Follow(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	h, err := c.history(ctx, id)
	if err != nil {
		return h.outcome(), err
	}
	var answers []centralisation.Answered
	for _, request := range h.state.Outstanding() {
		answer, err := c.answer(ctx, request)
		if err != nil {
			return h.outcome(), err
		}
		if answer != centralisation.Unanswered {
			answers = append(answers, centralisation.Answered{Request: request, Answer: answer})
		}
	}
	return c.record(ctx, h, "answered", centralisation.Answers{Answers: answers, At: now(c.Now)})
}

// Finish closes a centralisation that waits for nothing more.
func (c *Centralisations) Finish(ctx context.Context, id domain.CentralisationID) (centralised, error) {
	h, err := c.history(ctx, id)
	if err != nil || h.state.Status() != centralisation.StatusAwaiting {
		return h.outcome(), err
	}
	return c.record(ctx, h, "closed", centralisation.Close{At: now(c.Now)})
}

// answer is what became of a request, whatever was asked after it.
func (c *Centralisations) answer(ctx context.Context, request centralisation.RequestID) (centralisation.Answer, error) {
	id, err := cancelreq.ParseID(string(request))
	if err != nil {
		return centralisation.Unanswered, err
	}
	h, err := load(ctx, c.Log, cancelreq.Decider, id.Stream())
	if err != nil {
		return centralisation.Unanswered, err
	}
	var then cancelreq.State
	for _, e := range h.events {
		if s := cancelreq.Decider.Evolve(then, e); s.Number <= id.Number {
			then = s
		}
	}
	switch then.Status {
	case cancelreq.StatusAccepted, cancelreq.StatusExecuted:
		return centralisation.Accepted, nil
	case cancelreq.StatusDeclined:
		return centralisation.Declined, nil
	case cancelreq.StatusExpired:
		return centralisation.Expired, nil
	case cancelreq.StatusWithdrawn:
		return centralisation.TakenBack, nil
	}
	return centralisation.Unanswered, nil
}
