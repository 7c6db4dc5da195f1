package main

import (
	"context"
	"fmt"
	"time"

	v1 "kassa/services/api/v1"
)

type ordersCmd struct {
	Show showOrderCmd `cmd:"" help:"Show everything that happened to an order."`
}

type showOrderCmd struct {
	Number string `arg:"" help:"Order number, such as KA-7Q2M-0F4X-9TBC."`
}

// Help shows how it is used.
func (showOrderCmd) Help() string {
	return `Example:
  kassa orders show KA-7Q2M-0F4X-9TBC --json`
}

func (c *showOrderCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Order(ctx, c.Number)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, e := range out.Entries {
			rows = append(rows, []string{
				e.At.Format(time.DateTime), e.By, e.Summary, whom(e.Person), change(e.QuantityBefore, e.QuantityAfter),
				onBill(e), e.Reason, position(e.Position),
			})
		}
		s.table("AT BY WHAT WHOSE SEATS BILLED WHY POSITION", rows...)
	})
}

// change shows what a fact did to a number; nothing where it did nothing.
func change(before, after *int64) string {
	switch {
	case after == nil || before != nil && *before == *after:
		return ""
	case before == nil:
		return number(*after)
	}
	return fmt.Sprintf("%d → %d", *before, *after)
}

// onBill shows what a fact is on a bill, with its amount; nothing where it is on
// none.
func onBill(e v1.OrderEntry) string {
	if e.Transaction == "" || e.MoneyAfter == nil {
		return e.Transaction
	}
	return e.Transaction + " " + money(*e.MoneyAfter)
}

func whom(p *v1.Person) string {
	if p == nil {
		return ""
	}
	return p.Name
}
