package main

import (
	"context"
	"fmt"
	"time"

	"kassa/domain"
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
				e.At.Format(time.DateTime), e.By, e.Summary, change(e.QuantityBefore, e.QuantityAfter, number),
				change(e.MoneyBefore, e.MoneyAfter, money), e.Reason, position(e.Position),
			})
		}
		s.table("AT BY WHAT SEATS MONEY WHY POSITION", rows...)
	})
}

// change shows what a fact did to a value; nothing where it did nothing.
func change[T int64 | domain.Money](before, after *T, show func(T) string) string {
	switch {
	case after == nil || before != nil && *before == *after:
		return ""
	case before == nil:
		return show(*after)
	}
	return fmt.Sprintf("%s → %s", show(*before), show(*after))
}
