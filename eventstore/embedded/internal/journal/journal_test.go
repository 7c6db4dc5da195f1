package journal

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var ctx = context.Background()

func open(t testing.TB) *Journal { return openAt(t, t.TempDir()) }

func openAt(t testing.TB, dir string) *Journal {
	j, err := Open(ctx, dir, func() time.Time { return time.Unix(1_800_000_000, 0) })
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	return j
}

func proposed(n int) []Proposed {
	events := make([]Proposed, n)
	for i := range events {
		events[i] = Proposed{ID: uuid.New(), Type: "tested", Data: []byte("data"), Metadata: []byte("metadata")}
	}
	return events
}

// wait carries a queued write to its answer.
func wait(p Pending, err error) (Written, error) {
	if err != nil {
		return Written{}, err
	}
	return p.Wait(ctx)
}

func TestTheChecksumCoversEveryField(t *testing.T) {
	r := Record{Proposed: proposed(1)[0], Stream: "s", Revision: 1, Position: 2, Created: 3}
	sound := r.checksum()
	for name, change := range map[string]func(*Record){
		"position": func(r *Record) { r.Position++ },
		"revision": func(r *Record) { r.Revision++ },
		"created":  func(r *Record) { r.Created++ },
		"stream":   func(r *Record) { r.Stream = "t" },
		"id":       func(r *Record) { r.ID[15] ^= 1 },
		"type":     func(r *Record) { r.Type = "Tested" },
		"json":     func(r *Record) { r.JSON = !r.JSON },
		"data":     func(r *Record) { r.Data = []byte("Data") },
		"metadata": func(r *Record) { r.Metadata = []byte("Metadata") },
		"border":   func(r *Record) { r.Data, r.Metadata = []byte("datam"), []byte("etadata") },
	} {
		changed := r
		change(&changed)
		require.NotEqual(t, sound, changed.checksum(), name)
	}
}

// TestAGroupIsDecidedInOrder commits writes that depend on each other in one
// transaction: each sees those before it, and a refused one changes nothing.
func TestAGroupIsDecidedInOrder(t *testing.T) {
	j := open(t)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	first := proposed(2)
	steps := []struct {
		write write
		want  string
	}{
		{write{expected: NoStream, events: first}, "1"},
		{write{expected: NoStream, events: proposed(1)}, `journal: stream "s" is at revision 1, expected no stream`},
		{write{expected: NoStream, events: first}, "1"},
		{write{ctx: ended, expected: Any, events: proposed(1)}, "context canceled"},
		{write{expected: Any, events: first[:1]}, "0"},
		{write{expected: 1, events: proposed(1)}, "2"},
		{write{expected: 2, action: deleteStream}, "0"},
		{write{expected: StreamExists, events: proposed(1)}, `journal: stream "s" is deleted`},
		{write{expected: NoStream, events: proposed(1)}, "3"},
		{write{expected: 3, action: tombstoneStream}, fmt.Sprint(int64(TombstoneRevision))},
		{write{expected: Any, events: proposed(1)}, `journal: stream "s" is deleted`},
	}
	var group []*write
	for _, s := range steps {
		w := s.write
		w.stream, w.answer = "s", make(chan answer, 1)
		if w.ctx == nil {
			w.ctx = ctx
		}
		group = append(group, &w)
	}
	require.NoError(t, j.writer.commit(group))
	for i, s := range steps {
		a := <-group[i].answer
		got := fmt.Sprint(a.written.Revision)
		if a.err != nil {
			got = a.err.Error()
		}
		require.Equal(t, s.want, got, "write %d", i)
	}
	page, err := j.ReadAll(ctx, Forwards, 0, 100)
	require.NoError(t, err)
	require.Len(t, page.Records, 2+1+1+2+1, "two, one, the deletion, one with its revival, the tombstone")
	followed, _, ok := j.Follow(0, 100)
	require.True(t, ok)
	require.Len(t, followed, len(page.Records), "followers are told of the same")
}

// TestForgottenHeadsAreReadAgain does the same to a journal that remembers one
// stream at a time and to one that remembers all, and compares the answers.
func TestForgottenHeadsAreReadAgain(t *testing.T) {
	all, one := open(t), open(t)
	one.writer.heads.limit = 1
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		pool := proposed(6)
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			stream := fmt.Sprintf(rapid.SampledFrom([]string{"a%d", "b%d", "c%d", "d%d", "$$a%d", "$$b%d"}).Draw(rt, "stream"), round)
			expected := Expected(rapid.SampledFrom([]int{-4, -2, -2, -1, 0, 1, 2}).Draw(rt, "expected"))
			events := rapid.SliceOfN(rapid.SampledFrom(pool), 0, 3).Draw(rt, "events")
			how := rapid.IntRange(0, 9).Draw(rt, "how")
			do := func(j *Journal) (Written, error) {
				switch {
				case how == 0 && !IsMeta(stream):
					return wait(j.Tombstone(ctx, stream, expected))
				case how <= 2 && !IsMeta(stream):
					return wait(j.Delete(ctx, stream, expected))
				}
				return wait(j.Append(ctx, stream, expected, events))
			}
			want, wantErr := do(all)
			got, gotErr := do(one)
			require.Equal(rt, wantErr, gotErr)
			require.Equal(rt, want, got)
		}
	})
}

