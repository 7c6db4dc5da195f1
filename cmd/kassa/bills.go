package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type billsCmd struct {
	List listBillsCmd `cmd:"" default:"withargs" help:"List what you were charged and paid back."`
	Pay  payBillCmd   `cmd:"" help:"Pay for a term, or a month of one, whose card was declined."`
}

type listBillsCmd struct {
	Status string `help:"Only these: pending, paid, declined, open, closed or failed." placeholder:"STATUS"`
	pageFlags
}

// Help shows how it is used.
func (listBillsCmd) Help() string {
	return `Examples:
  kassa bills
  kassa bills list --status open --json`
}

func (c *listBillsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Bills(ctx, c.Status, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, b := range out.Items {
			rows = append(rows, []string{day(b.At), b.OrderNumber, b.ProductName, b.Transaction, number(b.Quantity), billed(b), money(b.Amount), b.Status, paidWith(b.Card), string(b.SubscriptionID)})
		}
		s.table("DATE ORDER PRODUCT FOR SEATS TERM AMOUNT STATUS CARD SUBSCRIPTION", rows...)
		s.more(out.Next)
	})
}

func billed(b v1.Bill) string {
	if b.PeriodStart == nil || b.PeriodEnd == nil {
		return ""
	}
	return day(*b.PeriodStart) + "/" + day(*b.PeriodEnd)
}

func paidWith(c *v1.CardFace) string {
	if c == nil {
		return ""
	}
	return c.Brand + " …" + c.Last4
}

type payBillCmd struct {
	subscriptionFlags
	Card string `help:"The payment gateway's token of a card to pay with from now on, or the id of a saved one." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (payBillCmd) Help() string {
	return `The same days at the same price, while everything still works.

Example:
  kassa bills pay --subscription 0f0e… --card tok_visa`
}

func (c *payBillCmd) Run(ctx context.Context, s *session) error {
	in := v1.PayTerm{Card: c.Card}
	return c.change(ctx, s, func(i client.Intent) (v1.Subscription, error) { return s.client.Pay(ctx, i, c.id(), in) })
}

type cardCmd struct {
	subscriptionFlags
	Card string `help:"The payment gateway's token of the card, or the id of a saved one; left out: your default." placeholder:"TOKEN"`
}

// Help shows how it is used.
func (cardCmd) Help() string {
	return `Nothing is charged by this; from now on, what the subscription costs is.

Example:
  kassa subscriptions card --subscription 0f0e… --card tok_mastercard`
}

func (c *cardCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.ReplaceCard(ctx, client.Intent(cmp.Or(c.CommandID, uuid.NewString())), c.id(), v1.ReplaceCard{Card: c.Card})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "Subscription %s is paid with the %s card ending in %s from now on.\n", out.SubscriptionID, out.Brand, out.Last4)
	})
}
