package main

import (
	"context"
	"fmt"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type capacityCmd struct {
	Channel string `help:"central, all (default) or self-service." placeholder:"CHANNEL"`
	pageFlags
}

// Help shows how it is used.
func (capacityCmd) Help() string {
	return `Administrators, the Power Platform's included, see all sources; everybody else
what they bought themselves. The total is the organisation's for both.

Examples:
  kassa capacity
  kassa capacity --channel self-service --json`
}

func (c *capacityCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Capacity(ctx, client.List{Channel: c.Channel, After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.capacity(out) })
}

func (s *session) capacity(c v1.Capacity) {
	var rows [][]string
	for _, i := range c.Items {
		rows = append(rows, []string{
			i.ProductName, string(i.Channel), i.PurchaserName, number(i.Quantity), i.Status,
			megabytes(i.DatabaseMB), megabytes(i.FileMB), string(i.SubscriptionID),
		})
	}
	s.table("PRODUCT CHANNEL PURCHASER SEATS STATUS DATABASE FILES SUBSCRIPTION", rows...)
	s.more(c.Next)
	fmt.Fprintf(s.stdout, "The organisation has %s for databases and %s for files; %s and %s of that by self-service.\n",
		megabytes(c.Total.DatabaseMB), megabytes(c.Total.FileMB), megabytes(c.SelfService.DatabaseMB), megabytes(c.SelfService.FileMB))
}

func megabytes(n int64) string { return number(n) + " MB" }
