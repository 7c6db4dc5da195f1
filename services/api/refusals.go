package api

import (
	"errors"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/purchase"
	v1 "kassa/services/api/v1"
)

// What a gateway may answer instead of charging a card.
var (
	errCardDeclined = &domain.Error{
		Kind: domain.Payment, Code: "card_declined",
		Message: "The card was declined and nothing was charged. Use another card, or ask your bank.",
	}
	errCardExpired = &domain.Error{
		Kind: domain.Payment, Code: "expired_card",
		Message: "The card has expired and nothing was charged. Use another card.",
	}
	errNoFunds = &domain.Error{
		Kind: domain.Payment, Code: "insufficient_funds",
		Message: "There is not enough money on the card's account and nothing was charged. Use another card.",
	}
	errProcessing = &domain.Error{
		Kind: domain.Payment, Code: "processing_error",
		Message: "The payment could not be processed and nothing was charged. Try again with the same card or another.",
	}
)

// declined is the error of a purchase as an unpaid attempt left it. A
// reason we have no words for is a plain decline.
func declined(out commands.Outcome[purchase.State]) error {
	because := errCardDeclined
	for _, known := range []*domain.Error{errCardExpired, errNoFunds, errProcessing} {
		if known.Code == out.State.Declined.Code {
			because = known
		}
	}
	p := problemOf(because)
	p.PurchaseID, p.Position = string(out.State.Purchase), out.Position
	return p
}

// refused explains a recorded refusal (R20). Other errors pass unchanged.
func refused(out commands.Outcome[purchase.State], err error) error {
	fact := out.State.Refused
	e := (*domain.Error)(nil)
	if !errors.As(err, &e) || fact.Code != e.Code {
		return err
	}
	p := problemOf(err)
	p.Rule, p.MessageKey, p.CanRequestLicense = fact.Rule, fact.MessageKey, fact.CanRequest
	p.PurchaseID, p.Position = string(out.State.Purchase), out.Position
	for _, c := range fact.Checks {
		p.Checks = append(p.Checks, v1.Check(c))
	}
	return p
}
