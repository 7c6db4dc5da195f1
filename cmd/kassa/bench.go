package main

import (
	"context"
	"errors"
)

type benchCmd struct{}

// Help shows how it is used.
func (benchCmd) Help() string {
	return `Example:
  kassa bench`
}

func (c *benchCmd) Run(ctx context.Context, s *session) error {
	return errors.New("not wired yet")
}
