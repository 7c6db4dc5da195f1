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
	Only    []string `help:"Of disk, append, commands, relay, projection, rebuild and visible, only these." placeholder:"NAME,…"`
}

// Help shows how it is used.
func (benchCmd) Help() string {
	return `Measures with the real parts, in a temporary directory: set TMPDIR to choose the disk. RATIO is how much of
the raw limit beside it is reached, 1 being all of it; it says more than the figure on a machine that does
other things too.

Examples:
  kassa bench
  kassa bench --only disk,append --seconds 10 --json`
}

// measured is what scripts get.
type measured struct {
	Items []bench.Figure `json:"items"`
}

func (c *benchCmd) Run(ctx context.Context, s *session) error {
	if c.Seconds <= 0 || c.Facts <= 0 {
		return errors.New("--seconds and --facts must be above 0")
	}
	figures, err := bench.Run(ctx, bench.Config{
		Each: time.Duration(c.Seconds * float64(time.Second)), Facts: c.Facts, Only: c.Only, Kassa: wholeKassa,
		Tell: func(what string) { fmt.Fprintln(s.stderr, what) },
	})
	if ctx.Err() != nil {
		err = errors.New("stopped before everything was measured")
	}
	if len(figures) == 0 {
		return err
	}
	return errors.Join(s.show(measured{figures}, func() { s.figures(figures) }), err)
}

// wholeKassa runs everything in this process, as kassa serve --demo does.
func wholeKassa(ctx context.Context, dir string) (url string, stop func() error, err error) {
	const anyPort = "127.0.0.1:0"
	sys, err := open(ctx, settings{
		Demo: true, Data: dir, Listen: anyPort, EventStore: inside, EventStoreListen: anyPort, NATS: inside, NATSListen: anyPort, Views: "sqlite",
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- sys.run(ctx) }()
	return "http://" + sys.listener.Addr().String(), func() error {
		cancel()
		return errors.Join(<-ended, sys.close())
	}, nil
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
}

func perSecond(f bench.Figure) string { return fmt.Sprintf("%.0f %s/s", f.Rate, f.Unit) }

func milliseconds(ms float64) string {
	if ms == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ms", ms)
}
