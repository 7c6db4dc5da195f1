package main

import (
	"context"
	"time"

	"kassa/services/client"
)

type mailsCmd struct {
	Status string `help:"Only those that are waiting, sent, failed or skipped." placeholder:"STATUS"`
	pageFlags
}

// Help shows how it is used.
func (mailsCmd) Help() string {
	return `What was refused says the mail server's reply; what was skipped says why nobody gets
it. Who it was for is not told here. The id is the first part of the Message-ID, for
looking a mail up in the mail server's own log.

Examples:
  kassa mails
  kassa mails --status failed`
}

func (c *mailsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Mails(ctx, client.List{After: c.After, Limit: c.Limit}, c.Status)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, m := range out.Items {
			rows = append(rows, []string{m.At.Format(time.DateTime), m.Status, m.Code, m.Why, m.ID, string(m.TenantID)})
		}
		s.table("AT STATUS NOTICE WHY MAIL ORGANISATION", rows...)
		s.more(out.Next)
	})
}
