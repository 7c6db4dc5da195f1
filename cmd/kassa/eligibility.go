package main

import (
	"context"
	"fmt"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type eligibilityCmd struct {
	Explain explainCmd `cmd:"" help:"Show every check, what it saw and where."`
}

type explainCmd struct {
	Product string `required:"" help:"Product id, or an older one of it." placeholder:"ID"`
	Market  string `required:"" help:"Country of the billing address." placeholder:"CC"`
	User    string `help:"Somebody else, by mail address or object id (administrators)." placeholder:"MAIL"`
	Channel string `help:"self-service (default) or central." placeholder:"CHANNEL"`
	Trial   bool   `help:"To try it first."`
	OnCard  bool   `help:"To try it with a card, so that it becomes paid by itself."`
}

// Help shows how it is used.
func (explainCmd) Help() string {
	return `Nothing is recorded by asking.

Examples:
  kassa eligibility explain --product CFQ7TTC0H9MP --market SE
  kassa eligibility explain --product CFQ7TTC0H9MP --market SE --user omar@contoso.example --json`
}

func (c *explainCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Eligibility(ctx, client.Wish{
		Product: domain.ProductID(c.Product), Market: c.Market, Channel: c.Channel, User: c.User, Trial: c.Trial || c.OnCard, OnCard: c.OnCard,
	})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.eligibility(out) })
}

func (s *session) eligibility(e v1.Eligibility) {
	var rows [][]string
	for _, c := range e.Checks {
		answer := "passed"
		if !c.Passed {
			answer = "failed"
		}
		rows = append(rows, []string{answer, c.Code, c.Rule, c.Evidence, fmt.Sprintf("%s@%d", c.Source, c.Revision)})
	}
	s.table("ANSWER CHECK RULE EVIDENCE SOURCE", rows...)
	if e.Eligible {
		fmt.Fprintf(s.stdout, "%s may buy %s in %s.\n", e.User.Name, e.ProductID, e.Market)
		return
	}
	fmt.Fprintf(s.stdout, "%s may not buy %s in %s: %s (%s)\n", e.User.Name, e.ProductID, e.Market, e.Refusal.Detail, e.Refusal.Code)
}

type refusalsCmd struct {
	Code    string `help:"Only refusals by this check." placeholder:"CODE"`
	Product string `help:"Only of this product, by its id or an older one." placeholder:"ID"`
	pageFlags
}

// Help shows how it is used.
func (refusalsCmd) Help() string {
	return `Examples:
  kassa refusals
  kassa refusals --code policy_disabled --product CFQ7TTC0H9MP --json`
}

func (c *refusalsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Refusals(ctx, client.List{After: c.After, Limit: c.Limit}, c.Code, domain.ProductID(c.Product))
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, r := range out.Items {
			rows = append(rows, []string{r.At.Format(time.DateTime), r.Person.Name, string(r.ProductID), r.Market, r.Code, r.Rule, r.Stage, r.OrderNumber})
		}
		s.table("AT PERSON PRODUCT MARKET CODE RULE STAGE ORDER", rows...)
		s.more(out.Next)
	})
}
