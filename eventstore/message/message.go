// Package message says how a stored fact looks on NATS: a CloudEvent in binary
// mode whose payload is the stored payload, byte for byte, and whose headers
// carry the rest, so that the record can be rebuilt from the message alone.
//
// The relay writes with it and every consumer reads with it, so it knows both
// sides and neither: no connection, no stream, no retry belongs here.
package message

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"kassa/eventstore"
)

// Stream is the JetStream stream that carries every fact, and Subjects are the
// subjects it captures.
const (
	Stream   = "KASSA"
	Subjects = "kassa.>"
)

// SourceKey is the key of the stream's metadata that names the history whose
// facts it carries.
const SourceKey = "kassa.source"

// Genesis stands for the id of the fact before the first one.
const Genesis = "genesis"

// Headers. The ce- ones are CloudEvents attributes and a public contract; the
// kassa- ones are what a record needs beside them.
const (
	SpecVersion     = "ce-specversion"
	ID              = "ce-id"
	Source          = "ce-source"
	Type            = "ce-type"
	EventSubject    = "ce-subject"
	Time            = "ce-time"
	DataContentType = "ce-datacontenttype"
	DataSchema      = "ce-dataschema"
	ContentType     = "content-type" // tells a CloudEvents reader that the mode is binary

	Gseq       = "kassa-gseq"
	Position   = "kassa-position"
	Prev       = "kassa-prev"
	StreamName = "kassa-stream"
	Revision   = "kassa-revision"
	Meta       = "kassa-meta"
)

// MaxHeader bounds the bytes of all headers of a message: JetStream keeps their
// length in 16 bits, and half of it is left for what the relay and the broker add.
const MaxHeader = 32 << 10

const (
	typePrefix   = "kassa."
	schemaPrefix = "urn:kassa:schema:"
	mediaType    = "application/json"
)

// Numbered is a record with its place in the published order.
type Numbered struct {
	eventstore.Record
	Gseq uint64 // dense, from 1
	Prev string // id of the fact with gseq-1, or Genesis
}

// Encode renders n as a message. It fails for what could never be published or
// read back: metadata that is not a JSON object, headers above MaxHeader, a zero
// id or gseq.
func Encode(n Numbered) (*nats.Msg, error) {
	if n.ID == uuid.Nil || n.Gseq == 0 || n.Prev == "" {
		return nil, fmt.Errorf("message: %s@%d: id, gseq and prev are required", n.Stream, n.Revision)
	}
	a, err := addressOf(n.Record)
	if err != nil {
		return nil, err
	}
	m := &nats.Msg{Subject: a.subject(), Header: headers(n, a), Data: n.Data}
	if size := headerSize(m.Header); size > MaxHeader {
		return nil, fmt.Errorf("message: %s@%d: headers of %d bytes, at most %d fit", n.Stream, n.Revision, size, MaxHeader)
	}
	return m, nil
}

func headers(n Numbered, a address) nats.Header {
	id := n.ID.String()
	h := nats.Header{}
	for _, f := range [...][2]string{
		{SpecVersion, "1.0"},
		{ID, id},
		{Source, "/kassa/" + url.PathEscape(a.tenant) + "/" + url.PathEscape(a.aggregate)},
		{Type, typePrefix + n.Type},
		{EventSubject, n.Stream},
		{Time, n.At.UTC().Format(time.RFC3339Nano)},
		{DataContentType, mediaType},
		{DataSchema, schemaPrefix + n.Type},
		{ContentType, mediaType},
		{Gseq, strconv.FormatUint(n.Gseq, 10)},
		{Position, strconv.FormatUint(n.Position, 10)},
		{Prev, n.Prev},
		{StreamName, n.Stream},
		{Revision, strconv.FormatInt(int64(n.Revision), 10)},
		{Meta, string(n.Metadata)},
		{nats.MsgIdHdr, id},
	} {
		h[f[0]] = []string{escape(f[1])}
	}
	return h
}

// headerSize is what h takes on the wire: a status line, "key: value" lines and
// an empty one.
func headerSize(h nats.Header) int {
	size := len("NATS/1.0\r\n\r\n")
	for k, vs := range h {
		for _, v := range vs {
			size += len(k) + len(v) + len(": \r\n")
		}
	}
	return size
}
