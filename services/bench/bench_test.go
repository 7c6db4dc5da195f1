package bench_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/projections/views"
	"kassa/services/bench"
)

// blink is enough to measure everything once.
func blink(dir string, only ...string) bench.Config {
	return bench.Config{Dir: dir, Each: time.Millisecond, Facts: 200, Only: only}
}

// TestEverythingIsMeasured makes each measurement for a blink; visible is made
// where a whole Kassa can be opened.
func TestEverythingIsMeasured(t *testing.T) {
	figures, err := bench.Run(t.Context(), blink(t.TempDir(), "disk", "append", "commands", "relay", "projection", "rebuild"))
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, f := range figures {
		kind, _, _ := strings.Cut(f.Name, ":")
		kinds[kind]++
		assert.Positive(t, f.Rate, f.Name)
		assert.LessOrEqual(t, f.P50, f.P99, f.Name)
		assert.Equal(t, kind == "disk" || kind == "append" || kind == "commands", f.P50 > 0, f.Name)
		if kind != "disk" && assert.NotNil(t, f.Limit, f.Name) {
			assert.Positive(t, f.Limit.Rate, f.Name)
			assert.InEpsilon(t, f.Rate/f.Limit.Rate, f.Ratio, 1e-9, f.Name)
		}
	}
	assert.Equal(t, map[string]int{"disk": 1, "append": 4, "commands": 2, "relay": 1, "projection": 4, "rebuild": len(views.All()) + 1}, kinds)
}

func TestOnlyMeasuresWhatIsAskedFor(t *testing.T) {
	var told []string
	cfg := blink(t.TempDir(), "disk")
	cfg.Tell = func(what string) { told = append(told, what) }
	figures, err := bench.Run(t.Context(), cfg)
	require.NoError(t, err)
	require.Len(t, figures, 1)
	assert.Len(t, told, 1, "a person sees that something is going on")
	assert.Nil(t, figures[0].Limit, "the disk is the limit")
	assert.Positive(t, figures[0].P50)
	assert.GreaterOrEqual(t, figures[0].P99, figures[0].P50)
}

func TestAnUnknownMeasurementIsRefusedBeforeAnyIsMade(t *testing.T) {
	figures, err := bench.Run(t.Context(), blink(t.TempDir(), "disk", "speed"))
	require.ErrorContains(t, err, `no measurement "speed"`)
	require.ErrorContains(t, err, "disk, append, commands, relay, projection, rebuild, visible, month-end")
	assert.Empty(t, figures)
}

// Whoever stops it gets what was measured until then, and a clean disk.
func TestStoppedItKeepsItsFiguresAndLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	cfg := blink(dir)
	cfg.Tell = func(what string) {
		if what == "append: 16 writers" {
			stop()
		}
	}
	figures, err := bench.Run(ctx, cfg)
	require.ErrorIs(t, err, context.Canceled)
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
	}
	assert.Equal(t, []string{"disk: 4 KiB and sync", "append: 1 writer"}, names)
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
}

// The same measurements for go test -bench, to be profiled one by one. Each
// iteration measures once; visible and month-end need a whole Kassa and are measured by the
// program only.
func BenchmarkKassa(b *testing.B) {
	for _, name := range bench.Names() {
		if name == "visible" || name == "month-end" {
			continue
		}
		b.Run(name, func(b *testing.B) {
			var figures []bench.Figure
			for b.Loop() {
				var err error
				figures, err = bench.Run(b.Context(), bench.Config{Dir: b.TempDir(), Each: time.Second, Facts: 20_000, Only: []string{name}})
				require.NoError(b, err)
			}
			for _, f := range figures {
				b.Logf("%-45s %10.0f %s/s, p50 %.2f ms, p99 %.2f ms, ratio %.2g", f.Name, f.Rate, f.Unit, f.P50, f.P99, f.Ratio)
			}
		})
	}
}