func TestTheTailLetsGoOfTheOldest(t *testing.T) {
	tail := newTail(10)
	record := func(position int64, size int) *Record {
		return &Record{Position: position, Proposed: Proposed{Data: make([]byte, size)}}
	}
	_, _, ok := tail.after(9, 1)
	require.False(t, ok, "what was before the process started is on disk")
	none, more, ok := tail.after(10, 1)
	require.True(t, ok)
	require.Empty(t, none)
	tail.publish([]*Record{record(20, 1), record(30, 1), record(40, 1)})
	<-more
	for after, want := range map[int64][]int64{10: {20, 30}, 20: {30, 40}, 35: {40}, 40: nil, 99: nil} {
		got, _, ok := tail.after(after, 2)
		require.True(t, ok)
		var positions []int64
		for _, r := range got {
			positions = append(positions, r.Position)
		}
		require.Equal(t, want, positions, "after %d", after)
	}
	tail.publish([]*Record{record(50, tailBytes-200)})
	_, _, ok = tail.after(10, 1)
	require.False(t, ok, "20 had to go")
	_, _, ok = tail.after(20, 1)
	require.True(t, ok)
	for position := int64(60); position < 60+tailRecords; position++ {
		tail.publish([]*Record{record(position, 1)})
	}
	_, _, ok = tail.after(59, 1)
	require.True(t, ok, "as many as may be are there")
	_, _, ok = tail.after(49, 1)
	require.False(t, ok)
	require.EqualValues(t, 59+tailRecords, tail.end())
}

// TestCommitsReachTheDisk: a connection that would acknowledge before the disk
// has the data is refused at the start.
func TestCommitsReachTheDisk(t *testing.T) {
	for _, pragmas := range [][]string{{"journal_mode(WAL)", "synchronous(NORMAL)"}, {"journal_mode(DELETE)", "synchronous(FULL)"}} {
		path := filepath.Join(t.TempDir(), "events.db")
		db, err := sql.Open("sqlite", dsn(path, pragmas...))
		require.NoError(t, err)
		require.ErrorContains(t, prepare(ctx, db, path), "could be lost")
		require.NoError(t, db.Close())
	}
}

func TestALaterSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(ctx, dir, nil)
	require.NoError(t, err)
	_, err = j.writer.conn.ExecContext(ctx, `PRAGMA user_version = 2`)
	require.NoError(t, err)
	require.NoError(t, j.Close())
	_, err = Open(ctx, dir, nil)
	require.ErrorContains(t, err, "schema version 2")
}

func TestClosingAnswersEverybody(t *testing.T) {
	j := open(t)
	var pending []Pending
	for range 100 {
		p, err := j.Append(ctx, "s", Any, proposed(1))
		require.NoError(t, err)
		pending = append(pending, p)
	}
	require.NoError(t, j.Close())
	for i, p := range pending {
		w, err := p.Wait(ctx)
		require.NoError(t, err)
		require.EqualValues(t, i, w.Revision)
	}
	_, err := j.Append(ctx, "s", Any, proposed(1))
	require.ErrorIs(t, err, ErrClosed)
}

// TestAfterAFailureNothingIsWritten makes one commit fail and the next possible
// again: the journal must not try.
func TestAfterAFailureNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	j := openAt(t, dir)
	_, err := wait(j.Append(ctx, "s", NoStream, proposed(1)))
	require.NoError(t, err)
	_, err = j.writer.conn.ExecContext(ctx, `PRAGMA max_page_count = 1`) // it settles for the present size
	require.NoError(t, err)
	large := proposed(1)
	large[0].Data = make([]byte, 1<<20)
	_, err = wait(j.Append(ctx, "s", 0, large))
	require.ErrorIs(t, err, ErrFailed)
	require.ErrorContains(t, <-j.Failed(), "full")
	_, err = j.writer.conn.ExecContext(ctx, `PRAGMA max_page_count = 1000000`)
	require.NoError(t, err)
	_, err = wait(j.Append(ctx, "s", 0, proposed(1)))
	require.ErrorIs(t, err, ErrFailed)
	page, err := j.ReadStream(ctx, "s", Forwards, 0, 10)
	require.NoError(t, err)
	require.Len(t, page.Records, 1)
	require.NoError(t, j.Close())
	_, err = wait(openAt(t, dir).Append(ctx, "s", 0, proposed(1)))
	require.NoError(t, err)
}

func TestAPageIsBoundedInBytes(t *testing.T) {
	j := open(t)
	big := proposed(12)
	for i := range big {
		big[i].Data = make([]byte, 1<<20)
		_, err := wait(j.Append(ctx, "s", Any, big[i:i+1]))
		require.NoError(t, err)
	}
	page, err := j.ReadAll(ctx, Forwards, 0, End)
	require.NoError(t, err)
	require.Len(t, page.Records, pageBytes>>20)
	require.True(t, page.More)
}
