package relay_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire stands between a relay and its server. It sees each publish before the
// server does and each answer before the relay does, so it can cut or hold the
// connection at exactly that point, and knows what is in flight.
type wire struct {
	listener net.Listener
	target   string
	start    sync.Once
	serving  sync.WaitGroup
	publish  func(publication) bool // before it goes on; false cuts the connection instead
	answer   func(string) bool      // before it goes back; false cuts the connection instead
	nameless bool                   // takes the message ids away, so that the broker cannot drop what it knows

	mu        sync.Mutex
	open      map[net.Conn]net.Conn
	pipelined []string // publishes that began while another had no answer
	most      int      // facts in the largest publish
}

// publication is what ends with an answer: a single message, or a batch's last.
type publication struct {
	reply string
	facts int
}

func newWire(t *testing.T, serverURL string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{
		listener: l, target: strings.TrimPrefix(serverURL, "nats://"), open: map[net.Conn]net.Conn{},
		publish: func(publication) bool { return true }, answer: func(string) bool { return true },
	}
	t.Cleanup(func() { l.Close(); w.cut(); w.serving.Wait() })
	return w
}

// url is where to connect. From now on the hooks must not be changed.
func (w *wire) url() string {
	w.start.Do(func() {
		w.serving.Go(func() {
			for {
				c, err := w.listener.Accept()
				if err != nil {
					return
				}
				w.serving.Go(func() { w.serve(c) })
			}
		})
	})
	return "nats://" + w.listener.Addr().String()
}

// cut drops every connection, as a cable that is pulled.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c, s := range w.open {
		c.Close()
		s.Close()
	}
}

func (w *wire) violations() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.pipelined
}

// largest is how many facts the largest publish had.
func (w *wire) largest() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}

func (w *wire) serve(client net.Conn) {
	server, err := net.Dial("tcp", w.target)
	if err != nil {
		client.Close()
		return
	}
	w.mu.Lock()
	w.open[client] = server
	w.mu.Unlock()
	f := &flight{wire: w}
	var up sync.WaitGroup
	up.Go(func() { w.pass(client, server, f.sent); server.Close() })
	w.pass(server, client, f.received)
	client.Close()
	up.Wait()
	w.mu.Lock()
	delete(w.open, client)
	w.mu.Unlock()
}

// flight is what one connection has published and not heard back about.
type flight struct {
	*wire
	unit  string // batch id, or the reply of a single message; "" when nothing is in flight
	reply string // where its answer will come; "" until its last message is sent
	facts int
}

func (f *flight) sent(fr frame) bool {
	if fr.subject == "$JS.API.STREAM.MSG.GET.KASSA" {
		f.set("", "") // it has given up on the answer and derives
	}
	if !strings.HasPrefix(fr.subject, "kassa.") {
		return true
	}
	unit := fr.header("Nats-Batch-Id")
	if unit == "" {
		unit = fr.reply
	}
	f.mu.Lock()
	if f.unit != "" && f.unit != unit && len(f.pipelined) < 10 {
		f.pipelined = append(f.pipelined, fmt.Sprintf("%s while %s", unit, f.unit))
	}
	if f.unit != unit {
		f.facts = 0
	}
	f.facts++
	f.most = max(f.most, f.facts)
	f.unit, f.reply = unit, fr.reply
	p := publication{reply: fr.reply, facts: f.facts}
	f.mu.Unlock()
	return fr.reply == "" || f.publish(p)
}

func (f *flight) received(fr frame) bool {
	f.mu.Lock()
	ours := fr.subject != "" && fr.subject == f.reply
	f.mu.Unlock()
	if !ours {
		return true
	}
	if !f.answer(fr.subject) {
		return false
	}
	f.set("", "")
	return true
}

func (f *flight) set(unit, reply string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unit, f.reply = unit, reply
}

// frame is one message of the NATS protocol.
type frame struct {
	bytes          []byte
	head           int // length of the headers, at the start of the payload
	body           []byte
	subject, reply string
}

func (fr frame) header(name string) string {
	for line := range strings.SplitSeq(string(fr.body[:fr.head]), "\r\n") {
		if v, ok := strings.CutPrefix(line, name+": "); ok {
			return v
		}
	}
	return ""
}

// without is a publish that lacks a header.
func (fr frame) without(name string) frame {
	value := fr.header(name)
	if value == "" {
		return fr
	}
	line := name + ": " + value + "\r\n"
	body := strings.Replace(string(fr.body), line, "", 1)
	verb := strings.Join([]string{"HPUB", fr.subject, fr.reply, strconv.Itoa(fr.head - len(line)), strconv.Itoa(len(body))}, " ")
	fr.bytes = []byte(verb + "\r\n" + body + "\r\n")
	return fr
}

// pass hands frames on until one side closes or see says no.
func (w *wire) pass(from, to net.Conn, see func(frame) bool) {
	defer from.Close()
	r := bufio.NewReader(from)
	for {
		fr, err := readFrame(r)
		if err != nil || !see(fr) {
			return
		}
		if w.nameless {
			fr = fr.without("Nats-Msg-Id")
		}
		if _, err := to.Write(fr.bytes); err != nil {
			return
		}
	}
}

func readFrame(r *bufio.Reader) (frame, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return frame{}, err
	}
	fr := frame{bytes: []byte(line)}
	words := strings.Fields(line)
	if len(words) == 0 {
		return fr, nil
	}
	args := words[1:]
	sizes := 0
	switch strings.ToUpper(words[0]) {
	case "PUB":
		sizes = 1
	case "HPUB":
		sizes = 2
	case "MSG":
		sizes, args = 1, append(args[:1:1], args[2:]...) // without the subscription's number
	case "HMSG":
		sizes, args = 2, append(args[:1:1], args[2:]...)
	default:
		return fr, nil
	}
	fr.subject = args[0]
	if len(args) == sizes+2 {
		fr.reply = args[1]
	}
	total, err := strconv.Atoi(args[len(args)-1])
	if err != nil {
		return frame{}, err
	}
	if sizes == 2 {
		if fr.head, err = strconv.Atoi(args[len(args)-2]); err != nil {
			return frame{}, err
		}
	}
	payload := make([]byte, total+len("\r\n"))
	if _, err := io.ReadFull(r, payload); err != nil {
		return frame{}, err
	}
	fr.body, fr.bytes = payload[:total], append(fr.bytes, payload...)
	return fr, nil
}
