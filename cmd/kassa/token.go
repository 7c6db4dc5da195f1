package main

import (
	"context"
	"errors"
	"fmt"

	v1 "kassa/services/api/v1"
)

type tokenCmd struct {
	As       string `xor:"who" help:"Mail address of somebody in the directory." placeholder:"MAIL"`
	Operator bool   `xor:"who" help:"As whoever runs this Kassa."`
	Support  bool   `xor:"who" help:"As the vendor's support."`
}

// Help shows how it is used.
func (tokenCmd) Help() string {
	return `Only where the development identity provider is on.

Examples:
  export KASSA_TOKEN=$(kassa token --as anna@contoso.example)
  KASSA_TOKEN=$(kassa token --operator) kassa views list
  KASSA_TOKEN=$(kassa token --support) kassa cancellation-requests list --status open`
}

func (c *tokenCmd) Run(ctx context.Context, s *session) error {
	if c.As == "" && !c.Operator && !c.Support {
		return errors.New("say who with --as MAIL, --operator or --support")
	}
	out, err := s.client.Issue(ctx, v1.TokenRequest{Mail: c.As, Operator: c.Operator, Support: c.Support})
	if err != nil {
		return err
	}
	return s.show(out, func() { fmt.Fprintln(s.stdout, out.Token) })
}
