package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/services/bench"
)

// TestBenchMeasuresAWholeKassa runs it for a blink, as a script would.
func TestBenchMeasuresAWholeKassa(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, progress bytes.Buffer
	code := run(t.Context(), []string{"bench", "--only", "disk,visible", "--seconds", "0.05", "--json"}, noEnv, &out, &progress)
	require.Equal(t, 0, code, progress.String())
	assert.Contains(t, progress.String(), "visible: 8 buying", "a person sees what is going on")
	var got measured
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))
	require.Len(t, got.Items, 5)
	for _, f := range got.Items {
		assert.Positive(t, f.Rate, f.Name)
		assert.Positive(t, f.P50, f.Name)
		assert.LessOrEqual(t, f.P50, f.P99, f.Name)
	}
	for _, f := range got.Items[1:] {
		require.NotNil(t, f.Limit, f.Name)
		assert.Positive(t, f.Limit.Rate, f.Name)
		assert.Positive(t, f.Ratio, f.Name)
	}
}

func TestBenchPrintsATable(t *testing.T) {
	var out bytes.Buffer
	s := &session{stdout: &out}
	limit := bench.Figure{Name: "SQLite", Unit: "rows", Rate: 2_000}
	s.figures([]bench.Figure{limit, {Name: "append", Unit: "events", Rate: 500, P50: 1.5, P99: 3, Limit: &limit, Ratio: 0.25}})
	assert.Equal(t, []string{"append", "500", "events/s", "1.50", "ms", "3.00", "ms", "SQLite", "2000", "rows/s", "0.25"},
		strings.Fields(strings.Split(out.String(), "\n")[2]))
}

func TestBenchRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"--seconds", "0"}, {"--facts", "-1"}, {"--only", "speed"}} {
		var out, errs bytes.Buffer
		assert.Equal(t, exitFailed, run(t.Context(), append([]string{"bench"}, args...), noEnv, &out, &errs), args)
		assert.NotEmpty(t, errs.String())
		assert.Empty(t, out.String())
	}
}
