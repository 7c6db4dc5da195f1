package main

import (
	"context"
	"time"

	"kassa/services/client"
)

type noticesCmd struct{ pageFlags }

// Help shows how it is used.
func (noticesCmd) Help() string {
	return `Examples:
  kassa notices
  kassa notices --lang sv`
}

func (c *noticesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Notices(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, n := range out.Items {
			rows = append(rows, []string{n.At.Format(time.DateTime), string(n.SubscriptionID), n.Text, n.RequestID})
		}
		s.table("AT SUBSCRIPTION NOTICE REQUEST", rows...)
		s.more(out.Next)
	})
}
