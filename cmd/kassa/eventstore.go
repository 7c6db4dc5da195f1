package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	"kassa/eventstore/embedded"
)

type eventstoreCmd struct {
	Data   string `default:"./data" help:"Directory that holds everything (${default}); the events are in events below it." placeholder:"DIR"`
	Listen string `default:"127.0.0.1:2113" help:"Address (${default}); port 0 means any free port." placeholder:"HOST:PORT"`
}

// Help shows how it is used.
func (eventstoreCmd) Help() string {
	return `Speaks the EventStoreDB protocol: any client of that database may connect.

Example:
  kassa eventstore --data ./data --listen 127.0.0.1:2113`
}

func (c *eventstoreCmd) Run(ctx context.Context, s *session) error {
	engine, err := embedded.Open(ctx, embedded.Config{
		Dir: filepath.Join(c.Data, "events"), Listen: c.Listen, Log: slog.New(slog.NewJSONHandler(s.stderr, nil)),
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "eventstore: %s\n", engine.ConnectionString())
	select {
	case <-ctx.Done():
	case err = <-engine.Failed():
	}
	return errors.Join(err, engine.Close())
}
