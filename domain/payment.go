package domain

import "time"

// Card is what a gateway tells of a card behind a token. Its number never
// comes here (R13).
type Card struct {
	Token    string
	Brand    string // "visa"
	Last4    string
	ExpMonth int // 1-12
	ExpYear  int // four digits
}

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
