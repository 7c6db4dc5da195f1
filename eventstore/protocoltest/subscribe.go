package protocoltest

import (
	"strings"
	"sync"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// caughtUp stands in a transcript for the news that history is exhausted.
const caughtUp = "caught up"

// follower records what a subscription delivers.
type follower struct {
	t   *testing.T
	sub *esdb.Subscription
}

func (f fixture) followStream(t *testing.T, stream string, from esdb.StreamPosition) follower {
	sub, err := f.c.SubscribeToStream(f.ctx, stream, esdb.SubscribeToStreamOptions{From: from})
	require.NoError(t, err)
	t.Cleanup(func() { sub.Close() })
	return follower{t: t, sub: sub}
}

func (f fixture) followAll(t *testing.T, o esdb.SubscribeToAllOptions) follower {
	sub, err := f.c.SubscribeToAll(f.ctx, o)
	require.NoError(t, err)
	t.Cleanup(func() { sub.Close() })
	return follower{t: t, sub: sub}
}

// next is the next delivery; a drop fails the test.
func (f follower) next() *esdb.SubscriptionEvent {
	e := f.sub.Recv()
	if e.SubscriptionDropped != nil {
		require.NoError(f.t, e.SubscriptionDropped.Error, "dropped")
	}
	return e
}

// event is the next event, passing over all else.
func (f follower) event() *esdb.RecordedEvent {
	for {
		if e := f.next(); e.EventAppeared != nil {
			return e.EventAppeared.OriginalEvent()
		}
	}
}

// transcript is n deliveries as event ids and caughtUp.
func (f follower) transcript(n int) (out []string) {
	for len(out) < n {
		switch e := f.next(); {
		case e.EventAppeared != nil:
			out = append(out, e.EventAppeared.OriginalEvent().EventID.String())
		case e.CaughtUp != nil:
			out = append(out, caughtUp)
		}
	}
	return out
}

func (f follower) awaitCaughtUp() {
	for f.next().CaughtUp == nil {
	}
}

func names(events []esdb.EventData) (out []string) {
	for _, e := range events {
		out = append(out, e.EventID.String())
	}
	return out
}

func followStream(t *testing.T, f fixture) {
	stream := newStream()
	history, live := someEvents(700), someEvents(2)
	f.mustAppend(stream, esdb.NoStream{}, history...)
	fromStart := f.followStream(t, stream, esdb.Start{})
	fromMiddle := f.followStream(t, stream, esdb.Revision(697))
	fromEnd := f.followStream(t, stream, esdb.End{})
	absent := newStream()
	fromNothing := f.followStream(t, absent, esdb.Start{})

	require.Equal(t, append(names(history), caughtUp), fromStart.transcript(len(history)+1))
	require.Equal(t, append(names(history[698:]), caughtUp), fromMiddle.transcript(3), "the revision itself is not sent again")
	require.Equal(t, []string{caughtUp}, fromEnd.transcript(1))
	require.Equal(t, []string{caughtUp}, fromNothing.transcript(1))
	for _, e := range live {
		f.mustAppend(newStream(), esdb.Any{}, event())
		f.mustAppend(stream, esdb.Any{}, e)
	}
	for _, follower := range []follower{fromStart, fromMiddle, fromEnd} {
		require.Equal(t, names(live), follower.transcript(2))
	}
	f.mustAppend(absent, esdb.Any{}, live[0])
	require.Equal(t, names(live[:1]), fromNothing.transcript(1))
}

func followToTombstone(t *testing.T, f fixture) {
	stream := newStream()
	f.mustAppend(stream, esdb.NoStream{}, event())
	live := f.followStream(t, stream, esdb.Start{})
	live.awaitCaughtUp()
	f.mustTombstone(stream)
	for _, follower := range []follower{live, f.followStream(t, stream, esdb.Start{})} {
		dropped := follower.sub.Recv()
		require.NotNil(t, dropped.SubscriptionDropped)
		require.ErrorContains(t, dropped.SubscriptionDropped.Error, "deleted")
	}
}

func followAll(t *testing.T, f fixture) {
	stream := newStream()
	prefix := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{stream}}
	history := someEvents(50)
	f.mustAppend(stream, esdb.NoStream{}, history...)
	all, err := f.read(stream)
	require.NoError(t, err)

	fromStart := f.followAll(t, esdb.SubscribeToAllOptions{From: esdb.Start{}, Filter: prefix})
	fromMiddle := f.followAll(t, esdb.SubscribeToAllOptions{From: all[39].Position})
	fromEnd := f.followAll(t, esdb.SubscribeToAllOptions{From: esdb.End{}, Filter: prefix})
	require.Equal(t, append(names(history), caughtUp), fromStart.transcript(51))
	require.Equal(t, names(history[40:]), fromMiddle.transcript(10), "the position itself is not sent again")
	require.Equal(t, []string{caughtUp}, fromEnd.transcript(1))
	e := event()
	f.mustAppend(stream, esdb.Any{}, e)
	require.Equal(t, names([]esdb.EventData{e}), fromStart.transcript(1))
	require.Equal(t, names([]esdb.EventData{e}), fromEnd.transcript(1))
}

