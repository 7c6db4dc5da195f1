// Package broker is the way to NATS: a JetStream server inside the process, or
// a connection to one that somebody else runs. It makes the stream that carries
// the facts and refuses one that could not keep the relay's promises. It never
// publishes a fact, and knows none.
package broker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// Broker is a connection to NATS and, when it is embedded, the server behind
// it. The connection stays the same through restarts and reconnects for ever.
type Broker struct {
	conn   *nats.Conn
	server *embedded // nil when somebody else runs it
}

// ErrNotEmbedded answers Restart of a server that is not ours.
var ErrNotEmbedded = errors.New("broker: the NATS server is not embedded; whoever runs it must restart it")

// Connect reaches a NATS server at url. A server that is not there yet is no
// error: the connection comes up when it does. Credentials and TLS go in opts.
func Connect(url string, opts ...nats.Option) (*Broker, error) {
	conn, err := dial(url, opts...)
	if err != nil {
		return nil, fmt.Errorf("broker: connect: %w", err)
	}
	return &Broker{conn: conn}, nil
}

// dial never gives up, and never keeps what was published while it was cut off:
// the relay must know at once that a publish went nowhere.
func dial(url string, opts ...nats.Option) (*nats.Conn, error) {
	return nats.Connect(url, append([]nats.Option{
		nats.Name("kassa"),
		nats.MaxReconnects(-1),
		nats.ReconnectBufSize(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait, reconnectWait),
		nats.RetryOnFailedConnect(true),
		nats.DrainTimeout(drainTimeout),
	}, opts...)...)
}

const (
	reconnectWait = 100 * time.Millisecond
	drainTimeout  = 5 * time.Second
)

// Conn is the connection that may publish facts.
func (b *Broker) Conn() *nats.Conn { return b.conn }

// URL is where other programs connect; "" when the embedded server listens to
// this process only.
func (b *Broker) URL() string {
	if b.server != nil {
		return b.server.url()
	}
	return b.conn.ConnectedUrlRedacted()
}

// Restart stops the embedded server and starts it on the same files and port.
// JetStream needs it after its disk was full: it answers nothing any more, even
// once there is space again. Nothing acknowledged is lost.
func (b *Broker) Restart(ctx context.Context) error {
	if b.server == nil {
		return ErrNotEmbedded
	}
	return b.server.restart(ctx)
}

// Close lets subscriptions finish, closes the connection and, if it is
// embedded, stops the server once its files are written. Safe to call twice.
func (b *Broker) Close() error {
	drain(b.conn)
	if b.server == nil {
		return nil
	}
	return b.server.close()
}

func drain(conn *nats.Conn) {
	if conn == nil || conn.IsClosed() {
		return
	}
	closed := make(chan struct{})
	conn.SetClosedHandler(func(*nats.Conn) { close(closed) })
	if conn.Drain() != nil {
		conn.Close() // not connected, so there is nothing to drain
		return
	}
	<-closed
}
