package simulator

import (
	"kassa/domain"
	"kassa/services/payments"
)

// card is what a token stands for and how its charges end.
type card struct {
	domain.Card
	decline   string // empty: charges succeed
	retriable bool
	silent    bool // the first answer for each key is lost
}

var cards = map[string]card{
	"tok_visa":               {Card: domain.Card{Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2034}},
	"tok_mastercard":         {Card: domain.Card{Brand: "mastercard", Last4: "4444", ExpMonth: 8, ExpYear: 2033}},
	"tok_declined":           {Card: domain.Card{Brand: "visa", Last4: "0002", ExpMonth: 12, ExpYear: 2034}, decline: "card_declined", retriable: true},
	"tok_expired":            {Card: domain.Card{Brand: "visa", Last4: "0069", ExpMonth: 1, ExpYear: 2020}, decline: "expired_card"},
	"tok_insufficient_funds": {Card: domain.Card{Brand: "visa", Last4: "9995", ExpMonth: 12, ExpYear: 2034}, decline: "insufficient_funds", retriable: true},
	"tok_processing_error":   {Card: domain.Card{Brand: "visa", Last4: "0119", ExpMonth: 12, ExpYear: 2034}, decline: "processing_error", retriable: true},
	"tok_timeout":            {Card: domain.Card{Brand: "visa", Last4: "3155", ExpMonth: 12, ExpYear: 2034}, silent: true},
}

// find never repeats the token in its errors, in case it is a secret after all.
func find(token string) (card, error) {
	if payments.LooksLikeCardNumber(token) {
		return card{}, payments.ErrCardNumber
	}
	c, ok := cards[token]
	if !ok {
		return card{}, payments.ErrCardUnknown
	}
	c.Token = token
	return c, nil
}
