package main

import (
	"cmp"
	"context"

	"kassa/domain"
	"kassa/services/client"
)

type lastAssigneesCmd struct {
	Subscription string `help:"Only of this subscription." placeholder:"ID"`
	Open         bool   `help:"Only people who have no other licence of the product yet."`
	pageFlags
}

// Help shows how it is used.
func (lastAssigneesCmd) Help() string {
	return `Examples:
  kassa subscriptions last-assignees --open
  kassa subscriptions last-assignees --subscription 0f0e… --json`
}

func (c *lastAssigneesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.LastAssignees(ctx, client.List{After: c.After, Limit: c.Limit}, domain.SubscriptionID(c.Subscription), c.Open)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, l := range out.Items {
			rows = append(rows, []string{l.Person.Name, l.Person.Mail, string(l.ProductID), string(l.SubscriptionID), l.Purchaser.Name, day(l.EndedAt), cmp.Or(l.EndedBy, "its time"), yes(l.Covered, "yes")})
		}
		s.table("PERSON MAIL PRODUCT SUBSCRIPTION PURCHASER ENDED BY COVERED", rows...)
		s.more(out.Next)
	})
}
