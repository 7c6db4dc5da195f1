package v1

import (
	"time"

	"kassa/domain"
)

// AsOf says how new an answer is: it shows every fact up to Position.
type AsOf struct {
	Position uint64 `json:"position"`
}

// Product is one bought subscription: the seven things of R38 and what goes
// with them.
type Product struct {
	SubscriptionID           domain.SubscriptionID `json:"subscriptionId"`
	ProductID                domain.ProductID      `json:"productId"`
	ProductName              string                `json:"productName"`
	Family                   string                `json:"family"`
	Channel                  domain.Channel        `json:"channel"`
	Kind                     domain.PurchaseKind   `json:"kind" doc:"trial until it is converted, else paid."`
	PurchaserID              domain.PersonID       `json:"purchaserId"`
	PurchaserName            string                `json:"purchaserName" doc:"\"Deleted user\" once erased."`
	PurchaserState           string                `json:"purchaserState" enum:"active,left" doc:"left: the directory has deleted them (R57)."`
	Orphaned                 bool                  `json:"orphaned" doc:"Whoever bought it by themselves has left. It goes on as it is, see /v1/orphaned."`
	Quantity                 int64                 `json:"quantity" doc:"Seats bought."`
	Assigned                 int64                 `json:"assigned" doc:"Seats in use."`
	Available                int64                 `json:"available" doc:"Seats free."`
	Status                   string                `json:"status" doc:"trial, active, expired, disabled or deleted."`
	StartDate                time.Time             `json:"startDate"`
	ExpiryDate               time.Time             `json:"expiryDate" doc:"The first instant not covered."`
	CancellationAllowedUntil time.Time             `json:"cancellationAllowedUntil"`
	RecurringBilling         bool                  `json:"recurringBilling"`
	Term                     domain.Term           `json:"term"`
	UnitPrice                domain.Money          `json:"unitPrice" doc:"One seat for one term, or one payment of it."`
	Instalments              *Instalments          `json:"instalments,omitempty" doc:"Where a term is not paid at once: how it is."`
	PurchasePrice            domain.Money          `json:"purchasePrice" doc:"What was paid when it was bought, whatever the price list says today; of a term in instalments that is the first."`
	AssignedUsers            []Person              `json:"assignedUsers"`
	SuspendedUsers           []Person              `json:"suspendedUsers" doc:"Those of them whose licence is suspended while the subscription is disabled."`
	OrderNumbers             []string              `json:"orderNumbers" doc:"Look each up at /v1/orders/{number}: the order history."`
	TakenOver                *TakenOver            `json:"takenOver,omitempty" doc:"That an administrator has taken control, and how far that has come."`
}

// Instalments are how a term is paid that is not paid at once, and what is left to
// pay of it.
type Instalments struct {
	Frequency     domain.Term   `json:"frequency" doc:"ISO 8601 period of a payment." example:"P1M"`
	Payments      int           `json:"payments" doc:"Of a whole term." example:"12"`
	Paid          int           `json:"paid" doc:"Of the current one." example:"3"`
	NextPaymentAt *time.Time    `json:"nextPaymentAt,omitempty" doc:"Of the current term; in the past while it is unpaid. Absent: none is to follow."`
	NextPayment   *domain.Money `json:"nextPayment,omitempty" doc:"For the seats that there are, as the price is stated: where tax comes on top, without it."`
	Remaining     domain.Money  `json:"remaining" doc:"All payments of the current term that are to follow, stated likewise."`
}

// Person is somebody in the directory, as readers may see them.
type Person struct {
	ID   domain.PersonID `json:"id" doc:"The directory's object id (oid)."`
	Name string          `json:"name" doc:"\"Deleted user\" once erased."`
	Mail string          `json:"mail,omitempty" doc:"For administrators; a purchaser sees names only."`
}

// Products is a page of bought subscriptions.
type Products struct {
	Items []Product `json:"items"`
	AsOf  AsOf      `json:"asOf"`
	Next  string    `json:"next" doc:"Give it as after to get the next page; empty on the last."`
}

// Order is everything that ever happened to an order, in order.
type Order struct {
	OrderNumber string       `json:"orderNumber"`
	Entries     []OrderEntry `json:"entries"`
	AsOf        AsOf         `json:"asOf"`
}

