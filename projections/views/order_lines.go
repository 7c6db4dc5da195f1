package views

import (
	"fmt"

	"github.com/bojanz/currency"

	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// description is a fact put into words. Who did it is not part of the sentence:
// names are sealed, and added by whoever may open them.
type description struct {
	summary      string
	code         string // of a refusal, a decline or a cancellation
	transaction  string // what a bill calls it; empty for what is never billed
	subscription domain.SubscriptionID
	person       domain.PersonID // whose licence it is about
	quantity     *int64          // if the fact states it
	money        *domain.Money   // if the fact states it
}

func describeStarted(e purchase.Started) description {
	from := map[domain.EntryPoint]string{domain.Website: "on the website", domain.InApp: "in the app"}[e.EntryPoint]
	if from == "" {
		from = "through " + string(e.EntryPoint)
	}
	return description{summary: fmt.Sprintf("Checkout of %s started %s, %s, in market %s.", e.Product, from, e.Channel, e.Market)}
}

func describeTenantResolved(purchase.TenantResolved) description {
	return description{summary: "The organisation was found by the buyer's e-mail domain."}
}

func describePurchaserAuthenticated(e purchase.PurchaserAuthenticated) description {
	if e.Guest {
		return description{summary: "The purchaser signed in, as a guest of the organisation."}
	}
	return description{summary: "The purchaser signed in."}
}

func describeEligibilityConfirmed(e purchase.EligibilityConfirmed) description {
	return description{summary: fmt.Sprintf("All %d checks passed at %s.", len(e.Checks), e.Stage)}
}

func describeRefused(e purchase.Refused) description {
	return description{code: e.Code, summary: fmt.Sprintf("Refused at %s by %s: %s.", e.Stage, e.Rule, e.Code)}
}

func describeQuantityChosen(e purchase.QuantityChosen) description {
	return description{quantity: &e.Quantity, summary: licences(e.Quantity) + " chosen."}
}

func describeQuoteIssued(e purchase.QuoteIssued) description {
	if e.Trial.Days > 0 {
		return description{quantity: &e.Quantity, money: &e.Total, summary: fmt.Sprintf("Quote: %s to try for %d days, then %s at %s each for a term of %s.",
			licences(e.Quantity), e.Trial.Days, text(e.Trial.Total), text(e.Trial.UnitPrice), e.Term)}
	}
	tax := "of which %s tax"
	if e.Exclusive {
		tax = "with %s tax on top"
	}
	if c := e.Commitment; c.Payments > 0 {
		return description{quantity: &e.Quantity, money: &e.Total, summary: fmt.Sprintf("Quote: %s at %s each for every %s of a term of %s, %s now, "+tax+"; %d payments, %s in all.",
			licences(e.Quantity), text(e.UnitPrice), c.Frequency, e.Term, text(e.Total), text(e.Tax), c.Payments, text(c.Total))}
	}
	return description{quantity: &e.Quantity, money: &e.Total, summary: fmt.Sprintf("Quote: %s at %s each for a term of %s, %s in all, "+tax+".",
		licences(e.Quantity), text(e.UnitPrice), e.Term, text(e.Total), text(e.Tax))}
}

func describeTermsAccepted(e purchase.TermsAccepted) description {
	return description{summary: fmt.Sprintf("Terms %s and privacy notice %s accepted.", e.Terms, e.PrivacyNotice)}
}

func describePaymentMethodAttached(e purchase.PaymentMethodAttached) description {
	if e.Kind == purchase.CreditCard {
		return description{summary: fmt.Sprintf("%s card ending in %s attached.", e.Brand, e.Last4)}
	}
	return description{summary: "To be paid under the organisation's agreement."}
}

func describeSubmitted(e purchase.Submitted) description {
	return description{money: &e.Total, summary: fmt.Sprintf("Order %s submitted for %s, attempt %d.", e.OrderNumber, text(e.Total), e.Attempt)}
}

func describePaymentAuthorised(e purchase.PaymentAuthorised) description {
	return description{money: &e.Amount, summary: fmt.Sprintf("Payment of %s authorised at attempt %d, reference %s.", text(e.Amount), e.Attempt, e.Reference)}
}

func describePaymentDeclined(e purchase.PaymentDeclined) description {
	then := "The card cannot be used."
	if e.Retriable {
		then = "It may be tried again."
	}
	return description{code: e.Code, summary: fmt.Sprintf("Payment declined at attempt %d: %s. %s", e.Attempt, e.Code, then)}
}

func describeCompleted(e purchase.Completed) description {
	if e.Kind == domain.Trial {
		return description{transaction: "Trial", quantity: &e.Quantity, money: &e.Price, summary: licences(e.Quantity) + " to try."}
	}
	return description{transaction: "Purchase", quantity: &e.Quantity, money: &e.Price,
		summary: fmt.Sprintf("%s bought for %s.", licences(e.Quantity), text(e.Price))}
}

func describeProvisioned(e subscription.Provisioned) description {
	return description{quantity: &e.Quantity, money: &e.Price, summary: fmt.Sprintf("Subscription of %s set up from %s to %s.",
		licences(e.Quantity), e.Start.UTC().Format("2006-01-02"), e.End.UTC().Format("2006-01-02"))}
}

func describeSeatReserved(e subscription.SeatReserved) description {
	return description{person: e.Person, summary: "A seat was taken."}
}

func describeSeatReleased(e subscription.SeatReleased) description {
	return description{person: e.Person, summary: "A seat was given back."}
}

func describeAssigned(e license.Assigned) description {
	return description{subscription: e.Subscription, person: e.Assignee, summary: fmt.Sprintf("A licence of %s was assigned by the %s.", e.Product, e.Via)}
}

func describeUnassigned(e license.Unassigned) description {
	return description{subscription: e.Subscription, person: e.Assignee, summary: fmt.Sprintf("A licence was taken back, cause: %s.", e.Cause)}
}

func describeSuspended(e license.Suspended) description {
	return description{subscription: e.Subscription, person: e.Assignee, summary: fmt.Sprintf("A licence was suspended, cause: %s.", e.Cause)}
}

func describeRestored(e license.Restored) description {
	return description{subscription: e.Subscription, person: e.Assignee, summary: fmt.Sprintf("A licence was restored, cause: %s.", e.Cause)}
}

func describePurchaserMarkedAsLeft(subscription.PurchaserMarkedAsLeft) description {
	return description{summary: "The purchaser left the organisation; everything goes on as it is."}
}

func describePurchaserReturned(subscription.PurchaserReturned) description {
	return description{summary: "The purchaser is back in the organisation."}
}

func licences(n int64) string {
	if n == 1 {
		return "1 licence"
	}
	return fmt.Sprintf("%d licences", n)
}

// text writes money with as many decimals as its currency has.
func text(m domain.Money) string {
	a, err := currency.NewAmountFromInt64(m.Minor, m.Currency)
	if err != nil {
		return fmt.Sprintf("%d minor units of %s", m.Minor, m.Currency)
	}
	return a.String()
}
