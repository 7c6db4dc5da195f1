package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"kassa/eventstore/embedded/internal/journal"
)

// Config says where the server keeps its events and where it listens.
type Config struct {
	Dir    string           // data directory; created if missing, used by one server at a time
	Listen string           // host:port; "" is 127.0.0.1:0, any free port
	Log    *slog.Logger     // nil discards
	Now    func() time.Time // nil is time.Now; stamps events and ages them
}

// Limits of the transport.
const (
	maxReceive   = 17 << 20        // bytes of one message, as clients allow
	clientPings  = 5 * time.Second // clients ping every 10 s; refusing that ends idle subscriptions
	drainTimeout = 5 * time.Second // for calls to end by themselves when closing
)

// Server is a running event store.
type Server struct {
	journal  *journal.Journal
	grpc     *grpc.Server
	listener net.Listener
	stopping chan struct{} // closed first: subscriptions have no other end
	served   chan struct{}
	failed   chan error

	closeOnce sync.Once
	closeErr  error
}

// Open opens the directory, recovers what an earlier process left, listens and
// serves until Close. A directory that another server holds is an error.
func Open(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	j, err := journal.Open(ctx, cfg.Dir, cfg.Now)
	if err != nil {
		return nil, fmt.Errorf("embedded: open %s: %w", cfg.Dir, err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("embedded: %w", err), j.Close())
	}
	s := &Server{journal: j, listener: listener, stopping: make(chan struct{}), served: make(chan struct{}), failed: make(chan error, 1)}
	s.grpc = grpc.NewServer(
		grpc.MaxRecvMsgSize(maxReceive),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: clientPings, PermitWithoutStream: true}),
	)
	streams.RegisterStreamsServer(s.grpc, &streamsService{journal: j, log: cfg.Log, stopping: s.stopping})
	serverfeatures.RegisterServerFeaturesServer(s.grpc, featuresService{})
	gossip.RegisterGossipServer(s.grpc, newGossipService(listener.Addr(), cfg.Now))
	go s.serve()
	go s.watch()
	return s, nil
}

func (s *Server) serve() {
	defer close(s.served)
	if err := s.grpc.Serve(s.listener); err != nil {
		s.fail(fmt.Errorf("embedded: serve: %w", err))
	}
}

// watch passes on the journal's failure.
func (s *Server) watch() {
	select {
	case err := <-s.journal.Failed():
		s.fail(fmt.Errorf("embedded: the store failed: %w", err))
	case <-s.served:
	}
}

func (s *Server) fail(err error) {
	select {
	case s.failed <- err:
	default: // the first failure is the one that counts
	}
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// ConnectionString is what an EventStoreDB client connects with.
func (s *Server) ConnectionString() string {
	return fmt.Sprintf("esdb://%s?tls=false", s.listener.Addr())
}

// Failed yields one error when the disk fails, or the port. The server refuses
// writes from then on; the process should end, because only opening the
// directory again tells what is on disk.
func (s *Server) Failed() <-chan error { return s.failed }

// Close ends subscriptions, lets other calls finish for a moment, and leaves a
// complete database file behind. Safe to call twice.
func (s *Server) Close() error {
	s.closeOnce.Do(func() {
		close(s.stopping)
		hurry := time.AfterFunc(drainTimeout, s.grpc.Stop)
		s.grpc.GracefulStop()
		hurry.Stop()
		<-s.served
		s.closeErr = s.journal.Close()
	})
	return s.closeErr
}
