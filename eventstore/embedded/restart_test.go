package embedded_test

import (
	"context"
	"math"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/embedded"
)

var ctx = context.Background()

func newEvent() esdb.EventData { return eventOf(uuid.New(), []byte(`{}`)) }

func eventOf(id uuid.UUID, data []byte) esdb.EventData {
	return esdb.EventData{EventID: id, EventType: "embedded.tested.v1", ContentType: esdb.ContentTypeJson, Data: data}
}

func add(t testing.TB, c *esdb.Client, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	w, err := c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	require.NoError(t, err)
	return w
}

// stored is everything a server holds, in order.
func stored(t testing.TB, c *esdb.Client) []*esdb.RecordedEvent {
	r, err := c.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxUint64)
	require.NoError(t, err)
	defer r.Close()
	var all []*esdb.RecordedEvent
	for {
		e, err := r.Recv()
		if err != nil {
			require.ErrorContains(t, err, "EOF")
			return all
		}
		all = append(all, e.Event)
	}
}

// served runs use against a server of its own on dir, from opening to closing.
func served(t *testing.T, dir string, use func(*esdb.Client)) {
	s, err := embedded.Open(ctx, embedded.Config{Dir: dir})
	require.NoError(t, err)
	c := connect(t, s.ConnectionString())
	use(c)
	require.NoError(t, c.Close())
	require.NoError(t, s.Close())
	require.NoError(t, s.Close(), "closing twice is no error")
}

func TestWhatIsStoredSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	kept, ended, hidden, repeated := "kept", "ended", "hidden", newEvent()
	var before []*esdb.RecordedEvent
	var first *esdb.WriteResult
	served(t, dir, func(c *esdb.Client) {
		first = add(t, c, kept, esdb.NoStream{}, repeated)
		add(t, c, kept, esdb.Revision(0), newEvent(), newEvent())
		add(t, c, ended, esdb.NoStream{}, newEvent())
		_, err := c.TombstoneStream(ctx, ended, esdb.TombstoneStreamOptions{})
		require.NoError(t, err)
		add(t, c, hidden, esdb.NoStream{}, newEvent(), newEvent())
		_, err = c.DeleteStream(ctx, hidden, esdb.DeleteStreamOptions{})
		require.NoError(t, err)
		before = stored(t, c)
	})
	served(t, dir, func(c *esdb.Client) {
		require.Equal(t, before, stored(t, c))
		again := add(t, c, kept, esdb.Any{}, repeated)
		require.Equal(t, first, again, "an id is recognised for ever")
		again = add(t, c, kept, esdb.NoStream{}, repeated)
		require.Equal(t, first, again)
		_, err := c.AppendToStream(ctx, kept, esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, newEvent())
		require.ErrorContains(t, err, "wrong expected version")
		_, err = c.AppendToStream(ctx, ended, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvent())
		require.ErrorContains(t, err, "is deleted")
		w := add(t, c, hidden, esdb.NoStream{}, newEvent())
		require.EqualValues(t, 2, w.NextExpectedVersion, "revisions go on")
		require.Greater(t, w.CommitPosition, before[len(before)-1].Position.Commit, "positions go on")
	})
}

func TestASecondServerIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := embedded.Open(ctx, embedded.Config{Dir: dir})
	require.ErrorContains(t, err, "in use by another server")
	add(t, connect(t, s.ConnectionString()), "still", esdb.NoStream{}, newEvent())
}

func TestAnAddressInUseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, t.TempDir())
	_, err := embedded.Open(ctx, embedded.Config{Dir: dir, Listen: s.Addr().String()})
	require.ErrorContains(t, err, "address already in use")
	open(t, dir) // the failed attempt let go of the directory
}
