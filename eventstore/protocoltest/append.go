package protocoltest

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func roundTrip(t *testing.T, f fixture) {
	stream := newStream() + "-ünïcode"
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	appended := []esdb.EventData{
		{EventID: uuid.New(), EventType: "json", ContentType: esdb.ContentTypeJson, Data: []byte(` { "b" : 1, "a":1.0} `), Metadata: []byte(`{"by":"me"}`)},
		{EventID: uuid.New(), EventType: "bytes", ContentType: esdb.ContentTypeBinary, Data: every, Metadata: every},
		{EventID: uuid.MustParse("ffffffff-ffff-ffff-ffff-ffffffffffff"), EventType: "nothing", ContentType: esdb.ContentTypeBinary},
	}
	w := f.mustAppend(stream, esdb.NoStream{}, appended...)
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, len(appended))
	for i, want := range appended {
		assert.Equal(t, want.EventID, got[i].EventID)
		assert.Equal(t, want.EventType, got[i].EventType)
		assert.Equal(t, stream, got[i].StreamID)
		assert.EqualValues(t, i, got[i].EventNumber)
		assert.True(t, bytes.Equal(want.Data, got[i].Data))
		assert.True(t, bytes.Equal(want.Metadata, got[i].UserMetadata))
		assert.WithinDuration(t, time.Now(), got[i].CreatedDate, time.Minute)
	}
	assert.Equal(t, "application/json", got[0].ContentType)
	assert.Equal(t, "application/octet-stream", got[1].ContentType)
	last := got[len(got)-1]
	assert.Equal(t, esdb.Position{Commit: w.CommitPosition, Prepare: w.PreparePosition}, last.Position)
}

func positionsIncrease(t *testing.T, f fixture) {
	one, other := newStream(), newStream()
	var before uint64
	for range 5 {
		for _, stream := range []string{one, other} {
			w := f.mustAppend(stream, esdb.Any{}, someEvents(2)...)
			require.Greater(t, w.CommitPosition, before)
			require.GreaterOrEqual(t, w.CommitPosition, w.PreparePosition)
			before = w.CommitPosition
		}
	}
	all, err := f.read(one)
	require.NoError(t, err)
	for i := 1; i < len(all); i++ {
		require.Greater(t, all[i].Position.Commit, all[i-1].Position.Commit+1, "a position is not the one before plus 1")
	}
}

func idsBelongToStreams(t *testing.T, f fixture) {
	e := event()
	first := f.mustAppend(newStream(), esdb.Any{}, e)
	second := newStream()
	for range 2 {
		w := f.mustAppend(second, esdb.Any{}, e)
		require.Greater(t, w.CommitPosition, first.CommitPosition)
	}
	got, err := f.read(second)
	require.NoError(t, err)
	require.Len(t, got, 1)
}

func rivals(t *testing.T, f fixture) {
	const writers, rounds = 8, 10
	stream := newStream()
	for round := range rounds {
		var expected esdb.ExpectedRevision = esdb.NoStream{}
		if round > 0 {
			expected = esdb.Revision(uint64(round - 1))
		}
		errs := make([]error, writers)
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() { _, errs[i] = f.append(stream, expected, event()) })
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
				continue
			}
			require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err), "%v", err)
		}
		require.Equal(t, 1, won)
	}
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, rounds)
}

func parallelAppends(t *testing.T, f fixture) {
	const writers, each = 16, 20
	stream := newStream()
	revisions := make(chan uint64, writers*each)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				w, err := f.append(stream, esdb.Any{}, event())
				if assert.NoError(t, err) {
					revisions <- w.NextExpectedVersion
				}
			}
		})
	}
	all.Wait()
	close(revisions)
	seen := map[uint64]bool{}
	for r := range revisions {
		require.False(t, seen[r], "revision %d was given twice", r)
		seen[r] = true
	}
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, writers*each)
	require.Len(t, seen, writers*each)
}

// maxAppend is the default limit of a server, counting data, metadata and twice
// the type of every event.
const maxAppend = 1 << 20

func oversize(t *testing.T, f fixture) {
	stream := newStream()
	sized := func(total int) esdb.EventData {
		e := event()
		e.ContentType, e.Metadata = esdb.ContentTypeBinary, []byte("{}")
		e.Data = bytes.Repeat([]byte("x"), total-len(e.Metadata)-2*len(e.EventType))
		return e
	}
	f.mustAppend(stream, esdb.NoStream{}, sized(maxAppend))
	for name, events := range map[string][]esdb.EventData{
		"by one byte":          {sized(maxAppend + 1)},
		"by one byte together": {sized(maxAppend / 2), sized(maxAppend/2 + 1)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.append(stream, esdb.Any{}, events...)
			require.ErrorContains(t, err, "InvalidArgument")
			require.Contains(t, strings.ToLower(err.Error()), "maximum append size")
		})
	}
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, 1)
}
