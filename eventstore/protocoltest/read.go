package protocoltest

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func streamReads(t *testing.T, f fixture) {
	stream := newStream()
	const n = 1200 // more than any page
	for from := 0; from < n; from += 400 {
		f.mustAppend(stream, esdb.Any{}, someEvents(400)...)
	}
	up := func(first, last int) (out []uint64) {
		for r := first; r <= last; r++ {
			out = append(out, uint64(r))
		}
		return out
	}
	down := func(first, last int) (out []uint64) {
		for r := first; r >= last; r-- {
			out = append(out, uint64(r))
		}
		return out
	}
	for _, c := range []struct {
		name  string
		d     esdb.Direction
		from  esdb.StreamPosition
		count uint64
		want  []uint64
	}{
		{"all forwards", esdb.Forwards, esdb.Start{}, math.MaxUint64, up(0, n-1)},
		{"all backwards", esdb.Backwards, esdb.End{}, math.MaxUint64, down(n-1, 0)},
		{"some forwards", esdb.Forwards, esdb.Start{}, 3, up(0, 2)},
		{"many forwards", esdb.Forwards, esdb.Revision(1), 1000, up(1, 1000)},
		{"some backwards", esdb.Backwards, esdb.End{}, 3, down(n-1, n-3)},
		{"forwards from", esdb.Forwards, esdb.Revision(n - 2), 9, up(n-2, n-1)},
		{"backwards from", esdb.Backwards, esdb.Revision(2), 9, down(2, 0)},
		{"backwards from the start", esdb.Backwards, esdb.Start{}, 9, down(0, 0)},
		{"forwards from beyond the end", esdb.Forwards, esdb.Revision(n), 9, up(0, -1)},
		{"backwards from beyond the end", esdb.Backwards, esdb.Revision(n + 5), 2, down(n-1, n-2)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := f.readFrom(stream, esdb.ReadStreamOptions{Direction: c.d, From: c.from}, c.count)
			require.NoError(t, err)
			require.Len(t, got, len(c.want))
			for i, r := range c.want {
				require.Equal(t, r, got[i].EventNumber)
			}
		})
	}
}

func absentStream(t *testing.T, f fixture) {
	for _, stream := range []string{newStream(), "$$" + newStream()} {
		_, err := f.read(stream)
		require.Equal(t, esdb.ErrorCodeResourceNotFound, codeOf(err), "%v", err)
	}
}

func allReads(t *testing.T, f fixture) {
	start := f.mustAppend(newStream(), esdb.Any{}, event())
	streams := map[string]bool{}
	var want []uuid.UUID
	for range 3 {
		stream := newStream()
		streams[stream] = true
		events := someEvents(250)
		f.mustAppend(stream, esdb.Any{}, events...)
		for _, e := range events {
			want = append(want, e.EventID)
		}
	}
	from := esdb.Position{Commit: start.CommitPosition, Prepare: start.PreparePosition}
	forwards, err := f.readAll(esdb.ReadAllOptions{From: from}, math.MaxUint64)
	require.NoError(t, err)
	require.Equal(t, from, forwards[0].Position, "forwards the position is included")
	ours := only(streams, forwards)
	require.Equal(t, want, ids(ours))
	for i := 1; i < len(forwards); i++ {
		require.Greater(t, forwards[i].Position.Commit, forwards[i-1].Position.Commit)
	}

	end := ours[len(ours)-1].Position
	backwards, err := f.readAll(esdb.ReadAllOptions{Direction: esdb.Backwards, From: end}, uint64(len(forwards)+10))
	require.NoError(t, err)
	ours = only(streams, backwards)
	require.Len(t, ours, len(want)-1, "backwards the position is not included")
	require.Equal(t, want[len(want)-2], ours[0].EventID)
	require.Equal(t, want[0], ours[len(ours)-1].EventID)

	few, err := f.readAll(esdb.ReadAllOptions{From: from}, 7)
	require.NoError(t, err)
	require.Equal(t, ids(forwards[:7]), ids(few))
	none, err := f.readAll(esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.Start{}}, 7)
	require.NoError(t, err)
	require.Empty(t, none)
	_, err = f.readAll(esdb.ReadAllOptions{From: esdb.Position{Commit: from.Commit, Prepare: from.Commit + 1}}, 7)
	require.ErrorContains(t, err, "InvalidArgument")
}

func only(streams map[string]bool, events []*esdb.RecordedEvent) (out []*esdb.RecordedEvent) {
	for _, e := range events {
		if streams[e.StreamID] {
			out = append(out, e)
		}
	}
	return out
}

func links(t *testing.T, f fixture) {
	target, index := newStream(), newStream()
	wanted := event()
	f.mustAppend(target, esdb.NoStream{}, event(), wanted)
	link := func(to string) esdb.EventData {
		return esdb.EventData{EventID: uuid.New(), EventType: "$>", ContentType: esdb.ContentTypeBinary, Data: []byte(to)}
	}
	f.setMetadata(target, `{"$tb":1}`)
	f.mustAppend(index, esdb.NoStream{}, link("1@"+target), link("0@"+target), link("9@"+target), link("0@"+newStream()))
	r, err := f.c.ReadStream(f.ctx, index, esdb.ReadStreamOptions{ResolveLinkTos: true}, 9)
	require.NoError(t, err)
	defer r.Close()
	resolved, err := r.Recv()
	require.NoError(t, err)
	require.Equal(t, wanted.EventID, resolved.Event.EventID)
	require.EqualValues(t, 1, resolved.Event.EventNumber)
	require.Equal(t, index, resolved.Link.StreamID)
	for range 3 {
		dangling, err := r.Recv()
		require.NoError(t, err)
		require.Nil(t, dangling.Event)
		require.Equal(t, index, dangling.Link.StreamID)
	}
	plain, err := f.read(index)
	require.NoError(t, err)
	require.Equal(t, "$>", plain[0].EventType)
}
