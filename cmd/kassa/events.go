package main

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type eventsCmd struct {
	Tail tailCmd `cmd:"" help:"Print events, one a line."`
}

type tailCmd struct {
	From   string `default:"start" help:"start (default), or the position after which to begin, as an event or an answer named it." placeholder:"start|POSITION"`
	Limit  int    `help:"Stop after this many." placeholder:"N"`
	Follow bool   `short:"f" help:"Go on with what happens from now on."`
}

// Help shows how it is used.
func (tailCmd) Help() string {
	return `Administrators see their organisation's events, an operator everybody's.
With --json a line is a CloudEvent whose data is the stored payload.

Examples:
  kassa events tail --from start --limit 10 --json
  kassa events tail --from 48211 --follow`
}

func (c *tailCmd) Run(ctx context.Context, s *session) error {
	last := c.From
	for line, err := range s.client.Events(ctx, client.Tail{From: c.From, Limit: c.Limit, Follow: c.Follow}) {
		if ctx.Err() != nil {
			return nil // stopped by whoever was watching
		}
		if err != nil {
			if last != c.From {
				fmt.Fprintf(s.stderr, "Go on with --from %s.\n", last)
			}
			return err
		}
		var e v1.CloudEvent
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		last = e.Position
		if s.json {
			fmt.Fprintf(s.stdout, "%s\n", line)
			continue
		}
		fmt.Fprintf(s.stdout, "%s  %-12s  %s  %s\n", e.Time.Format(time.DateTime), e.Position, e.Type, e.Subject)
	}
	return nil
}
