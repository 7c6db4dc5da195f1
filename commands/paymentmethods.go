package commands

import (
	"context"
	"time"

	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/subscription"
)

// PaymentMethods carries out what people decide about the cards that they pay
// with (R13, R31). Nobody else has a say in them, nor sees them (R36).
type PaymentMethods struct {
	Log
	Gateway       cardTeller
	Subscriptions *Subscriptions
	// Paid lists what somebody pays for with a card and is not deleted, as of now
	// or later, and what they have ordered so.
	Paid func(ctx context.Context, of Payer) ([]domain.SubscriptionID, error)
	Now  func() time.Time
}

// Payer is somebody who pays.
type Payer struct {
	Tenant domain.TenantID
	Person domain.PersonID
}

// AddCard puts a card on the caller's list.
type AddCard struct {
	Card    string // the gateway's token
	Country string // of its bills, ISO 3166-1 alpha-2; empty: nobody says
	Default bool   // it shall pay where none is named
}

// ReplaceMethod has another card take one's place, wherever it pays.
type ReplaceMethod struct {
	Method domain.PaymentMethodID
	Card   string // the gateway's token of a new card, or the id of one on the list
}

// ChangeCard says what else has changed about a card than its number.
type ChangeCard struct {
	Method            domain.PaymentMethodID
	ExpMonth, ExpYear int    // zero: as they were
	Country           string // empty: as it was
}

// Cards is what somebody's list came to, and which of them it was about.
type Cards struct {
	Outcome[paymentmethod.State]
	Method domain.PaymentMethodID
}

// Add puts a card on the list, once. What is kept is what the gateway says of it.
func (p *PaymentMethods) Add(ctx context.Context, r Request, c AddCard) (Cards, error) {
	card, err := p.Gateway.Card(ctx, ownerOf(r.Who), c.Card)
	if err != nil {
		return Cards{}, err
	}
	out, err := p.change(ctx, r, "", func(at time.Time) (paymentmethod.Command, error) {
		return paymentmethod.Add{
			ID: methodID(r), Tenant: r.Who.Tenant, Person: r.Who.Person, Card: card, Country: c.Country, Default: c.Default, At: at,
		}, nil
	})
	known, _ := out.State.Known(card.Token)
	out.Method = known.ID
	return out, err
}

// Replace has another card take one's place (R31). Move has subscriptions follow.
func (p *PaymentMethods) Replace(ctx context.Context, r Request, c ReplaceMethod) (Cards, error) {
	return p.change(ctx, r, c.Method, func(at time.Time) (paymentmethod.Command, error) {
		replace := paymentmethod.Replace{Card: c.Method, By: domain.PaymentMethodID(c.Card), At: at}
		if isID(c.Card) {
			return replace, nil
		}
		card, err := p.Gateway.Card(ctx, ownerOf(r.Who), c.Card)
		replace.New = paymentmethod.Add{ID: methodID(r), Tenant: r.Who.Tenant, Person: r.Who.Person, Card: card, At: at}
		return replace, err
	})
}

// Change says until when a card is good now, and where its bills go.
func (p *PaymentMethods) Change(ctx context.Context, r Request, c ChangeCard) (Cards, error) {
	return p.change(ctx, r, c.Method, func(at time.Time) (paymentmethod.Command, error) {
		return paymentmethod.ChangeDetails{Card: c.Method, ExpMonth: c.ExpMonth, ExpYear: c.ExpYear, Country: c.Country, At: at}, nil
	})
}

// SetDefault chooses the card that pays where none is named.
func (p *PaymentMethods) SetDefault(ctx context.Context, r Request, method domain.PaymentMethodID) (Cards, error) {
	return p.change(ctx, r, method, func(at time.Time) (paymentmethod.Command, error) {
		return paymentmethod.SetDefault{Card: method, At: at}, nil
	})
}

// Remove takes a card off the list, unless it is the only one that can pay for
// what renews. Move has the default pay for what it paid for.
func (p *PaymentMethods) Remove(ctx context.Context, r Request, method domain.PaymentMethodID) (Cards, error) {
	return p.change(ctx, r, method, func(at time.Time) (paymentmethod.Command, error) {
		renews, err := p.renews(ctx, Payer{r.Who.Tenant, r.Who.Person})
		return paymentmethod.Remove{Card: method, Renews: renews, At: at}, err
	})
}

// methodID names the card that a request adds, so that its retry finds it.
func methodID(r Request) domain.PaymentMethodID {
	return domain.PaymentMethodID(derive(r.ID, "card").String())
}

func (p *PaymentMethods) change(ctx context.Context, r Request, method domain.PaymentMethodID, command func(at time.Time) (paymentmethod.Command, error)) (Cards, error) {
	if r.Who.Partner != "" {
		return Cards{}, ErrPartnerLooksOnly
	}
	if err := mayAct(ctx, p.Log, r.Who); err != nil {
		return Cards{}, err
	}
	at := now(p.Now)
	out, err := run(ctx, p.Log, paymentmethod.Decider, paymentmethod.Stream(r.Who.Tenant, r.Who.Person), r.meta(domain.ActorPurchaser, at),
		func(s paymentmethod.State) ([]paymentmethod.Event, error) {
			c, err := command(at)
			if err != nil {
				return nil, err
			}
			return paymentmethod.Decider.Decide(s, c)
		})
	return Cards{out, method}, err
}

// renews says whether somebody will be charged again, and an order that is under
// way counts.
func (p *PaymentMethods) renews(ctx context.Context, of Payer) (bool, error) {
	ids, err := p.Paid(ctx, of)
	for _, id := range ids {
		if err != nil {
			break
		}
		var s Outcome[subscription.State]
		if s, err = read(ctx, p.Log, subscription.Decider, subscription.Stream(id)); s.State.Renews() || s.State.Subscription == "" {
			return err == nil, err
		}
	}
	return false, err
}
