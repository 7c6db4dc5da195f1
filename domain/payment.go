package domain

import (
	"strings"
	"time"
)

// Card is what a gateway tells of a card behind a token. Its number never
// comes here (R13).
type Card struct {
	Token    string
	Brand    string // "visa"
	Last4    string
	ExpMonth int // 1-12
	ExpYear  int // four digits
}

// ErrCard refuses what is no card that a gateway knows.
var ErrCard = &Error{Kind: Invalid, Code: "card_invalid", Message: "Give the token that the payment page returned for the card, never the card's number."}

// Chargeable says whether c names a card without giving its number away (R13).
func (c Card) Chargeable() bool {
	return c.Token != "" && !isCardNumber(c.Token) && len(c.Last4) <= 4
}

// isCardNumber keeps a card's number out of history should a client send one
// in place of a token.
func isCardNumber(token string) bool {
	digits := strings.Trim(token, "0123456789 -") == ""
	return digits && len(token) >= 12
}

// ExpiresAt is the first instant after the month that a card is good until;
// zero: its gateway does not tell.
func (c Card) ExpiresAt() time.Time {
	if c.ExpYear == 0 {
		return time.Time{}
	}
	return time.Date(c.ExpYear, time.Month(c.ExpMonth)+1, 1, 0, 0, 0, 0, time.UTC)
}

// Expired says whether a card is past that.
func (c Card) Expired(at time.Time) bool { return c.ExpYear != 0 && !at.Before(c.ExpiresAt()) }

// Charge is one line of a gateway's ledger: its answer to one idempotency key.
type Charge struct {
	ID          string // the gateway's reference
	Key         string // ours: what is paid, such as a purchase and its attempt
	Amount      Money
	Status      ChargeStatus
	DeclineCode string // why, when declined: card_declined, expired_card
	Retriable   bool   // the same card may work later
	At          time.Time
}

// ChargeStatus is how a charge ended. A charge whose end is unknown is not a
// Charge but an error of kind Unavailable.
type ChargeStatus string

// How a charge may end.
const (
	ChargeSucceeded ChargeStatus = "succeeded"
	ChargeDeclined  ChargeStatus = "declined"
)

// Refund is one line of a gateway's ledger that pays back a charge or a part of
// it. It is made or it is not; nothing declines it.
type Refund struct {
	ID     string // the gateway's reference
	Key    string // ours: what is owed
	Charge string // the gateway's reference of what was paid
	Amount Money
	At     time.Time
}

// Dispute is one line of a gateway's ledger by which the payer's bank took a
// charge back, or what was left of it.
type Dispute struct {
	ID     string // the gateway's reference
	Charge string // the gateway's reference of what was paid
	Key    string // ours, of that charge
	Amount Money
	Reason string // the bank's, in the gateway's words
	At     time.Time
}
