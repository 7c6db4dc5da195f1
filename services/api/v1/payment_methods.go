package v1

import (
	"time"

	"kassa/domain"
)

// PaymentMethod is a card on the caller's own list.
type PaymentMethod struct {
	PaymentMethodID domain.PaymentMethodID `json:"paymentMethodId"`
	Kind            string                 `json:"kind" enum:"credit_card" doc:"There is one kind (R16)."`
	CardFace
	ExpMonth       int        `json:"expMonth"`
	ExpYear        int        `json:"expYear"`
	BillingCountry string     `json:"billingCountry,omitempty" doc:"ISO 3166-1 alpha-2; absent: nobody said." example:"SE"`
	Default        bool       `json:"default" doc:"It pays where no card is named."`
	Expired        bool       `json:"expired" doc:"It is refused where it is named, and no term that it pays for is likely to be paid."`
	AddedAt        time.Time  `json:"addedAt"`
	Pays           []PaidWith `json:"pays" doc:"The subscriptions that are paid with it."`
}

// PaidWith is a subscription that a card pays for.
type PaidWith struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	ProductID      domain.ProductID      `json:"productId"`
	ProductName    string                `json:"productName"`
	Renews         bool                  `json:"renews" doc:"It will be charged again, or is not paid."`
}

// PaymentMethods are all of them, the default first.
type PaymentMethods struct {
	Items []PaymentMethod `json:"items"`
	AsOf  AsOf            `json:"asOf"`
}

// AddPaymentMethod puts a card on the list.
type AddPaymentMethod struct {
	Card           string `json:"card" doc:"The payment gateway's token of a card; never a card's number." example:"tok_visa"`
	BillingCountry string `json:"billingCountry,omitempty" doc:"ISO 3166-1 alpha-2." example:"SE"`
	Default        bool   `json:"default,omitempty" doc:"It shall pay where no card is named. The first card does in any case."`
}

// ReplacePaymentMethod has another card take one's place.
type ReplacePaymentMethod struct {
	Card string `json:"card" doc:"The payment gateway's token of a new card, or the id of one on the list." example:"tok_mastercard"`
}

// ChangePaymentMethod says what else has changed than the number. What is left out
// stays as it is.
type ChangePaymentMethod struct {
	ExpMonth       int    `json:"expMonth,omitempty" example:"12"`
	ExpYear        int    `json:"expYear,omitempty" example:"2031"`
	BillingCountry string `json:"billingCountry,omitempty" doc:"ISO 3166-1 alpha-2." example:"SE"`
}

// PaymentMethodChanged says how a card stands after a change, and what follows.
type PaymentMethodChanged struct {
	PaymentMethodID domain.PaymentMethodID `json:"paymentMethodId"`
	Status          string                 `json:"status" enum:"listed,replaced,removed"`
	CardFace
	ExpMonth       int                     `json:"expMonth"`
	ExpYear        int                     `json:"expYear"`
	BillingCountry string                  `json:"billingCountry,omitempty"`
	Default        bool                    `json:"default"`
	ReplacedBy     domain.PaymentMethodID  `json:"replacedBy,omitempty" doc:"The card that pays from now on for what this one paid for."`
	Moved          []domain.SubscriptionID `json:"moved" doc:"What pays with that card now; the rest follows by itself. What was not paid is asked for again with it (R31)."`
	Position       uint64                  `json:"position" doc:"Of the last fact this rests on."`
}
