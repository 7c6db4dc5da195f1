// Package stripe takes cards through Stripe: a card is kept with a customer of
// its own, a charge is a PaymentIntent that is confirmed without its owner
// there, and what it is called by (domain.Charge.ID) is the PaymentIntent.
//
// Our key is given to Stripe twice: as the idempotency key, which holds for a day
// and for requests at the same time, and in the metadata, where it is found for
// ever after. Before a card is charged, the charges of its customer are listed:
// Stripe's lists read what was written, while its search is behind by a minute or,
// at bad times, an hour. See docs/adr/0014.
//
// Nothing outside this package knows Stripe's words, and no card's number comes
// here: a token is the id of a PaymentMethod.
package stripe
