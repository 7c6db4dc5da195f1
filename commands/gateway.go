package commands

import (
	"context"
	"errors"

	"kassa/domain"
)

// gateway takes money from cards and gives it back; Card is cardTeller's. Charge and Refund are
// idempotent by key; when an answer is lost they fail with kind Unavailable, and
// Lookup and LookupRefund tell what became of it. An error of kind Invalid says
// that this request will never be carried out.
type gateway interface {
	Card(ctx context.Context, owner, token string) (domain.Card, error)
	Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error)
	Lookup(ctx context.Context, key string) (domain.Charge, bool, error)
	Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error)
	LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error)
}

// charge asks the gateway to charge a card. Whatever went wrong with that, its
// ledger has the last word: only a request that it refused, and has no charge
// for, counts as a decline, so that the buyer may try another card.
func charge(ctx context.Context, g gateway, key, token string, amount domain.Money) (domain.Charge, error) {
	charge, err := g.Charge(ctx, key, token, amount)
	if err == nil {
		return charge, nil
	}
	found, ok, lookup := g.Lookup(ctx, key)
	refused := (*domain.Error)(nil)
	switch {
	case lookup != nil:
		return charge, errors.Join(err, lookup)
	case ok:
		return found, nil
	case errors.As(err, &refused) && refused.Kind == domain.Invalid:
		return domain.Charge{Key: key, Amount: amount, Status: domain.ChargeDeclined, DeclineCode: refused.Code}, nil
	}
	return charge, err
}

// refund asks the gateway to pay back a charge or a part of it. Here, too, its
// ledger has the last word: a request that it refused, and has no refund for,
// will never be carried out, for the reason refused.
func refund(ctx context.Context, g gateway, key, charge string, amount domain.Money) (made domain.Refund, refused string, err error) {
	made, err = g.Refund(ctx, key, charge, amount)
	if err == nil {
		return made, "", nil
	}
	found, ok, lookup := g.LookupRefund(ctx, key)
	e := (*domain.Error)(nil)
	switch {
	case lookup != nil:
		return made, "", errors.Join(err, lookup)
	case ok:
		return found, "", nil
	case errors.As(err, &e) && (e.Kind == domain.Invalid || e.Kind == domain.Refused):
		return made, e.Code, nil
	}
	return made, "", err
}
