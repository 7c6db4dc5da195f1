package eventstore_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/access"
	"kassa/domain/autoclaim"
	"kassa/domain/cancelreq"
	"kassa/domain/centralisation"
	"kassa/domain/claim"
	"kassa/domain/invoice"
	"kassa/domain/license"
	"kassa/domain/licreq"
	"kassa/domain/mail"
	"kassa/domain/partner"
	"kassa/domain/paymentmethod"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/domain/support"
	"kassa/domain/tenant"
	"kassa/domain/tenantpolicy"
	"kassa/domain/trial"
	"kassa/domain/user"
	"kassa/eventstore"
)

var addSchema = flag.Bool("add-schema", false, "write golden files for event types that have none; never rewrites one")

var (
	specimenAt   = time.Date(2026, 1, 2, 12, 30, 45, 123456000, time.UTC)
	specimenMeta = eventstore.Meta{
		Tenant:      "6f1f1c3e-0b7a-4c57-8d2c-5b0b8a1f2c3d",
		Actor:       domain.Actor{Kind: domain.ActorPartner, Tenant: "0a1b", Person: "2c3d", Roles: []string{domain.RoleBillingAdmin}, OnBehalfOf: "4e5f"},
		Command:     uuid.MustParse("11111111-1111-4111-8111-111111111111"),
		Request:     "digest",
		Correlation: uuid.MustParse("22222222-2222-4222-8222-222222222222"),
		Causation:   uuid.MustParse("33333333-3333-4333-8333-333333333333"),
		At:          specimenAt,
	}
)

