// Package payments says what a card gateway is to Kassa: a token goes in, a
// charge or its decline comes out, a charge goes in and its refund comes out,
// and whoever asks twice with the same key is answered once. Each gateway is a package below (simulator, stripe); gatewaytest is
// the contract that all of them obey. A card's number has no place anywhere in
// here (R13).
package payments

import (
	"strings"
	"unicode"

	"kassa/domain"
)

// Errors of a gateway. A decline is not an error: it is a Charge.
var (
	// ErrTimeout: no answer came. The charge may have been made. Ask Lookup, or
	// charge again with the same key; never with another.
	ErrTimeout = &domain.Error{Kind: domain.Unavailable, Code: "payment_unknown", Message: "The payment service has not answered, so it is not known yet whether the card was charged. Retry; it will not be charged twice."}
	// ErrRefundTimeout: no answer came. The refund may have been made. Ask
	// LookupRefund, or refund again with the same key; never with another.
	ErrRefundTimeout = &domain.Error{Kind: domain.Unavailable, Code: "refund_unknown", Message: "The payment service has not answered, so it is not known yet whether the refund was made. Retry; it will not be made twice."}
	// ErrUnavailable: nothing was charged or refunded.
	ErrUnavailable = &domain.Error{Kind: domain.Unavailable, Code: "payment_unavailable", Message: "The payment service is not available. Nothing was charged or refunded; retry in a moment."}
	// ErrCardUnknown: no card stands behind the token.
	ErrCardUnknown = &domain.Error{Kind: domain.Invalid, Code: "card_unknown", Message: "The payment service does not know this card token. Add the card again."}
	// ErrCardNumber: what was given as a token looks like a card number. It was
	// neither kept nor logged.
	ErrCardNumber = &domain.Error{Kind: domain.Invalid, Code: "card_number_not_accepted", Message: "This looks like a card number. Hand in a token of the payment service instead; Kassa never takes card numbers."}
	// ErrCardRefused: the bank does not let the card be kept for later charges.
	ErrCardRefused = &domain.Error{Kind: domain.Payment, Code: "card_refused", Message: "The card's bank does not let it be used here. Use another card, or ask the bank."}
	// ErrCardUnconfirmed: the bank wants the card's owner to confirm that it may be
	// charged while they are away.
	ErrCardUnconfirmed = &domain.Error{Kind: domain.Payment, Code: "card_unconfirmed", Message: "The card's bank wants you to confirm the card first. Add the card again and confirm it, or use another."}
	// ErrChargeUnknown: no card was ever charged under this reference.
	ErrChargeUnknown = &domain.Error{Kind: domain.Invalid, Code: "charge_unknown", Message: "The payment service knows of no such payment, so there is nothing to refund. Check its reference."}
	// ErrRefundTooLarge: no more is paid back of a charge than was paid.
	ErrRefundTooLarge = domain.Refuse("refund_too_large", "The refund is larger than what is left of the payment. Refund less.")
	// ErrRefundKeyReused: the key stands for a refund of another charge or amount.
	ErrRefundKeyReused = &domain.Error{Kind: domain.Conflict, Code: "refund_key_reused", Message: "This refund was already asked for with another payment or amount. Start a new refund."}
	// ErrKeyReused: the key stands for a charge with another card or amount.
	ErrKeyReused = &domain.Error{Kind: domain.Conflict, Code: "payment_key_reused", Message: "This payment was already asked for with another card or amount. Start a new payment."}
	// ErrKey: the idempotency key is empty or longer than MaxKey.
	ErrKey = &domain.Error{Kind: domain.Invalid, Code: "payment_key_invalid", Message: "A payment needs an idempotency key of 1 to 255 bytes."}
	// ErrAmount: not a positive amount in a known currency.
	ErrAmount = &domain.Error{Kind: domain.Invalid, Code: "payment_amount_invalid", Message: "A payment needs a positive amount in an ISO 4217 currency."}
	// ErrAmountNotTaken: the gateway does not move this very amount, and no other
	// is moved in its place.
	ErrAmountNotTaken = &domain.Error{Kind: domain.Invalid, Code: "payment_amount_not_taken", Message: "The payment service does not take this amount: it is too small, too large, or not in the steps that it takes the currency in. Choose another amount."}
	// ErrSignature: what claims to come from the gateway does not, or is old.
	ErrSignature = &domain.Error{Kind: domain.Invalid, Code: "webhook_signature_invalid", Message: "This does not come from the payment service, or it is too old. Send it again with a signature of now; check the webhook's secret."}
)

// Hint is what a gateway says of itself that something happened there. It may be
// lost, late, repeated or out of order, so it names what to ask for and never says
// what became of it; a dispute is as the gateway's books had it when they were
// asked.
type Hint struct {
	Key     string          // ours, of a charge or a refund; empty: it is nothing of ours
	Dispute *domain.Dispute // where a bank took it back
}

// MaxKey is the longest idempotency key, in bytes.
const MaxKey = 255

// LooksLikeCardNumber reports whether s holds 13 to 19 digits that pass the
// Luhn check, however they are spaced or dashed. Letters and underscores end a
// run of digits, so "tok_4242…" counts as well. Ask it of what people type, not
// of UUIDs: one in several thousand of those would match.
func LooksLikeCardNumber(s string) bool {
	ends := func(r rune) bool { return unicode.IsLetter(r) || r == '_' }
	for run := range strings.FieldsFuncSeq(s, ends) {
		if digits := digitsOf(run); len(digits) >= 13 && len(digits) <= 19 && luhn(digits) {
			return true
		}
	}
	return false
}

// digitsOf returns the values of the decimal digits in s, of any script that
// people paste from.
func digitsOf(s string) (digits []int) {
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, int(r-'0'))
		case r >= '０' && r <= '９': // full width
			digits = append(digits, int(r-'０'))
		}
	}
	return digits
}

func luhn(digits []int) bool {
	sum := 0
	for i, d := range digits {
		if (len(digits)-i)%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
