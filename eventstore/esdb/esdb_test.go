package esdb_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	client "github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/embedded"
	"kassa/eventstore/esdb"
	"kassa/eventstore/storetest"
)

var quiet = slog.New(slog.DiscardHandler)

func TestContract(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, server.ConnectionString()) })
}

// TestContractOnRealServer needs an EventStoreDB that nobody else writes to.
func TestContractOnRealServer(t *testing.T) {
	at := os.Getenv("KASSA_TEST_ESDB")
	if at == "" {
		t.Skip("KASSA_TEST_ESDB names no EventStoreDB, such as esdb://127.0.0.1:2113?tls=false")
	}
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, at) })
}

// The store's own records are in $all but nobody else's business.
func TestSystemRecordsAreSkipped(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	s, ctx := open(t, server.ConnectionString()), t.Context()
	raw := official(t, server.ConnectionString())
	var ours []uint64
	var last *client.WriteResult
	for n := range 3 {
		w, err := s.Append(ctx, "ours", eventstore.Revision(n-1), drafts(1))
		require.NoError(t, err)
		ours = append(ours, w.Position)
		for range 5 {
			last, err = raw.SetStreamMetadata(ctx, "technical", client.AppendToStreamOptions{ExpectedRevision: client.Any{}}, client.StreamMetadata{})
			require.NoError(t, err)
		}
	}

	head, err := s.Head(ctx)
	require.NoError(t, err)
	require.Equal(t, ours[2], head)
	for limit := 1; limit <= 4; limit++ {
		var got []uint64
		for after := uint64(0); ; after = got[len(got)-1] {
			page, err := s.ReadAll(ctx, after, limit)
			require.NoError(t, err)
			for _, r := range page {
				got = append(got, r.Position)
			}
			if len(page) < limit {
				break
			}
		}
		require.Equal(t, ours, got, "pages of %d", limit)
	}

	var got, marks []uint64
	for d, err := range s.Follow(ctx, 0) {
		require.NoError(t, err)
		if d.Record != nil {
			got = append(got, d.Position)
		} else {
			marks = append(marks, d.Position)
		}
		if d.Position >= last.CommitPosition {
			break
		}
	}
	require.Equal(t, last.CommitPosition, marks[len(marks)-1], "everything has been considered")
	require.Less(t, len(marks), 10, "the server filters: 15 records are metadata")
	require.Equal(t, ours, got)
}

func TestTombstonedStreamIsGone(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	s, ctx := open(t, server.ConnectionString()), t.Context()
	_, err := s.Append(ctx, "gone", eventstore.NoStream, drafts(2))
	require.NoError(t, err)
	_, err = official(t, server.ConnectionString()).TombstoneStream(ctx, "gone", client.TombstoneStreamOptions{ExpectedRevision: client.Revision(1)})
	require.NoError(t, err)

	_, err = s.Read(ctx, "gone")
	require.ErrorIs(t, err, eventstore.ErrGone)
	_, err = s.Append(ctx, "gone", 1, drafts(1))
	require.ErrorIs(t, err, eventstore.ErrGone)
	page, err := s.ReadAll(ctx, 0, 10)
	require.NoError(t, err)
	require.Len(t, page, 2, "the facts themselves stay")
}

func TestConnectionStringsThatCannotWork(t *testing.T) {
	for _, bad := range []string{"", "http://127.0.0.1:2113", "esdb://", "esdb://127.0.0.1:port", "esdb://127.0.0.1?tls=perhaps"} {
		_, err := esdb.Open(bad, quiet)
		require.Error(t, err, bad)
	}
}

func TestClosedStore(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	s := open(t, server.ConnectionString())
	ends := make(chan error, 1)
	live := make(chan struct{})
	go func() {
		for d, err := range s.Follow(t.Context(), 0) {
			if err != nil {
				ends <- err
			} else if d.CaughtUp {
				close(live)
			}
		}
	}()
	<-live
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	require.ErrorIs(t, <-ends, eventstore.ErrUnavailable)
	_, err := s.Head(t.Context())
	require.ErrorIs(t, err, eventstore.ErrUnavailable)
}

func serve(t testing.TB, dir, listen string) *embedded.Server {
	t.Helper()
	server, err := embedded.Open(context.Background(), embedded.Config{Dir: dir, Listen: listen, Log: quiet, Now: time.Now})
	require.NoError(t, err)
	t.Cleanup(func() { server.Close() })
	return server
}

func open(t testing.TB, connection string) *esdb.Store {
	t.Helper()
	s, err := esdb.Open(connection, quiet)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// official is the client itself, for what a Store does not offer.
func official(t *testing.T, connection string) *client.Client {
	t.Helper()
	conf, err := client.ParseConnectionString(connection)
	require.NoError(t, err)
	conf.Logger = client.NoopLogging()
	c, err := client.NewClient(conf)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

func drafts(n int) []eventstore.Draft {
	out := make([]eventstore.Draft, n)
	for i := range out {
		id := uuid.New()
		out[i] = eventstore.Draft{ID: id, Type: "esdbtest.happened.v1", Data: []byte(`{"id":"` + id.String() + `"}`), Metadata: []byte("{}")}
	}
	return out
}