// specimens has one event of every type, every field of it filled in.
func specimens() []domain.Event {
	at, sek := specimenAt, func(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }
	checks := []domain.Check{{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial <&>", Source: "tenant-t", Revision: 3}}
	refunds := []subscription.RefundLine{{Refund: "r1/1", Addition: "a1", Seats: 1, Rule: subscription.RefundByDays, Days: 182, OfDays: 183, Amount: sek(27_50), Charge: "ch_2"}}
	period := subscription.Period{Number: 2, Start: at.AddDate(1, 0, 0), End: at.AddDate(2, 0, 0), UnitPrice: sek(57_00), PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 5, Quantity: 3, Charge: sek(171_00)}
	savings := centralisation.Savings{SelfService: sek(360_00), Central: sek(324_00), Saved: sek(36_00), Unknown: centralisation.NoCentralPrice}
	return []domain.Event{
		eventstore.Identified{ID: uuid.MustParse("44444444-4444-4444-8444-444444444444")},

		product.Listed{Product: "CFQ7TTC0HD33", Name: "Visio Plan 1", Vendor: "Microsoft", Family: "Visio", SelfServiceEligible: true, TrialWithoutPayment: true, MaxQuantity: 500, ProductURL: "https://example.com/visio?a=1&b=2", TrainingURLs: []string{"https://example.com/learn"}},
		product.Renamed{Name: "Planner Plan 1", Previous: "Project Plan 1"},
		product.IDReplaced{OldID: "CFQ7TTC0KXN9"},
		product.ReplacedBy{Product: "CFQ7TTC0HD33"},
		product.EndOfSale{From: at},
		product.MarketExcluded{Market: "BR", From: at},
		product.MarketReopened{Market: "BR", From: at},
		product.TrialOffered{Trial: product.Trial{Days: 30, Seats: 25, WithoutPaymentMethod: true, WithPaymentMethod: true}},
		product.CapacitySet{Capacity: product.Capacity{DatabaseMB: 250, FileMB: 2048}},

		price.Published{Product: "CFQ7TTC0HD33", Channel: domain.SelfService, Market: "SE", Amount: sek(55_00), Term: domain.Monthly, ValidFrom: at},
		price.Withdrawn{Product: "CFQ7TTC0HD33", Channel: domain.Central, Market: "SE", From: at},

		tenant.Registered{Tenant: "t", Name: "Contoso Åkeri", Domains: []string{"contoso.example"}, Kind: domain.Commercial, Managed: true, Country: "SE", Zone: "Europe/Stockholm"},
		tenant.KindChanged{Kind: domain.Education, Previous: domain.Commercial},
		tenant.BecameManaged{},
		tenant.BecameUnmanaged{},
		tenant.GovernanceProductBlocked{Product: "CFQ7TTC0HD33"},
		tenant.GovernanceProductAllowed{Product: "CFQ7TTC0HD33"},

		user.Observed{Tenant: "t", Person: "ann", Guest: true, Enabled: true, Synced: true, UsageLocation: "SE", Name: []byte{1, 2, 3}, Mail: []byte{4, 5, 6}, MailIndex: "m1", ProfileIndex: "p1"},
		user.Disabled{},
		user.Enabled{},
		user.RolesChanged{Roles: []string{domain.RoleGlobalAdmin}},

		tenantpolicy.DefaultSet{Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: at},
		tenantpolicy.ProductSet{Product: "CFQ7TTC0HD33", AskedFor: "CFQ7TTC0KXN9", Value: domain.PolicyTrialsOnly, Previous: domain.PolicyEnabled, At: at},
		tenantpolicy.OfferTypeSet{OfferType: "SaaS", Value: domain.PolicyDisabled, Previous: domain.PolicyEnabled, At: at},

		purchase.Started{Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Tenant: "t", Product: "CFQ7TTC0HD33", AskedFor: "CFQ7TTC0KXN9", Channel: domain.SelfService, EntryPoint: domain.InApp, Market: "SE", At: at},
		purchase.TenantResolved{Tenant: "t"},
		purchase.PurchaserAuthenticated{Person: "ann", Tenant: "t", Guest: true},
		purchase.EligibilityConfirmed{Stage: purchase.AtSubmit, Checks: checks},
		purchase.Refused{Stage: purchase.AtStart, Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: checks, At: at},
		purchase.QuantityChosen{Quantity: 3},
		purchase.QuoteIssued{UnitPrice: sek(55_00), Quantity: 3, Net: sek(165_00), Tax: sek(41_25), Total: sek(206_25), Term: domain.Yearly, PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 4, ValidUntil: at},
		purchase.TermsAccepted{Terms: "2026-01", PrivacyNotice: "2026-02"},
		purchase.PaymentMethodAttached{Kind: purchase.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030},
		purchase.Submitted{OrderNumber: "KA-JND9-9CK5-ESR3", Attempt: 1, Total: sek(206_25), Subscription: "s1", At: at},
		purchase.PaymentAuthorised{Attempt: 1, Amount: sek(206_25), Reference: "ch_1", At: at},
		purchase.PaymentDeclined{Attempt: 1, Code: "card_declined", Retriable: true, At: at},
		purchase.Completed{Subscription: "s1", OrderNumber: "KA-JND9-9CK5-ESR3", UnitPrice: sek(55_00), Price: sek(206_25), Quantity: 3, At: at},

		subscription.Provisioned{Subscription: "s1", Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Tenant: "t", Product: "CFQ7TTC0HD33", Channel: domain.SelfService, Purchaser: "ann", Payer: "ann", DataOwner: "tenant", Support: "standard", Quantity: 3, UnitPrice: sek(55_00), Price: sek(206_25), Term: domain.Yearly, Start: at, End: at.AddDate(1, 0, 0), AnchorDay: 2, Zone: "Europe/Stockholm", RecurringBilling: true, CancellationUntil: at.AddDate(0, 0, 7)},
		subscription.SeatReserved{Person: "bob", At: at},
		subscription.SeatReleased{Person: "bob", At: at},
		subscription.SeatAdditionRequested{Addition: "a1", Delta: 2, Quantity: 5, UnitPrice: sek(55_00), Charge: sek(55_15), Days: 183, OfDays: 365, Checks: checks, At: at},
		subscription.SeatAdditionRefused{Addition: "a1", Delta: 2, Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: checks, At: at},
		subscription.SeatAdditionDeclined{Addition: "a1", Code: "card_declined", Retriable: true, At: at},
		subscription.SeatsAdded{Addition: "a1", Delta: 2, Quantity: 5, Charge: sek(55_15), Days: 183, OfDays: 365, From: at, ReducibleUntil: at.AddDate(0, 0, 7), Reference: "ch_2", At: at},
		subscription.SeatsRemoved{Removal: "r1", Delta: 1, Quantity: 4, Refund: sek(27_50), Lines: refunds, At: at},
		subscription.SeatReductionScheduled{Change: "c1", Quantity: 2, EffectiveAt: at.AddDate(1, 0, 0), At: at},
		subscription.ScheduledChangeCancelled{Change: "c1", Cause: subscription.ChangeBillingOff, At: at},
		subscription.RecurringBillingTurnedOff{EffectiveEnd: at.AddDate(1, 0, 0), At: at},
		subscription.RecurringBillingTurnedOn{RenewsAt: at.AddDate(1, 0, 0), At: at},
		subscription.PriceChangeAnnounced{Number: 2, OldUnitPrice: sek(55_00), UnitPrice: sek(57_00), PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 5, EffectiveAt: at.AddDate(1, 0, 0), At: at},
		subscription.RenewalPriceKept{Number: 2, UnitPrice: sek(55_00), EffectiveAt: at.AddDate(1, 0, 0), At: at},
		subscription.RenewalRequested{Period: period},
		subscription.DunningStarted{Kind: subscription.RegularDunning, Number: 2, Code: "card_declined", Steps: []subscription.DunningStep{{Step: subscription.DunRetry, At: at.AddDate(0, 0, 3)}}, DisabledAt: at.AddDate(0, 0, 30), At: at, NextAt: at.AddDate(0, 0, 3)},
		subscription.DunningStepReached{Step: subscription.DunRetry, Number: 2, At: at, NextAt: at.AddDate(0, 0, 27)},
		subscription.Suspended{Cause: subscription.SuspendedUnpaid, At: at},
		subscription.Resumed{At: at},
		subscription.ChargedBack{Dispute: "dp_1", Reference: "ch_3", Paid: "term/2", Amount: sek(110_00), Reason: "fraudulent", At: at},
		invoice.ChargedBack{Amount: sek(110_00), Reference: "dp_1", Reason: "fraudulent", At: at, AsOf: 12},
		subscription.RenewalDeclined{Number: 2, Code: "card_declined", Retriable: true, At: at},
		subscription.Renewed{Period: period, CancellationUntil: at.AddDate(1, 0, 7), Reference: "ch_3"},
		subscription.InstalmentRequested{Again: "x1", Instalment: subscription.Instalment{Period: period, Payment: 2}},
		subscription.InstalmentDeclined{Again: "x1", Number: 2, Payment: 2, Code: "card_declined", Retriable: true, At: at},
		subscription.InstalmentPaid{Again: "x1", Instalment: subscription.Instalment{Period: period, Payment: 2}, Reference: "ch_4"},
		subscription.ReactivationRequested{Reactivation: "x1", Period: period, AnchorDay: 2},
		subscription.ReactivationRefused{Reactivation: "x2", Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: checks, At: at},
		subscription.ReactivationDeclined{Reactivation: "x1", Code: "card_declined", Retriable: true, At: at},
		subscription.Reactivated{Reactivation: "x1", Period: period, AnchorDay: 2, RecurringBilling: true, CancellationUntil: at.AddDate(1, 0, 7), Reference: "ch_4"},
		subscription.Cancelled{Cancellation: "c2", By: subscription.ByPurchaser, Reason: subscription.NotNeeded, Feedback: "f1", InsideWindow: true, Refund: sek(27_50), RefundRule: subscription.RefundByDays, Days: 182, OfDays: 365, Lines: refunds, AccessEndsAt: at, At: at},
		subscription.RefundIssued{Of: "r1/1", Amount: sek(27_50), Reference: "re_1", At: at},
		subscription.TrialStarted{End: at.AddDate(0, 0, 30), NeedsPaymentMethod: true, UnitPrice: sek(57_00), PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 5, At: at},
		subscription.TrialExtended{Extension: "e1", End: at.AddDate(0, 0, 60), Previous: at.AddDate(0, 0, 30), At: at},
		subscription.ConversionRequested{Conversion: "x2", Period: period, AnchorDay: 2, Checks: checks, At: at},
		subscription.ConversionRefused{Conversion: "x2", Code: "policy_disabled", Rule: "R41", MessageKey: "contact_it_admin", CanRequest: true, Checks: checks, At: at},
		subscription.ConversionDeclined{Conversion: "x2", Code: "card_declined", Retriable: true, At: at},
		subscription.TrialConverted{Conversion: "x2", Period: period, AnchorDay: 2, CancellationUntil: at.AddDate(1, 0, 7), Reference: "ch_5"},
		subscription.TrialEnded{Cause: subscription.EndRefused, Checks: checks, At: at},
		subscription.Credited{Credit: "cr1", Bill: "term/2", Refund: "cr1/1", Amount: sek(27_50), Charge: "ch_1", Reason: subscription.Outage, At: at},
		subscription.RefundFailed{Of: "r1/1", Amount: sek(27_50), Code: "charge_unknown", At: at},
		subscription.Expired{Cause: subscription.EndBillingOff, At: at, NextAt: at.AddDate(0, 0, 30)},
		subscription.Disabled{Cause: subscription.EndPayment, At: at, NextAt: at.AddDate(0, 0, 90)},
		subscription.Deleted{Cause: subscription.EndCancelled, At: at},

		tenantpolicy.RequestProcessSet{Message: "Fråga i portalen <&>", Link: "https://portal.contoso.example/ask?a=1&b=2", At: at},
		tenantpolicy.RequestProcessEnded{At: at},

		licreq.Requested{Request: "q1", Tenant: "t", Product: "CFQ7TTC0HD33", AskedFor: "CFQ7TTC0KXN9", Requester: "ann", For: []domain.PersonID{"ann", "bob"}, Reason: licreq.Collaboration, Refusal: "policy_disabled", Checks: checks, ExpiresAt: at.AddDate(1, 0, 0), At: at},
		licreq.Shared{With: "cat", At: at},
		licreq.Approved{For: []domain.PersonID{"ann", "bob"}, Subscription: "s1", At: at},
		licreq.PartlyApproved{For: []domain.PersonID{"bob"}, Subscription: "s1", At: at},
		licreq.Denied{Reason: licreq.TooExpensive, At: at},
		licreq.SeatMissed{Person: "bob", At: at},
		licreq.Given{Person: "bob", Subscription: "s1", At: at},
		licreq.NotGiven{Person: "bob", Code: "assignee_disabled", At: at},
		licreq.Expired{At: at},

		autoclaim.PolicySet{Primary: "CFQ7TTC0HD33", Backups: []domain.ProductID{"CFQ7TTC0HD32"}, At: at},
		autoclaim.TurnedOff{At: at},
		claim.Started{Claim: "c1", Tenant: "t", Person: "ann", Product: "CFQ7TTC0HD33", AskedFor: "CFQ7TTC0KXN9", From: []domain.SubscriptionID{"s1", "s2"}, At: at},
		claim.Granted{Subscription: "s2", Product: "CFQ7TTC0HD32", At: at},
		claim.Refused{Code: "auto_claim_no_seat", At: at},
		trial.Taken{Tenant: "t", Person: "ann", Product: "CFQ7TTC0HD33", Purchase: "p1", At: at},

		license.Assigned{Subscription: "s1", Product: "CFQ7TTC0HD33", Assignee: "bob", AssigneeTenant: "t", Via: license.ByPurchaser, At: at},
		license.Unassigned{Subscription: "s1", Assignee: "bob", Cause: license.Manual, At: at},
		license.MovedTo{From: "s1", To: "s2", Assignee: "bob", Batch: "t1", At: at},
		subscription.ControlTaken{Takeover: "t1", Admin: "gail", Option: subscription.TakeoverMove, Target: "s2", Reason: subscription.Centralised, At: at},
		subscription.MoveGivenUp{Takeover: "t1", Admin: "gail", At: at},

		partner.DelegationGranted{Relation: "r1", Customer: "t", Partner: "p", Kind: partner.GDAP, Roles: []string{domain.RoleBillingAdmin}, GrantedAt: at, ExpiresAt: at.AddDate(1, 0, 0)},
		partner.DelegationExpired{Relation: "r1", At: at.AddDate(1, 0, 0)},
		partner.DelegationRevoked{Relation: "r1", At: at},

		access.Recorded{Customer: "t", Partner: "p", Person: "pat", Relation: "r1", Operation: "list-products", Subject: "s1", At: at},

		centralisation.Planned{Centralisation: "c1", Tenant: "t", Product: "CFQ7TTC0HD33", Market: "SE", Keep: true, Subscriptions: 2, Covered: 1, SeatsNeeded: 3, SeatsAvailable: 1, SeatsToBuy: 2, Savings: savings, AsOf: 48211, At: at},
		centralisation.SourcesListed{Sources: []centralisation.Source{{Subscription: "s1", Purchaser: "ann", Seats: 3, Users: 2, Yearly: sek(360_00)}}},
		centralisation.UsersListed{Users: []centralisation.User{{Person: "bob", Subscriptions: []domain.SubscriptionID{"s1", "s2"}}}},
		centralisation.CentralPurchaseOrdered{Seats: 3, Terms: "2026-01", PrivacyNotice: "2026-02", At: at},
		centralisation.CentralPurchaseRefused{Code: "product_blocked", At: at},
		centralisation.CentralSeatsBought{Purchase: "p2", Subscription: "s9", Seats: 3, UnitPrice: sek(9_00), Term: domain.Monthly, Yearly: sek(324_00), At: at},
		centralisation.CentralSubscriptionChosen{Subscription: "s9", At: at},
		centralisation.SeatsRanOut{Subscription: "s9", Code: "no_seat", At: at},
		centralisation.UsersReassigned{Subscription: "s9", Users: []centralisation.Reassigned{{Person: "bob", Code: "assignee_disabled"}}, Remaining: 2, At: at},
		centralisation.PurchasersAskedToCancel{Asked: []centralisation.Asked{{Subscription: "s1", Request: "s1-purchaser-1", Code: "subscription_ended"}}, Remaining: 1, At: at},
		centralisation.PurchasersAnswered{Answers: []centralisation.Answered{{Request: "s1-purchaser-1", Answer: centralisation.Accepted}}, At: at},
		centralisation.Closed{Outcome: centralisation.Partial, Assigned: 2, Skipped: 1, Accepted: 3, Declined: 4, Expired: 5, NotAsked: 6, Unanswered: 7, Savings: savings, At: at},
		centralisation.Withdrawn{At: at},
		cancelreq.CancellationRequested{Number: 2, To: cancelreq.ToPurchaser, Subscription: "s1", Tenant: "t", Purchaser: "ann", By: "bill", Reason: cancelreq.Centralised, ExpiresAt: at.AddDate(0, 0, 90), At: at},
		cancelreq.RequestAccepted{By: "ann", At: at},
		cancelreq.RequestDeclined{By: "ann", Reason: cancelreq.StillNeeded, At: at},
		cancelreq.RequestWithdrawn{By: "bill", At: at},
		cancelreq.RequestExpired{Cause: cancelreq.SubscriptionEnded, At: at},
		cancelreq.RequestExecuted{Effect: cancelreq.RecurringBillingOff, At: at},
		cancelreq.SupportCancellationExecuted{Subscription: "s1", By: "sue", Reason: cancelreq.PurchaserLeft, At: at},

		tenant.PremierContractRecorded{Incidents: 10, Previous: 5},
		tenant.PremierIncidentCharged{Case: "k1", Subscription: "s1", Topic: "billing", At: at},
		support.SupportCaseOpened{Case: "k1", Subscription: "s1", Tenant: "t", By: "ann", Topic: support.Billing, Channel: domain.SelfService, SupportedBy: support.VendorStandard, Entitlement: support.Standard, IncidentCharge: support.NoIncident, At: at},
		support.CaseEscalated{By: "sue", At: at},
		support.CaseClosed{By: "sue", Resolution: support.Solved, At: at},

		paymentmethod.CardAdded{Card: "m1", Tenant: "t", Person: "ann", Kind: paymentmethod.CreditCard, Token: "tok_visa", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2030, Country: "SE", At: at},
		paymentmethod.CardDetailsChanged{Card: "m1", ExpMonth: 11, ExpYear: 2032, Country: "NO", At: at},
		paymentmethod.CardSetAsDefault{Card: "m1", At: at},
		paymentmethod.CardExpired{Card: "m1", ExpMonth: 11, ExpYear: 2032, Renewing: []domain.SubscriptionID{"s1"}, At: at},
		paymentmethod.CardReplaced{Card: "m1", By: "m2", At: at},
		paymentmethod.CardRemoved{Card: "m2", At: at},

		user.Deleted{},
		user.Restored{},
		user.FeedbackGiven{Feedback: "f1", Words: []byte("sealed"), At: at},
		license.Suspended{Subscription: "s1", Assignee: "bob", Cause: license.SubscriptionDisabled, At: at},
		license.Restored{Subscription: "s1", Assignee: "bob", Cause: license.SubscriptionReactivated, At: at},
		subscription.PurchaserMarkedAsLeft{Purchaser: "ann", Orphaned: true, At: at},
		subscription.PurchaserReturned{Purchaser: "ann", At: at},

		invoice.Numbered{Seller: "KASSA", Year: 2026, First: 42, Entries: []invoice.Entry{{Subscription: "s1", Of: "term/1"}}, At: at},
		invoice.Issued{Invoice: "s1-refund-r1-1", Number: "KASSA-2026-0000042", Kind: invoice.CreditNote, Credits: "s1-term-1", Tenant: "t", Payer: "ann", Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Subscription: "s1", Market: "SE", Lines: []invoice.Line{{Transaction: invoice.RemoveQuantity, Product: "CFQ7TTC0HD33", From: at, To: at.AddDate(1, 0, 0), Quantity: -1, UnitPrice: sek(55_00), Days: 182, OfDays: 365, TaxSplit: domain.TaxSplit{Kind: domain.VAT, Rate: 2500, Net: sek(-22_00), Tax: sek(-5_50), Total: sek(-27_50)}}}, Net: sek(-22_00), Tax: sek(-5_50), Total: sek(-27_50), At: at, DueAt: at, AsOf: 7},
		invoice.Paid{Amount: sek(206_25), Reference: "ch_1", At: at, AsOf: 1},
		invoice.PaymentFailed{Attempt: 1, Code: "card_declined", Retriable: true, At: at, AsOf: 2},
		invoice.Refunded{CreditNote: "s1-refund-r1-1", Amount: sek(27_50), Reference: "re_1", At: at, AsOf: 3},
		invoice.WrittenOff{Amount: sek(206_25), At: at, AsOf: 4},

		mail.Started{At: at},
		mail.Sent{Of: mail.Of{Mail: "m1", Fact: "f1", Person: "ann", Code: "receipt"}, Language: "sv", At: at},
		mail.Failed{Of: mail.Of{Mail: "m1", Fact: "f1", Person: "ann", Code: "receipt"}, Reply: 550, Enhanced: "5.1.1", At: at},
		mail.Skipped{Of: mail.Of{Mail: "m1", Fact: "f1", Person: "ann", Code: "receipt"}, Cause: mail.SkipErased, At: at},
	}
}

// grown has those events again that got optional fields after their golden file
// was written, with these filled in too.
func grown() []domain.Event {
	at, sek := specimenAt, func(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }
	checks := []domain.Check{{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial <&>", Source: "tenant-t", Revision: 3}}
	period := subscription.Period{Number: 2, Start: at.AddDate(1, 0, 0), End: at.AddDate(2, 0, 0), UnitPrice: sek(57_00), PriceRevision: 5, Quantity: 3, Charge: sek(171_00)}
	return []domain.Event{
		subscription.ReactivationRequested{Reactivation: "x1", Period: period, AnchorDay: 2, Checks: checks},
		subscription.SeatReserved{Person: "bob", Via: "request", At: at},
		purchase.Started{Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Tenant: "t", Product: "CFQ7TTC0HD33", AskedFor: "CFQ7TTC0KXN9", Channel: domain.SelfService, EntryPoint: domain.InApp, Market: "SE", At: at, Kind: domain.Trial, NeedsPaymentMethod: true},
		purchase.QuoteIssued{UnitPrice: sek(0), Quantity: 3, Net: sek(0), Tax: sek(0), Total: sek(0), Term: domain.Monthly, PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 4, ValidUntil: at, Trial: purchase.TrialQuote{Days: 30, UnitPrice: sek(55_00), Total: sek(165_00)}},
		purchase.Completed{Subscription: "s1", OrderNumber: "KA-JND9-9CK5-ESR3", UnitPrice: sek(0), Price: sek(0), Quantity: 3, At: at, Kind: domain.Trial},
		centralisation.SourcesListed{Sources: []centralisation.Source{{Subscription: "s1", Purchaser: "ann", Seats: 3, Users: 2, Yearly: sek(360_00), Ended: true}}},
	}
}

// grownAgain has what got more of them later: that prices have a tax, and are
// announced before they change.
func grownAgain() []domain.Event {
	at, sek := specimenAt, func(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }
	split := func(total int64) domain.TaxSplit {
		return domain.TaxSplit{Kind: domain.GST, Rate: 2500, Net: sek(total * 4 / 5), Tax: sek(total / 5), Total: sek(total), Exclusive: true}
	}
	checks := []domain.Check{{Code: "tenant_kind", Rule: "R07", Passed: true, Evidence: "commercial <&>", Source: "tenant-t", Revision: 3}}
	period := subscription.Period{Number: 2, Start: at.AddDate(1, 0, 0), End: at.AddDate(2, 0, 0), UnitPrice: sek(55_00), PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 5, Quantity: 2, Charge: sek(137_50), Tax: split(137_50), NoticeAt: at.AddDate(1, 11, 0)}
	back := subscription.RefundLine{Refund: "r1/1", Addition: "a1", Seats: 1, Rule: subscription.RefundByDays, Days: 182, OfDays: 183, Amount: sek(27_50), Charge: "ch_2", Tax: split(27_50)}
	return []domain.Event{
		purchase.QuoteIssued{UnitPrice: sek(55_00), Quantity: 3, Net: sek(165_00), Tax: sek(41_25), Total: sek(206_25), Term: domain.Monthly, PriceStream: "price-CFQ7TTC0HD33-self-service-SE", PriceRevision: 4, ValidUntil: at, Trial: purchase.TrialQuote{Days: 30, UnitPrice: sek(55_00), Total: sek(206_25), Tax: split(206_25)}, TaxRule: split(0).Rule()},
		subscription.Provisioned{Subscription: "s1", Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Tenant: "t", Product: "CFQ7TTC0HD33", Channel: domain.SelfService, Purchaser: "ann", Payer: "ann", DataOwner: "tenant", Support: "standard", Quantity: 3, UnitPrice: sek(55_00), Price: sek(206_25), Term: domain.Yearly, Start: at, End: at.AddDate(1, 0, 0), AnchorDay: 2, Zone: "Europe/Stockholm", RecurringBilling: true, CancellationUntil: at.AddDate(0, 0, 7), Tax: split(206_25), NoticeAt: at.AddDate(0, 11, 0)},
		subscription.SeatAdditionRequested{Addition: "a1", Delta: 2, Quantity: 5, UnitPrice: sek(55_00), Charge: sek(55_15), Days: 183, OfDays: 365, Checks: checks, At: at, Tax: split(55_15)},
		subscription.SeatsAdded{Addition: "a1", Delta: 2, Quantity: 5, Charge: sek(55_15), Days: 183, OfDays: 365, From: at, ReducibleUntil: at.AddDate(0, 0, 7), Reference: "ch_2", At: at, Tax: split(55_15)},
		subscription.SeatsRemoved{Removal: "r1", Delta: 1, Quantity: 4, Refund: sek(27_50), Lines: []subscription.RefundLine{back}, At: at},
		subscription.RecurringBillingTurnedOn{RenewsAt: at.AddDate(1, 0, 0), At: at, NoticeAt: at.AddDate(0, 11, 0)},
		subscription.RenewalRequested{Period: period},
		subscription.Credited{Credit: "g1", Bill: "term/2", Refund: "g1/1", Amount: sek(27_50), Charge: "ch_3", Reason: subscription.Goodwill, At: at, Tax: split(27_50)},
		invoice.Issued{Invoice: "s1-term-2", Number: "KASSA-2026-0000043", Kind: invoice.CreditNote, Credits: "s1-term-1", Tenant: "t", Payer: "ann", Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Subscription: "s1", Market: "CA", Lines: []invoice.Line{{Transaction: invoice.Renew, Product: "CFQ7TTC0HD33", From: at, To: at.AddDate(1, 0, 0), Quantity: 2, UnitPrice: sek(55_00), TaxSplit: split(137_50)}}, Net: sek(110_00), Tax: sek(27_50), Total: sek(137_50), At: at, DueAt: at, AsOf: 7},
	}
}

// paidInMonths has those again that got fields for terms paid in instalments.
func paidInMonths() []domain.Event {
	at, sek := specimenAt, func(minor int64) domain.Money { return domain.Money{Minor: minor, Currency: "SEK"} }
	lines := []subscription.RefundLine{{Refund: "r1/1", Addition: "a1", Payment: 2, Seats: 1, Rule: subscription.RefundByDays, Days: 27, OfDays: 28, Amount: sek(53_04), Charge: "ch_2"}}
	period := subscription.Period{Number: 2, Start: at.AddDate(1, 0, 0), End: at.AddDate(2, 0, 0), UnitPrice: sek(57_00), PriceStream: "price-CFQ7TTC0HD33-self-service-SE-P1M", PriceRevision: 5, Quantity: 3, Charge: sek(171_00), PaidUntil: at.AddDate(1, 1, 0)}
	return []domain.Event{
		price.Published{Product: "CFQ7TTC0HD33", Channel: domain.SelfService, Market: "SE", Amount: sek(55_00), Term: domain.Yearly, ValidFrom: at, Frequency: domain.Monthly},
		price.Withdrawn{Product: "CFQ7TTC0HD33", Channel: domain.Central, Market: "SE", From: at, Frequency: domain.Monthly},
		purchase.QuoteIssued{UnitPrice: sek(55_00), Quantity: 3, Net: sek(165_00), Tax: sek(0), Total: sek(165_00), Term: domain.Yearly, PriceStream: "price-CFQ7TTC0HD33-self-service-SE-P1M", PriceRevision: 4, ValidUntil: at, Trial: purchase.TrialQuote{Days: 30, UnitPrice: sek(55_00), Total: sek(165_00)}, Commitment: purchase.Commitment{Frequency: domain.Monthly, Payments: 12, Total: sek(1980_00)}, TaxRule: domain.TaxRule{Kind: domain.VAT, Rate: 2500}},
		subscription.Provisioned{Subscription: "s1", Purchase: "p1", OrderNumber: "KA-JND9-9CK5-ESR3", Tenant: "t", Product: "CFQ7TTC0HD33", Channel: domain.SelfService, Purchaser: "ann", Payer: "ann", DataOwner: "tenant", Support: "standard", Quantity: 3, UnitPrice: sek(55_00), Price: sek(165_00), Term: domain.Yearly, Start: at, End: at.AddDate(1, 0, 0), AnchorDay: 2, Zone: "Europe/Stockholm", RecurringBilling: true, CancellationUntil: at.AddDate(0, 0, 7), Frequency: domain.Monthly, PaidUntil: at.AddDate(0, 1, 0), Tax: domain.TaxRule{Kind: domain.VAT, Rate: 2500}.Of(sek(165_00)), NoticeAt: at.AddDate(0, 11, 0)},
		subscription.SeatsRemoved{Removal: "r1", Delta: 1, Quantity: 4, Refund: sek(53_04), Lines: lines, At: at},
		subscription.Renewed{Period: period, CancellationUntil: at.AddDate(1, 0, 7), Reference: "ch_3"},
		subscription.DunningStarted{Kind: subscription.RegularDunning, Number: 2, Code: "card_declined", Steps: []subscription.DunningStep{{Step: subscription.DunRetry, At: at.AddDate(0, 0, 3)}}, DisabledAt: at.AddDate(0, 0, 30), At: at, NextAt: at.AddDate(0, 0, 3), Payment: 2},
		subscription.DunningStepReached{Step: subscription.DunRetry, Number: 2, At: at, NextAt: at.AddDate(0, 0, 27), Payment: 2},
	}
}

// golden is a file of exactly the bytes that were once stored, and a newline.
func golden(name string) string { return filepath.Join("testdata", "schema", name+".json") }

// A golden file is a promise that some stored event looks like this. Changing
// one breaks every stream that holds it, so there is no flag that does.
func requireFrozen(t *testing.T, path string, stored []byte) {
	t.Helper()
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && *addSchema {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		want = append(slices.Clone(stored), '\n')
		err = os.WriteFile(path, want, 0o644)
	}
	require.NoError(t, err, "a new type needs a golden file: go test ./eventstore -add-schema")
	require.Equal(t, string(want), string(stored)+"\n", "the shape changed; give it a new version and an upcaster")
}

func TestStoredEventsKeepTheirShape(t *testing.T) {
	for _, e := range specimens() {
		t.Run(e.EventType(), func(t *testing.T) { requireKept(t, e, golden(e.EventType())) })
	}
	for _, e := range grown() {
		t.Run(e.EventType()+" grown", func(t *testing.T) { requireKept(t, e, golden(filepath.Join("grown", e.EventType()))) })
	}
	for _, e := range grownAgain() {
		t.Run(e.EventType()+" grown again", func(t *testing.T) { requireKept(t, e, golden(filepath.Join("grown-again", e.EventType()))) })
	}
	for _, e := range paidInMonths() {
		t.Run(e.EventType()+" paid in months", func(t *testing.T) { requireKept(t, e, golden(filepath.Join("paid-in-months", e.EventType()))) })
	}
}

func requireKept(t *testing.T, e domain.Event, path string) {
	t.Helper()
	drafts, err := eventstore.Drafts("some-stream", specimenMeta, e)
	require.NoError(t, err)
	require.Equal(t, e.EventType(), drafts[0].Type)
	requireFrozen(t, path, drafts[0].Data)

	fact, err := eventstore.Schema().Decode(eventstore.Record{Type: drafts[0].Type, Data: drafts[0].Data, Metadata: drafts[0].Metadata})
	require.NoError(t, err)
	assert.Equal(t, e, fact.Event)
	assert.Equal(t, specimenMeta, fact.Meta)
}

func TestStoredMetadataKeepsItsShape(t *testing.T) {
	drafts, err := eventstore.Drafts("some-stream", specimenMeta, user.Disabled{})
	require.NoError(t, err)
	requireFrozen(t, filepath.Join("testdata", "metadata.json"), drafts[0].Metadata)
}

// Adding an event without its specimen, or taking one away, is noticed here.
func TestEveryTypeHasOneSpecimen(t *testing.T) {
	var names []string
	for _, e := range specimens() {
		names = append(names, e.EventType())
	}
	slices.Sort(names)
	assert.Equal(t, eventstore.Schema().Types(), names)
}

// A field left empty would be missing from the golden file, and free to change.
// Of an event that has grown, the later specimen is the one to be filled in.
func TestSpecimensAreFilledIn(t *testing.T) {
	latest := map[string]domain.Event{}
	for _, e := range slices.Concat(specimens(), grown(), grownAgain(), paidInMonths()) {
		latest[e.EventType()] = e
	}
	for _, e := range latest {
		v := reflect.ValueOf(e)
		for i := range v.NumField() {
			assert.False(t, v.Field(i).IsZero(), "%s.%s is empty", e.EventType(), v.Type().Field(i).Name)
		}
	}
}

// Retired types too: whatever was stored once can be read for ever.
func TestEveryGoldenFileIsReadable(t *testing.T) {
	files, err := filepath.Glob(golden("*"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), len(eventstore.Schema().Types()))
	metadata, err := os.ReadFile(filepath.Join("testdata", "metadata.json"))
	require.NoError(t, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		_, err = eventstore.Schema().Decode(eventstore.Record{Type: name, Data: data, Metadata: metadata})
		assert.NoError(t, err, file)
	}
}
