package main

import (
	"context"
	"fmt"
	"strconv"

	"kassa/domain"
	v1 "kassa/services/api/v1"
)

type showSubscriptionCmd struct {
	Subscription string `arg:"" help:"Subscription id."`
}

// Help shows how it is used.
func (showSubscriptionCmd) Help() string {
	return `Example:
  kassa subscriptions show 0f0e…`
}

func (c *showSubscriptionCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Subscription(ctx, domain.SubscriptionID(c.Subscription))
	if err != nil {
		return err
	}
	return s.show(out, func() { s.subscription(out) })
}

// instalments says how a term is paid that is not paid at once.
func (s *session) instalments(p v1.Product) {
	i := p.Instalments
	switch {
	case i == nil:
	case i.NextPaymentAt == nil:
		fmt.Fprintf(s.stdout, "Paid in %d payments a term, %d of this one. None is to follow in it.\n", i.Payments, i.Paid)
	default:
		fmt.Fprintf(s.stdout, "Paid in %d payments a term, %d of this one. The next is %s on %s; %s are left until %s.\n",
			i.Payments, i.Paid, money(*i.NextPayment), day(*i.NextPaymentAt), money(i.Remaining), day(p.ExpiryDate))
	}
}

func (s *session) subscription(d v1.SubscriptionDetail) {
	s.products(v1.Products{Items: []v1.Product{d.Product}})
	payer := "the organisation, by agreement"
	if d.PayerID != "" {
		payer = d.PurchaserName
	}
	s.instalments(d.Product)
	fmt.Fprintf(s.stdout, "It is paid by %s. The data belongs to the %s. The vendor gives %s support.\n", payer, d.DataOwner, d.Support)
	if n := d.NextTerm; n != nil {
		fmt.Fprintf(s.stdout, "The next term begins on %s and costs %s, %s of it tax: %s at %s each%s.\n",
			day(n.StartDate), money(n.Total), money(n.Tax), seats(n.Quantity), money(n.UnitPrice), yes(n.PriceChanges, " instead of "+money(d.UnitPrice)))
	}
	if c := d.Cancelled; c != nil {
		fmt.Fprintf(s.stdout, "It was cancelled on %s by the %s: %s.%s\n", day(c.At), c.By, c.Reason, yes(c.Feedback != "", " "+strconv.Quote(c.Feedback)))
	}
	for _, p := range d.Policies {
		fmt.Fprintf(s.stdout, "Policy %s: %s.\n", p.Policy, p.Value)
	}
	for _, url := range d.TrainingURLs {
		fmt.Fprintf(s.stdout, "Training: %s\n", url)
	}
}
