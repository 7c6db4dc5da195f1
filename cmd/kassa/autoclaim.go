package main

import (
	"context"
	"fmt"
	"strings"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

type autoClaimCmd struct {
	Show   showAutoClaimCmd   `cmd:"" help:"Say who gets a licence for opening a product (administrators)."`
	Set    setAutoClaimCmd    `cmd:"" help:"Give a licence to whoever opens a product (administrators)."`
	Off    offAutoClaimCmd    `cmd:"" help:"Stop giving them (administrators)."`
	Claim  claimCmd           `cmd:"" help:"Open a product, and get a licence of it."`
	Report reportAutoClaimCmd `cmd:"" help:"Count what claims came to (administrators)."`
}

type showAutoClaimCmd struct{}

// Help shows how it is used.
func (showAutoClaimCmd) Help() string {
	return `Example:
  kassa auto-claim show`
}

func (c *showAutoClaimCmd) Run(ctx context.Context, s *session) error {
	return s.tellAutoClaim(s.client.AutoClaim(ctx))
}

func (s *session) tellAutoClaim(out v1.AutoClaim, err error) error {
	if err != nil {
		return err
	}
	return s.show(out, func() {
		if !out.On {
			fmt.Fprintln(s.stdout, "Auto-claim is off.")
			return
		}
		products := string(out.Primary)
		for _, p := range out.Backups {
			products += ", then " + string(p)
		}
		fmt.Fprintf(s.stdout, "Whoever opens one of these products gets a licence: %s.\n", products)
	})
}

type setAutoClaimCmd struct {
	Primary string   `arg:"" help:"Product id, or an older one of it, whose seats are given first."`
	Backups []string `arg:"" optional:"" help:"Up to four others, in the order in which they are tried when there is no seat left."`
	intentFlag
}

// Help shows how it is used.
func (setAutoClaimCmd) Help() string {
	return `Examples:
  kassa auto-claim set CFQ7TTC0H9MP
  kassa auto-claim set CFQ7TTC0H9MP CFQ7TTC0HD32`
}

func (c *setAutoClaimCmd) Run(ctx context.Context, s *session) error {
	in := v1.SetAutoClaim{Primary: domain.ProductID(c.Primary)}
	for _, p := range c.Backups {
		in.Backups = append(in.Backups, domain.ProductID(p))
	}
	return s.tellAutoClaim(s.client.SetAutoClaim(ctx, c.intent(), in))
}

type offAutoClaimCmd struct{ intentFlag }

// Help shows how it is used.
func (offAutoClaimCmd) Help() string {
	return `Whoever has a licence keeps it.

Example:
  kassa auto-claim off`
}

func (c *offAutoClaimCmd) Run(ctx context.Context, s *session) error {
	return s.tellAutoClaim(s.client.TurnOffAutoClaim(ctx, c.intent()))
}

type claimCmd struct {
	Product string `arg:"" help:"Product id, or an older one of it."`
	intentFlag
}

// Help shows how it is used.
func (claimCmd) Help() string {
	return `A refusal exits with 2.

Example:
  kassa auto-claim claim CFQ7TTC0H9MP`
}

func (c *claimCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.ClaimLicense(ctx, c.intent(), domain.ProductID(c.Product))
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "You have a seat of %s, subscription %s%s.\n", out.ProductID, out.SubscriptionID, yes(out.AlreadyHeld, ", as before"))
	})
}

type reportAutoClaimCmd struct {
	Days int `default:"30" help:"Claims of the last 1, 7, 30 (default) or 90 days." placeholder:"N"`
}

// Help shows how it is used.
func (reportAutoClaimCmd) Help() string {
	return `Example:
  kassa auto-claim report --days 7`
}

func (c *reportAutoClaimCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.AutoClaimReport(ctx, c.Days)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, p := range out.Items {
			var why []string
			for _, r := range p.Reasons {
				why = append(why, fmt.Sprintf("%s %d", r.Code, r.Claims))
			}
			rows = append(rows, []string{string(p.ProductID), number(p.Claimed), number(p.Failed), strings.Join(why, ", ")})
		}
		s.table("PRODUCT CLAIMED FAILED WHY", rows...)
	})
}
