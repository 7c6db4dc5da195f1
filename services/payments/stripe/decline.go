package stripe

import (
	"errors"
	"slices"

	"github.com/stripe/stripe-go/v85"
)

// forGood are the reasons after which the same card is not tried again: it, or
// its owner's consent, is gone, or it is not for this. Whatever else a bank says
// may pass; so may a confirmation that it wants of the card's owner.
var forGood = []stripe.DeclineCode{
	stripe.DeclineCodeExpiredCard, stripe.DeclineCodeLostCard, stripe.DeclineCodeStolenCard, stripe.DeclineCodePickupCard,
	stripe.DeclineCodeFraudulent, stripe.DeclineCodeMerchantBlacklist, stripe.DeclineCodeSecurityViolation, stripe.DeclineCodeRestrictedCard,
	stripe.DeclineCodeInvalidAccount, stripe.DeclineCodeIncorrectNumber, stripe.DeclineCodeInvalidNumber,
	stripe.DeclineCodeInvalidExpiryMonth, stripe.DeclineCodeInvalidExpiryYear, stripe.DeclineCodeNewAccountInformationAvailable,
	stripe.DeclineCodeCardNotSupported, stripe.DeclineCodeCurrencyNotSupported, stripe.DeclineCodeNotPermitted,
	stripe.DeclineCodeServiceNotAllowed, stripe.DeclineCodeTransactionNotAllowed, stripe.DeclineCodeDoNotTryAgain,
	stripe.DeclineCodeStopPaymentOrder, stripe.DeclineCodeRevocationOfAuthorization, stripe.DeclineCodeRevocationOfAllAuthorizations,
	stripe.DeclineCodeTestModeDecline,
}

// reason is why a PaymentIntent was not paid, in our words: the bank's own
// reason, where it gave one.
func reason(p *stripe.PaymentIntent) (code string, retriable bool) {
	failure := p.LastPaymentError
	switch {
	case failure == nil && p.Status == stripe.PaymentIntentStatusRequiresAction:
		return string(stripe.ErrorCodeAuthenticationRequired), true
	case failure == nil:
		return string(stripe.ErrorCodeCardDeclined), true
	case failure.Code == stripe.ErrorCodeCardDeclined && failure.DeclineCode != "" && failure.DeclineCode != stripe.DeclineCodeGenericDecline:
		code = string(failure.DeclineCode)
	default:
		code = string(failure.Code)
	}
	return code, !slices.Contains(forGood, stripe.DeclineCode(code))
}

// declinedIntent is what a decline tells of its PaymentIntent; nil: err is
// something else.
func declinedIntent(err error) *stripe.PaymentIntent {
	e := (*stripe.Error)(nil)
	if !errors.As(err, &e) || e.Type != stripe.ErrorTypeCard {
		return nil
	}
	return e.PaymentIntent
}
