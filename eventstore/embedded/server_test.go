package embedded_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/embedded"
)

func TestAClientLearnsWhatIsServed(t *testing.T) {
	s := open(t, t.TempDir())
	c := connect(t, "esdb+discover://"+s.Addr().String()+"?tls=false")
	version, err := c.GetServerVersion()
	require.NoError(t, err)
	require.GreaterOrEqual(t, version.Major, 23, "clients expect CaughtUp from here on")
	features, err := serverfeatures.NewServerFeaturesClient(dial(t, s.Addr().String())).GetSupportedMethods(ctx, &shared.Empty{})
	require.NoError(t, err)
	var methods []string
	for _, m := range features.GetMethods() {
		methods = append(methods, m.GetServiceName()+"/"+m.GetMethodName())
	}
	for _, m := range []string{"read", "append", "batchappend", "delete", "tombstone"} {
		require.Contains(t, methods, "event_store.client.streams.streams/"+m)
	}
	err = c.CreatePersistentSubscription(ctx, "s", "g", esdb.PersistentStreamSubscriptionOptions{})
	require.ErrorContains(t, err, "Unimplemented")
}

func TestSystemStreamsAreNotWritable(t *testing.T) {
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	code := func(err error) esdb.ErrorCode {
		require.Error(t, err)
		for {
			if e, ok := err.(*esdb.Error); ok {
				return e.Code()
			}
			err = err.(interface{ Unwrap() error }).Unwrap()
		}
	}
	for _, stream := range []string{"$all", "$settings", "$$$all", "$$$settings", "$$$$s"} {
		_, err := c.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvent())
		require.Equal(t, esdb.ErrorCodeAccessDenied, code(err), stream)
	}
	for _, stream := range []string{"$settings", "$$s"} {
		_, err := c.DeleteStream(ctx, stream, esdb.DeleteStreamOptions{})
		require.Equal(t, esdb.ErrorCodeAccessDenied, code(err), stream)
		_, err = c.TombstoneStream(ctx, stream, esdb.TombstoneStreamOptions{})
		require.Equal(t, esdb.ErrorCodeAccessDenied, code(err), stream)
	}
	require.Empty(t, stored(t, c))
}

// TestARefusalWaitsForTheWholeAppend: a server that answers before its client
// has sent everything breaks the connection, and the client never learns why.
func TestARefusalWaitsForTheWholeAppend(t *testing.T) {
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	many := []esdb.EventData{eventOf(uuid.New(), make([]byte, 2<<20))}
	for range 5000 {
		many = append(many, newEvent())
	}
	for name, events := range map[string][]esdb.EventData{
		"more than most servers receive": {eventOf(uuid.New(), make([]byte, 5<<20))},
		"the first of many":              many,
	} {
		_, err := c.AppendToStream(ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
		require.ErrorContains(t, err, "Maximum append size", name)
	}
	require.Empty(t, stored(t, c))
}

// TestAPositionMustBeARecords keeps programs from computing positions, which a
// cluster would refuse.
func TestAPositionMustBeARecords(t *testing.T) {
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	w := add(t, c, "s", esdb.NoStream{}, newEvent(), newEvent())
	read := func(at uint64) error {
		r, err := c.ReadAll(ctx, esdb.ReadAllOptions{From: esdb.Position{Commit: at, Prepare: at}}, 1)
		require.NoError(t, err)
		defer r.Close()
		_, err = r.Recv()
		return err
	}
	require.NoError(t, read(0), "before the first")
	require.NoError(t, read(w.CommitPosition))
	require.ErrorContains(t, read(w.CommitPosition-1), "InvalidArgument")
	require.ErrorIs(t, read(w.CommitPosition+1), io.EOF, "after the last")
	_, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Position{Commit: w.CommitPosition - 1, Prepare: w.CommitPosition - 1}})
	require.ErrorContains(t, err, "InvalidArgument")
}

// flip changes one bit at the end of the first place where content is in the
// database file.
func flip(t *testing.T, dir, content string) {
	name := filepath.Join(dir, "events.db")
	file, err := os.ReadFile(name)
	require.NoError(t, err)
	at := bytes.Index(file, []byte(content))
	require.Positive(t, at)
	file[at+len(content)-1] ^= 1
	require.NoError(t, os.WriteFile(name, file, 0o600))
}

