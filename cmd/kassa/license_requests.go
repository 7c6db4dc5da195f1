package main

import (
	"context"
	"fmt"
	"strings"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type licenseRequestsCmd struct {
	List    listLicenseRequestsCmd   `cmd:"" help:"List your requests; administrators: your organisation's."`
	Ask     askForLicensesCmd        `cmd:"" help:"Ask for licences of a product that you may not buy."`
	Approve approveLicenseRequestCmd `cmd:"" help:"Give all, or some, of the people licences (administrators)."`
	Deny    denyLicenseRequestCmd    `cmd:"" help:"Give nobody any (administrators)."`
	Share   shareLicenseRequestCmd   `cmd:"" help:"Show a pending request to a colleague."`
}

type listLicenseRequestsCmd struct {
	State string `help:"pending or completed; left out, both." placeholder:"STATE"`
	pageFlags
}

// Help shows how it is used.
func (listLicenseRequestsCmd) Help() string {
	return `Examples:
  kassa license-requests list
  kassa license-requests list --state pending --json`
}

func (c *listLicenseRequestsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.LicenseRequests(ctx, client.List{After: c.After, Limit: c.Limit}, c.State)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, r := range out.Items {
			rows = append(rows, []string{r.RequestID, day(r.RequestedAt), r.Requester.Name, string(r.ProductID), r.Status, howAsked(r.Users)})
		}
		s.table("ID ASKED BY PRODUCT STATUS FOR", rows...)
		s.more(out.Next)
	})
}

// howAsked tells how each person stands.
func howAsked(users []v1.LicenseRequestUser) string {
	shown := make([]string, len(users))
	for i, u := range users {
		shown[i] = u.User.Name + ": " + u.Standing
		if u.Code != "" {
			shown[i] += " (" + u.Code + ")"
		}
	}
	return strings.Join(shown, ", ")
}

// intentFlag names a change.
type intentFlag struct {
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

func (f intentFlag) intent() client.Intent { return client.Intent(f.CommandID) }

// tellLicenseRequest prints how a change left a request.
func (s *session) tellLicenseRequest(r v1.LicenseRequestChanged, err error) error {
	if err != nil {
		return err
	}
	return s.show(r, func() {
		fmt.Fprintf(s.stdout, "Licence request %s of %s is %s.\n", r.RequestID, r.ProductID, strings.ReplaceAll(r.Status, "_", " "))
		for _, u := range r.Users {
			fmt.Fprintf(s.stdout, "  %s\n", howAsked([]v1.LicenseRequestUser{u}))
		}
	})
}

type askForLicensesCmd struct {
	Product string   `required:"" help:"Product id, or an older one of it." placeholder:"ID"`
	Users   []string `name:"user" sep:"none" help:"Mail address of somebody in your organisation, up to 20 times; left out, you." placeholder:"MAIL"`
	Reason  string   `help:"needed_for_work, collaboration, replacement, trying_out or other (default)." placeholder:"REASON"`
	Market  string   `help:"Country of the billing address, as in the purchase that was refused." placeholder:"CC"`
	intentFlag
}

// Help shows how it is used.
func (askForLicensesCmd) Help() string {
	return `Only where your organisation's policy keeps you from buying it. A refusal exits with 2.

Examples:
  kassa license-requests ask --product CFQ7TTC0H9MP
  kassa license-requests ask --product CFQ7TTC0H9MP --user anna@contoso.example --user omar@contoso.example --reason needed_for_work`
}

func (c *askForLicensesCmd) Run(ctx context.Context, s *session) error {
	return s.tellLicenseRequest(s.client.AskForLicenses(ctx, c.intent(), v1.AskForLicenses{
		ProductID: domain.ProductID(c.Product), Users: c.Users, Reason: c.Reason, Market: c.Market,
	}))
}

type approveLicenseRequestCmd struct {
	Request      string   `arg:"" help:"Id of the request."`
	Subscription string   `required:"" help:"Id of one of the organisation's own subscriptions of the product." placeholder:"ID"`
	Users        []string `name:"user" sep:"none" help:"Mail address of one of the people that the request names; left out, all of them." placeholder:"MAIL"`
	intentFlag
}

// Help shows how it is used.
func (approveLicenseRequestCmd) Help() string {
	return `Who finds no seat waits, and gets theirs once one is free or bought.

Examples:
  kassa license-requests approve 0f0e… --subscription 1a1b…
  kassa license-requests approve 0f0e… --subscription 1a1b… --user omar@contoso.example`
}

func (c *approveLicenseRequestCmd) Run(ctx context.Context, s *session) error {
	return s.tellLicenseRequest(s.client.ApproveLicenseRequest(ctx, c.intent(), c.Request, v1.ApproveLicenseRequest{
		Users: c.Users, SubscriptionID: domain.SubscriptionID(c.Subscription),
	}))
}

type denyLicenseRequestCmd struct {
	Request string `arg:"" help:"Id of the request."`
	Reason  string `required:"" help:"not_needed, too_expensive, other_product, not_allowed or other." placeholder:"REASON"`
	intentFlag
}

// Help shows how it is used.
func (denyLicenseRequestCmd) Help() string {
	return `Example:
  kassa license-requests deny 0f0e… --reason other_product`
}

func (c *denyLicenseRequestCmd) Run(ctx context.Context, s *session) error {
	return s.tellLicenseRequest(s.client.DenyLicenseRequest(ctx, c.intent(), c.Request, c.Reason))
}

type shareLicenseRequestCmd struct {
	Request string `arg:"" help:"Id of the request."`
	User    string `required:"" help:"Mail address of somebody in your organisation." placeholder:"MAIL"`
	intentFlag
}

// Help shows how it is used.
func (shareLicenseRequestCmd) Help() string {
	return `Example:
  kassa license-requests share 0f0e… --user gail@contoso.example`
}

func (c *shareLicenseRequestCmd) Run(ctx context.Context, s *session) error {
	return s.tellLicenseRequest(s.client.ShareLicenseRequest(ctx, c.intent(), c.Request, c.User))
}
