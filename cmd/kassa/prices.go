package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

type pricesCmd struct {
	List     listPricesCmd    `cmd:"" default:"withargs" help:"Show the public price list of a market; also without its name."`
	Publish  publishPriceCmd  `cmd:"" help:"State what a product costs from some day on (operators)."`
	Withdraw withdrawPriceCmd `cmd:"" help:"Sell a product no more from some day on (operators)."`
}

type listPricesCmd struct {
	Market string `required:"" help:"Country of the billing address." placeholder:"CC"`
}

// Help shows how it is used.
func (listPricesCmd) Help() string {
	return `Needs no sign-in.

Example:
  kassa prices --market SE`
}

func (c *listPricesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Prices(ctx, c.Market)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, p := range out.Items {
			rows = append(rows, []string{string(p.ProductID), p.ProductName, money(p.UnitPrice), string(p.Term), cmp.Or(string(p.Frequency), "at once"), stated(p.Tax)})
		}
		s.table("ID PRODUCT PRICE TERM PAID TAX", rows...)
	})
}

// stated says whether prices have their tax in them: "incl. 25% vat".
func stated(t v1.Tax) string {
	switch {
	case t.Rate == 0:
		return "none"
	case t.Included:
		return fmt.Sprintf("incl. %g%% %s", t.Rate, t.Kind)
	}
	return fmt.Sprintf("excl. %g%% %s", t.Rate, t.Kind)
}

// priceFlags say which price.
type priceFlags struct {
	Product   string `required:"" help:"Product id, or an older one of it." placeholder:"ID"`
	Market    string `required:"" help:"Country of the billing address." placeholder:"CC"`
	Channel   string `default:"self-service" help:"self-service (default) or central." placeholder:"CHANNEL"`
	Frequency string `help:"P1M: a year that is paid in months, and the amount is of one." placeholder:"TERM"`
}

type publishPriceCmd struct {
	priceFlags
	Amount   string    `required:"" help:"Of one seat for one term, with tax or without, as the market's prices are stated." placeholder:"9.99"`
	Currency string    `required:"" help:"ISO 4217." placeholder:"CUR"`
	Term     string    `default:"P1M" help:"P1M (default) or P1Y." placeholder:"TERM"`
	From     time.Time `required:"" format:"2006-01-02" help:"The first day on which it holds, in UTC." placeholder:"DAY"`
}

// Help shows how it is used.
func (publishPriceCmd) Help() string {
	return `Terms that have begun keep their price. Whoever pays is told 30 days before a
year ends and 7 before a month does; published later than that, a higher price
waits for the renewal after.

Example:
  kassa prices publish --product CFQ7TTC0H9MP --market SE --amount 109 --currency SEK --from 2027-01-01`
}

func (c *publishPriceCmd) Run(ctx context.Context, s *session) error {
	amount, err := parseMoney(c.Amount, c.Currency)
	if err != nil {
		return err
	}
	out, err := s.client.PublishPrice(ctx, v1.PublishPrice{
		ProductID: domain.ProductID(c.Product), Channel: domain.Channel(c.Channel), Market: c.Market,
		UnitPrice: amount, Term: domain.Term(c.Term), ValidFrom: c.From, Frequency: domain.Term(c.Frequency),
	})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "From %s on %s costs %s in %s%s.\n", day(c.From), c.Product, money(amount), c.Market, yes(!out.Changed, ", as it was published before"))
	})
}

type withdrawPriceCmd struct {
	priceFlags
	From time.Time `required:"" format:"2006-01-02" help:"The first day on which it is not sold, in UTC." placeholder:"DAY"`
}

// Help shows how it is used.
func (withdrawPriceCmd) Help() string {
	return `What was bought goes on at the price that was agreed to.

Example:
  kassa prices withdraw --product CFQ7TTC0H9MP --market SE --from 2027-01-01`
}

func (c *withdrawPriceCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.WithdrawPrice(ctx, v1.WithdrawPrice{
		ProductID: domain.ProductID(c.Product), Channel: domain.Channel(c.Channel), Market: c.Market, From: c.From, Frequency: domain.Term(c.Frequency),
	})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "From %s on %s is not sold in %s%s.\n", day(c.From), c.Product, c.Market, yes(!out.Changed, ", as was said before"))
	})
}
