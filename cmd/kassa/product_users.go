package main

import (
	"context"

	"kassa/domain"
	"kassa/services/client"
)

type productUsersCmd struct {
	Product       string   `help:"Only the users of this product." placeholder:"ID"`
	Subscriptions []string `name:"subscription" help:"Only the users of this subscription; may be given several times." placeholder:"ID"`
	CSV           bool     `name:"csv" help:"Write a table for a spreadsheet."`
}

// Help shows how it is used.
func (productUsersCmd) Help() string {
	return `Examples:
  kassa products users --product CFQ7TTC0H9MP
  kassa products users --csv > users.csv`
}

func (c *productUsersCmd) Run(ctx context.Context, s *session) error {
	of := client.UsersOf{Product: domain.ProductID(c.Product), Subscriptions: c.Subscriptions}
	if c.CSV {
		return s.client.ExportProductUsers(ctx, of, s.stdout)
	}
	out, err := s.client.ProductUsers(ctx, of)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, p := range out.Purchasers {
			for _, u := range p.Users {
				rows = append(rows, []string{p.Purchaser.Name, u.ProductName, u.User.Name, u.User.Mail, day(u.Since), string(u.SubscriptionID)})
			}
		}
		s.table("PURCHASER PRODUCT USER MAIL SINCE SUBSCRIPTION", rows...)
	})
}

type productTotalsCmd struct{}

// Help shows how it is used.
func (productTotalsCmd) Help() string {
	return `Example:
  kassa products summary`
}

func (c *productTotalsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.ProductTotals(ctx)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, t := range out.Items {
			rows = append(rows, []string{string(t.ProductID), t.ProductName, number(t.Subscriptions), number(t.AvailableQuantity), number(t.Assigned)})
		}
		s.table("ID PRODUCT SUBSCRIPTIONS SEATS ASSIGNED", rows...)
	})
}
