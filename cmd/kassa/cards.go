package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type cardsCmd struct {
	List    listCardsCmd   `cmd:"" default:"withargs" help:"List your cards and what they pay for."`
	Add     addCardCmd     `cmd:"" help:"Add a card."`
	Replace replaceCardCmd `cmd:"" help:"Have another card take one's place, and pay what is open with it."`
	Update  updateCardCmd  `cmd:"" help:"Say until when a card is good, and where its bills go."`
	Default defaultCardCmd `cmd:"" help:"Pay with this card where none is named."`
	Remove  removeCardCmd  `cmd:"" help:"Remove a card; the default pays in its place."`
}

type listCardsCmd struct{}

// Help shows how it is used.
func (listCardsCmd) Help() string {
	return `A card that you bought something with is listed a moment later. Nobody else sees them.

Examples:
  kassa cards
  kassa cards list --json`
}

func (c *listCardsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.PaymentMethods(ctx)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, m := range out.Items {
			rows = append(rows, []string{string(m.PaymentMethodID), paidWith(&m.CardFace), goodUntil(m.ExpMonth, m.ExpYear) + yes(m.Expired, " (expired)"), m.BillingCountry, yes(m.Default, "default"), pays(m.Pays)})
		}
		s.table("ID CARD GOOD-UNTIL COUNTRY DEFAULT PAYS-FOR", rows...)
	})
}

func goodUntil(month, year int) string { return fmt.Sprintf("%02d/%04d", month, year) }

// pays says what a card pays for, in as few words as a row has room for.
func pays(with []v1.PaidWith) string {
	switch len(with) {
	case 0:
		return ""
	case 1:
		return with[0].ProductName
	}
	return fmt.Sprintf("%s and %d more", with[0].ProductName, len(with)-1)
}

// ownCardFlags name one of one's cards and what is done about it.
type ownCardFlags struct {
	Method    string `arg:"" name:"id" help:"Id of the card; see kassa cards."`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

func (f *ownCardFlags) id() domain.PaymentMethodID { return domain.PaymentMethodID(f.Method) }

func (f *ownCardFlags) intent() client.Intent {
	return client.Intent(cmp.Or(f.CommandID, uuid.NewString()))
}

type addCardCmd struct {
	Card      string `required:"" help:"The payment gateway's token of the card." placeholder:"TOKEN"`
	Country   string `help:"Country of its bills." placeholder:"CC"`
	Default   bool   `help:"Pay with it where no card is named."`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (addCardCmd) Help() string {
	return `Kassa takes a token of the payment gateway, never a card's number.

Examples:
  kassa cards add --card tok_mastercard --default
  kassa cards add --card tok_visa --country SE`
}

func (c *addCardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.AddPaymentMethod(ctx, client.Intent(cmp.Or(c.CommandID, uuid.NewString())), v1.AddPaymentMethod{
		Card: c.Card, BillingCountry: c.Country, Default: c.Default,
	})
	return s.tellCard(out, err)
}

type replaceCardCmd struct {
	ownCardFlags
	Card string `required:"" help:"The payment gateway's token of a new card, or the id of another of yours." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (replaceCardCmd) Help() string {
	return `Every subscription that it pays for is paid with the other card from now on, and bills that are open are at once.

Example:
  kassa cards replace 0f0e… --card tok_mastercard`
}

func (c *replaceCardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.ReplacePaymentMethod(ctx, c.intent(), c.id(), v1.ReplacePaymentMethod{Card: c.Card})
	return s.tellCard(out, err)
}

type updateCardCmd struct {
	ownCardFlags
	Month   int    `help:"Month until which it is good." placeholder:"MM"`
	Year    int    `help:"And the year." placeholder:"YYYY"`
	Country string `help:"Country of its bills." placeholder:"CC"`
}

// Help shows how it is used.
func (updateCardCmd) Help() string {
	return `The number stays: for another number, replace the card.

Example:
  kassa cards update 0f0e… --month 12 --year 2031 --country SE`
}

func (c *updateCardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.ChangePaymentMethod(ctx, c.intent(), c.id(), v1.ChangePaymentMethod{ExpMonth: c.Month, ExpYear: c.Year, BillingCountry: c.Country})
	return s.tellCard(out, err)
}

type defaultCardCmd struct{ ownCardFlags }

// Help shows how it is used.
func (defaultCardCmd) Help() string {
	return `What other cards pay for stays with them.

Example:
  kassa cards default 0f0e…`
}

func (c *defaultCardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.SetDefaultPaymentMethod(ctx, c.intent(), c.id())
	return s.tellCard(out, err)
}

type removeCardCmd struct{ ownCardFlags }

// Help shows how it is used.
func (removeCardCmd) Help() string {
	return `The only card that can pay for something that renews stays: add another first, or replace it.

Example:
  kassa cards remove 0f0e…`
}

func (c *removeCardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.RemovePaymentMethod(ctx, c.intent(), c.id())
	return s.tellCard(out, err)
}

func (s *session) tellCard(m v1.PaymentMethodChanged, err error) error {
	if err != nil {
		return err
	}
	return s.show(m, func() {
		fmt.Fprintf(s.stdout, "Card %s, %s good until %s, is %s%s.\n", m.PaymentMethodID, paidWith(&m.CardFace), goodUntil(m.ExpMonth, m.ExpYear), m.Status, yes(m.Default, " as your default"))
		for _, id := range m.Moved {
			fmt.Fprintf(s.stdout, "Subscription %s is paid with card %s from now on.\n", id, m.ReplacedBy)
		}
	})
}
