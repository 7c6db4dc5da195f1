package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	v1 "kassa/services/api/v1"
)

type viewsCmd struct {
	List    listViewsCmd `cmd:"" help:"See how the views are doing."`
	Rebuild rebuildCmd   `cmd:"" help:"Build views anew from history, beside the live ones."`
	Verify  verifyCmd    `cmd:"" help:"Prove that views equal their history."`
	Retry   retryCmd     `cmd:"" help:"Apply the facts that views have parked, after a fix."`
	Drop    dropCmd      `cmd:"" help:"Remove what rebuilds have replaced."`
}

type listViewsCmd struct{}

// Help shows how it is used.
func (listViewsCmd) Help() string {
	return `Example:
  kassa views list --json`
}

func (c *listViewsCmd) Run(ctx context.Context, s *session) error {
	out, err := s.client.Views(ctx)
	if err != nil {
		return err
	}
	return s.show(out, func() { s.views(out) })
}

func (s *session) views(list v1.Views) {
	var rows [][]string
	for _, v := range list.Items {
		rows = append(rows, []string{v.Name, v.State, position(v.Position), position(v.Lag), number(int64(v.Parked)), number(v.Generation), v.Detail})
	}
	s.table("VIEW STATE POSITION LAG PARKED GENERATION DETAIL", rows...)
}

type viewNames struct {
	Names []string `arg:"" optional:"" name:"name" help:"Views; all if none is named."`
}

// expand is the views named, or all of them.
func (n viewNames) expand(ctx context.Context, s *session) ([]string, error) {
	if len(n.Names) > 0 {
		return n.Names, nil
	}
	all, err := s.client.Views(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, v := range all.Items {
		names = append(names, v.Name)
	}
	return names, nil
}

// reports is what scripts get of a rebuild or a verification.
type reports struct {
	Items []v1.Report `json:"items"`
}

type rebuildCmd struct{ viewNames }

// Help shows how it is used.
func (rebuildCmd) Help() string {
	return `The live views go on serving meanwhile. Interrupted, a rebuild resumes when it is started again.

Examples:
  kassa views rebuild
  kassa views rebuild your_products --json`
}

func (c *rebuildCmd) Run(ctx context.Context, s *session) error {
	names, err := c.expand(ctx, s)
	if err != nil {
		return err
	}
	var out reports
	for _, name := range names {
		bar := s.bar(name)
		r, err := s.client.Rebuild(ctx, name, bar.tell)
		bar.end()
		if err != nil {
			return err
		}
		out.Items = append(out.Items, r)
	}
	return s.show(out, func() { s.reports(out) })
}

type verifyCmd struct{ viewNames }

// Help shows how it is used.
func (verifyCmd) Help() string {
	return `Exits with 1 where a view differs from its history.

Examples:
  kassa views verify
  kassa views verify your_products purchases --json`
}

var errDiffers = errors.New("a view differs from its history: rebuild it with kassa views rebuild")

func (c *verifyCmd) Run(ctx context.Context, s *session) error {
	names, err := c.expand(ctx, s)
	if err != nil {
		return err
	}
	var out reports
	equal := true
	for _, name := range names {
		r, err := s.client.Verify(ctx, name)
		if err != nil {
			return err
		}
		equal = equal && r.Equal
		out.Items = append(out.Items, r)
	}
	if err := s.show(out, func() { s.reports(out) }); err != nil {
		return err
	}
	if !equal {
		return errDiffers
	}
	return nil
}

type retryCmd struct{ viewNames }

// Help shows how it is used.
func (retryCmd) Help() string {
	return `A fact that could not be applied is parked with its stream; the log says why.

Example:
  kassa views retry order_history`
}

func (c *retryCmd) Run(ctx context.Context, s *session) error {
	names, err := c.expand(ctx, s)
	if err != nil {
		return err
	}
	var out v1.Views
	for _, name := range names {
		v, err := s.client.Retry(ctx, name)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, v)
	}
	return s.show(out, func() { s.views(out) })
}

type dropCmd struct{ viewNames }

// Help shows how it is used.
func (dropCmd) Help() string {
	return `A rebuild keeps the rows it replaced until they are dropped.

Example:
  kassa views drop`
}

// dropped is what scripts get of a drop.
type dropped struct {
	Items []v1.Dropped `json:"items"`
}

func (c *dropCmd) Run(ctx context.Context, s *session) error {
	names, err := c.expand(ctx, s)
	if err != nil {
		return err
	}
	var out dropped
	for _, name := range names {
		d, err := s.client.Drop(ctx, name)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, d)
	}
	return s.show(out, func() {
		var rows [][]string
		for _, d := range out.Items {
			rows = append(rows, []string{d.View, number(int64(d.Generations))})
		}
		s.table("VIEW DROPPED", rows...)
	})
}

func (s *session) reports(out reports) {
	var rows [][]string
	for _, r := range out.Items {
		rows = append(rows, []string{
			r.View, yes(r.Equal, "equal") + yes(!r.Equal && r.Compared, "DIFFERENT"), number(r.Rows), position(r.Events),
			fmt.Sprintf("%.0f/s", r.PerSecond), position(r.Position), r.Hash[:min(12, len(r.Hash))],
		})
		for _, d := range r.Differences {
			rows = append(rows, []string{"  " + d.Kind, d.Table, d.Key})
		}
	}
	s.table("VIEW RESULT ROWS EVENTS RATE POSITION HASH", rows...)
}

// bar draws progress for people at a terminal.
type bar struct{ *progressbar.ProgressBar }

func (s *session) bar(name string) bar {
	w := s.stderr
	if s.json || !terminal(w) {
		w = io.Discard
	}
	return bar{progressbar.NewOptions64(1, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(name),
		progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())}
}

// tell moves the bar: positions are not dense, but their share of the way is
// what a person wants to see.
func (b bar) tell(p v1.Progress) {
	b.move(int64(p.Position), int64(p.Target), fmt.Sprintf("%s %s, %d events, %.0f/s, %s left", p.View, p.Phase, p.Events, p.PerSecond,
		time.Duration(p.ETASeconds*float64(time.Second)).Round(time.Second)))
}

func (b bar) move(at, of int64, text string) {
	b.ChangeMax64(max(of, 1))
	b.Describe(text)
	_ = b.Set64(at) // only the drawing can fail
}

func (b bar) end() { _ = b.Finish() }

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
