package embedded_test

import (
	"context"
	"os"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"kassa/eventstore/embedded"
	"kassa/eventstore/protocoltest"
)

// open starts a server on dir and stops it with the test.
func open(t testing.TB, dir string) *embedded.Server {
	s, err := embedded.Open(context.Background(), embedded.Config{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// connect makes a client that says nothing of its own.
func connect(t testing.TB, at string) *esdb.Client {
	config, err := esdb.ParseConnectionString(at)
	require.NoError(t, err)
	config.Logger = esdb.NoopLogging()
	c, err := esdb.NewClient(config)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// dial makes a client of the bare protocol.
func dial(t testing.TB, address string) *grpc.ClientConn {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestContract(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	protocoltest.Run(t, func(t *testing.T) *esdb.Client { return connect(t, s.ConnectionString()) })
}

func TestContractOnTheWire(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	protocoltest.RunWire(t, func(t *testing.T) streams.StreamsClient {
		return streams.NewStreamsClient(dial(t, s.Addr().String()))
	})
}

// TestContractElsewhere holds the server named in the environment to the same
// contract, which shows that the contract is EventStoreDB's and not only ours.
func TestContractElsewhere(t *testing.T) {
	at := os.Getenv("KASSA_TEST_ESDB")
	if at == "" {
		t.Skip("KASSA_TEST_ESDB names no EventStoreDB, such as esdb://127.0.0.1:2113?tls=false")
	}
	protocoltest.Run(t, func(t *testing.T) *esdb.Client { return connect(t, at) })
	config, err := esdb.ParseConnectionString(at)
	require.NoError(t, err)
	if !config.DisableTLS {
		t.Skip("the bare protocol is tested without TLS only")
	}
	protocoltest.RunWire(t, func(t *testing.T) streams.StreamsClient {
		return streams.NewStreamsClient(dial(t, config.Address))
	})
}
