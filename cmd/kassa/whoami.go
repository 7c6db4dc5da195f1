package main

import (
	"context"
	"fmt"
	"strings"
)

type whoamiCmd struct{}

// Help shows how it is used.
func (whoamiCmd) Help() string {
	return `Example:
  kassa whoami`
}

func (c *whoamiCmd) Run(ctx context.Context, s *session) error {
	me, err := s.client.Me(ctx)
	if err != nil {
		return err
	}
	return s.show(me, func() {
		fmt.Fprintf(s.stdout, "%s (%s) of organisation %s.\n", me.Person.Name, me.Person.ID, me.TenantID)
		if !me.AdminTile {
			fmt.Fprintln(s.stdout, "Buy something to get the Admin tile.")
			return
		}
		fmt.Fprintf(s.stdout, "The Admin tile leads to the %s view: %s.\n", me.View, strings.Join(me.Sections, ", "))
	})
}
