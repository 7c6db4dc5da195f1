package message

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"kassa/eventstore"
)

// Parse reads a message back. The record equals the one that was encoded; data
// is kept, not copied. A header that is missing or unreadable is an error that
// names it: a message on our subjects that the relay did not write is a fault
// to report, never one to skip.
func Parse(h nats.Header, data []byte) (Numbered, error) {
	f := fields{header: h}
	n := Numbered{
		Record: eventstore.Record{
			ID:       read(&f, ID, uuid.Parse),
			Stream:   f.text(StreamName),
			Revision: eventstore.Revision(read(&f, Revision, signed)),
			Position: read(&f, Position, unsigned),
			Type:     read(&f, Type, storedType),
			At:       read(&f, Time, instant),
			Data:     data,
		},
		Gseq: read(&f, Gseq, unsigned),
		Prev: f.text(Prev),
	}
	if meta := f.text(Meta); meta != "" {
		n.Metadata = []byte(meta)
	}
	if f.err != nil {
		return Numbered{}, f.err
	}
	return n, nil
}

// fields reads headers and remembers the first failure.
type fields struct {
	header nats.Header
	err    error
}

func (f *fields) text(name string) string {
	values := f.header[name]
	if len(values) != 1 {
		f.fail(name, fmt.Errorf("%d values, want one", len(values)))
		return ""
	}
	s, err := unescape(values[0])
	if err != nil {
		f.fail(name, err)
	}
	return s
}

func (f *fields) fail(name string, err error) {
	if f.err == nil {
		f.err = fmt.Errorf("message: header %s: %w", name, err)
	}
}

func read[T any](f *fields, name string, parse func(string) (T, error)) T {
	v, err := parse(f.text(name))
	if err != nil {
		f.fail(name, err)
	}
	return v
}

func unsigned(s string) (uint64, error)   { return strconv.ParseUint(s, 10, 64) }
func signed(s string) (int64, error)      { return strconv.ParseInt(s, 10, 64) }
func instant(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }

func storedType(s string) (string, error) {
	t, ok := strings.CutPrefix(s, typePrefix)
	if !ok {
		return "", fmt.Errorf("%q does not begin with %q", s, typePrefix)
	}
	return t, nil
}
