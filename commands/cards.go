package commands

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// chosen is the card that somebody gives: one of theirs by its id, a gateway's
// token, or, where they give nothing, the one that is their default (R13).
func chosen(ctx context.Context, l Log, g cardTeller, who Principal, given string, at time.Time) (domain.Card, error) {
	if given != "" && !isID(given) {
		return g.Card(ctx, ownerOf(who), given)
	}
	theirs, err := read(ctx, l, paymentmethod.Decider, paymentmethod.Stream(who.Tenant, who.Person))
	if err != nil {
		return domain.Card{}, err
	}
	id := cmp.Or(domain.PaymentMethodID(given), theirs.State.Default)
	if id == "" {
		return g.Card(ctx, ownerOf(who), given) // which says what a card is given by
	}
	card, err := theirs.State.Choose(id, at)
	return card.Card, err
}

// cardTeller tells what stands behind a token that somebody hands in. Where a
// gateway keeps cards, one is its owner's alone: whoever else learns of its token,
// from history or from the gateway, has paymentmethod.ErrAnother.
type cardTeller interface {
	Card(ctx context.Context, owner, token string) (domain.Card, error)
}

// ownerOf is the name under which a gateway knows who hands a card in: always the
// same, and told to nobody.
func ownerOf(who Principal) string {
	return uuid.NewSHA1(namespace, []byte("owner/"+string(who.Tenant)+"/"+string(who.Person))).String()
}

// standIn is the card that pays where the one behind a token left its owner's
// list between two positions of history and did not come back, and the fact by
// which it left; a zero fact where it did not. It is an error if nothing took
// its place.
func standIn(ctx context.Context, l Log, of Payer, token string, after, before uint64) (card domain.Card, left eventstore.Fact, err error) {
	h, err := load(ctx, l, paymentmethod.Decider, paymentmethod.Stream(of.Tenant, of.Person))
	if err != nil {
		return card, left, err
	}
	h = h.before(paymentmethod.Decider, before)
	gone := domain.PaymentMethodID("")
	leaves := func(i int, id domain.PaymentMethodID) {
		if c, _ := h.state.Find(id); c.Token == token && h.facts[i].Position > after {
			gone, left = id, h.facts[i]
		}
	}
	for i, e := range h.events {
		switch e := e.(type) {
		case paymentmethod.CardRemoved:
			leaves(i, e.Card)
		case paymentmethod.CardReplaced:
			leaves(i, e.Card)
		case paymentmethod.CardAdded:
			if e.Token == token {
				gone, left = "", eventstore.Fact{}
			}
		}
	}
	if gone == "" {
		return card, left, nil
	}
	instead, ok := h.state.StandIn(gone)
	if !ok {
		err = paymentmethod.ErrGone
	}
	return instead.Card, left, err
}

// onFile is the card that a purchase's subscription is paid with, and the fact
// that says so.
type onFile struct {
	purchase.State
	said eventstore.Fact
}

func cardOnFile(h history[purchase.State, purchase.Event]) onFile {
	return onFile{h.state, h.latest(func(e purchase.Event) bool { _, ok := e.(purchase.PaymentMethodAttached); return ok })}
}

// payer is whose list the card may be on: who bought it, where they gave it
// themselves. An administrator who took control pays with a card of their own.
func (f onFile) payer() (Payer, bool) {
	return Payer{f.Tenant, f.Person}, f.said.Event != nil && f.said.Meta.Actor.Person == f.Person
}

// standsIn is what pays in place of the card on file where its owner removed it
// after it was put there and before a position; see standIn.
func (f onFile) standsIn(ctx context.Context, l Log, before uint64) (card domain.Card, left eventstore.Fact, err error) {
	payer, theirs := f.payer()
	if !theirs {
		return card, left, nil
	}
	return standIn(ctx, l, payer, f.Card.Token, f.said.Position, before)
}

// pays is the card to charge with what was asked for at a position: the one on
// file there, or what stands in for it where its owner had removed it by then. So
// nothing is charged to a card that was gone when it was asked for.
func (s *Subscriptions) pays(ctx context.Context, state subscription.State, position uint64) (domain.Card, error) {
	h, err := load(ctx, s.Log, purchase.Decider, purchase.Stream(state.Purchase))
	if err != nil {
		return domain.Card{}, err
	}
	file := cardOnFile(h.before(purchase.Decider, position))
	card, left, err := file.standsIn(ctx, s.Log, position)
	if err != nil || left.Event != nil {
		return card, err
	}
	return file.Card, nil
}

// chargeAs charges what was asked for at a position under a key. What would be
// charged to a card that is gone, and that no other stands in for, is declined
// unasked.
func (s *Subscriptions) chargeAs(ctx context.Context, h life, key string, position uint64) (domain.Charge, error) {
	amount := h.state.Pending.Amount
	card, err := s.pays(ctx, h.state, position)
	if errors.Is(err, paymentmethod.ErrGone) {
		return domain.Charge{Key: key, Amount: amount, Status: domain.ChargeDeclined, DeclineCode: paymentmethod.ErrGone.Code}, nil
	}
	if err != nil {
		return domain.Charge{}, err
	}
	return charge(ctx, s.Gateway, key, card.Token, amount)
}

// follows has a subscription pay with what took the place of its card, if that is
// gone, and asks for what was declined before that once more (R31). It finishes
// what a crash left of ReplaceCard, too, and repeats nothing. The position is that
// of what it left; zero: nothing.
func (s *Subscriptions) follows(ctx context.Context, id domain.SubscriptionID) (moved bool, position uint64, err error) {
	h, err := s.load(ctx, id)
	if err != nil || h.state.Subscription == "" || h.state.Takeover.ID != "" {
		return false, 0, err
	}
	bought, err := load(ctx, s.Log, purchase.Decider, purchase.Stream(h.state.Purchase))
	if err != nil {
		return false, 0, err
	}
	said := cardOnFile(bought).said
	out, err := s.moves(ctx, id, bought)
	if err != nil {
		return false, 0, err
	}
	if out.Wrote {
		moved, position = true, out.Position
		said.ID, said.Position = out.Last, out.Position
	}
	if declined := h.latest(declines); said.Event == nil || declined.Event == nil || declined.Position > said.Position {
		return moved, position, nil
	}
	if err := s.retry(ctx, id, follow(said.Meta, said.ID, "pay", now(s.Now))); err != nil {
		return moved, position, err
	}
	paid, err := s.Settle(ctx, id)
	return moved, max(position, paid.Position), err
}

// moves puts what took the place of a card that is gone on file.
func (s *Subscriptions) moves(ctx context.Context, id domain.SubscriptionID, h history[purchase.State, purchase.Event]) (out Outcome[purchase.State], err error) {
	card, left, err := cardOnFile(h).standsIn(ctx, s.Log, ever)
	switch {
	case errors.Is(err, paymentmethod.ErrGone):
		return out, nil // what it is charged with is declined
	case err != nil || left.Event == nil:
		return out, err
	}
	return run(ctx, s.Log, purchase.Decider, h.stream, follow(left.Meta, left.ID, "move/"+string(id), now(s.Now)), func(p purchase.State) ([]purchase.Event, error) {
		return purchase.Decider.Decide(p, purchase.ReplaceCard{Card: card})
	})
}

// declines says whether a fact says that a term, or a month of one, was not paid.
func declines(e subscription.Event) bool {
	switch e.(type) {
	case subscription.RenewalDeclined, subscription.InstalmentDeclined, subscription.ReactivationDeclined:
		return true
	}
	return false
}
