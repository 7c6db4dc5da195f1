package protocoltest

import (
	"math"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func metadata(t *testing.T, f fixture) {
	stream := newStream()
	var m esdb.StreamMetadata
	m.SetMaxCount(17)
	m.SetMaxAge(24 * time.Hour)
	m.SetTruncateBefore(10)
	m.SetCacheControl(15 * time.Second)
	acl := esdb.Acl{}
	acl.AddReadRoles("reader")
	acl.AddWriteRoles("writer")
	m.SetAcl(acl)
	m.AddCustomProperty("owner", "contract")
	set := func(expected esdb.ExpectedRevision) error {
		_, err := f.c.SetStreamMetadata(f.ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, m)
		return err
	}
	require.NoError(t, set(esdb.NoStream{}))
	require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(set(esdb.NoStream{})))
	require.NoError(t, set(esdb.Revision(0)))

	got, err := f.c.GetStreamMetadata(f.ctx, stream, esdb.ReadStreamOptions{})
	require.NoError(t, err)
	require.EqualValues(t, 17, *got.MaxCount())
	require.Equal(t, 24*time.Hour, *got.MaxAge())
	require.EqualValues(t, 10, *got.TruncateBefore())
	require.Equal(t, 15*time.Second, *got.CacheControl())
	require.Equal(t, acl, *got.StreamAcl())
	require.Equal(t, "contract", got.CustomProperty("owner"))

	latest, err := f.read("$$" + stream)
	require.NoError(t, err)
	require.Equal(t, []uint64{1}, revisions(latest), "only the newest metadata is seen")
	_, err = f.read(stream)
	require.Equal(t, esdb.ErrorCodeResourceNotFound, codeOf(err), "metadata alone makes no stream")
}

func truncation(t *testing.T, f fixture) {
	stream := newStream()
	from := f.mustAppend(stream, esdb.NoStream{}, someEvents(10)...)
	for _, c := range []struct {
		metadata string
		want     []uint64
	}{
		{`{"$maxCount":3}`, []uint64{7, 8, 9}},
		{`{"$tb":6}`, []uint64{6, 7, 8, 9}},
		{`{"$maxCount":2,"$tb":6}`, []uint64{8, 9}},
		{`{"$maxCount":5,"$tb":7}`, []uint64{7, 8, 9}},
		{`{"$tb":10}`, []uint64{}},
		{`{"$maxCount":100}`, []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
	} {
		f.setMetadata(stream, c.metadata)
		got, err := f.read(stream)
		require.NoError(t, err, c.metadata)
		require.Equal(t, c.want, revisions(got), c.metadata)
		back, err := f.readFrom(stream, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, math.MaxUint64)
		require.NoError(t, err, c.metadata)
		require.Len(t, back, len(c.want), c.metadata)
	}
	f.setMetadata(stream, `{"$maxCount":3}`)
	f.mustAppend(stream, esdb.Revision(9), event())
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Equal(t, []uint64{8, 9, 10}, revisions(got), "the count is of the newest")
	all, err := f.readAll(esdb.ReadAllOptions{From: esdb.Position{Commit: from.CommitPosition, Prepare: from.PreparePosition}}, math.MaxUint64)
	require.NoError(t, err)
	ours := only(map[string]bool{stream: true}, all)
	require.Equal(t, []uint64{9, 10}, revisions(ours), "everything hides nothing")
}

func maxAge(t *testing.T, f fixture) {
	stream := newStream()
	f.mustAppend(stream, esdb.NoStream{}, someEvents(3)...)
	f.setMetadata(stream, `{"$maxAge":3600}`)
	got, err := f.read(stream)
	require.NoError(t, err)
	require.Len(t, got, 3)
	f.setMetadata(stream, `{"$maxAge":1}`)
	require.Eventually(t, func() bool {
		got, err := f.read(stream)
		return err == nil && len(got) == 0 // expired is empty, not absent
	}, patience, 100*time.Millisecond)
	w := f.mustAppend(stream, esdb.Revision(2), event())
	require.EqualValues(t, 3, w.NextExpectedVersion, "revisions go on")
}

func voidMetadata(t *testing.T, f fixture) {
	stream := newStream()
	f.mustAppend(stream, esdb.NoStream{}, someEvents(4)...)
	for _, void := range []string{`{"$maxCount":"2"}`, `{"$maxCount":2,"$tb":"3"}`, `{"$maxCount":2,"$maxAge":1.5}`, `{"$maxCount":2,"$cacheControl":true}`, `not JSON`} {
		f.mustAppend("$$"+stream, esdb.Any{}, esdb.EventData{EventID: uuid.New(), EventType: "$metadata", ContentType: esdb.ContentTypeJson, Data: []byte(void)})
		got, err := f.read(stream)
		require.NoError(t, err, void)
		require.Len(t, got, 4, void)
	}
}