// handOver lets subscribers join while writers write, from the beginning, and
// compares what each saw with what there is.
func handOver(t *testing.T, f fixture) {
	const writers, appends, perAppend, subscribers = 4, 40, 5, 4
	prefix := newStream()
	start := f.mustAppend(prefix, esdb.NoStream{}, event())
	from := esdb.Position{Commit: start.CommitPosition, Prepare: start.PreparePosition}
	var writing, reading sync.WaitGroup
	progress := make(chan struct{}, writers*appends)
	for w := range writers {
		stream := prefix + "-" + string(rune('a'+w%2)) // two writers share a stream
		writing.Go(func() {
			for range appends {
				_, err := f.append(stream, esdb.Any{}, someEvents(perAppend)...)
				assert.NoError(t, err)
				progress <- struct{}{}
			}
		})
	}
	const total = writers * appends * perAppend
	everything := make([][]uuid.UUID, subscribers)
	single := make([][]uint64, subscribers)
	for s := range subscribers {
		for range writers * appends / subscribers / 2 { // join at different moments of the first half
			<-progress
		}
		all := f.followAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{prefix + "-"}}})
		one := f.followStream(t, prefix+"-a", esdb.Start{})
		reading.Go(func() {
			for len(everything[s]) < total {
				everything[s] = append(everything[s], all.event().EventID)
			}
		})
		reading.Go(func() {
			for len(single[s]) < total/2 {
				single[s] = append(single[s], one.event().EventNumber)
			}
		})
	}
	writing.Wait()
	reading.Wait()
	stored, err := f.readAll(esdb.ReadAllOptions{From: from}, 1<<40)
	require.NoError(t, err)
	want := ids(only(map[string]bool{prefix + "-a": true, prefix + "-b": true}, stored))
	require.Len(t, want, total)
	for s := range subscribers {
		require.Equal(t, want, everything[s], "subscriber %d", s)
		for i, r := range single[s] {
			require.EqualValues(t, i, r, "subscriber %d", s)
		}
	}
}

