package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/esdb"
	v1 "kassa/services/api/v1"
)

// TestAnybodyMayFollowTheFacts is a downstream system: it knows the address of
// NATS and nothing of Kassa, and compares what it hears with the event store.
func TestR56_AnybodyMayFollowTheFacts(t *testing.T) {
	p := start(t, t.TempDir(), "--demo")
	bought := as[v1.Submitted](p, "anna@contoso.example", "checkout", "--product", powerBIPro, "--seats", "1", "--market", "US", "--card", "tok_visa")

	conn, err := nats.Connect(p.nats)
	require.NoError(t, err)
	defer conn.Close()
	stream, err := jetstream.New(conn)
	require.NoError(t, err)
	consumer, err := stream.OrderedConsumer(t.Context(), "KASSA", jetstream.OrderedConsumerConfig{})
	require.NoError(t, err)
	messages, err := consumer.Messages()
	require.NoError(t, err)
	defer messages.Stop()

	stored := history(t, p.eventstore)
	previous := "genesis"
	for i, record := range stored {
		m, err := messages.Next(jetstream.NextMaxWait(10 * time.Second))
		require.NoError(t, err, "fact %d of %d", i+1, len(stored))
		h := m.Headers()
		assert.Equal(t, string(record.Data), string(m.Data()), "the stored payload, byte for byte")
		assert.Equal(t, map[string]string{
			"ce-specversion": "1.0",
			"ce-id":          record.ID.String(),
			"ce-type":        "kassa." + record.Type,
			"ce-subject":     record.Stream,
			"content-type":   "application/json",
			"kassa-gseq":     fmt.Sprint(i + 1),
			"kassa-position": fmt.Sprint(record.Position),
			"kassa-prev":     previous,
		}, headers(h, "ce-specversion", "ce-id", "ce-type", "ce-subject", "content-type", "kassa-gseq", "kassa-position", "kassa-prev"))
		at, err := time.Parse(time.RFC3339Nano, h.Get("ce-time"))
		require.NoError(t, err)
		assert.True(t, at.Equal(record.At), "%s at %s, stored at %s", record.ID, at, record.At)
		assert.Regexp(t, `^/kassa/[^/]+/[a-z-]+$`, h.Get("ce-source"))
		assert.Regexp(t, `^kassa\.[0-9a-z-]+\.[a-z]+\.[a-z_]+$`, m.Subject())
		previous = record.ID.String()
	}
	assert.GreaterOrEqual(t, stored[len(stored)-1].Position, bought.Position)

	t.Run("but nobody else publishes", func(t *testing.T) {
		_, err := stream.Publish(t.Context(), "kassa.shared.product.listed", []byte(`{}`))
		require.Error(t, err)
		kassa, err := stream.Stream(t.Context(), "KASSA")
		require.NoError(t, err)
		info, err := kassa.Info(t.Context(), jetstream.WithSubjectFilter("kassa.shared.product.listed"))
		require.NoError(t, err)
		listed := 0 // what follows from the purchase may still be on its way; products are not
		for _, record := range stored {
			if record.Type == "product.listed.v1" {
				listed++
			}
		}
		assert.EqualValues(t, listed, info.State.Subjects["kassa.shared.product.listed"])
	})
}

func headers(h nats.Header, names ...string) map[string]string {
	picked := map[string]string{}
	for _, name := range names {
		picked[name] = h.Get(name)
	}
	return picked
}

// history reads every fact from an event store.
func history(t *testing.T, address string) []eventstore.Record {
	t.Helper()
	store, err := esdb.Open(address, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close()) }()
	var all []eventstore.Record
	after := uint64(0)
	for {
		page, err := store.ReadAll(t.Context(), after, 1000)
		require.NoError(t, err)
		all = append(all, page...)
		if len(page) < 1000 {
			require.NotEmpty(t, all)
			assert.NotEqual(t, uuid.Nil, all[0].ID)
			return all
		}
		after = page[len(page)-1].Position
	}
}