func TestAFlippedBitIsNeverServed(t *testing.T) {
	dir := t.TempDir()
	const secret, rule = "seats=000250", `{"$maxCount":5`
	served(t, dir, func(c *esdb.Client) {
		add(t, c, "sound", esdb.NoStream{}, newEvent())
		add(t, c, "damaged", esdb.NoStream{}, eventOf(uuid.New(), fmt.Appendf(nil, `{"d":%q}`, secret)))
		add(t, c, "ruled", esdb.NoStream{}, newEvent())
		add(t, c, "$$ruled", esdb.NoStream{}, eventOf(uuid.New(), []byte(rule+"}")))
	})
	flip(t, dir, secret)
	flip(t, dir, rule)
	served(t, dir, func(c *esdb.Client) {
		read := func(stream string) error {
			r, err := c.ReadStream(ctx, stream, esdb.ReadStreamOptions{}, 1)
			require.NoError(t, err)
			defer r.Close()
			_, err = r.Recv()
			return err
		}
		require.NoError(t, read("sound"))
		require.ErrorContains(t, read("damaged"), "DataLoss")
		require.ErrorContains(t, read("ruled"), "DataLoss", "by a rule that may be another")
		_, err := c.AppendToStream(ctx, "ruled", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, newEvent())
		require.ErrorContains(t, err, "DataLoss")
		add(t, c, "sound", esdb.Revision(0), newEvent())
		sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
		require.NoError(t, err)
		for e := sub.Recv(); ; e = sub.Recv() {
			if e.SubscriptionDropped != nil {
				require.ErrorContains(t, e.SubscriptionDropped.Error, "DataLoss")
				break
			}
			require.NotNil(t, e.EventAppeared)
			require.Equal(t, "sound", e.EventAppeared.Event.StreamID)
		}
	})
}

// TestAnIdleSubscriptionStays waits until a client has pinged often enough for
// a server with the transport's defaults to hang up, at 31 seconds.
func TestAnIdleSubscriptionStays(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 35 seconds: clients never ping more often than every 10")
	}
	t.Parallel()
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	received := make(chan *esdb.SubscriptionEvent)
	go func() {
		for {
			e := sub.Recv()
			received <- e
			if e.SubscriptionDropped != nil {
				return
			}
		}
	}()
	require.NotNil(t, (<-received).CaughtUp)
	select {
	case e := <-received:
		t.Fatalf("an idle subscription got %+v", e)
	case <-time.After(35 * time.Second):
	}
	add(t, c, "s", esdb.NoStream{}, newEvent())
	require.NotNil(t, (<-received).EventAppeared)
	require.NoError(t, sub.Close())
	<-received
}

// TestASlowSubscriberMissesNothing stops reading until what it has not read is
// long gone from memory.
func TestASlowSubscriberMissesNothing(t *testing.T) {
	t.Parallel()
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	all, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer all.Close()
	one, err := c.SubscribeToStream(ctx, "s", esdb.SubscribeToStreamOptions{From: esdb.End{}})
	require.NoError(t, err)
	defer one.Close()
	require.NotNil(t, all.Recv().CaughtUp)
	require.NotNil(t, one.Recv().CaughtUp)
	const appends, each = 45, 10 // 45 MB: more than the tail keeps
	for range appends {
		batch := make([]esdb.EventData, each)
		for i := range batch {
			batch[i] = eventOf(uuid.New(), make([]byte, 100_000))
		}
		add(t, c, "s", esdb.Any{}, batch...)
	}
	for name, sub := range map[string]*esdb.Subscription{"all": all, "one": one} {
		again := false
		for next := uint64(0); next < appends*each || !again; {
			switch e := sub.Recv(); {
			case e.SubscriptionDropped != nil:
				require.NoError(t, e.SubscriptionDropped.Error, name)
			case e.CaughtUp != nil:
				again = true
			case e.EventAppeared != nil:
				require.Equal(t, next, e.EventAppeared.Event.EventNumber, name)
				next++
			}
		}
	}
}

// TestASubscriberAheadOfItsStreamWaits: what it says it has is not sent, even
// if the stream does not have it yet.
func TestASubscriberAheadOfItsStreamWaits(t *testing.T) {
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	add(t, c, "s", esdb.NoStream{}, newEvent())
	sub, err := c.SubscribeToStream(ctx, "s", esdb.SubscribeToStreamOptions{From: esdb.Revision(2)})
	require.NoError(t, err)
	defer sub.Close()
	require.NotNil(t, sub.Recv().CaughtUp)
	for range 3 {
		add(t, c, "s", esdb.Any{}, newEvent())
	}
	require.EqualValues(t, 3, sub.Recv().EventAppeared.Event.EventNumber)
}