func filters(t *testing.T, f fixture) {
	tag := strings.ReplaceAll(uuid.NewString(), "-", "")
	start := f.mustAppend(newStream(), esdb.Any{}, event())
	from := esdb.Position{Commit: start.CommitPosition, Prepare: start.PreparePosition}
	add := func(stream, kind string) string {
		e := event()
		e.EventType = kind
		f.mustAppend(stream, esdb.Any{}, e)
		return e.EventID.String()
	}
	apple := add(tag+"-apple", tag+".red")
	pear := add(tag+"-pear", tag+".green")
	cherry := add(tag+"-cherry", tag+".red")
	add("other-"+tag, "other."+tag)
	for name, c := range map[string]struct {
		filter esdb.SubscriptionFilter
		want   []string
	}{
		"stream prefixes": {esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{tag + "-a", tag + "-c"}}, []string{apple, cherry}},
		"stream regex":    {esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Regex: "^" + tag + "-.*r.*$"}, []string{pear, cherry}},
		"type prefixes":   {esdb.SubscriptionFilter{Type: esdb.EventFilterType, Prefixes: []string{tag + ".red"}}, []string{apple, cherry}},
		"type regex":      {esdb.SubscriptionFilter{Type: esdb.EventFilterType, Regex: "^" + tag + "\\.(green|blue)"}, []string{pear}},
	} {
		t.Run(name, func(t *testing.T) {
			follower := f.followAll(t, esdb.SubscribeToAllOptions{From: from, Filter: &c.filter})
			require.Equal(t, append(c.want, caughtUp), follower.transcript(len(c.want)+1))
		})
	}
	t.Run("no system events", func(t *testing.T) {
		f.setMetadata(tag+"-apple", `{"$maxCount":9}`)
		follower := f.followAll(t, esdb.SubscribeToAllOptions{From: from, Filter: esdb.ExcludeSystemEventsFilter()})
		for e := follower.next(); e.CaughtUp == nil; e = follower.next() {
			if e.EventAppeared != nil {
				require.NotEqual(t, byte('$'), e.EventAppeared.OriginalEvent().EventType[0])
			}
		}
	})
}

func checkpoints(t *testing.T, f fixture) {
	start := f.mustAppend(newStream(), esdb.Any{}, event())
	from := esdb.Position{Commit: start.CommitPosition, Prepare: start.PreparePosition}
	f.mustAppend(newStream(), esdb.Any{}, someEvents(100)...)
	wanted := newStream()
	filter := &esdb.SubscriptionFilter{Type: esdb.StreamFilterType, Prefixes: []string{wanted}}
	follower := f.followAll(t, esdb.SubscribeToAllOptions{From: from, Filter: filter, MaxSearchWindow: 10, CheckpointInterval: 2})
	var marks []esdb.Position
	for e := follower.next(); e.CaughtUp == nil; e = follower.next() {
		require.Nil(t, e.EventAppeared)
		if e.CheckPointReached != nil {
			marks = append(marks, *e.CheckPointReached)
		}
	}
	require.GreaterOrEqual(t, len(marks), 5, "one for every 2 x 10 events considered")
	for i := 1; i < len(marks); i++ {
		require.GreaterOrEqual(t, marks[i].Commit, marks[i-1].Commit)
	}
	require.Greater(t, marks[0].Commit, from.Commit)

	e := event()
	f.mustAppend(wanted, esdb.Any{}, e)
	resumed := f.followAll(t, esdb.SubscribeToAllOptions{From: marks[len(marks)-1], Filter: filter})
	require.Equal(t, e.EventID, resumed.event().EventID, "nothing is lost by going on from a checkpoint")

	live := f.followAll(t, esdb.SubscribeToAllOptions{From: esdb.End{}, Filter: filter, MaxSearchWindow: 1, CheckpointInterval: 1})
	live.awaitCaughtUp()
	noise := f.mustAppend(newStream(), esdb.Any{}, event())
	for {
		if at := live.next().CheckPointReached; at != nil && at.Commit >= noise.CommitPosition {
			return
		}
	}
}

func closing(t *testing.T, f fixture) {
	follower := f.followAll(t, esdb.SubscribeToAllOptions{From: esdb.End{}})
	follower.awaitCaughtUp()
	dropped := make(chan *esdb.SubscriptionEvent)
	go func() {
		for {
			if e := follower.sub.Recv(); e.SubscriptionDropped != nil {
				dropped <- e
				return
			}
		}
	}()
	require.NoError(t, follower.sub.Close())
	select {
	case <-dropped:
	case <-f.ctx.Done():
		t.Fatal("the reader of a closed subscription still waits")
	}
}
