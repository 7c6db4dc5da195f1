package v1

import (
	"time"

	"kassa/domain"
)

// Eligibility is whether a person may buy a product now, and why.
type Eligibility struct {
	ProductID domain.ProductID    `json:"productId" doc:"The current id."`
	AskedFor  domain.ProductID    `json:"askedFor" doc:"The id that was given."`
	Channel   domain.Channel      `json:"channel"`
	Kind      domain.PurchaseKind `json:"kind" doc:"paid or trial."`
	Market    string              `json:"market"`
	User      Person              `json:"user" doc:"Who would buy."`
	At        time.Time           `json:"at" doc:"When it was asked."`
	Eligible  bool                `json:"eligible"`
	Refusal   *Problem            `json:"refusal,omitempty" doc:"What a checkout would be refused with: the first check that failed."`
	Checks    []Check             `json:"checks" doc:"Every question that was asked, with its answer."`
}

// Refusal is a purchase that a rule refused.
type Refusal struct {
	At          time.Time         `json:"at"`
	PurchaseID  domain.PurchaseID `json:"purchaseId"`
	OrderNumber string            `json:"orderNumber" doc:"Look it up at /v1/orders/{number}: every fact of the attempt." example:"KA-7Q2M-0F4X-9TBC"`
	Person      Person            `json:"person" doc:"Who wanted to buy."`
	ProductID   domain.ProductID  `json:"productId"`
	Channel     domain.Channel    `json:"channel"`
	Market      string            `json:"market"`
	Code        string            `json:"code" example:"policy_disabled"`
	Rule        string            `json:"rule" example:"R41"`
	Stage       string            `json:"stage" doc:"start, or submit where the rule changed after the quote; addition, conversion or reactivation of what was bought."`
}

// Refusals is a page of refused purchases, newest first.
type Refusals struct {
	Items []Refusal `json:"items"`
	AsOf  AsOf      `json:"asOf"`
	Next  string    `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}
