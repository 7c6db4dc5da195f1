package projectiontest

import (
	"kassa/domain"
	"kassa/domain/claim"
	"kassa/domain/invoice"
	"kassa/domain/support"
	"kassa/domain/tax"
)

// Bill issues a bill of an order, and has it paid.
func (s *Shop) Bill(o Order, total domain.Money) {
	id := domain.InvoiceID(s.NewID())
	split := tax.Split{Net: total, Tax: domain.Money{Currency: total.Currency}, Total: total}
	s.Record(invoice.Stream(id), domain.Actor{Kind: domain.ActorSystem, Tenant: o.Tenant},
		invoice.Issued{
			Invoice: id, Number: "KASSA-" + string(id), Kind: invoice.Invoice, Tenant: o.Tenant, Payer: o.Purchaser, Purchase: o.Purchase,
			OrderNumber: o.Number, Subscription: o.Subscription, Market: "SE", Net: split.Net, Tax: split.Tax, Total: split.Total, At: s.now(), DueAt: s.now(),
			Lines: []invoice.Line{{Transaction: invoice.Purchase, Product: o.Product, Quantity: o.Seats, UnitPrice: total, Split: split}},
		},
		invoice.Paid{Amount: total, Reference: "ch_1", At: s.now()})
}

// AskForHelp opens a support case about an order.
func (s *Shop) AskForHelp(o Order) {
	id := domain.CaseID(s.NewID())
	s.Record(support.Stream(id), Person(o.Tenant, o.Purchaser), support.SupportCaseOpened{
		Case: id, Subscription: o.Subscription, Tenant: o.Tenant, By: o.Purchaser, Topic: support.HowTo, Channel: o.Channel,
		SupportedBy: support.VendorStandard, Entitlement: support.Standard, IncidentCharge: support.NoIncident, At: s.now(),
	})
}

// Claim has somebody open a product that there is no seat of.
func (s *Shop) Claim(o Order, oid domain.PersonID) {
	id := claim.ID(s.NewID())
	s.Record(claim.Stream(id), Person(o.Tenant, oid),
		claim.Started{Claim: id, Tenant: o.Tenant, Person: oid, Product: o.Product, AskedFor: o.Product, At: s.now()},
		claim.Refused{Code: "no_seat", At: s.now()})
}
