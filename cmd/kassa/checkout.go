package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type checkoutCmd struct {
	Product    string `required:"" help:"Product id, or an older one of it." placeholder:"ID"`
	Seats      int64  `required:"" help:"How many seats." placeholder:"N"`
	Market     string `required:"" help:"Country of the billing address." placeholder:"CC"`
	Card       string `help:"The payment gateway's token of your card, or the id of a saved one; left out: your default." placeholder:"TOKEN"`
	Channel    string `help:"self-service (default), or central to buy for the organisation." placeholder:"CHANNEL"`
	EntryPoint string `help:"website (default) or in_app." placeholder:"WHERE"`
	Email      string `help:"Address given before signing in." placeholder:"MAIL"`
	Currency   string `help:"Refuse unless the price is in this currency." placeholder:"CUR"`
	Pay        string `help:"monthly, to be committed for a year and pay in months where the price list has it; without, the term is paid at once." placeholder:"HOW"`
	Payment    string `help:"Kind of payment: credit_card or agreement." placeholder:"KIND"`
	Trial      bool   `help:"Try first. With a card it becomes paid by itself when it ends, without it just ends."`
	CommandID  string `name:"command-id" help:"Names this purchase: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (checkoutCmd) Help() string {
	return `Ordering accepts the terms and the privacy notice. A refusal exits with 2.

Examples:
  kassa checkout --product CFQ7TTC0H9MP --seats 3 --market SE --card tok_visa
  kassa checkout --product CFQ7TTC0HD33 --seats 2 --market SE --trial
  kassa checkout --product CFQ7TTC0MM8R --seats 2 --market SE --card tok_visa --pay monthly
  kassa checkout --product CFQ7TTC0H9MP --seats 50 --market US --channel central --json`
}

// gatewayTries is how often a change is asked for whose payment is unknown.
const gatewayTries = 5

func (c *checkoutCmd) Run(ctx context.Context, s *session) error {
	if c.CommandID == "" {
		c.CommandID = uuid.NewString()
	}
	quoted, err := s.client.Start(ctx, client.Intent(c.CommandID+".start"), v1.StartPurchase{
		ProductID: domain.ProductID(c.Product), Quantity: c.Seats, Market: c.Market,
		EntryPoint: domain.EntryPoint(c.EntryPoint), Channel: domain.Channel(c.Channel), Email: c.Email, Currency: c.Currency,
		Kind: c.kind(), NeedsPaymentMethod: c.Trial && c.Card != "", Frequency: c.frequency(),
	})
	if err != nil {
		return err
	}
	out, err := c.submit(ctx, s, quoted.PurchaseID)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "Order %s is %s: %s for %s.\n", out.OrderNumber, out.Status, seats(c.Seats), money(out.Total))
		s.tellTax(quoted.Quote)
		s.tellTrial(quoted.Quote)
		s.tellCommitment(quoted.Quote)
		if out.SubscriptionID != "" {
			fmt.Fprintf(s.stdout, "Subscription %s is ready to use.\n", out.SubscriptionID)
		} else {
			fmt.Fprintf(s.stdout, "Your card's bank has not answered yet. Kassa goes on by itself; see kassa orders show %s.\n", out.OrderNumber)
		}
	})
}

func (c *checkoutCmd) kind() domain.PurchaseKind {
	if c.Trial {
		return domain.Trial
	}
	return domain.Paid
}

// tellTax says what of the total is tax, where there is any.
func (s *session) tellTax(q *v1.Quote) {
	if q != nil && q.TaxRule != nil && q.TaxRule.Rate != 0 {
		fmt.Fprintf(s.stdout, "That is %s and %s tax (prices %s).\n", money(q.Net), money(q.Tax), stated(*q.TaxRule))
	}
}

// frequency is what --pay means; anything else is refused.
func (c *checkoutCmd) frequency() domain.Term {
	if c.Pay == "monthly" {
		return domain.Monthly
	}
	return domain.Term(c.Pay)
}

// tellCommitment says what is to be paid after the first payment of a term.
func (s *session) tellCommitment(q *v1.Quote) {
	if q == nil || q.Commitment == nil {
		return
	}
	each := q.Total
	if q.Trial != nil {
		each = q.Trial.Total
	}
	c := q.Commitment
	fmt.Fprintf(s.stdout, "A term of %s is %d payments of %s, %s in all, one each %s.\n", q.Term, c.Payments, money(each), money(c.Total), c.Frequency)
}

// tellTrial says what comes after a trial.
func (s *session) tellTrial(q *v1.Quote) {
	switch {
	case q == nil || q.Trial == nil:
	case q.Trial.NeedsPaymentMethod:
		fmt.Fprintf(s.stdout, "Nothing is paid for %d days, then %s a term.\n", q.Trial.Days, money(q.Trial.Total))
	default:
		fmt.Fprintf(s.stdout, "Nothing is paid for %d days, and then it ends; to go on costs %s a term.\n", q.Trial.Days, money(q.Trial.Total))
	}
}

// submit orders, and asks again while the payment gateway has not answered.
func (c *checkoutCmd) submit(ctx context.Context, s *session, id domain.PurchaseID) (v1.Submitted, error) {
	order := v1.SubmitPurchase{Card: c.Card, PaymentKind: c.Payment, AcceptTerms: true}
	return untilKnown(ctx, func() (v1.Submitted, bool, error) {
		out, err := s.client.Submit(ctx, client.Intent(c.CommandID+".submit"), id, order)
		return out, out.Status != "submitted", err
	})
}

// untilKnown asks again, a few times, while what became of a payment is unknown.
func untilKnown[T any](ctx context.Context, ask func() (out T, known bool, err error)) (T, error) {
	for left := gatewayTries; ; left-- {
		out, known, err := ask()
		if err != nil || known || left == 1 {
			return out, err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return out, context.Cause(ctx)
		}
	}
}
