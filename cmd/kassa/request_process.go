package main

import (
	"context"
	"fmt"
	"strings"

	v1 "kassa/services/api/v1"
)

type requestProcessCmd struct {
	Message string `arg:"" optional:"" help:"What to tell whoever asks; left out, requests are taken here again."`
	Link    string `help:"Where they go: an https address." placeholder:"URL"`
	intentFlag
}

// Help shows how it is used.
func (requestProcessCmd) Help() string {
	return `While there is a message, nobody can ask here. Older requests stay.

Examples:
  kassa policy request-process "Ask in the portal." --link https://portal.contoso.example/ask
  kassa policy request-process`
}

func (c *requestProcessCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.SetRequestProcess(ctx, c.intent(), v1.SetRequestProcess{Message: c.Message, Link: c.Link})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		if out.RequestProcess.Message == "" {
			fmt.Fprintln(s.stdout, "Licence requests are taken here.")
			return
		}
		fmt.Fprintln(s.stdout, "Whoever asks for a licence is told: "+strings.TrimSpace(out.RequestProcess.Message+" "+out.RequestProcess.Link))
	})
}
