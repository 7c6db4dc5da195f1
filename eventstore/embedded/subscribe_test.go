package embedded

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/embedded/internal/journal"
)

// TestThePastEndsWhereTheTailBegins: whatever is written while history is read,
// the cursor afterwards has passed over nothing that was not returned. Its
// window is a few microseconds, so it looks from close by, many times.
func TestThePastEndsWhereTheTailBegins(t *testing.T) {
	ctx := context.Background()
	j, err := journal.Open(ctx, t.TempDir(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, j.Close()) }()
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			default:
			}
			pending, err := j.Append(ctx, "s", journal.Any, []journal.Proposed{{ID: uuid.New(), Type: "tested"}})
			if assert.NoError(t, err) {
				_, err = pending.Wait(ctx)
				assert.NoError(t, err)
			}
		}
	}()
	for range 400 {
		start := j.Last()
		got, end, err := wholeJournal{j}.past(ctx, start)
		require.NoError(t, err)
		require.Equal(t, upTo(end, readAfter(t, j, start)), positions(got))

		one := &oneStream{journal: j, name: "s"}
		start, err = one.skip(ctx)
		require.NoError(t, err)
		got, end, err = one.past(ctx, start)
		require.NoError(t, err)
		require.Equal(t, upTo(end, readAfter(t, j, start)), positions(got))
	}
	close(done)
	<-stopped
}

func readAfter(t *testing.T, j *journal.Journal, position int64) []int64 {
	page, err := j.ReadAll(context.Background(), journal.Forwards, position, journal.End)
	require.NoError(t, err)
	return positions(page.Records)
}

func positions(records []*journal.Record) []int64 {
	out := []int64{}
	for _, r := range records {
		out = append(out, r.Position)
	}
	return out
}

func upTo(end int64, positions []int64) []int64 {
	for i, p := range positions {
		if p > end {
			return positions[:i]
		}
	}
	return positions
}
