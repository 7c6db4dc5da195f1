package main

import (
	"context"
	"errors"
)

type eventstoreCmd struct {
	Data   string `default:"./data" help:"Directory that holds the events." placeholder:"DIR"`
	Listen string `default:"127.0.0.1:2113" help:"Address; port 0 means any free port." placeholder:"HOST:PORT"`
}

// Help shows how it is used.
func (eventstoreCmd) Help() string {
	return `Speaks the EventStoreDB protocol: any client of that database may connect.

Example:
  kassa eventstore --data ./data --listen 127.0.0.1:2113`
}

func (c *eventstoreCmd) Run(ctx context.Context, s *session) error {
	return errors.New("not wired yet")
}
