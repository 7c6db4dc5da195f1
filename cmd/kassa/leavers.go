package main

import (
	"context"
	"fmt"
	"strings"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type peopleCmd struct {
	Remove  removePersonCmd  `cmd:"" help:"Say that the directory has deleted somebody."`
	Restore restorePersonCmd `cmd:"" help:"Say that the directory has restored somebody."`
}

// personFlags name the person and the change.
type personFlags struct {
	User      string `arg:"" help:"Mail address or directory object id." placeholder:"MAIL"`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

type removePersonCmd struct{ personFlags }

// Help shows how it is used.
func (removePersonCmd) Help() string {
	return `Their own seats are freed. Everybody else keeps theirs, and what they bought
goes on until somebody cancels it: see kassa orphaned.

Example:
  kassa people remove anna@contoso.example`
}

func (c *removePersonCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.DeletePerson)
}

type restorePersonCmd struct{ personFlags }

// Help shows how it is used.
func (restorePersonCmd) Help() string {
	return `What they bought is theirs again; seats that were freed have to be assigned anew.

Example:
  kassa people restore anna@contoso.example`
}

func (c *restorePersonCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.RestorePerson)
}

func (c *personFlags) change(ctx context.Context, s *session, do func(context.Context, client.Intent, string) (v1.DirectoryPerson, error)) error {
	out, err := do(ctx, client.Intent(c.CommandID), c.User)
	if err != nil {
		return err
	}
	return s.show(out, func() {
		is := "is in the directory"
		if out.Deleted {
			is = "is no longer in the directory"
		}
		fmt.Fprintf(s.stdout, "%s %s.\n", out.User.Name, is)
	})
}

type orphanedCmd struct{ pageFlags }

// Help shows how it is used.
func (orphanedCmd) Help() string {
	return `They go on, on the card of the person who left, until somebody acts.

Examples:
  kassa orphaned
  kassa orphaned --json`
}

func (c *orphanedCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Orphaned(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, o := range out.Items {
			rows = append(rows, []string{
				o.ProductName, o.Purchaser.Name, day(o.LeftAt), o.Status, fmt.Sprintf("%d/%d", o.Assigned, o.Quantity),
				renewal(o), orphanActions(o.Actions), string(o.SubscriptionID),
			})
		}
		s.table("PRODUCT PURCHASER LEFT STATUS SEATS RENEWS ACTIONS SUBSCRIPTION", rows...)
		s.more(out.Next)
	})
}

// renewal says when and for how much the next term begins.
func renewal(o v1.Orphan) string {
	switch {
	case o.NextRenewal == nil:
		return "never"
	case o.RenewalPrice == nil:
		return day(*o.NextRenewal)
	}
	return day(*o.NextRenewal) + " for " + money(*o.RenewalPrice)
}

func orphanActions(actions []v1.OrphanAction) string {
	words := make([]string, len(actions))
	for i, a := range actions {
		words[i] = strings.ReplaceAll(string(a), "_", " ")
	}
	return strings.Join(words, ", ")
}
