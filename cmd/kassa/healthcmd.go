package main

import (
	"context"
	"errors"
	"fmt"

	v1 "kassa/services/api/v1"
)

type healthCmd struct{}

var errUnready = errors.New("not ready")

// Help shows how it is used.
func (healthCmd) Help() string {
	return `Exits with 1 while a part is not ready, so that a container may be watched with it.

Example:
  kassa health`
}

func (c *healthCmd) Run(ctx context.Context, s *session) error {
	health, err := s.client.Ready(ctx)
	if err != nil {
		return err
	}
	if err := s.show(health, func() { s.health(health) }); err != nil {
		return err
	}
	if health.Status != "ok" {
		return errUnready
	}
	return nil
}

func (s *session) health(h v1.Health) {
	var rows [][]string
	for _, p := range h.Parts {
		rows = append(rows, []string{p.Name, yes(p.Ready, "ready"), position(p.Position), position(p.Lag), p.Detail})
	}
	s.table("PART READY POSITION LAG DETAIL", rows...)
	if h.Reason != "" {
		fmt.Fprintln(s.stdout, h.Reason)
	}
}
