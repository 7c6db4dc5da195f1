package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type cancellationRequestsCmd struct {
	Ask      askCancellationCmd      `cmd:"" help:"Ask the purchaser, or support, to cancel (administrators)."`
	List     cancellationListCmd     `cmd:"" help:"List requests: your organisation's, or those you were asked."`
	Accept   acceptCancellationCmd   `cmd:"" help:"Say yes."`
	Decline  declineCancellationCmd  `cmd:"" help:"Say no."`
	Withdraw withdrawCancellationCmd `cmd:"" help:"Take a request back before it is answered (administrators)."`
}

type askCancellationCmd struct {
	Subscription string `required:"" help:"Subscription id." placeholder:"ID"`
	To           string `required:"" help:"purchaser, who is free to say no, or support, which decides." placeholder:"WHOM"`
	Reason       string `required:"" help:"centralised, purchaser_left, not_needed, too_expensive or other." placeholder:"REASON"`
	CommandID    string `name:"command-id" help:"Names this request: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (askCancellationCmd) Help() string {
	return `One request is open at a time for each subscription and addressee. It expires after 90 days.

Examples:
  kassa cancellation-requests ask --subscription 0f0e… --to purchaser --reason centralised
  kassa cancellation-requests ask --subscription 0f0e… --to support --reason purchaser_left`
}

func (c *askCancellationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.RequestCancellation(ctx, client.Intent(cmp.Or(c.CommandID, uuid.NewString())),
		domain.SubscriptionID(c.Subscription), v1.AskCancellation{To: c.To, Reason: c.Reason})
	return s.answered(out, err)
}

type cancellationListCmd struct {
	Status string `help:"Only those that are open, accepted, executed, declined, withdrawn or expired." placeholder:"STATUS"`
	pageFlags
}

// Help shows how it is used.
func (cancellationListCmd) Help() string {
	return `Examples:
  kassa cancellation-requests list
  kassa cancellation-requests list --status open --json`
}

func (c *cancellationListCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.CancellationRequests(ctx, client.List{After: c.After, Limit: c.Limit}, c.Status)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, r := range out.Items {
			rows = append(rows, []string{r.ID, r.Status, r.To, string(r.ProductID), r.Purchaser.Name, r.RequestedBy.Name, r.Reason, day(r.RequestedAt), day(r.ExpiresAt)})
		}
		s.table("REQUEST STATUS TO PRODUCT PURCHASER ASKED-BY REASON ASKED EXPIRES", rows...)
		s.more(out.Next)
	})
}

// requestFlags name a request and the answer to it.
type requestFlags struct {
	Request   string `arg:"" help:"Id of the request."`
	CommandID string `name:"command-id" help:"Names this answer: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

func (f *requestFlags) intent() client.Intent {
	return client.Intent(cmp.Or(f.CommandID, uuid.NewString()))
}

type acceptCancellationCmd struct{ requestFlags }

// Help shows how it is used.
func (acceptCancellationCmd) Help() string {
	return `The purchaser's yes cancels within seven days of the start or a renewal, for a refund, and later turns
recurring billing off. Support's yes cancels at once.

Example:
  kassa cancellation-requests accept 0f0e…-purchaser-1`
}

func (c *acceptCancellationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.AcceptCancellation(ctx, c.intent(), c.Request)
	return s.answered(out, err)
}

type declineCancellationCmd struct {
	requestFlags
	Reason string `required:"" help:"still_needed, cancels_later, ask_purchaser, not_verified or other." placeholder:"REASON"`
}

// Help shows how it is used.
func (declineCancellationCmd) Help() string {
	return `Example:
  kassa cancellation-requests decline 0f0e…-purchaser-1 --reason still_needed`
}

func (c *declineCancellationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.DeclineCancellation(ctx, c.intent(), c.Request, v1.DeclineCancellation{Reason: c.Reason})
	return s.answered(out, err)
}

type withdrawCancellationCmd struct{ requestFlags }

// Help shows how it is used.
func (withdrawCancellationCmd) Help() string {
	return `Example:
  kassa cancellation-requests withdraw 0f0e…-purchaser-1`
}

func (c *withdrawCancellationCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.WithdrawCancellation(ctx, c.intent(), c.Request)
	return s.answered(out, err)
}

func (s *session) answered(r v1.CancellationRequest, err error) error {
	if err != nil {
		return err
	}
	return s.show(r, func() {
		fmt.Fprintf(s.stdout, "Request %s to the %s is %s", r.ID, r.To, r.Status)
		if r.Effect != "" {
			fmt.Fprintf(s.stdout, ", with the effect %s", r.Effect)
		}
		fmt.Fprintln(s.stdout, ".")
	})
}
