package main

import (
	"context"
	"fmt"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type manyLicensesFlags struct {
	Subscription string   `required:"" help:"Subscription id." placeholder:"ID"`
	Users        []string `arg:"" help:"Mail addresses of people in your organisation, at most 20 at a time." placeholder:"MAIL"`
	CommandID    string   `name:"command-id" help:"Names this change: repeated with the same id, what was done is not done again and what failed is tried again." placeholder:"UUID"`
}

type assignManyCmd struct{ manyLicensesFlags }

// Help shows how it is used.
func (assignManyCmd) Help() string {
	return `The last seats go to the first in the list. Exits with 2 where somebody could
not be given one; the others are.

Examples:
  kassa licenses assign-many --subscription 0f0e… omar@contoso.example anna@contoso.example
  xargs -n 20 kassa licenses assign-many --subscription 0f0e… < people.txt`
}

func (c *assignManyCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.AssignMany)
}

type unassignManyCmd struct{ manyLicensesFlags }

// Help shows how it is used.
func (unassignManyCmd) Help() string {
	return `Example:
  kassa licenses unassign-many --subscription 0f0e… omar@contoso.example anna@contoso.example`
}

func (c *unassignManyCmd) Run(ctx context.Context, s *session) error {
	return c.change(ctx, s, s.client.UnassignMany)
}

// errNotEverybody is told after the results, which say who and why.
var errNotEverybody = fmt.Errorf("%w: it was not done for everybody, see the results", errPartlyRefused)

type manyLicensesChange func(context.Context, client.Intent, domain.SubscriptionID, []string) (v1.LicenseResults, error)

func (c *manyLicensesFlags) change(ctx context.Context, s *session, do manyLicensesChange) error {
	out, err := do(ctx, client.Intent(c.CommandID), domain.SubscriptionID(c.Subscription), c.Users)
	if err != nil {
		return err
	}
	if err := s.show(out, func() { s.licenseResults(out) }); err != nil {
		return err
	}
	if len(out.Problems()) > 0 {
		return errNotEverybody
	}
	return nil
}

func (s *session) licenseResults(out v1.LicenseResults) {
	var rows [][]string
	for _, r := range out.Items {
		told := "holds no seat"
		switch {
		case r.Error != nil:
			told = fmt.Sprintf("%s (%s)", r.Error.Detail, r.Error.Code)
		case r.License.Assigned:
			told = "holds a seat"
		}
		rows = append(rows, []string{r.User, told})
	}
	s.table("USER RESULT", rows...)
}
