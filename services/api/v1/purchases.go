package v1

import (
	"time"

	"kassa/domain"
)

// HomeRealmRequest asks where the owner of an address signs in (R10).
type HomeRealmRequest struct {
	Email string `json:"email" doc:"Only the part after the @ is looked at." example:"anna@contoso.example"`
}

// HomeRealm answers by the domain alone: it says nothing of any person.
type HomeRealm struct {
	Domain      string `json:"domain" example:"contoso.example"`
	TenantKnown bool   `json:"tenantKnown" doc:"Whether an organisation here has this domain."`
	Next        string `json:"next" enum:"sign_in,contact_it_admin" doc:"What to offer the person now."`
}

// StartPurchase asks for a quote.
type StartPurchase struct {
	ProductID          domain.ProductID    `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Quantity           int64               `json:"quantity" doc:"Seats, from 1 (R12)." example:"3"`
	Market             string              `json:"market" doc:"Country of the billing address, ISO 3166-1 alpha-2." example:"SE"`
	EntryPoint         domain.EntryPoint   `json:"entryPoint,omitempty" doc:"website (default) or in_app (R09)." example:"website"`
	Channel            domain.Channel      `json:"channel,omitempty" doc:"self-service (default), or central for administrators." example:"self-service"`
	Email              string              `json:"email,omitempty" doc:"The address given before signing in; its organisation must be the one signed in to (R11)."`
	Kind               domain.PurchaseKind `json:"kind,omitempty" doc:"paid (default), or trial to try first." example:"paid"`
	NeedsPaymentMethod bool                `json:"needsPaymentMethod,omitempty" doc:"Of a trial: whether a card is given, so that it becomes paid by itself when it ends. Without, it just ends."`
	Frequency          domain.Term         `json:"frequency,omitempty" doc:"P1M to be committed for a year and pay in months, where the price list has it; left out: the term is paid at once." example:"P1M"`
	Currency           string              `json:"currency,omitempty" doc:"The currency expected, ISO 4217; anything else than the market's is refused." example:"SEK"`
}

// Quote is the price that checkout displays; it is what will be charged (R34).
type Quote struct {
	UnitPrice  domain.Money `json:"unitPrice" doc:"One seat for one term, or one payment of it, as it is published: taxRule says whether with tax or without."`
	Quantity   int64        `json:"quantity"`
	Net        domain.Money `json:"net" doc:"Without tax."`
	Tax        domain.Money `json:"tax"`
	Total      domain.Money `json:"total" doc:"Net and tax: what is charged now."`
	TaxRule    *Tax         `json:"taxRule,omitempty" doc:"How the market taxes it; left out for a trial that costs nothing yet."`
	Term       domain.Term  `json:"term" doc:"ISO 8601 period." example:"P1M"`
	ValidUntil time.Time    `json:"validUntil"`
	Trial      *TrialQuote  `json:"trial,omitempty"`
	Commitment *Commitment  `json:"commitment,omitempty" doc:"Absent: total pays for the whole term."`
}

// Commitment is what a term comes to that is paid in instalments: total now, or
// once a trial is over, and as much again for each payment that follows.
type Commitment struct {
	Frequency domain.Term  `json:"frequency" doc:"ISO 8601 period of a payment." example:"P1M"`
	Payments  int          `json:"payments" doc:"The first included." example:"12"`
	Total     domain.Money `json:"total" doc:"Of all of them, for the whole term."`
}

// TrialQuote is what is quoted of a trial: for so many days nothing is to be
// paid, and from then on this, if it is converted.
type TrialQuote struct {
	Days               int64        `json:"days" example:"30"`
	NeedsPaymentMethod bool         `json:"needsPaymentMethod" doc:"Whether it becomes paid by itself."`
	UnitPrice          domain.Money `json:"unitPrice" doc:"One seat for one term, after the trial."`
	Net                domain.Money `json:"net" doc:"Of total, without tax."`
	Tax                domain.Money `json:"tax"`
	Total              domain.Money `json:"total" doc:"All seats for one term, after the trial, with tax."`
	TaxRule            *Tax         `json:"taxRule,omitempty"`
}

// Tax is how a market taxes what is sold there.
type Tax struct {
	Kind     string  `json:"kind" enum:"vat,gst,none"`
	Rate     float64 `json:"ratePercent" doc:"Of the price without tax."`
	Included bool    `json:"included" doc:"Whether prices are stated with it. Else it comes on top at checkout."`
}

// SubmitPurchase is the buyer's consent to a quote.
type SubmitPurchase struct {
	Card                 string `json:"card,omitempty" doc:"The payment gateway's token of a card, or the id of a saved one; never a card's number. Left out: the buyer's default." example:"tok_visa"`
	PaymentKind          string `json:"paymentKind,omitempty" doc:"credit_card, or agreement for central purchases. Left out: what the channel pays with (R16)." example:"credit_card"`
	AcceptTerms          bool   `json:"acceptTerms" doc:"Must be true."`
	TermsVersion         string `json:"termsVersion,omitempty" doc:"Which terms were accepted." example:"2026-01"`
	PrivacyNoticeVersion string `json:"privacyNoticeVersion,omitempty" doc:"Which privacy notice was shown." example:"2026-01"`
}

// Purchase is one checkout and its order.
type Purchase struct {
	PurchaseID     domain.PurchaseID     `json:"purchaseId"`
	OrderNumber    string                `json:"orderNumber" example:"KA-7Q2M-0F4X-9TBC"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId" doc:"Empty until it is completed."`
	Status         string                `json:"status" doc:"quoted, submitted, completed, declined or refused."`
	ProductID      domain.ProductID      `json:"productId"`
	Channel        domain.Channel        `json:"channel"`
	Kind           domain.PurchaseKind   `json:"kind" doc:"paid or trial."`
	Market         string                `json:"market"`
	Quote          *Quote                `json:"quote,omitempty"`
	Total          domain.Money          `json:"total" doc:"Of the quote; with status completed, what was paid."`
	Position       uint64                `json:"position" doc:"Of the last fact this rests on."`
}

// Submitted says what came of an order.
type Submitted struct {
	PurchaseID     domain.PurchaseID     `json:"purchaseId"`
	OrderNumber    string                `json:"orderNumber" example:"KA-7Q2M-0F4X-9TBC"`
	SubscriptionID domain.SubscriptionID `json:"subscriptionId" doc:"Empty while status is submitted."`
	Status         string                `json:"status" enum:"completed,submitted" doc:"submitted: the gateway has not answered yet; ask again."`
	Position       uint64                `json:"position"`
	Total          domain.Money          `json:"total"`
}
