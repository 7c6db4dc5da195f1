// Package simulator is a card gateway without a bank, for development, tests
// and the demo. It behaves like a real one: it is slow where told to be, keeps
// its own books on its own disk, answers a repeated key with the first result,
// and sometimes charges without managing to say so. No real gateway's detail
// belongs here, and nothing that would move money.
//
// Its tokens:
//
//	tok_visa, tok_mastercard  the charge succeeds
//	tok_declined              card_declined, may be retried
//	tok_expired               expired_card, may not
//	tok_insufficient_funds    insufficient_funds, may be retried
//	tok_processing_error      processing_error, may be retried
//	tok_timeout               the charge is made, but the first answer is lost; so with its refunds
package simulator
