package protocoltest

import (
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func softDelete(t *testing.T, f fixture) {
	stream := newStream()
	w := f.mustAppend(stream, esdb.NoStream{}, someEvents(3)...)
	f.setMetadata(stream, `{"owner":"contract"}`)
	d := f.mustDelete(stream)
	require.Greater(t, d.Position.Commit, w.CommitPosition)
	require.Greater(t, d.Position.Prepare, w.PreparePosition)
	_, err := f.read(stream)
	require.Equal(t, esdb.ErrorCodeResourceNotFound, codeOf(err), "%v", err)
	meta, err := f.read("$$" + stream)
	require.NoError(t, err)
	require.JSONEq(t, `{"$tb":9223372036854775807}`, string(meta[0].Data), "a deletion replaces metadata")

	f.mustDelete(stream) // again is no error

	f.mustAppend(stream, esdb.Revision(2), someEvents(2)...)
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Equal(t, []uint64{3, 4}, revisions(got))
	meta, err = f.read("$$" + stream)
	require.NoError(t, err)
	require.JSONEq(t, `{"$tb":3}`, string(meta[0].Data))

	f.setMetadata(stream, `{"$tb":9223372036854775807,"owner":"contract"}`)
	f.mustAppend(stream, esdb.Any{}, event())
	meta, err = f.read("$$" + stream)
	require.NoError(t, err)
	require.JSONEq(t, `{"$tb":5,"owner":"contract"}`, string(meta[0].Data), "reviving keeps what else is there")
}

func deleteExpectations(t *testing.T, f fixture) {
	stream := newStream()
	for _, e := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(0)} {
		_, err := f.delete(stream, e)
		require.Error(t, err, "nothing was ever written: %T", e)
	}
	f.mustAppend(stream, esdb.NoStream{}, someEvents(3)...)
	for _, e := range []esdb.ExpectedRevision{esdb.NoStream{}, esdb.Revision(1), esdb.Revision(3)} {
		_, err := f.delete(stream, e)
		require.Error(t, err, "the stream is at 2: %v", e)
		_, err = f.tombstone(stream, e)
		require.Error(t, err, "the stream is at 2: %v", e)
	}
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, 3)
	_, err = f.delete(stream, esdb.Revision(2))
	require.NoError(t, err)
	_, err = f.delete(stream, esdb.StreamExists{})
	require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err), "%v", err)
	_, err = f.tombstone(stream, esdb.Revision(2))
	require.NoError(t, err)
	_, err = f.tombstone(newStream(), esdb.NoStream{})
	require.NoError(t, err, "a name can be ended before it is used")
}

func tombstone(t *testing.T, f fixture) {
	stream := newStream()
	f.mustAppend(stream, esdb.NoStream{}, someEvents(2)...)
	f.setMetadata(stream, `{"owner":"contract"}`)
	from := f.head()
	d := f.mustTombstone(stream)
	require.Greater(t, d.Position.Commit, from.Commit)
	for name, err := range map[string]error{
		"read":            second(f.read(stream)),
		"read backwards":  second(f.readFrom(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1)),
		"read metadata":   second(f.read("$$" + stream)),
		"append":          second(f.append(stream, esdb.Any{}, event())),
		"append nothing":  second(f.append(stream, esdb.Any{})),
		"append metadata": second(f.append("$$"+stream, esdb.Any{}, event())),
		"delete":          second(f.delete(stream, esdb.Any{})),
		"tombstone":       second(f.tombstone(stream, esdb.Any{})),
	} {
		require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err), "%s: %v", name, err)
	}
	all, err := f.readAll(esdb.ReadAllOptions{From: from}, math.MaxUint64)
	require.NoError(t, err)
	ours := only(map[string]bool{stream: true}, all)
	last := ours[len(ours)-1]
	require.Equal(t, "$streamDeleted", last.EventType)
	require.EqualValues(t, math.MaxInt64, last.EventNumber)
	require.Equal(t, d.Position, last.Position)
}

// second is the error of a call whose result does not matter.
func second[T any](_ T, err error) error { return err }
