package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
	"kassa/services/importer"
)

type partnersCmd struct {
	Grant  grantCmd        `cmd:"" help:"Let a partner in until some day (global administrators)."`
	Revoke revokeCmd       `cmd:"" help:"Shut a partner out at once (global administrators)."`
	List   listPartnersCmd `cmd:"" help:"List the relations there are and were."`
	Access accessCmd       `cmd:"" help:"Show what a partner asked for on your behalf."`
}

type grantCmd struct {
	Partner   string    `arg:"" help:"The partner's tenant id, or one of its domains."`
	Kind      string    `default:"GDAP" enum:"DAP,GDAP" help:"GDAP (default) has the roles given; DAP sees what a billing administrator sees." placeholder:"KIND"`
	Role      []string  `help:"A role of a GDAP relation: global-admin, billing-admin, global-reader, license-admin, user-admin, power-platform-admin, or a template id. May be repeated." placeholder:"ROLE"`
	Until     time.Time `required:"" format:"2006-01-02" help:"The day (UTC) at whose beginning it ends, at most two years from now." placeholder:"YYYY-MM-DD"`
	CommandID string    `name:"command-id" help:"Names this grant: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (grantCmd) Help() string {
	return `The partner's people then add --on-behalf-of with your tenant id to what they ask for.
Nothing renews a relation.

Examples:
  kassa partners grant partner.example --role global-reader --until 2027-06-30
  kassa partners grant partner.example --role billing-admin --role license-admin --until 2027-06-30
  kassa partners grant partner.example --kind DAP --until 2027-06-30`
}

func (c *grantCmd) Run(ctx context.Context, s *session) error {
	in := v1.GrantDelegation{Partner: c.Partner, Kind: c.Kind, ExpiresAt: c.Until}
	for _, role := range c.Role {
		in.Roles = append(in.Roles, cmp.Or(importer.RoleID(role), role))
	}
	out, err := s.client.Grant(ctx, client.Intent(c.CommandID), in)
	if err != nil {
		return err
	}
	return s.show(out, func() { s.tellDelegation(out) })
}

func (s *session) tellDelegation(d v1.DelegationChanged) {
	fmt.Fprintf(s.stdout, "The %s relation with %s (%s) is %s until %s.\n", d.Kind, d.PartnerTenantID, roleNames(d.Roles), d.Status, day(d.ExpiresAt))
}

type revokeCmd struct {
	Partner   string `arg:"" help:"The partner's tenant id."`
	CommandID string `name:"command-id" help:"Names this change: repeated with the same id, it returns the first result." placeholder:"UUID"`
}

// Help shows how it is used.
func (revokeCmd) Help() string {
	return `What the partner looked at and did stays on record.

Example:
  kassa partners revoke a92db849-02b0-56c4-be64-9bd2400b6027`
}

func (c *revokeCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Revoke(ctx, client.Intent(c.CommandID), domain.TenantID(c.Partner))
	if err != nil {
		return err
	}
	return s.show(out, func() { fmt.Fprintf(s.stdout, "The relation with %s is %s.\n", out.PartnerTenantID, out.Status) })
}

type listPartnersCmd struct{ pageFlags }

// Help shows how it is used.
func (listPartnersCmd) Help() string {
	return `Example:
  kassa partners list --json`
}

func (c *listPartnersCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Partners(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		s.delegations("PARTNER", out, func(d v1.Delegation) (string, domain.TenantID) { return d.PartnerName, d.PartnerTenantID })
	})
}

type accessCmd struct {
	Partner string `arg:"" help:"The partner's tenant id."`
	pageFlags
}

// Help shows how it is used.
func (accessCmd) Help() string {
	return `Newest first; each was recorded before it was answered, and is kept when the relation is over.

Example:
  kassa partners access a92db849-02b0-56c4-be64-9bd2400b6027 --limit 20`
}

func (c *accessCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Accesses(ctx, domain.TenantID(c.Partner), client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, a := range out.Items {
			rows = append(rows, []string{a.At.Format(time.DateTime), string(a.PersonID), a.Operation, a.Subject, string(a.RelationID), position(a.Position)})
		}
		s.table("AT PERSON OPERATION SUBJECT RELATION POSITION", rows...)
		s.more(out.Next)
	})
}

type customersCmd struct{ pageFlags }

// Help shows how it is used.
func (customersCmd) Help() string {
	return `Act for one of them with --on-behalf-of.

Examples:
  kassa customers
  kassa products --on-behalf-of 23d6fd70-3023-5133-bd76-4d9261caf444`
}

func (c *customersCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Customers(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		s.delegations("CUSTOMER", out, func(d v1.Delegation) (string, domain.TenantID) { return d.CustomerName, d.CustomerTenantID })
	})
}

// delegations prints relations by the name and tenant of their other side.
func (s *session) delegations(side string, page v1.Delegations, other func(v1.Delegation) (string, domain.TenantID)) {
	var rows [][]string
	for _, d := range page.Items {
		name, tenant := other(d)
		rows = append(rows, []string{name, d.Kind, d.Status, day(d.ExpiresAt), roleNames(d.Roles), string(tenant)})
	}
	s.table(side+" KIND STATUS UNTIL ROLES TENANT", rows...)
	s.more(page.Next)
}

func roleNames(ids []string) string {
	shown := make([]string, len(ids))
	for i, id := range ids {
		if shown[i] = importer.RoleName(id); id == domain.RoleAdminAgent {
			shown[i] = "admin-agent"
		}
	}
	return strings.Join(shown, ", ")
}
