package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"kassa/services/bench"
)

type benchCmd struct {
	Seconds float64  `default:"2" help:"How long to go on with whatever could go on for ever." placeholder:"N"`
	Facts   int      `default:"50000" help:"Length of the history that is relayed, projected and rebuilt." placeholder:"N"`
	Only    []string `help:"Of disk, append, commands, relay, projection, rebuild, visible and month-end, only these." placeholder:"NAME,…"`

	Subscriptions int    `default:"2000" help:"How many are renewed and billed at the month's end (${default})." placeholder:"N"`
	Dir           string `help:"Keep the month's end in this directory: cut off, even by kill -9, it goes on there." placeholder:"DIR"`
}

// Help shows how it is used.
func (benchCmd) Help() string {
	return `Measures with the real parts, in a temporary directory: set TMPDIR to choose the disk. RATIO is how much of
the raw limit beside it is reached, 1 being all of it; it says more than the figure on a machine that does
other things too.

Examples:
  kassa bench
  kassa bench --only disk,append --seconds 10 --json
  kassa bench --only month-end --subscriptions 100000 --dir ./month`
}

// measured is what scripts get.
type measured struct {
	Items []bench.Figure `json:"items"`
}

func (c *benchCmd) Run(ctx context.Context, s *session) error {
	if c.Seconds <= 0 || c.Facts <= 0 || c.Subscriptions <= 0 {
		return errors.New("--seconds, --facts and --subscriptions must be above 0")
	}
	seen := s.watch("month-end")
	figures, err := bench.Run(ctx, bench.Config{
		Each: time.Duration(c.Seconds * float64(time.Second)), Facts: c.Facts, Only: c.Only, Kassa: wholeKassa,
		Subscriptions: c.Subscriptions, Lasting: c.Dir, Watch: seen.tell,
		Tell: func(what string) { fmt.Fprintln(s.stderr, what) },
	})
	seen.end()
	if ctx.Err() != nil {
		err = errors.New("stopped before everything was measured")
	}
	if len(figures) == 0 {
		return err
	}
	return errors.Join(s.show(measured{figures}, func() { s.figures(figures) }), err)
}

// wholeKassa runs everything in this process, as kassa serve does.
func wholeKassa(ctx context.Context, dir string, begin bench.Begin) (bench.Kassa, error) {
	const anyPort = "127.0.0.1:0"
	sys, err := open(ctx, settings{
		Demo: begin.Demo, Begin: begin.At, Data: dir, Listen: anyPort, EventStore: inside, EventStoreListen: anyPort, NATS: inside, NATSListen: anyPort, Views: "sqlite",
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return bench.Kassa{}, err
	}
	if begin.Still {
		return bench.Kassa{EventStore: sys.EventStore, Stop: sys.close}, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- sys.run(ctx) }()
	return bench.Kassa{URL: "http://" + sys.listener.Addr().String(), EventStore: sys.EventStore, Stop: func() error {
		cancel()
		return errors.Join(<-ended, sys.close())
	}}, nil
}

func (s *session) figures(figures []bench.Figure) {
	var rows [][]string
	for _, f := range figures {
		row := []string{f.Name, perSecond(f), milliseconds(f.P50), milliseconds(f.P99), "", "", ""}
		if f.Limit != nil {
			row[4], row[5], row[6] = f.Limit.Name, perSecond(*f.Limit), strconv.FormatFloat(f.Ratio, 'g', 2, 64)
		}
		rows = append(rows, row)
	}
	s.table("MEASURED RATE P50 P99 LIMIT LIMIT-RATE RATIO", rows...)
	for _, f := range figures {
		if f.Objects > 0 {
			fmt.Fprintf(s.stdout, "%s: each took %.1f ms of the processor; the process held %.0f MiB at most, of which %.0f MiB were in use.\n", f.Name, f.Processor, f.Memory, f.Objects)
		}
	}
}

func perSecond(f bench.Figure) string { return fmt.Sprintf("%.0f %s/s", f.Rate, f.Unit) }

func milliseconds(ms float64) string {
	if ms == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ms", ms)
}
