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

// TestBenchMeasuresEverything makes each measurement for a blink.
func TestBenchMeasuresEverything(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out, progress bytes.Buffer
	code := run(t.Context(), []string{"bench", "--seconds", "0.05", "--facts", "500", "--json"}, noEnv, &out, &progress)
	require.Equal(t, 0, code, progress.String())
	var got measured
	require.NoError(t, json.Unmarshal(out.Bytes(), &got))

	kinds := map[string]int{}
	for _, f := range got.Items {
		kind, _, _ := strings.Cut(f.Name, ":")
		kinds[kind]++
		assert.Positive(t, f.Rate, f.Name)
		assert.LessOrEqual(t, f.P50, f.P99, f.Name)
		if kind != "disk" && assert.NotNil(t, f.Limit, f.Name) {
			assert.Positive(t, f.Limit.Rate, f.Name)
			assert.Positive(t, f.Ratio, f.Name)
		}
		if kind == "disk" || kind == "append" || kind == "visible" {
			assert.Positive(t, f.P50, f.Name)
		}
	}
	assert.Equal(t, map[string]int{"disk": 1, "append": 4, "relay": 1, "projection": 4, "rebuild": 8, "visible": 4}, kinds)
	assert.Contains(t, progress.String(), "append: 256 writers", "a person sees what is going on")
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
