package bench

import (
	"fmt"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/user"
)

// firm is an organisation whose people buy.
type firm struct {
	id     domain.TenantID
	number int
	people []domain.PersonID
}

const (
	staff = 10
	sold  = domain.ProductID("CFQ7TTC0H9MP")
)

func newFirm(number, people int) firm {
	f := firm{id: domain.TenantID(uuid.NewString()), number: number}
	for range people {
		f.people = append(f.people, domain.PersonID(uuid.NewString()))
	}
	return f
}

func listed() chapter {
	return chapter{product.Stream(sold), domain.Actor{Kind: domain.ActorSystem}, []domain.Event{product.Listed{
		Product: sold, Name: "Power BI Pro", Vendor: "Microsoft", Family: "Power BI", SelfServiceEligible: true, MaxQuantity: 300,
	}}}
}

func (f firm) registered() []chapter {
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: f.id}
	name := fmt.Sprintf("firm%d.example", f.number)
	chapters := []chapter{{tenant.Stream(f.id), by, []domain.Event{tenant.Registered{
		Tenant: f.id, Name: name, Domains: []string{name}, Kind: domain.Commercial, Managed: true, Country: "SE", Zone: "Europe/Stockholm",
	}}}}
	for n, oid := range f.people {
		chapters = append(chapters, chapter{user.Stream(f.id, oid), by, []domain.Event{user.Observed{
			Tenant: f.id, Person: oid, Enabled: true, UsageLocation: "SE", Name: make([]byte, 48), Mail: make([]byte, 64),
			MailIndex: fmt.Sprintf("%032d", f.number*staff+n),
		}}})
	}
	return chapters
}

// order is a purchase from its start to the licences of two people.
func (f firm) order(n int) []chapter {
	chapters := f.purchase(n%staff, 3)
	bought := chapters[1].events[0].(subscription.Provisioned)
	for i := range 2 {
		holder := f.people[(n+i+1)%staff]
		chapters[1].events = append(chapters[1].events, subscription.SeatReserved{Person: holder, At: now()})
		chapters = append(chapters, chapter{license.Stream(bought.Subscription, holder), chapters[1].by, []domain.Event{license.Assigned{
			Subscription: bought.Subscription, Product: sold, Assignee: holder, AssigneeTenant: f.id, Via: license.ByPurchaser, At: now(),
		}}})
	}
	return chapters
}

// purchase is an order of so many seats by one of the people, and the
// subscription that it led to.
func (f firm) purchase(by int, seats int64) []chapter {
	bought := f.bought(domain.PurchaseID(uuid.NewString()), domain.SubscriptionID(uuid.NewString()), by, seats)
	actor := domain.Actor{Kind: domain.ActorPurchaser, Tenant: f.id, Person: bought.Purchaser}
	return []chapter{
		{purchase.Stream(bought.Purchase), actor, checkout(bought)},
		{subscription.Stream(bought.Subscription), actor, []domain.Event{bought}},
	}
}

func (f firm) bought(id domain.PurchaseID, sub domain.SubscriptionID, by int, seats int64) subscription.Provisioned {
	return subscription.Provisioned{
		Subscription: sub, Purchase: id, OrderNumber: domain.OrderNumber(id), Tenant: f.id, Product: sold, Channel: domain.SelfService,
		Purchaser: f.people[by], Payer: f.people[by], DataOwner: subscription.OwnedByTenant, Support: subscription.StandardSupport,
		Quantity: seats, UnitPrice: kronor(1_050_00), Price: kronor(3_937_50), Term: domain.Monthly, Start: now(), End: now().AddDate(0, 1, 0),
		AnchorDay: 1, Zone: "Europe/Stockholm", RecurringBilling: true, CancellationUntil: domain.CancellationUntil(now()),
	}
}

// checkout is what a purchase records on the way to that subscription.
func checkout(s subscription.Provisioned) []domain.Event {
	return []domain.Event{
		purchase.Started{Purchase: s.Purchase, OrderNumber: s.OrderNumber, Tenant: s.Tenant, Product: sold, AskedFor: sold,
			Channel: s.Channel, EntryPoint: domain.Website, Market: "SE", At: s.Start},
		purchase.TenantResolved{Tenant: s.Tenant},
		purchase.PurchaserAuthenticated{Person: s.Purchaser, Tenant: s.Tenant},
		purchase.EligibilityConfirmed{Stage: purchase.AtStart, Checks: checks()},
		purchase.QuantityChosen{Quantity: s.Quantity},
		purchase.QuoteIssued{UnitPrice: s.UnitPrice, Quantity: s.Quantity, Net: kronor(3_150_00), Tax: kronor(787_50), Total: s.Price,
			Term: s.Term, PriceStream: "price-" + string(sold) + "-SE", ValidUntil: s.End},
		purchase.TermsAccepted{Terms: "2026-01", PrivacyNotice: "2026-01"},
		purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2034},
		purchase.EligibilityConfirmed{Stage: purchase.AtSubmit, Checks: checks()},
		purchase.Submitted{OrderNumber: s.OrderNumber, Attempt: 1, Total: s.Price, Subscription: s.Subscription, At: s.Start},
		purchase.PaymentAuthorised{Attempt: 1, Amount: s.Price, Reference: uuid.NewString(), At: s.Start},
		purchase.Completed{Subscription: s.Subscription, OrderNumber: s.OrderNumber, UnitPrice: s.UnitPrice, Price: s.Price, Quantity: s.Quantity, At: s.Start},
	}
}

// checks stands for the judgement of a buyer, in its usual length.
func checks() []domain.Check {
	all := make([]domain.Check, 13)
	for i := range all {
		all[i] = domain.Check{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial", Source: "tenant"}
	}
	return all
}

func kronor(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }
