package bench

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		sorted []time.Duration
		p      int
		want   time.Duration
	}{
		{nil, 50, 0},
		{[]time.Duration{7}, 50, 7},
		{[]time.Duration{7}, 99, 7},
		{[]time.Duration{1, 2}, 50, 1},
		{[]time.Duration{1, 2, 3}, 50, 2},
		{[]time.Duration{1, 2, 3}, 99, 3},
		{hundred, 50, 50},
		{hundred, 99, 99},
	} {
		assert.Equal(t, c.want, percentile(c.sorted, c.p), "p%d of %d", c.p, len(c.sorted))
	}
}

func TestAFigureAndItsRatio(t *testing.T) {
	s := sample{took: []time.Duration{3 * time.Millisecond, time.Millisecond, 2 * time.Millisecond}, elapsed: 2 * time.Second}
	f := s.figure("name", "rows", 16)
	assert.Equal(t, Figure{Name: "name", Unit: "rows", Rate: 24, P50: 2, P99: 3}, f)
	limit := Figure{Rate: 96, P50: 0.5}
	assert.Equal(t, 0.25, f.ofRate(limit).Ratio)
	assert.Equal(t, 0.25, f.ofLatency(limit).Ratio)
}

func TestDuringRunsEachWorkerAtLeastOnceAndEndsAtTheFirstError(t *testing.T) {
	var calls [3]int
	s, err := during(t.Context(), time.Nanosecond, 3, func(_ context.Context, w int) error { calls[w]++; return nil })
	require.NoError(t, err)
	assert.Equal(t, [3]int{1, 1, 1}, calls)
	assert.Len(t, s.took, 3)

	broken := errors.New("broken")
	_, err = during(t.Context(), time.Hour, 3, func(_ context.Context, w int) error {
		if w == 2 {
			return broken
		}
		return nil
	})
	require.ErrorIs(t, err, broken)
}
