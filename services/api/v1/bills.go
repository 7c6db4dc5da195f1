package v1

import (
	"time"

	"kassa/domain"
)

// Bills is a page of what the caller was charged and paid back (R29).
type Bills struct {
	Items []Bill `json:"items"`
	AsOf  AsOf   `json:"asOf"`
	Next  string `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// Bill is one charge or refund.
type Bill struct {
	BillID         string                `json:"billId"`
	OrderNumber    string                `json:"orderNumber"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId"`
	ProductName    string                `json:"productName"`
	Transaction    string                `json:"transaction" doc:"Purchase, Add quantity, Renew, Monthly payment, Re-enable, Remove quantity or Cancel."`
	Status         string                `json:"status" enum:"pending,paid,declined,open,closed,failed" doc:"open: the card was declined, and it can still be paid."`
	At             time.Time             `json:"at" doc:"When it was asked for."`
	Quantity       int64                 `json:"quantity" doc:"Seats it is for."`
	PeriodStart    *time.Time            `json:"periodStart,omitempty" doc:"Of the term; absent where it is for what is left of one."`
	PeriodEnd      *time.Time            `json:"periodEnd,omitempty" doc:"The first instant after it."`
	Amount         domain.Money          `json:"amount" doc:"Less than zero: paid back."`
	Card           *CardFace             `json:"card,omitempty" doc:"The card that was charged, or was asked to pay."`
}

// CardFace is what tells one's cards apart.
type CardFace struct {
	Brand string `json:"brand" example:"visa"`
	Last4 string `json:"last4" example:"4242"`
}

// PayTerm pays for a term that was not paid (R30).
type PayTerm struct {
	Card string `json:"card,omitempty" doc:"The payment gateway's token of a card to pay with from now on, or the id of a saved one; left out: the one on file." example:"tok_visa"`
}

// ReplaceCard names another card to pay with from now on (R31).
type ReplaceCard struct {
	Card string `json:"card,omitempty" doc:"The payment gateway's token of a card, or the id of a saved one; never a card's number. Left out: the default." example:"tok_mastercard"`
}

// Card is the card on file of a subscription.
type Card struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	CardFace
	ExpMonth int    `json:"expMonth"`
	ExpYear  int    `json:"expYear"`
	Position uint64 `json:"position" doc:"Of the last fact this rests on."`
}
