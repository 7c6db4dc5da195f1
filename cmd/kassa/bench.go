package main

import (
	"context"
	"errors"
)

type benchCmd struct{}

func (c *benchCmd) Run(ctx context.Context, s *session) error {
	return errors.New("not wired yet")
}
