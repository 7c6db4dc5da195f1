package broker

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Config is how to embed a server. Only Dir is required.
type Config struct {
	Dir        string       // where the stream lives; one process at a time
	Listen     string       // host:port for readers, port 0 picks one; "": this process only
	MaxPayload int32        // bytes of a message with its headers; 0: 1 MiB
	MaxStore   int64        // bytes on disk; 0: three quarters of what is free
	Log        *slog.Logger // nil: discard
}

// embedded is a server in this process that can be replaced by another one on
// the same files, without its clients' connections noticing more than a pause.
type embedded struct {
	cfg  Config
	lock *os.File
	user login

	mu     sync.RWMutex // held for writing while the server is replaced
	server *server.Server
}

// Embedded starts a JetStream server inside the process and connects to it.
// Every write is synced before it is acknowledged: without that a power cut
// takes acknowledged facts, and even the stream, with it.
func Embedded(ctx context.Context, cfg Config) (*Broker, error) {
	e := &embedded{cfg: cfg, user: login{name: "kassa", password: rand.Text()}}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("broker: %w", err)
	}
	lock, err := lockFile(filepath.Join(cfg.Dir, "kassa.lock"))
	if err != nil {
		return nil, fmt.Errorf("broker: %s: %w", cfg.Dir, err)
	}
	e.lock = lock
	b := &Broker{server: e}
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

func (b *Broker) open(ctx context.Context) error {
	if err := b.server.restart(ctx); err != nil {
		return err
	}
	conn, err := dial("", nats.InProcessServer(b.server), nats.UserInfo(b.server.user.name, b.server.user.password))
	if err != nil {
		return fmt.Errorf("broker: connect: %w", err)
	}
	b.conn = conn
	return guard(conn)
}

// InProcessConn connects to whichever server is running now, so that the
// client's ordinary reconnecting finds the new one after a restart.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.server == nil {
		return nil, errors.New("broker: the embedded server is stopped")
	}
	return e.server.InProcessConn()
}

func (e *embedded) url() string {
	e.mu.RLock()
	defer e.mu.RUnlock()
	if e.cfg.Listen == "" || e.server == nil {
		return ""
	}
	return e.server.ClientURL()
}

// start is called with mu held, as is halt.
func (e *embedded) start(ctx context.Context) error {
	opts, err := e.options()
	if err != nil {
		return err
	}
	s, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("broker: %w", err)
	}
	log := newServerLog(cmp.Or(e.cfg.Log, slog.New(slog.DiscardHandler)))
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	if err := ready(ctx, s, log.fatal); err != nil {
		stop(s)
		return err
	}
	if e.cfg.Listen != "" {
		e.cfg.Listen = s.Addr().String() // the next one must be found where this one was
	}
	e.server = s
	return nil
}

// ready waits as long as ctx allows: recovering a long stream takes its time.
func ready(ctx context.Context, s *server.Server, fatal <-chan error) error {
	for !s.ReadyForConnections(100 * time.Millisecond) {
		select {
		case err := <-fatal:
			return fmt.Errorf("broker: start: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("broker: start: %w", context.Cause(ctx))
		default:
		}
	}
	if c := s.JetStreamConfig(); c == nil || !c.SyncAlways {
		return errors.New("broker: JetStream does not sync every write; refusing to run on it")
	}
	return nil
}

func (e *embedded) options() (*server.Options, error) {
	opts := &server.Options{}
	if err := opts.ProcessConfigString(accounts(e.user)); err != nil {
		return nil, fmt.Errorf("broker: accounts: %w", err)
	}
	opts.ServerName = "kassa"
	opts.NoSigs = true
	opts.JetStream = true
	opts.StoreDir = e.cfg.Dir
	opts.SyncAlways = true
	opts.MaxPayload = cmp.Or(e.cfg.MaxPayload, server.MAX_PAYLOAD_SIZE)
	opts.JetStreamMaxStore = e.cfg.MaxStore
	opts.DontListen = e.cfg.Listen == ""
	if opts.DontListen {
		return opts, nil
	}
	host, port, err := net.SplitHostPort(e.cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("broker: listen: %w", err)
	}
	if opts.Port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("broker: listen: %w", err)
	}
	if opts.Host = host; opts.Port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	return opts, nil
}

func (e *embedded) restart(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.halt()
	return e.start(ctx)
}

func (e *embedded) halt() {
	if e.server != nil {
		stop(e.server)
		e.server = nil
	}
}

// stop waits: files that are still being written must not be opened again.
func stop(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

func (e *embedded) close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.halt()
	if err := e.lock.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
		return fmt.Errorf("broker: %w", err)
	}
	return nil
}
