package broker_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"kassa/eventstore/message"
	"kassa/services/broker"
)

const facts = 2500 // more than one pull, so that answers come in a stream

// A reader is a program that knows nothing but the address.
func reader(t *testing.T) (*nats.Conn, jetstream.JetStream, *broker.Broker) {
	t.Helper()
	b := embedded(t, broker.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	ours := stream(t, b)
	for i := range facts {
		_, err := ours.PublishAsync("kassa.shared.product.published", []byte(fmt.Sprint(i)))
		require.NoError(t, err)
	}
	await(t, ours.PublishAsyncComplete())

	conn, err := nats.Connect(b.URL(), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn, jetStream(t, conn), b
}

func TestAReaderReplaysEverythingInOrder(t *testing.T) {
	_, js, _ := reader(t)
	for name, consume := range map[string]func(*testing.T) jetstream.Consumer{
		"with an ordered consumer": func(t *testing.T) jetstream.Consumer {
			c, err := js.OrderedConsumer(t.Context(), message.Stream, jetstream.OrderedConsumerConfig{})
			require.NoError(t, err)
			return c
		},
		"with a durable one": func(t *testing.T) jetstream.Consumer {
			c, err := js.CreateOrUpdateConsumer(t.Context(), message.Stream, jetstream.ConsumerConfig{Durable: "billing", AckPolicy: jetstream.AckExplicitPolicy})
			require.NoError(t, err)
			return c
		},
		"through the stream": func(t *testing.T) jetstream.Consumer {
			s, err := js.Stream(t.Context(), message.Stream)
			require.NoError(t, err)
			c, err := s.CreateConsumer(t.Context(), jetstream.ConsumerConfig{FilterSubject: "kassa.*.product.>"})
			require.NoError(t, err)
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			msgs, err := consume(t).Messages()
			require.NoError(t, err)
			defer msgs.Stop()
			for i := range facts {
				m, err := msgs.Next(jetstream.NextMaxWait(10 * time.Second))
				require.NoError(t, err)
				require.Equal(t, fmt.Sprint(i), string(m.Data()))
				require.NoError(t, m.Ack())
			}
		})
	}
}

func TestAReaderGoesOnAcrossARestart(t *testing.T) {
	_, js, b := reader(t)
	// One at a time: what the restart takes on its way is delivered again, and
	// nothing comes before it.
	c, err := js.CreateOrUpdateConsumer(t.Context(), message.Stream, jetstream.ConsumerConfig{
		Durable: "billing", AckPolicy: jetstream.AckExplicitPolicy, MaxAckPending: 1, AckWait: time.Second,
	})
	require.NoError(t, err)
	m, err := c.Next()
	require.NoError(t, err)
	require.NoError(t, m.DoubleAck(t.Context()))

	require.NoError(t, b.Restart(t.Context()))

	require.EventuallyWithT(t, func(col *assert.CollectT) {
		m, err := c.Next(jetstream.FetchMaxWait(time.Second))
		require.NoError(col, err)
		require.Equal(col, "1", string(m.Data()))
	}, 20*time.Second, 50*time.Millisecond)
}

func TestAReaderCannotWrite(t *testing.T) {
	conn, js, b := reader(t)
	consumer, err := js.CreateOrUpdateConsumer(t.Context(), message.Stream, jetstream.ConsumerConfig{Durable: "billing", AckPolicy: jetstream.AckExplicitPolicy})
	require.NoError(t, err)
	first, err := consumer.Next()
	require.NoError(t, err)
	const forged = "kassa.shared.product.forged"
	api := func(verb string) string { return "$JS.API." + verb }

	for name, attempt := range map[string]func() error{
		"by publishing": func() error { return conn.Publish(forged, []byte("forged")) },
		"by publishing and waiting": func() error {
			_, err := js.Publish(short(t), forged, []byte("forged"))
			require.Error(t, err)
			return nil
		},
		"by a reply to information": func() error { return conn.PublishRequest(api("CONSUMER.INFO.KASSA.billing"), forged, nil) },
		"by a reply to the next":    func() error { return conn.PublishRequest(api("CONSUMER.MSG.NEXT.KASSA.billing"), forged, nil) },
		"by a reply to creation":    func() error { return conn.PublishRequest(api("CONSUMER.CREATE.KASSA.x"), forged, nil) },
		"by a reply to the stream's state": func() error {
			return conn.PublishRequest(api("STREAM.INFO.KASSA"), forged, nil)
		},
		"by a reply to an acknowledgement": func() error { return conn.PublishRequest(first.Reply(), forged, []byte("+NXT")) },
		"by a consumer that pushes": func() error {
			for _, target := range []string{forged, api("STREAM.DELETE.KASSA"), "$KASSA.anything"} {
				_, err := js.CreatePushConsumer(short(t), message.Stream, jetstream.ConsumerConfig{DeliverSubject: target})
				require.ErrorContains(t, err, "pull")
			}
			return nil
		},
		"by a consumer that pushes, in another spelling": func() error {
			m, err := conn.Request(api("CONSUMER.CREATE.KASSA.sly"), []byte(`{"stream_name":"KASSA","config":{"name":"sly","Deliver_Subject":"`+forged+`","ack_policy":"none"}}`), 5*time.Second)
			require.NoError(t, err)
			require.Contains(t, string(m.Data), `"error"`)
			return nil
		},
		"by deleting the stream": func() error { return refused(js.DeleteStream(short(t), message.Stream)) },
		"by making a stream": func() error {
			_, err := js.CreateStream(short(t), jetstream.StreamConfig{Name: "X"})
			return refused(err)
		},
		"by changing the stream": func() error {
			_, err := js.UpdateStream(short(t), jetstream.StreamConfig{Name: message.Stream})
			return refused(err)
		},
		"by another's connection": func() error { _, err := nats.Connect(b.URL(), nats.UserInfo("kassa", "guess")); return refused(err) },
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, attempt())
			require.NoError(t, conn.Flush())
		})
	}

	s, err := broker.EnsureStream(t.Context(), jetStream(t, b.Conn()), ours)
	require.NoError(t, err)
	info, err := s.Info(t.Context(), jetstream.WithSubjectFilter(">"))
	require.NoError(t, err)
	assert.EqualValues(t, facts, info.State.LastSeq)
	assert.Equal(t, map[string]uint64{"kassa.shared.product.published": facts}, info.State.Subjects)
}

func TestAReaderHearsNobodyButJetStream(t *testing.T) {
	conn, _, _ := reader(t)
	denied := make(chan error, 2)
	conn.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { denied <- err })
	for _, subject := range []string{">", "kassa.>"} {
		_, err := conn.SubscribeSync(subject)
		require.NoError(t, err)
		select {
		case err := <-denied:
			assert.True(t, strings.Contains(err.Error(), "Permissions Violation"), err.Error())
		case <-time.After(10 * time.Second):
			assert.Fail(t, "subscription allowed", subject)
		}
	}
}

// refused turns a failed attempt into success.
func refused(err error) error {
	if err == nil {
		return fmt.Errorf("it was allowed")
	}
	return nil
}

func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}
