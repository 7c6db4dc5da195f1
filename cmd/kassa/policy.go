package main

import (
	"context"
	"fmt"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type policyCmd struct {
	List           listPoliciesCmd   `cmd:"" help:"List what holds for every product."`
	Get            getPolicyCmd      `cmd:"" help:"Show what holds for one product."`
	Set            setPolicyCmd      `cmd:"" help:"Set what holds for one product, or by default."`
	SetMany        setPoliciesCmd    `cmd:"" help:"Set what holds for many products, each by itself."`
	RequestProcess requestProcessCmd `cmd:"" help:"Send whoever asks for a licence elsewhere."`
	History        policyHistoryCmd  `cmd:"" help:"Show every change: who, when, from what to what."`
}

type listPoliciesCmd struct{}

// Help shows how it is used.
func (listPoliciesCmd) Help() string {
	return `Example:
  kassa policy list --json`
}

func (c *listPoliciesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Policies(ctx)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		rows := [][]string{{"", "(default)", string(out.Default), ""}}
		for _, p := range out.Items {
			rows = append(rows, policyRow(p))
		}
		for _, o := range out.OfferTypes {
			rows = append(rows, offerTypeRow(o))
		}
		s.table("ID PRODUCT VALUE OWN", rows...)
	})
}

func policyRow(p v1.ProductPolicy) []string {
	return []string{string(p.ProductID), p.ProductName, string(p.Value), yes(p.Own, "own")}
}

func offerTypeRow(o v1.OfferTypePolicy) []string {
	return []string{o.OfferType, o.Name, string(o.Value), yes(o.Own, "own")}
}

type getPolicyCmd struct {
	Product   string `arg:"" help:"Product id, or an older one of it."`
	OfferType bool   `help:"The id names a kind of third-party offers."`
}

// Help shows how it is used.
func (getPolicyCmd) Help() string {
	return `Examples:
  kassa policy get CFQ7TTC0H9MP
  kassa policy get SaaS --offer-type`
}

func (c *getPolicyCmd) Run(ctx context.Context, s *session) error {
	if c.OfferType {
		out, err := s.client.OfferTypePolicy(ctx, c.Product)
		if err != nil {
			return err
		}
		return s.show(out, func() { s.table("ID OFFERS VALUE OWN", offerTypeRow(out)) })
	}
	out, err := s.client.Policy(ctx, domain.ProductID(c.Product))
	if err != nil {
		return err
	}
	return s.show(out, func() { s.table("ID PRODUCT VALUE OWN", policyRow(out)) })
}

type setPolicyCmd struct {
	Product   string `arg:"" help:"Product id, or an older one of it; default for all products without a value of their own."`
	Value     string `arg:"" help:"Enabled, Disabled or OnlyTrialsWithoutPaymentMethod."`
	OfferType bool   `help:"The id names a kind of third-party offers, which takes Enabled or Disabled."`
	Seen      *int64 `help:"Refuse if the policies have changed since this revision of theirs." placeholder:"REVISION"`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (setPolicyCmd) Help() string {
	return `Examples:
  kassa policy set CFQ7TTC0H9MP Disabled
  kassa policy set default Disabled
  kassa policy set SaaS Disabled --offer-type`
}

func (c *setPolicyCmd) Run(ctx context.Context, s *session) error {
	intent, to := client.Intent(c.CommandID), client.PolicyChange{Value: domain.PolicyValue(c.Value), Seen: c.Seen}
	set := func() (v1.PolicySet, error) {
		switch {
		case c.OfferType:
			return s.client.SetOfferTypePolicy(ctx, intent, c.Product, to)
		case c.Product == "default":
			return s.client.SetDefaultPolicy(ctx, intent, to)
		}
		return s.client.SetPolicy(ctx, intent, domain.ProductID(c.Product), to)
	}
	out, err := set()
	if err != nil {
		return err
	}
	return s.show(out, func() { fmt.Fprintf(s.stdout, "%s is now %s.\n", c.Product, out.Value) })
}
