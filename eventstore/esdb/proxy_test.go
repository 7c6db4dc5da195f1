package esdb_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/eventstore"
	"kassa/eventstore/esdb"
)

// An append whose connection breaks is stored once and answered as if nothing
// had happened, unless somebody else came first.
func TestAppendOverABrokenConnection(t *testing.T) {
	server := serve(t, t.TempDir(), "127.0.0.1:0")
	direct := open(t, server.ConnectionString())
	rival := func(t *testing.T, stream string, expected eventstore.Revision) {
		_, err := direct.Append(t.Context(), stream, expected, drafts(1))
		require.NoError(t, err)
	}
	for _, c := range []struct {
		name      string
		forwarded bool // the request reaches the server; its answer never comes back
		meanwhile func(t *testing.T, stream string)
		want      error
	}{
		{"the request is lost", false, func(*testing.T, string) {}, nil},
		{"the request is lost and a rival comes first", false,
			func(t *testing.T, stream string) { rival(t, stream, eventstore.NoStream) }, eventstore.ErrConflict},
		{"the answer is lost", true, func(*testing.T, string) {}, nil},
		{"the answer is lost and somebody goes on from there", true,
			func(t *testing.T, stream string) { rival(t, stream, 2) }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newProxy(t, address(server))
			s := open(t, "esdb://"+p.Addr().String()+"?tls=false")
			_, err := s.Head(t.Context()) // connected before the fault
			require.NoError(t, err)
			stream, batch := uuid.NewString(), drafts(3)
			cut := make(chan struct{})
			p.fault.Store(&fault{marker: batch[2].Data, forwarded: c.forwarded, before: func() {
				defer close(cut)
				if c.forwarded {
					awaitStored(t, direct, batch[2].ID)
				}
				c.meanwhile(t, stream)
			}})

			written, err := s.Append(t.Context(), stream, eventstore.NoStream, batch)
			<-cut
			require.ErrorIs(t, err, c.want)
			if c.want != nil {
				return
			}
			records, err := direct.Read(t.Context(), stream)
			require.NoError(t, err)
			first, stored := eventstore.Repeats(records, batch)
			require.True(t, stored)
			require.Equal(t, first, written)
			require.Equal(t, 1, times(records, batch[2].ID))
		})
	}
}

func awaitStored(t *testing.T, s *esdb.Store, id uuid.UUID) {
	for d, err := range s.Follow(t.Context(), 0) {
		if err != nil || d.Record != nil && d.Record.ID == id {
			return
		}
	}
}

func times(records []eventstore.Record, id uuid.UUID) (n int) {
	for _, r := range records {
		if r.ID == id {
			n++
		}
	}
	return n
}

// proxy passes bytes between clients and one server. Its fault, once set, cuts
// the first connection on which the client sends the marker.
type proxy struct {
	net.Listener
	server string
	fault  atomic.Pointer[fault]
}

type fault struct {
	marker    []byte
	forwarded bool   // pass the marker on before the cut
	before    func() // runs before the cut, while nothing from the server passes
}

func newProxy(t *testing.T, server string) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{Listener: l, server: server}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			down, err := l.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("tcp", server)
			if err != nil {
				down.Close()
				continue
			}
			go p.pass(down, up)
		}
	}()
	return p
}

func (p *proxy) pass(down, up net.Conn) {
	defer down.Close()
	defer up.Close()
	var answers sync.Mutex // held from the marker to the cut
	go func() {
		defer down.Close()
		buf := make([]byte, 32<<10)
		for {
			n, err := up.Read(buf)
			answers.Lock()
			if err == nil {
				_, err = down.Write(buf[:n])
			}
			answers.Unlock()
			if err != nil {
				return
			}
		}
	}()
	var sent []byte
	buf := make([]byte, 32<<10)
	for {
		n, err := down.Read(buf)
		if err != nil {
			return
		}
		sent = append(sent, buf[:n]...)
		if f := p.fault.Load(); f != nil && bytes.Contains(sent, f.marker) && p.fault.CompareAndSwap(f, nil) {
			answers.Lock()
			defer answers.Unlock()
			if f.forwarded {
				io.Copy(up, bytes.NewReader(buf[:n]))
			}
			f.before()
			down.Close()
			return
		}
		if _, err := up.Write(buf[:n]); err != nil {
			return
		}
	}
}
