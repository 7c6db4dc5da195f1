package main

import (
	"context"
	"fmt"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type licensesCmd struct {
	Assign       assignCmd       `cmd:"" help:"Give a person a seat."`
	Unassign     unassignCmd     `cmd:"" help:"Take a person's seat back."`
	AssignMany   assignManyCmd   `cmd:"" help:"Give up to 20 people a seat."`
	UnassignMany unassignManyCmd `cmd:"" help:"Take the seats of up to 20 people back."`
}

type licenseFlags struct {
	Subscription string `required:"" help:"Subscription id." placeholder:"ID"`
	User         string `required:"" help:"Mail address of somebody in your organisation." placeholder:"MAIL"`
	CommandID    string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

type assignCmd struct{ licenseFlags }

// Help shows how it is used.
func (assignCmd) Help() string {
	return `Example:
  kassa licenses assign --subscription 0f0e… --user omar@contoso.example`
}

func (c *assignCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.Assign)
}

type unassignCmd struct{ licenseFlags }

// Help shows how it is used.
func (unassignCmd) Help() string {
	return `Example:
  kassa licenses unassign --subscription 0f0e… --user omar@contoso.example`
}

func (c *unassignCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.Unassign)
}

type licenseChange func(context.Context, client.Intent, domain.SubscriptionID, string) (v1.License, error)

func (c *licenseFlags) change(ctx context.Context, s *session, do licenseChange) error {
	out, err := do(ctx, client.Intent(c.CommandID), domain.SubscriptionID(c.Subscription), c.User)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		holds := "no longer holds"
		if out.Assigned {
			holds = "holds"
		}
		fmt.Fprintf(s.stdout, "%s %s a seat of %s.\n", out.User.Name, holds, out.SubscriptionID)
	})
}
