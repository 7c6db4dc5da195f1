package projectiontest

import (
	"math/rand/v2"
	"slices"
	"time"

	"kassa/domain"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/domain/license"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/tenant"
	"kassa/domain/user"
)

// Person of a tenant, as actor of what they do.
func Person(tid domain.TenantID, oid domain.PersonID) domain.Actor {
	return domain.Actor{Kind: domain.ActorPurchaser, Tenant: tid, Person: oid}
}

// Importer is who states what comes from outside.
var Importer = domain.Actor{Kind: domain.ActorSystem}

// Offer lists a product at a price in both channels.
func (s *Shop) Offer(id domain.ProductID, name string, each domain.Money) {
	s.Record(product.Stream(id), Importer, product.Listed{
		Product: id, Name: name, Vendor: "Microsoft", Family: "Power Platform", SelfServiceEligible: true, MaxQuantity: 300,
		ProductURL: "https://example.com/" + string(id), TrainingURLs: []string{"https://example.com/learn"},
	}, product.CapacitySet{Capacity: product.Capacity{DatabaseMB: 250, FileMB: 2048}})
	for _, c := range []domain.Channel{domain.SelfService, domain.Central} {
		s.Record(price.Stream(id, c, "SE"), Importer, price.Published{
			Product: id, Channel: c, Market: "SE", Amount: each, Term: domain.Monthly, ValidFrom: Noon,
		})
	}
}

// Tenant registers an organisation.
func (s *Shop) Tenant(name string, domains ...string) domain.TenantID {
	tid := domain.TenantID(s.NewID())
	by := domain.Actor{Kind: domain.ActorSystem, Tenant: tid}
	s.Record(tenant.Stream(tid), by, tenant.Registered{
		Tenant: tid, Name: name, Domains: domains, Kind: domain.Commercial, Managed: true, Country: "SE", Zone: "Europe/Stockholm",
	})
	return tid
}

// Join observes somebody in a directory. The sealed bytes are only a stand-in.
func (s *Shop) Join(tid domain.TenantID, mail string) domain.PersonID {
	oid := domain.PersonID(s.NewID())
	s.Record(user.Stream(tid, oid), domain.Actor{Kind: domain.ActorSystem, Tenant: tid}, user.Observed{
		Tenant: tid, Person: oid, Enabled: true, UsageLocation: "SE",
		Name: []byte("sealed name of " + mail), Mail: []byte("sealed " + mail), MailIndex: "index of " + mail,
	})
	return oid
}

// Order is a purchase that has been told.
type Order struct {
	Purchase     domain.PurchaseID
	Number       string
	Subscription domain.SubscriptionID
	Tenant       domain.TenantID
	Purchaser    domain.PersonID
	Product      domain.ProductID
	Channel      domain.Channel
	Seats        int64
	Holders      []domain.PersonID
}

// Start opens a checkout.
func (s *Shop) Start(tid domain.TenantID, oid domain.PersonID, id domain.ProductID, c domain.Channel) Order {
	o := Order{Purchase: domain.PurchaseID(s.NewID()), Tenant: tid, Purchaser: oid, Product: id, Channel: c}
	o.Number = domain.OrderNumber(o.Purchase)
	s.Record(purchase.Stream(o.Purchase), Person(tid, oid), purchase.Started{
		Purchase: o.Purchase, OrderNumber: o.Number, Tenant: tid, Product: id, AskedFor: id,
		Channel: c, EntryPoint: domain.Website, Market: "SE", At: s.now(),
	})
	return o
}

// Refuse ends a checkout by a rule.
func (s *Shop) Refuse(o Order, code, rule string) {
	s.Record(purchase.Stream(o.Purchase), Person(o.Tenant, o.Purchaser), purchase.Refused{
		Stage: purchase.AtStart, Code: code, Rule: rule, MessageKey: "contact_it_admin", At: s.now(),
		Checks: []domain.Check{{Code: code, Rule: rule, Evidence: "India", Revision: 0}},
	})
}

// Buy takes a purchase from its start to its subscription of a month.
func (s *Shop) Buy(tid domain.TenantID, oid domain.PersonID, id domain.ProductID, c domain.Channel, seats int64, each domain.Money) Order {
	return s.buy(tid, oid, id, c, seats, each, domain.Monthly, "")
}