// OrderEntry is one fact: who, when, why, and what it changed.
type OrderEntry struct {
	Type           string        `json:"type" example:"purchase.completed.v1"`
	At             time.Time     `json:"at" doc:"When it happened."`
	RecordedAt     time.Time     `json:"recordedAt" doc:"When the store kept it."`
	By             string        `json:"by" doc:"Name of who caused it; Kassa for its own steps, Support for the vendor's."`
	ByKind         string        `json:"byKind" example:"purchaser"`
	Summary        string        `json:"summary"`
	Person         *Person       `json:"person,omitempty" doc:"Whose seat or licence it is about."`
	Transaction    string        `json:"transaction,omitempty" doc:"What a bill calls it."`
	Reason         string        `json:"reason,omitempty" doc:"Why: the code behind a refusal or a decline."`
	QuantityBefore *int64        `json:"quantityBefore,omitempty"`
	QuantityAfter  *int64        `json:"quantityAfter,omitempty"`
	MoneyBefore    *domain.Money `json:"moneyBefore,omitempty"`
	MoneyAfter     *domain.Money `json:"moneyAfter,omitempty"`
	EventID        string        `json:"eventId"`
	Stream         string        `json:"stream"`
	Revision       int64         `json:"revision"`
	CommandID      string        `json:"commandId" doc:"What was asked for."`
	CorrelationID  string        `json:"correlationId" doc:"The whole conversation."`
	CausationID    string        `json:"causationId" doc:"The fact or command that led here."`
	Position       uint64        `json:"position"`
}

// AssignLicense names who shall hold a seat.
type AssignLicense struct {
	User string `json:"user" doc:"Mail address or directory object id." example:"omar@contoso.example"`
}

// ManyLicenses names people who shall hold a seat, or no longer.
type ManyLicenses struct {
	Users []string `json:"users" minItems:"1" doc:"Mail addresses or directory object ids, at most 20." example:"[\"omar@contoso.example\"]"`
}

// LicenseResults says what came of each person, in their order.
type LicenseResults struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	Items          []LicenseResult       `json:"items"`
	Position       uint64                `json:"position" doc:"Of the last change; 0 if there was none."`
}

// LicenseResult has what came of a person: license or error.
type LicenseResult struct {
	User    string   `json:"user" doc:"As it was given."`
	License *License `json:"license,omitempty" doc:"How it is from now on."`
	Error   *Problem `json:"error,omitempty" doc:"Why it is not."`
}

// Problems are those of the people for whom nothing could be done.
func (r LicenseResults) Problems() []*Problem {
	var all []*Problem
	for _, item := range r.Items {
		if item.Error != nil {
			all = append(all, item.Error)
		}
	}
	return all
}

// License says whether a person holds a seat of a subscription.
type License struct {
	SubscriptionID domain.SubscriptionID `json:"subscriptionId"`
	User           Person                `json:"user"`
	Assigned       bool                  `json:"assigned"`
	Position       uint64                `json:"position"`
}

// Price is what a product costs in a market (R33).
type Price struct {
	ProductID   domain.ProductID `json:"productId"`
	ProductName string           `json:"productName"`
	Family      string           `json:"family"`
	Channel     domain.Channel   `json:"channel"`
	Market      string           `json:"market"`
	UnitPrice   domain.Money     `json:"unitPrice" doc:"One seat for one term, or one payment of it: tax says whether with it or without."`
	Term        domain.Term      `json:"term"`
	Frequency   domain.Term      `json:"frequency,omitempty" doc:"ISO 8601 period of a payment; absent: the term is paid at once. Name it when you ask for a quote." example:"P1M"`
	Tax         Tax              `json:"tax"`
}

// Prices is the public price list.
type Prices struct {
	Items []Price `json:"items"`
	AsOf  AsOf    `json:"asOf"`
}

// PublishPrice states a price per seat and payment.
type PublishPrice struct {
	ProductID domain.ProductID `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Channel   domain.Channel   `json:"channel" doc:"self-service or central." example:"self-service"`
	Market    string           `json:"market" doc:"ISO 3166-1 alpha-2." example:"SE"`
	UnitPrice domain.Money     `json:"unitPrice" doc:"With tax or without, as the market's prices are stated."`
	Term      domain.Term      `json:"term" example:"P1M"`
	ValidFrom time.Time        `json:"validFrom"`
	Frequency domain.Term      `json:"frequency,omitempty" doc:"P1M: a term of P1Y is paid in months, and unitPrice is of one; left out: it is paid at once." example:"P1M"`
}

// WithdrawPrice ends an offer.
type WithdrawPrice struct {
	ProductID domain.ProductID `json:"productId" doc:"The product's id, or an older one of it." example:"CFQ7TTC0H9MP"`
	Channel   domain.Channel   `json:"channel" doc:"self-service or central." example:"self-service"`
	Market    string           `json:"market" doc:"ISO 3166-1 alpha-2." example:"SE"`
	From      time.Time        `json:"from"`
	Frequency domain.Term      `json:"frequency,omitempty" doc:"As it was published." example:"P1M"`
}

// Priced says what came of either.
type Priced struct {
	Changed  bool   `json:"changed" doc:"False: it was so already."`
	Position uint64 `json:"position"`
}
