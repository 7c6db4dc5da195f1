// Package bench measures Kassa on the machine it runs on, with the real parts
// and real disks, each beside the raw limit of what it is built on: the bare
// disk, a bare SQLite table, a bare JetStream publish. On a shared or slow
// machine the figures mean little and their ratios still do.
//
// Nothing here may be faster than production: a part is opened as the program
// opens it. No figure is kept from an earlier run, and none is assumed.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"kassa/services/broker"
	"kassa/services/client"
)

// Config says what to measure and for how long.
type Config struct {
	Dir   string        // temporary directories are made in it; "" is the system's. Its disk is the one measured
	Each  time.Duration // how long a measurement goes on that could go on for ever
	Facts int           // length of the history that is relayed, projected and rebuilt
	Only  []string      // of Names; none: all of them
	Tell  func(what string)
	// Kassa runs a whole one on a directory. It is asked for only where "visible"
	// or "month-end" is measured.
	Kassa func(ctx context.Context, dir string, begin Begin) (Kassa, error)

	Subscriptions int                          // that are renewed at the end of the month
	Lasting       string                       // directory of the month's end, which goes on there where it was cut off; "": a temporary one
	Watch         func(client.BillingProgress) // sees the month's end; nil: nobody does
}

// Begin is what a Kassa begins with.
type Begin struct {
	Demo  bool      // the demonstration's data
	Still bool      // only the event store works
	At    time.Time // business time goes on from there, or from now if that is later
}

// Kassa is one that runs.
type Kassa struct {
	URL, EventStore string
	Stop            func() error
}

// measurements are made in this order.
var measurements = []struct {
	name    string
	measure func(*run, context.Context) error
}{
	{"disk", (*run).measureDisk},
	{"append", (*run).measureAppend},
	{"commands", (*run).measureCommands},
	{"relay", (*run).measureRelay},
	{"projection", (*run).measureProjection},
	{"rebuild", (*run).measureRebuild},
	{"visible", (*run).measureVisible},
	{"month-end", (*run).measureMonthEnd},
}

// Names lists what can be measured.
func Names() []string {
	var names []string
	for _, m := range measurements {
		names = append(names, m.name)
	}
	return names
}

// run is one run of the program's measurements.
type run struct {
	Config
	dir     string // holds everything, and is removed at the end
	disk    Figure // zero until measured
	past    *history
	filled  *broker.Broker // with all of past
	filling time.Duration
	figures []Figure
	closers []func() error
}

// Run measures. With an error it returns what it had measured until then; the
// end of ctx is one. Its directories are gone when it returns.
func Run(ctx context.Context, cfg Config) (figures []Figure, err error) {
	for _, name := range cfg.Only {
		if !slices.Contains(Names(), name) {
			return nil, fmt.Errorf("there is no measurement %q: choose from %s", name, strings.Join(Names(), ", "))
		}
	}
	dir, err := os.MkdirTemp(cfg.Dir, "kassa-bench-")
	if err != nil {
		return nil, err
	}
	r := &run{Config: cfg, dir: dir}
	defer func() { err = errors.Join(err, r.close(), os.RemoveAll(dir)) }()
	for _, m := range measurements {
		if len(cfg.Only) > 0 && !slices.Contains(cfg.Only, m.name) {
			continue
		}
		if err := m.measure(r, ctx); err != nil {
			return r.figures, fmt.Errorf("measure %s: %w", m.name, err)
		}
	}
	return r.figures, nil
}

func (r *run) close() error {
	var errs []error
	for _, c := range slices.Backward(r.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// scratch is a new directory.
func (r *run) scratch() (string, error) { return os.MkdirTemp(r.dir, "") }

func (r *run) tell(format string, args ...any) {
	if r.Tell != nil {
		r.Tell(fmt.Sprintf(format, args...))
	}
}