// BuyInMonths is the same of a year that is paid in months.
func (s *Shop) BuyInMonths(tid domain.TenantID, oid domain.PersonID, id domain.ProductID, c domain.Channel, seats int64, each domain.Money) Order {
	return s.buy(tid, oid, id, c, seats, each, domain.Yearly, domain.Monthly)
}

func (s *Shop) buy(tid domain.TenantID, oid domain.PersonID, id domain.ProductID, c domain.Channel, seats int64, each domain.Money, term, frequency domain.Term) Order {
	o := s.Start(tid, oid, id, c)
	o.Seats, o.Subscription = seats, domain.SubscriptionID(s.NewID())
	total := domain.Money{Minor: each.Minor * seats * 5 / 4, Currency: each.Currency}
	by := Person(tid, oid)
	s.Record(purchase.Stream(o.Purchase), by,
		purchase.TenantResolved{Tenant: tid},
		purchase.PurchaserAuthenticated{Person: oid, Tenant: tid},
		purchase.EligibilityConfirmed{Stage: purchase.AtStart, Checks: []domain.Check{{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial"}}},
		purchase.QuantityChosen{Quantity: seats},
		purchase.QuoteIssued{UnitPrice: each, Quantity: seats, Total: total, Tax: domain.Money{Minor: total.Minor / 5, Currency: each.Currency},
			Net: domain.Money{Minor: each.Minor * seats, Currency: each.Currency}, Term: term, ValidUntil: s.now()},
		purchase.TermsAccepted{Terms: "2026-01", PrivacyNotice: "2026-02"},
		purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", Brand: "Visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030},
		purchase.EligibilityConfirmed{Stage: purchase.AtSubmit, Checks: []domain.Check{{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial"}}},
		purchase.Submitted{OrderNumber: o.Number, Attempt: 1, Total: total, Subscription: o.Subscription, At: s.now()},
		purchase.PaymentAuthorised{Attempt: 1, Amount: total, Reference: "ch_1", At: s.now()},
	)
	payer := oid
	if c == domain.Central {
		payer = ""
	}
	begin := s.now()
	provisioned := subscription.Provisioned{
		Subscription: o.Subscription, Purchase: o.Purchase, OrderNumber: o.Number, Tenant: tid, Product: id, Channel: c,
		Purchaser: oid, Payer: payer, DataOwner: subscription.OwnedByTenant, Support: subscription.StandardSupport,
		Quantity: seats, UnitPrice: each, Price: total, Term: term, Start: begin, End: term.End(begin, begin.Day(), time.UTC),
		AnchorDay: 1, Zone: "Europe/Stockholm", RecurringBilling: true, CancellationUntil: domain.CancellationUntil(begin), Frequency: frequency,
	}
	if frequency != "" {
		provisioned.PaidUntil = frequency.End(begin, begin.Day(), time.UTC)
	}
	s.Record(subscription.Stream(o.Subscription), by, provisioned)
	s.Record(purchase.Stream(o.Purchase), by, purchase.Completed{
		Subscription: o.Subscription, OrderNumber: o.Number, UnitPrice: each, Price: total, Quantity: seats, At: s.now(),
	})
	return o
}

// Assign gives somebody a seat of an order.
func (s *Shop) Assign(o *Order, oid domain.PersonID) uint64 {
	by := Person(o.Tenant, o.Purchaser)
	o.Holders = append(o.Holders, oid)
	s.Record(subscription.Stream(o.Subscription), by, subscription.SeatReserved{Person: oid, At: s.now()})
	return s.Record(license.Stream(o.Subscription, oid), by, license.Assigned{
		Subscription: o.Subscription, Product: o.Product, Assignee: oid, AssigneeTenant: o.Tenant, Via: license.ByPurchaser, At: s.now(),
	})
}

// Unassign takes it back.
func (s *Shop) Unassign(o *Order, oid domain.PersonID) uint64 {
	by := Person(o.Tenant, o.Purchaser)
	o.Holders = slices.DeleteFunc(o.Holders, func(p domain.PersonID) bool { return p == oid })
	s.Record(license.Stream(o.Subscription, oid), by, license.Unassigned{Subscription: o.Subscription, Assignee: oid, Cause: license.Manual, At: s.now()})
	return s.Record(subscription.Stream(o.Subscription), by, subscription.SeatReleased{Person: oid, At: s.now()})
}

// Centralise begins to centralise what somebody bought, while nobody has a
// seat of it yet: they are asked to cancel.
func (s *Shop) Centralise(o Order) {
	by := domain.Actor{Kind: domain.ActorAdmin, Tenant: o.Tenant, Person: o.Purchaser}
	one := domain.CentralisationID(s.NewID())
	stream := centralisation.Stream(one)
	request := cancelreq.ID{Subscription: o.Subscription, To: cancelreq.ToPurchaser, Number: 1}
	s.Record(stream, by, centralisation.Planned{Centralisation: one, Tenant: o.Tenant, Product: o.Product, Market: "SE", Subscriptions: 1, At: s.now()},
		centralisation.SourcesListed{Sources: []centralisation.Source{{Subscription: o.Subscription, Purchaser: o.Purchaser, Seats: o.Seats}}})
	s.Record(request.Stream(), by, cancelreq.CancellationRequested{
		Number: 1, To: request.To, Subscription: o.Subscription, Tenant: o.Tenant, Purchaser: o.Purchaser, By: o.Purchaser,
		Reason: cancelreq.Centralised, ExpiresAt: s.now().Add(cancelreq.AnswerWithin), At: s.now(),
	})
	s.Record(stream, by, centralisation.PurchasersAskedToCancel{Asked: []centralisation.Asked{
		{Subscription: o.Subscription, Request: centralisation.RequestID(request.String())},
	}, At: s.now()})
}

// Euros is an amount for histories where it does not matter.
func Euros(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "EUR"} }

// Trade tells a history of at least n facts about two tenants: purchases,
// refusals, licences given and taken back. The same seed tells the same.
func (s *Shop) Trade(seed uint64, n int) {
	random := rand.New(rand.NewPCG(seed, 0))
	products := []domain.ProductID{"CFQ7TTC0H9MP", "CFQ7TTC0LH2H"}
	for _, id := range products {
		s.Offer(id, "Product "+string(id), Euros(1000))
	}
	tenants := []domain.TenantID{s.Tenant("Contoso", "contoso.example"), s.Tenant("Fabrikam", "fabrikam.example")}
	people := map[domain.TenantID][]domain.PersonID{}
	for _, tid := range tenants {
		for _, name := range []string{"anna", "omar", "bill", "gail"} {
			people[tid] = append(people[tid], s.Join(tid, name))
		}
	}
	first := s.Buy(tenants[0], people[tenants[0]][0], products[0], domain.SelfService, 2, Euros(1000))
	s.Centralise(first)
	s.AskForLicense(first, people[tenants[0]][1])
	s.Claim(tenants[0], people[tenants[0]][1], products[1])
	s.Bill(first, Euros(2000), Euros(500))
	s.Help(first)
	s.Keep(first)
	s.Delegate(tenants[0], tenants[1], people[tenants[1]][0])
	left := s.Buy(tenants[1], people[tenants[1]][3], products[0], domain.SelfService, 2, Euros(1000))
	s.Assign(&left, people[tenants[1]][0])
	s.Leave(tenants[1], left.Purchaser, left)
	s.Disable(left)
	orders := []*Order{&first}
	for s.Facts < n {
		tid := tenants[random.IntN(len(tenants))]
		oid := people[tid][random.IntN(len(people[tid]))]
		id := products[random.IntN(len(products))]
		switch pick := random.IntN(10); {
		case pick < 2:
			o := s.Buy(tid, oid, id, []domain.Channel{domain.SelfService, domain.Central}[random.IntN(2)], 1+random.Int64N(4), Euros(1000))
			orders = append(orders, &o)
		case pick == 2:
			s.Refuse(s.Start(tid, oid, id, domain.SelfService), "market_excluded", "R05")
		default:
			o := orders[random.IntN(len(orders))]
			holder := people[o.Tenant][random.IntN(len(people[o.Tenant]))]
			switch holds := slices.Contains(o.Holders, holder); {
			case holds:
				s.Unassign(o, holder)
			case int64(len(o.Holders)) < o.Seats:
				s.Assign(o, holder)
			}
		}
	}
}
