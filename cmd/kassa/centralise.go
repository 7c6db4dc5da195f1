package main

import (
	"context"
	"fmt"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type centraliseCmd struct {
	Plan     planCentralisationCmd     `cmd:"" help:"See what it takes and saves, and record nothing."`
	Start    startCentralisationCmd    `cmd:"" help:"Begin to take over what people bought."`
	Buy      buyCentralisationCmd      `cmd:"" help:"Buy the seats that are missing, under the agreement."`
	Target   targetCentralisationCmd   `cmd:"" help:"Use seats that the organisation has."`
	Status   statusCentralisationCmd   `cmd:"" help:"See how it stands."`
	Close    closeCentralisationCmd    `cmd:"" help:"Wait for no more answers."`
	Withdraw withdrawCentralisationCmd `cmd:"" help:"Call it off before anybody is asked to cancel."`
}

// centraliseFlags say what to take over.
type centraliseFlags struct {
	Product       string   `required:"" help:"Product id, or an older one." placeholder:"ID"`
	Market        string   `help:"Whose agreement price counts; left out: your organisation's country." placeholder:"CC"`
	Keep          bool     `help:"Only give people licences; ask nobody to cancel."`
	Subscriptions []string `name:"subscription" help:"Only these (repeat it, or separate them by commas); one that was cancelled stands for who used it last." placeholder:"ID"`
}

func (f *centraliseFlags) wanted() v1.StartCentralisation {
	in := v1.StartCentralisation{ProductID: domain.ProductID(f.Product), Market: f.Market, Keep: f.Keep}
	for _, id := range f.Subscriptions {
		in.Subscriptions = append(in.Subscriptions, domain.SubscriptionID(id))
	}
	return in
}

type planCentralisationCmd struct{ centraliseFlags }

// Help shows how it is used.
func (planCentralisationCmd) Help() string {
	return `Examples:
  kassa centralise plan --product CFQ7TTC0H9MP
  kassa centralise plan --product CFQ7TTC0H9MP --keep --json`
}

func (c *planCentralisationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.PlanCentralisation(ctx, c.wanted())
	if err != nil {
		return err
	}
	return s.show(out, func() { s.plan(out) })
}

func (s *session) plan(p v1.CentralisationPlan) {
	var rows [][]string
	for _, b := range p.Purchases {
		rows = append(rows, []string{b.Purchaser.Name, number(b.Seats), number(b.Users), money(b.Yearly), string(b.SubscriptionID)})
	}
	s.table("PURCHASER SEATS USED YEARLY SUBSCRIPTION", rows...)
	fmt.Fprintf(s.stdout, "%s needed, %d of them to buy: the organisation has %d free.\n", seats(p.SeatsNeeded), p.SeatsToBuy, p.SeatsAvailable)
	if p.Covered > 0 {
		fmt.Fprintf(s.stdout, "%d people have a licence of the organisation's already.\n", p.Covered)
	}
	s.savings(p.Savings)
}

func (s *session) savings(v v1.Savings) {
	switch {
	case v.Unknown != "":
		fmt.Fprintf(s.stdout, "What that saves is unknown: %s.\n", v.Unknown)
	case v.Saved != nil:
		fmt.Fprintf(s.stdout, "A year: people pay %s, the organisation %s; saved %s.\n", money(*v.SelfService), money(*v.Central), money(*v.Saved))
	}
}

type startCentralisationCmd struct {
	centraliseFlags
	Buy       bool   `help:"Buy the seats that are missing at once; you accept the terms." xor:"seats"`
	Target    string `help:"Use the seats of this subscription of your organisation." xor:"seats" placeholder:"ID"`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
	followFlags
}

// Help shows how it is used.
func (startCentralisationCmd) Help() string {
	return `People get their licences first; then their purchasers are asked to cancel, and may say no.

Examples:
  kassa centralise start --product CFQ7TTC0H9MP --buy --follow
  kassa centralise start --product CFQ7TTC0H9MP --keep --target 0f0e…`
}

func (c *startCentralisationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.StartCentralisation(ctx, client.Intent(c.CommandID), c.wanted())
	id := out.CentralisationID
	switch {
	case err != nil:
	case c.Buy:
		out, err = s.client.BuyCentralSeats(ctx, client.Intent(c.CommandID), id)
	case c.Target != "":
		out, err = s.client.ChooseTarget(ctx, client.Intent(c.CommandID), id, domain.SubscriptionID(c.Target))
	}
	if err != nil {
		return err
	}
	return c.tell(ctx, s, out)
}

// changeCentralisationFlags say which one to change.
type changeCentralisationFlags struct {
	ID        string `arg:"" name:"centralisation" help:"Centralisation id."`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
	followFlags
}

func (f *changeCentralisationFlags) change(ctx context.Context, s *session, do func(context.Context, client.Intent, domain.CentralisationID) (v1.Centralised, error)) error {
	out, err := do(ctx, client.Intent(f.CommandID), domain.CentralisationID(f.ID))
	if err != nil {
		return err
	}
	return f.tell(ctx, s, out)
}

type buyCentralisationCmd struct{ changeCentralisationFlags }

// Help shows how it is used.
func (buyCentralisationCmd) Help() string {
	return `One for each person who still needs a licence. You accept the terms.

Example:
  kassa centralise buy 0f0e… --follow`
}

func (c *buyCentralisationCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.BuyCentralSeats)
}

type targetCentralisationCmd struct {
	changeCentralisationFlags
	Subscription string `required:"" help:"A subscription that your organisation bought." placeholder:"ID"`
}

// Help shows how it is used.
func (targetCentralisationCmd) Help() string {
	return `Example:
  kassa centralise target 0f0e… --subscription 1a2b…`
}

func (c *targetCentralisationCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, func(ctx context.Context, i client.Intent, id domain.CentralisationID) (v1.Centralised, error) {
		return s.client.ChooseTarget(ctx, i, id, domain.SubscriptionID(c.Subscription))
	})
}

type closeCentralisationCmd struct{ changeCentralisationFlags }

// Help shows how it is used.
func (closeCentralisationCmd) Help() string {
	return `It closes by itself once every purchaser has answered.

Example:
  kassa centralise close 0f0e…`
}

func (c *closeCentralisationCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.CloseCentralisation)
}

type withdrawCentralisationCmd struct{ changeCentralisationFlags }

// Help shows how it is used.
func (withdrawCentralisationCmd) Help() string {
	return `Licences that people got stay with them.

Example:
  kassa centralise withdraw 0f0e…`
}

func (c *withdrawCentralisationCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.WithdrawCentralisation)
}
