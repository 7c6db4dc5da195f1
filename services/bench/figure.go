package bench

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Figure is one thing measured.
type Figure struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"` // what Rate counts
	Rate  float64 `json:"rate"` // in a second
	P50   float64 `json:"p50Ms,omitzero"`
	P99   float64 `json:"p99Ms,omitzero"`
	Limit *Figure `json:"limit,omitempty"` // what it cannot be faster than; nil: it is a limit itself
	// Ratio is how much of the limit is reached, 1 being all of it: of its rate,
	// or, where a latency is what matters, its p50 divided by this one's.
	Ratio float64 `json:"ratio,omitzero"`

	Processor float64 `json:"processorMs,omitzero"` // time of the processor that each took, of the whole process, where the system tells
	Memory    float64 `json:"memoryMiB,omitzero"`   // the most that the process has held
	Objects   float64 `json:"liveHeapMiB,omitzero"` // the most that a collection left of it
}

func (f Figure) ofRate(limit Figure) Figure {
	f.Limit, f.Ratio = &limit, f.Rate/limit.Rate
	return f
}

func (f Figure) ofLatency(limit Figure) Figure {
	f.Limit, f.Ratio = &limit, limit.P50/f.P50
	return f
}

// sample is how long each of many equal things took, and all of them together.
type sample struct {
	took    []time.Duration
	elapsed time.Duration
}

// figure names a sample; every thing in it counts as n of unit.
func (s sample) figure(name, unit string, n int) Figure {
	slices.Sort(s.took)
	return Figure{
		Name: name, Unit: unit, Rate: float64(n*len(s.took)) / s.elapsed.Seconds(),
		P50: milliseconds(percentile(s.took, 50)), P99: milliseconds(percentile(s.took, 99)),
	}
}

// percentile is the smallest value that p percent of sorted do not exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// pace is a rate over one long stretch.
func pace(name, unit string, n int, took time.Duration) Figure {
	return Figure{Name: name, Unit: unit, Rate: float64(n) / took.Seconds()}
}

// during has workers do one thing over and over for a time, each at least once,
// and samples all of them.
func during(ctx context.Context, d time.Duration, workers int, do func(ctx context.Context, worker int) error) (sample, error) {
	took := make([][]time.Duration, workers)
	work, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for w := range workers {
		work.Go(func() error {
			for last := began; ; {
				if err := do(ctx, w); err != nil {
					return err
				}
				now := time.Now()
				took[w] = append(took[w], now.Sub(last))
				if now.Sub(began) >= d || ctx.Err() != nil {
					return ctx.Err()
				}
				last = now
			}
		})
	}
	err := work.Wait()
	return sample{slices.Concat(took...), time.Since(began)}, err
}

// timed is how long f takes.
func timed(f func() error) (time.Duration, error) {
	began := time.Now()
	err := f()
	return time.Since(began), err
}
