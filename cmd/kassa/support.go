package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type supportCmd struct {
	Open     openCaseCmd     `cmd:"" help:"Ask for help with a subscription."`
	List     listCasesCmd    `cmd:"" help:"List support cases."`
	Escalate escalateCaseCmd `cmd:"" help:"Pass a case on to somebody who knows more."`
	Close    closeCaseCmd    `cmd:"" help:"Close a case."`
	Credit   creditCmd       `cmd:"" help:"Give back some of what was paid for a bill (the vendor's support)."`
	Premier  premierCmd      `cmd:"" help:"See what is left of the Premier contract (administrators)."`
}

type openCaseCmd struct {
	Subscription string `required:"" help:"Subscription id." placeholder:"ID"`
	Topic        string `required:"" help:"access, billing, how_to, technical or other." placeholder:"TOPIC"`
	Premier      bool   `help:"Let a Premier incident of the organisation pay; never for what a person bought."`
	CommandID    string `name:"command-id" help:"Names this case: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (openCaseCmd) Help() string {
	return `Who bought a subscription by themselves has the vendor's standard support, which costs the organisation nothing.

Example:
  kassa support open --subscription 0f0e… --topic access`
}

func (c *openCaseCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.OpenSupportCase(ctx, client.Intent(cmp.Or(c.CommandID, uuid.NewString())), v1.OpenSupportCase{
		SubscriptionID: domain.SubscriptionID(c.Subscription), Topic: c.Topic, Premier: c.Premier,
	})
	return s.tellCase(out, err)
}

type listCasesCmd struct {
	Status string `help:"Only those that are open, escalated or closed." placeholder:"STATUS"`
	pageFlags
}

// Help shows how it is used.
func (listCasesCmd) Help() string {
	return `Example:
  kassa support list --status open`
}

func (c *listCasesCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.SupportCases(ctx, client.List{After: c.After, Limit: c.Limit}, c.Status)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, k := range out.Items {
			rows = append(rows, []string{string(k.ID), k.Status, k.Topic, k.OpenedBy.Name, string(k.SubscriptionID), k.SupportedBy, k.Entitlement, k.IncidentCharge, k.OpenedAt.Format(time.DateTime)})
		}
		s.table("CASE STATUS TOPIC OPENED-BY SUBSCRIPTION SUPPORTED-BY ENTITLEMENT INCIDENT OPENED", rows...)
		s.more(out.Next)
	})
}

// caseFlags name a case and what is done about it.
type caseFlags struct {
	Case      string `arg:"" help:"Id of the case."`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

func (f *caseFlags) intent() client.Intent {
	return client.Intent(cmp.Or(f.CommandID, uuid.NewString()))
}

type escalateCaseCmd struct{ caseFlags }

// Help shows how it is used.
func (escalateCaseCmd) Help() string {
	return `Example:
  kassa support escalate 0f0e…`
}

func (c *escalateCaseCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.EscalateSupportCase(ctx, c.intent(), domain.CaseID(c.Case))
	return s.tellCase(out, err)
}

type closeCaseCmd struct {
	caseFlags
	Resolution string `required:"" help:"solved, worked_around, no_fault, duplicate or withdrawn." placeholder:"HOW"`
}

// Help shows how it is used.
func (closeCaseCmd) Help() string {
	return `Example:
  kassa support close 0f0e… --resolution solved`
}

func (c *closeCaseCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.CloseSupportCase(ctx, c.intent(), domain.CaseID(c.Case), v1.CloseSupportCase{Resolution: c.Resolution})
	return s.tellCase(out, err)
}

func (s *session) tellCase(c v1.SupportCase, err error) error {
	if err != nil {
		return err
	}
	return s.show(c, func() {
		fmt.Fprintf(s.stdout, "Support case %s is %s. Supported by: %s, entitlement: %s, incident charge: %s.\n", c.ID, c.Status, c.SupportedBy, c.Entitlement, c.IncidentCharge)
	})
}

type premierCmd struct{}

// Help shows how it is used.
func (premierCmd) Help() string {
	return `Example:
  kassa support premier`
}

func (c *premierCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Premier(ctx)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "%d of %d Premier incidents are left.\n", out.Left, out.Incidents)
	})
}

type creditCmd struct {
	Number    string `arg:"" help:"The number of the bill that was paid." placeholder:"NUMBER"`
	Amount    string `required:"" help:"How much, with a point before decimals." placeholder:"5.00"`
	Currency  string `required:"" help:"The bill's currency." placeholder:"USD"`
	Reason    string `default:"goodwill" help:"goodwill (default), outage or billing_error." placeholder:"REASON"`
	CommandID string `name:"command-id" help:"Names this credit: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (creditCmd) Help() string {
	return `It goes to the card that was charged, with a credit note. Never more than what is left of the payment.

Example:
  kassa support credit KASSA-2026-0000001 --amount 5.00 --currency USD --reason outage`
}

func (c *creditCmd) Run(ctx context.Context, s *session) error {
	amount, err := parseMoney(c.Amount, c.Currency)
	if err != nil {
		return err
	}
	out, err := s.client.CreditBill(ctx, client.Intent(cmp.Or(c.CommandID, uuid.NewString())), v1.CreditBill{
		Number: c.Number, Amount: amount, Reason: c.Reason,
	})
	if err != nil {
		return err
	}
	return s.show(out, func() { s.tellSubscription(out) })
}
