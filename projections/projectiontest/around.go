package projectiontest

import (
	"kassa/domain"
	"kassa/domain/access"
	"kassa/domain/claim"
	"kassa/domain/invoice"
	"kassa/domain/licreq"
	"kassa/domain/partner"
	"kassa/domain/paymentmethod"
	"kassa/domain/support"
)

// AskForLicense records that somebody asks for a licence of a product, and is
// given one of an order.
func (s *Shop) AskForLicense(o Order, oid domain.PersonID) licreq.ID {
	id, people := licreq.ID(s.NewID()), []domain.PersonID{oid}
	by := Person(o.Tenant, oid)
	s.Record(licreq.Stream(id), by, licreq.Requested{
		Request: id, Tenant: o.Tenant, Product: o.Product, AskedFor: o.Product, Requester: oid, For: people, Reason: licreq.TryingOut,
		Refusal: domain.ErrPolicyDisabled.Code, ExpiresAt: s.now().AddDate(1, 0, 0), At: s.now(),
	})
	s.Record(licreq.Stream(id), Person(o.Tenant, o.Purchaser), licreq.Approved{For: people, Subscription: o.Subscription, At: s.now()})
	s.Record(licreq.Stream(id), Person(o.Tenant, o.Purchaser), licreq.Given{Person: oid, Subscription: o.Subscription, At: s.now()})
	return id
}

// Claim records that somebody opens a product in vain.
func (s *Shop) Claim(tid domain.TenantID, oid domain.PersonID, p domain.ProductID) claim.ID {
	id := claim.ID(s.NewID())
	s.Record(claim.Stream(id), Person(tid, oid),
		claim.Started{Claim: id, Tenant: tid, Person: oid, Product: p, AskedFor: p, At: s.now()}, claim.Refused{Code: claim.ErrOff.Code, At: s.now()})
	return id
}

// Bill records that an order is billed and paid.
func (s *Shop) Bill(o Order, net, vat domain.Money) {
	id, total := domain.InvoiceID(s.NewID()), domain.Money{Minor: net.Minor + vat.Minor, Currency: net.Currency}
	s.Record(invoice.Stream(id), Importer, invoice.Issued{
		Invoice: id, Number: "KASSA-" + string(id), Kind: invoice.Invoice, Tenant: o.Tenant, Payer: o.Purchaser, Purchase: o.Purchase, OrderNumber: o.Number,
		Subscription: o.Subscription, Market: "SE", Net: net, Tax: vat, Total: total, At: s.now(), DueAt: s.now(),
	}, invoice.Paid{Amount: total, Reference: "ch_1", At: s.now()})
}

// Keep records that a purchaser has the card on their list that an order was paid
// with, and another that is good until the end of June.
func (s *Shop) Keep(o Order) (used, other domain.PaymentMethodID) {
	used, other = domain.PaymentMethodID(s.NewID()), domain.PaymentMethodID(s.NewID())
	card := paymentmethod.CardAdded{
		Card: used, Tenant: o.Tenant, Person: o.Purchaser, Kind: paymentmethod.CreditCard, Token: "tok_visa", Brand: "Visa", Last4: "4242",
		ExpMonth: 12, ExpYear: 2030, At: s.now(),
	}
	by, stream := Person(o.Tenant, o.Purchaser), paymentmethod.Stream(o.Tenant, o.Purchaser)
	s.Record(stream, by, card, paymentmethod.CardSetAsDefault{Card: used, At: s.now()})
	card.Card, card.Token, card.Last4, card.ExpMonth, card.ExpYear, card.At = other, "tok_other", "0001", 6, 2026, s.now()
	s.Record(stream, by, card)
	return used, other
}

// Help records that a purchaser asks for help.
func (s *Shop) Help(o Order) {
	id := domain.CaseID(s.NewID())
	s.Record(support.Stream(id), Person(o.Tenant, o.Purchaser), support.SupportCaseOpened{
		Case: id, Subscription: o.Subscription, Tenant: o.Tenant, By: o.Purchaser, Topic: support.Access, Channel: o.Channel,
		SupportedBy: support.VendorStandard, Entitlement: support.Standard, IncidentCharge: support.NoIncident, At: s.now(),
	})
}

// Delegate records that a customer lets a partner's people in, and that one of
// them looked at a list.
func (s *Shop) Delegate(customer, to domain.TenantID, oid domain.PersonID) {
	relation, until := domain.RelationID(s.NewID()), s.now().AddDate(1, 0, 0)
	s.Record(partner.Stream(customer, to), domain.Actor{Kind: domain.ActorAdmin, Tenant: customer}, partner.DelegationGranted{
		Relation: relation, Customer: customer, Partner: to, Kind: partner.DAP, Roles: []string{domain.RoleBillingAdmin}, GrantedAt: s.now(), ExpiresAt: until,
	})
	s.Record(access.Stream(customer, to, s.NewID()), domain.Actor{Kind: domain.ActorPartner, Tenant: to, Person: oid, OnBehalfOf: customer}, access.Recorded{
		Customer: customer, Partner: to, Person: oid, Relation: relation, Operation: "list-products", At: s.now(),
	})
}
