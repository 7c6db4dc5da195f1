package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type setPoliciesCmd struct {
	Changes   []string `arg:"" help:"What to set, at most 100 at a time: PRODUCT=VALUE." placeholder:"PRODUCT=VALUE"`
	CommandID string   `name:"command-id" help:"Names this change: repeated with the same id, what was set is not set again and what failed is tried again." placeholder:"UUID"`
}

// Help shows how it is used.
func (setPoliciesCmd) Help() string {
	return `Exits with 2 where a product could not be set; the others are.

Examples:
  kassa policy set-many CFQ7TTC0H9MP=Disabled CFQ7TTC0HD32=Enabled
  xargs -n 100 kassa policy set-many < policies.txt`
}

// errNotAllSet is told after the results, which say which and why.
var errNotAllSet = fmt.Errorf("%w: not every policy was set, see the results", errPartlyRefused)

func (c *setPoliciesCmd) Run(ctx context.Context, s *session) error {
	to, err := c.parse()
	if err != nil {
		return err
	}
	out, err := s.client.SetPolicies(ctx, client.Intent(c.CommandID), to)
	if err != nil {
		return err
	}
	if err := s.show(out, func() { s.policyResults(out) }); err != nil {
		return err
	}
	if len(out.Problems()) > 0 {
		return errNotAllSet
	}
	return nil
}

func (c *setPoliciesCmd) parse() ([]v1.SetProductPolicy, error) {
	var to []v1.SetProductPolicy
	for _, change := range c.Changes {
		product, value, found := strings.Cut(change, "=")
		if !found {
			return nil, errors.New(change + " is not PRODUCT=VALUE")
		}
		to = append(to, v1.SetProductPolicy{Product: domain.ProductID(product), Value: domain.PolicyValue(value)})
	}
	return to, nil
}

func (s *session) policyResults(out v1.PolicyResults) {
	var rows [][]string
	for _, r := range out.Items {
		told := "set"
		if r.Error != nil {
			told = fmt.Sprintf("%s (%s)", r.Error.Detail, r.Error.Code)
		}
		rows = append(rows, []string{string(r.ProductID), string(r.Value), told})
	}
	s.table("ID VALUE RESULT", rows...)
}

type policyHistoryCmd struct{ pageFlags }

// Help shows how it is used.
func (policyHistoryCmd) Help() string {
	return `Examples:
  kassa policy history
  kassa policy history --json`
}

func (c *policyHistoryCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.PolicyHistory(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, p := range out.Items {
			what := cmp.Or(string(p.ProductID), p.OfferType, "(default)")
			if p.RequestProcess != nil {
				what = "(request process)"
			}
			rows = append(rows, []string{p.At.Format(time.DateTime), p.By.Name, what, string(p.Before), string(p.After), position(p.Position)})
		}
		s.table("AT BY WHAT BEFORE AFTER POSITION", rows...)
		s.more(out.Next)
	})
}
