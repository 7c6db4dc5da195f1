// Package stripetest is a Stripe of this machine's own, for tests: the part of
// its API that Kassa uses, with its books in memory. Every request goes to the
// real stripe-mock first, which knows Stripe's own description of its API: what
// that refuses is refused here and fails the test, and its answer is the ground
// that this one's state is laid over.
//
// What stripe-mock does not know is here: idempotency keys, their end after a day
// and their collisions; declines and the owner's confirmation; lost answers;
// refunds up to what was paid; disputes; pages; a search that is behind; webhooks.
//
// Its cards are Stripe's own test cards, and cards that went bad after they were
// put on file, which Stripe's do not:
//
//	pm_card_visa, pm_card_mastercard        the charge succeeds
//	pm_card_chargeCustomerFail              is kept, and declined when charged
//	pm_card_visa_chargeDeclined             cannot even be kept
//	pm_card_authenticationRequiredOnSetup   is kept only with its owner there
//	pm_card_authenticationRequired          is kept, and charged only with its owner there
//	pm_later_declined, …_expired, …_insufficient_funds, …_processing_error, …_stolen
//	pm_lost_answers                         charges and refunds, and the first answer for each key is lost
package stripetest
