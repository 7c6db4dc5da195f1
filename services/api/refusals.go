package api

import (
	"errors"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/paymentmethod"
	"kassa/domain/purchase"
	v1 "kassa/services/api/v1"
	"kassa/services/payments"
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
	errAuthentication = &domain.Error{
		Kind: domain.Payment, Code: "authentication_required",
		Message: "The card's bank wants you to confirm the payment and nothing was charged. Add the card again and confirm it, or use another.",
	}
)

// declined is the error of a purchase as an unpaid attempt left it.
func declined(out commands.Outcome[purchase.State]) error {
	p := problemOf(unpaid(out.State.Declined.Code))
	p.PurchaseID, p.Position = string(out.State.Purchase), out.Position
	return p
}

// seatsDeclined is the error of a subscription as an unpaid change left it.
func seatsDeclined(out changed) error {
	p := problemOf(unpaid(out.State.Settled.Code))
	p.SubscriptionID, p.Position = string(out.State.Subscription), out.Position
	return p
}

// unpaid is the error for a gateway's reason. One that we have no words for is a
// plain decline.
func unpaid(code string) *domain.Error {
	for _, known := range []*domain.Error{errCardExpired, errNoFunds, errProcessing, errAuthentication, payments.ErrAmountNotTaken, paymentmethod.ErrGone} {
		if known.Code == code {
			return known
		}
	}
	return errCardDeclined
}

// refused explains a recorded refusal (R20). Other errors pass unchanged.
func refused(out commands.Outcome[purchase.State], err error) error {
	fact := out.State.Refused
	e := (*domain.Error)(nil)
	if !errors.As(err, &e) || fact.Code != e.Code {
		return err
	}
	p := problemOf(err)
	p.Rule, p.MessageKey, p.CanRequestLicense, p.Checks = fact.Rule, fact.MessageKey, fact.CanRequest, checksOf(fact.Checks)
	p.PurchaseID, p.Position = string(out.State.Purchase), out.Position
	return p
}

// seatsRefused does so for more seats of a subscription, a conversion of its
// trial, or another term of it: what it is depends on where the subscription
// stands, so only the latest refusal is looked for.
func seatsRefused(out changed, err error) error {
	e := (*domain.Error)(nil)
	if !errors.As(err, &e) {
		return err
	}
	p := problemOf(err)
	p.SubscriptionID, p.Position = string(out.State.Subscription), out.Position
	switch seats, trial, again := out.State.Refused, out.State.Unconverted, out.State.Unrevived; e.Code {
	case again.Code:
		p.Rule, p.MessageKey, p.CanRequestLicense, p.Checks = again.Rule, again.MessageKey, again.CanRequest, checksOf(again.Checks)
	case seats.Code:
		p.Rule, p.MessageKey, p.CanRequestLicense, p.Checks = seats.Rule, seats.MessageKey, seats.CanRequest, checksOf(seats.Checks)
	case trial.Code:
		p.Rule, p.MessageKey, p.CanRequestLicense, p.Checks = trial.Rule, trial.MessageKey, trial.CanRequest, checksOf(trial.Checks)
	default:
		return err
	}
	return p
}

func checksOf(asked []domain.Check) (checks []v1.Check) {
	for _, c := range asked {
		checks = append(checks, v1.Check(c))
	}
	return checks
}