// TestAQuietStreamIsFollowedAfterARestart: its last event is long before
// anything in memory.
func TestAQuietStreamIsFollowedAfterARestart(t *testing.T) {
	dir := t.TempDir()
	served(t, dir, func(c *esdb.Client) {
		add(t, c, "quiet", esdb.NoStream{}, newEvent())
		add(t, c, "loud", esdb.NoStream{}, newEvent(), newEvent())
	})
	c := connect(t, open(t, dir).ConnectionString())
	sub, err := c.SubscribeToStream(ctx, "quiet", esdb.SubscribeToStreamOptions{From: esdb.Start{}})
	require.NoError(t, err)
	defer sub.Close()
	require.NotNil(t, sub.Recv().EventAppeared)
	require.NotNil(t, sub.Recv().CaughtUp)
	add(t, c, "quiet", esdb.Revision(0), newEvent())
	require.EqualValues(t, 1, sub.Recv().EventAppeared.Event.EventNumber)
}

// TestAnIdleFilterReports: a subscriber whose filter drops what happens learns
// how far the store has come without waiting for a whole window of it.
func TestAnIdleFilterReports(t *testing.T) {
	c := connect(t, open(t, t.TempDir()).ConnectionString())
	at := add(t, c, "noise", esdb.Any{}, newEvent()).CommitPosition
	sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}, MaxSearchWindow: 1000, CheckpointInterval: 1000,
		Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{"music"}}})
	require.NoError(t, err)
	defer sub.Close()
	require.Equal(t, at, sub.Recv().CheckPointReached.Commit)
	require.NotNil(t, sub.Recv().CaughtUp)
	at = add(t, c, "noise", esdb.Any{}, newEvent()).CommitPosition
	require.Equal(t, at, sub.Recv().CheckPointReached.Commit)
	e := newEvent()
	at = add(t, c, "music", esdb.Any{}, e).CommitPosition
	require.Equal(t, at, sub.Recv().EventAppeared.Event.Position.Commit)
	at = add(t, c, "noise", esdb.Any{}, newEvent()).CommitPosition
	require.Equal(t, at, sub.Recv().CheckPointReached.Commit, "what is delivered needs no checkpoint")
}

func TestClosingEndsSubscriptions(t *testing.T) {
	s, err := embedded.Open(ctx, embedded.Config{Dir: t.TempDir()})
	require.NoError(t, err)
	c := connect(t, s.ConnectionString())
	sub, err := c.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{From: esdb.Start{}})
	require.NoError(t, err)
	require.NotNil(t, sub.Recv().CaughtUp)
	start := time.Now()
	require.NoError(t, s.Close())
	require.Less(t, time.Since(start), 4*time.Second)
	require.NotNil(t, sub.Recv().SubscriptionDropped)
	require.Empty(t, s.Failed(), "closing is no failure")
}

// TestEventsAgeByTheServersClock moves the clock instead of waiting.
func TestEventsAgeByTheServersClock(t *testing.T) {
	start := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var elapsed atomic.Int64
	s, err := embedded.Open(ctx, embedded.Config{Dir: t.TempDir(), Now: func() time.Time { return start.Add(time.Duration(elapsed.Load())) }})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	c := connect(t, s.ConnectionString())
	add(t, c, "s", esdb.NoStream{}, newEvent())
	elapsed.Store(int64(time.Hour))
	add(t, c, "s", esdb.Revision(0), newEvent())
	var m esdb.StreamMetadata
	m.SetMaxAge(90 * time.Minute)
	_, err = c.SetStreamMetadata(ctx, "s", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, m)
	require.NoError(t, err)
	for _, want := range []int{2, 1, 0} {
		require.Equal(t, want, visible(t, c, "s"))
		elapsed.Add(int64(time.Hour))
	}
	require.Equal(t, start, stored(t, c)[0].CreatedDate)
}

func visible(t *testing.T, c *esdb.Client, stream string) (n int) {
	r, err := c.ReadStream(ctx, stream, esdb.ReadStreamOptions{}, 100)
	require.NoError(t, err)
	defer r.Close()
	for ; ; n++ {
		if _, err := r.Recv(); err != nil {
			require.ErrorContains(t, err, "EOF")
			return n
		}
	}
}
