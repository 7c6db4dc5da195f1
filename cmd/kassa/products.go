package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type pageFlags struct {
	After string `help:"The next of the page before." placeholder:"NEXT"`
	Limit int    `help:"Items on the page." placeholder:"N"`
}

type kindFlag struct {
	Kind string `help:"paid, trial or all (default)." placeholder:"KIND"`
}

type productsCmd struct {
	List    listProductsCmd  `cmd:"" default:"withargs" help:"List what your organisation has; also without its name."`
	Users   productUsersCmd  `cmd:"" help:"List who uses it, by who bought it."`
	Summary productTotalsCmd `cmd:"" help:"List each product once, all purchases of it together."`
}

type listProductsCmd struct {
	Channel        string    `help:"central, all (default) or self-service." placeholder:"CHANNEL"`
	Orphaned       bool      `help:"Only what somebody who left had bought by themselves."`
	Status         string    `help:"Only what is active, trial, expired, suspended, disabled or deleted." placeholder:"STATUS"`
	Product        string    `help:"Only this product." placeholder:"ID"`
	Purchaser      string    `help:"Only what this person bought." placeholder:"MAIL"`
	ExpiringBefore time.Time `help:"Only what is paid until before this day." format:"2006-01-02" placeholder:"DAY"`
	Sort           string    `help:"start, expiry, quantity or product, with a minus for the largest first (-start)." placeholder:"BY"`
	AsOf           string    `help:"As it was known at a position of history, or at a time." placeholder:"WHEN"`
	CSV            bool      `name:"csv" help:"Write all of it as a table for a spreadsheet."`
	kindFlag
	pageFlags
}

// Help shows how it is used.
func (listProductsCmd) Help() string {
	return `Examples:
  kassa products
  kassa products --channel central --json
  kassa products --status active --expiring-before 2027-01-01 --sort=expiry
  kassa products --sort=-quantity --csv > products.csv
  kassa products --as-of 2026-12-31T23:59:59Z`
}

func (c *listProductsCmd) Run(ctx context.Context, s *session) error {
	list := client.List{
		Channel: c.Channel, Kind: c.Kind, Orphaned: c.Orphaned, Status: c.Status, Product: domain.ProductID(c.Product), Purchaser: c.Purchaser,
		ExpiringBefore: c.ExpiringBefore, Sort: c.Sort, AsOf: c.AsOf, After: c.After, Limit: c.Limit,
	}
	if c.CSV {
		list.After, list.Limit = "", 0
		return s.client.ExportProducts(ctx, list, s.stdout)
	}
	out, err := s.client.Products(ctx, list)
	if err != nil {
		return err
	}
	return s.show(out, func() { s.products(out) })
}

type purchasesCmd struct {
	kindFlag
	pageFlags
}

// Help shows how it is used.
func (purchasesCmd) Help() string {
	return `Examples:
  kassa purchases
  kassa purchases --json`
}

func (c *purchasesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Purchases(ctx, client.List{Kind: c.Kind, After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.products(out) })
}

func (s *session) products(page v1.Products) {
	var rows [][]string
	for _, p := range page.Items {
		rows = append(rows, []string{
			p.ProductName, string(p.Channel), p.PurchaserName + yes(p.PurchaserState == "left", " (left)"), fmt.Sprintf("%d/%d", p.Assigned, p.Quantity), p.Status,
			day(p.ExpiryDate), money(p.PurchasePrice), names(p.AssignedUsers), strings.Join(p.OrderNumbers, " "), string(p.SubscriptionID),
		})
	}
	s.table("PRODUCT CHANNEL PURCHASER SEATS STATUS EXPIRES PAID USERS ORDERS SUBSCRIPTION", rows...)
	s.more(page.Next)
}

// more says how to get the next page, if there is one.
func (s *session) more(next string) {
	if next != "" {
		fmt.Fprintf(s.stdout, "More with --after %s\n", next)
	}
}
