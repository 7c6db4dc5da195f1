package storetest

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
)

// follower pulls deliveries one by one and checks what holds for each: no
// error, positions never fall, a record's is above everything before it.
type follower struct {
	t    *testing.T
	next func() (eventstore.Delivery, error, bool)
	last uint64
}

// follow starts after a position. A test that waits in vain fails within a
// minute instead of hanging.
func follow(t *testing.T, s Store, after uint64) *follower {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	next, stop := iter.Pull2(s.Follow(ctx, after))
	t.Cleanup(cancel)
	t.Cleanup(stop)
	return &follower{t: t, next: next, last: after}
}

func (f *follower) delivery() eventstore.Delivery {
	f.t.Helper()
	d, err, more := f.next()
	require.NoError(f.t, err)
	require.True(f.t, more, "following ended without an error")
	require.GreaterOrEqual(f.t, d.Position, f.last, "positions fall")
	if d.Record != nil {
		require.Equal(f.t, d.Record.Position, d.Position)
		require.Greater(f.t, d.Position, f.last, "a record came twice, or after a mark beyond it")
	}
	f.last = d.Position
	return d
}

// records takes deliveries until n of them were records.
func (f *follower) records(n int) []eventstore.Record {
	f.t.Helper()
	var out []eventstore.Record
	for len(out) < n {
		if d := f.delivery(); d.Record != nil {
			out = append(out, *d.Record)
		}
	}
	return out
}

// untilLive takes deliveries until history is exhausted.
func (f *follower) untilLive() []eventstore.Record {
	f.t.Helper()
	var out []eventstore.Record
	for {
		d := f.delivery()
		if d.CaughtUp {
			return out
		}
		if d.Record != nil {
			out = append(out, *d.Record)
		}
	}
}

func followLive(t *testing.T, s Store) {
	start := headOf(t, s)
	history := scatter(t, s, 5)
	f := follow(t, s, start)
	require.Equal(t, history, f.untilLive())
	for range 3 {
		live := scatter(t, s, 2)
		require.Equal(t, live, f.records(2))
	}
	require.Empty(t, follow(t, s, headOf(t, s)).untilLive(), "nothing follows the head")
}

func followConcurrent(t *testing.T, s Store) {
	const writers, each = 8, 25
	start := headOf(t, s)
	var wg sync.WaitGroup
	begun := make(chan struct{}, writers)
	for range writers {
		wg.Go(func() {
			stream := newStream()
			for n := range eventstore.Revision(each) {
				_, err := s.Append(t.Context(), stream, 2*n-1, drafts(2))
				assert.NoError(t, err)
				if n == each/3 {
					begun <- struct{}{}
				}
			}
		})
	}
	<-begun // so that there is a history, and a hand-over while it grows
	got := follow(t, s, start).records(2 * writers * each)
	wg.Wait()
	want, err := s.ReadAll(t.Context(), start, 2*writers*each+1)
	require.NoError(t, err)
	require.Equal(t, ids(want), ids(got))
}

func followResumes(t *testing.T, s Store) {
	start := headOf(t, s)
	all := scatter(t, s, 6)
	for i := range len(all) + 1 {
		after := start
		if i > 0 {
			after = all[i-1].Position
		}
		require.Equal(t, ids(all[i:]), ids(follow(t, s, after).untilLive()), "after record %d", i)
	}

	// Every mark is as good a place to resume from as a record.
	for _, mark := range marks(t, s, start) {
		got := follow(t, s, mark).untilLive()
		var want []uuid.UUID
		for _, r := range all {
			if r.Position > mark {
				want = append(want, r.ID)
			}
		}
		require.ElementsMatch(t, want, ids(got), "after mark %d", mark)
	}
}

func marks(t *testing.T, s Store, after uint64) []uint64 {
	t.Helper()
	var out []uint64
	for f := follow(t, s, after); ; {
		d := f.delivery()
		if d.Record == nil {
			out = append(out, d.Position)
		}
		if d.CaughtUp {
			return out
		}
	}
}

func followEnds(t *testing.T, s Store) {
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	var ends []error
	for d, err := range s.Follow(ctx, headOf(t, s)) {
		if err != nil {
			ends = append(ends, err)
		} else if d.CaughtUp {
			cancel(reason)
		}
	}
	require.Len(t, ends, 1)
	require.ErrorIs(t, ends[0], reason)

	for range s.Follow(t.Context(), headOf(t, s)) {
		break // the consumer may leave at any time
	}
}
