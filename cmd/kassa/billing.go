package main

import (
	"context"
	"fmt"
	"time"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type billingCmd struct {
	Run    billingRunCmd    `cmd:"" help:"Follow the renewals and bills of a month's end until all are done."`
	Status billingStatusCmd `cmd:"" help:"See how much of it is left."`
}

// untilFlag says which renewals belong to a run.
type untilFlag struct {
	Until string `help:"What was due before this day (UTC); left out: by now." placeholder:"2026-04-01"`
}

type billingStatusCmd struct{ untilFlag }

// Help shows how it is used.
func (billingStatusCmd) Help() string {
	return `Examples:
  kassa billing status
  kassa billing status --until 2026-04-01 --json`
}

func (c *billingStatusCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.BillingRun(ctx, c.Until)
	if err != nil {
		return err
	}
	return s.show(out, func() { s.billingRun(out) })
}

func (s *session) billingRun(r v1.BillingRun) {
	s.table("UNTIL DUE UNNUMBERED BEHIND", []string{r.Until.Format(time.RFC3339), number(r.Due), number(r.Unnumbered), number(r.Behind)})
}

type billingRunCmd struct{ untilFlag }

// Help shows how it is used.
func (billingRunCmd) Help() string {
	return `Kassa renews and bills all the time, by itself; this shows it at work and ends once nothing is left of what
was due by then. Stop it, or Kassa, whenever you like: started again it shows the rest.

Examples:
  kassa billing run
  kassa billing run --until 2026-04-01 --json`
}

const (
	glance = 500 * time.Millisecond // how often a run is looked at
	told   = 10 * time.Second       // how often it is told of where nobody sees a bar
)

func (c *billingRunCmd) Run(ctx context.Context, s *session) error {
	watch := s.watch("billing")
	out, err := s.client.FollowBilling(ctx, c.Until, glance, watch.tell)
	watch.end()
	if err != nil {
		return err
	}
	return s.show(out, func() {
		fmt.Fprintf(s.stdout, "Nothing is left of what was due by %s. %d done in %.1f s.\n", out.Until.Format(time.RFC3339), out.Done, out.TookSeconds)
	})
}

// watch shows a billing run: as a bar, or as a line now and then.
type watch struct {
	bar
	lines func(string) // nil: there is a bar, or a script
	next  time.Time
}

func (s *session) watch(name string) *watch {
	w := &watch{bar: s.bar(name)}
	if !s.json && !terminal(s.stderr) {
		w.lines = func(text string) { fmt.Fprintln(s.stderr, text) }
	}
	return w
}

func (w *watch) tell(p client.BillingProgress) {
	text := fmt.Sprintf("%d due, %d without a number, %d behind, %.0f/s, %s left", p.Due, p.Unnumbered, p.Behind, p.PerSecond, p.ETA())
	w.move(p.Done, p.Done+p.Left(), text)
	if now := time.Now(); w.lines != nil && !now.Before(w.next) {
		w.next = now.Add(told)
		w.lines(text)
	}
}
