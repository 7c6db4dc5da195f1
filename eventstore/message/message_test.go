package message_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"kassa/eventstore"
	"kassa/eventstore/message"
)

var completed = message.Numbered{
	Record: eventstore.Record{
		ID:       uuid.MustParse("6f1c2c0e-6f0e-5c39-9a53-0d2f6b6a1f10"),
		Stream:   "purchase-42",
		Revision: 3,
		Position: 1 << 40,
		Type:     "purchase.completed.v1",
		At:       time.Date(2026, 5, 1, 12, 0, 0, 123456000, time.UTC),
		Data:     []byte(`{"total": {"minor":100,"currency":"EUR"}}`),
		Metadata: []byte(`{"tid":"5a3d7e1c-0000-4000-8000-00000000000a","actor":{"kind":"purchaser"}}`),
	},
	Gseq: 7,
	Prev: "0b3e7d8c-5a5e-4f0c-9a5d-2f6c1d7e4b90",
}

func TestAMessageIsACloudEventInBinaryMode(t *testing.T) {
	m, err := message.Encode(completed)
	require.NoError(t, err)

	assert.Equal(t, "kassa.5a3d7e1c-0000-4000-8000-00000000000a.purchase.completed", m.Subject)
	assert.Equal(t, completed.Data, m.Data)
	assert.Equal(t, nats.Header{
		"ce-specversion":     {"1.0"},
		"ce-id":              {"6f1c2c0e-6f0e-5c39-9a53-0d2f6b6a1f10"},
		"ce-source":          {"/kassa/5a3d7e1c-0000-4000-8000-00000000000a/purchase"},
		"ce-type":            {"kassa.purchase.completed.v1"},
		"ce-subject":         {"purchase-42"},
		"ce-time":            {"2026-05-01T12:00:00.123456Z"},
		"ce-datacontenttype": {"application/json"},
		"ce-dataschema":      {"urn:kassa:schema:purchase.completed.v1"},
		"content-type":       {"application/json"},
		"kassa-gseq":         {"7"},
		"kassa-position":     {"1099511627776"},
		"kassa-prev":         {"0b3e7d8c-5a5e-4f0c-9a5d-2f6c1d7e4b90"},
		"kassa-stream":       {"purchase-42"},
		"kassa-revision":     {"3"},
		"kassa-meta":         {`{%22tid%22:%225a3d7e1c-0000-4000-8000-00000000000a%22,%22actor%22:{%22kind%22:%22purchaser%22}}`},
		"Nats-Msg-Id":        {"6f1c2c0e-6f0e-5c39-9a53-0d2f6b6a1f10"},
	}, m.Header)
}

func TestSubject(t *testing.T) {
	for _, c := range []struct{ name, kind, meta, want string }{
		{"a tenant's fact", "purchase.completed.v1", `{"tid":"T1"}`, "kassa.t1.purchase.completed"},
		{"a fact of the catalogue", "product.published.v2", `{}`, "kassa.shared.product.published"},
		{"no metadata at all", "product.published.v2", ``, "kassa.shared.product.published"},
		{"an event of two words", "tenantpolicy.product.set.v12", `{}`, "kassa.shared.tenantpolicy.product_set"},
		{"nothing a wildcard could match", "a*.>b.v1", `{"tid":"x.y z"}`, "kassa.x_y_z.a_._b"},
		{"a name without an event", "odd", `{}`, "kassa.shared.odd._"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := message.Subject(eventstore.Record{Type: c.kind, Metadata: []byte(c.meta)})
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestARecordIsRebuiltFromItsMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := numbered().Draw(t, "fact")
		m, err := message.Encode(want)
		require.NoError(t, err)

		got, err := message.Parse(overTheWire(t, m), m.Data)
		require.NoError(t, err)
		require.Equal(t, want, got)
	})
}

func TestEverySubjectHasFourSafeTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := message.Subject(numbered().Draw(t, "fact").Record)
		require.NoError(t, err)
		require.Regexp(t, `^kassa(\.[a-z0-9_-]+){3}$`, s)
	})
}

func TestEncodeRefusesWhatCouldNotBeReadBack(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*message.Numbered)
		want  string
	}{
		{"no id", func(n *message.Numbered) { n.ID = uuid.Nil }, "required"},
		{"no gseq", func(n *message.Numbered) { n.Gseq = 0 }, "required"},
		{"no prev", func(n *message.Numbered) { n.Prev = "" }, "required"},
		{"metadata that is not JSON", func(n *message.Numbered) { n.Metadata = []byte("tid=1") }, "read tenant"},
		{"metadata beyond what headers hold", func(n *message.Numbered) {
			n.Metadata = []byte(`{"x":"` + strings.Repeat("y", message.MaxHeader) + `"}`)
		}, "headers of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := completed
			c.spoil(&n)
			_, err := message.Encode(n)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestParseNamesTheHeaderItCannotRead(t *testing.T) {
	for _, c := range []struct{ header, value string }{
		{message.ID, "not-a-uuid"},
		{message.Gseq, "-1"},
		{message.Position, ""},
		{message.Revision, "x"},
		{message.Type, "purchase.completed.v1"},
		{message.Time, "yesterday"},
		{message.Meta, "%2"},
		{message.StreamName, "%zz"},
	} {
		m, err := message.Encode(completed)
		require.NoError(t, err)

		m.Header[c.header] = []string{c.value}
		_, err = message.Parse(m.Header, m.Data)
		assert.ErrorContains(t, err, c.header, "spoiled")

		delete(m.Header, c.header)
		_, err = message.Parse(m.Header, m.Data)
		assert.ErrorContains(t, err, c.header, "missing")
	}
}

// overTheWire is what a subscriber reads after the headers have been written
// and parsed by the client library.
func overTheWire(t *rapid.T, m *nats.Msg) nats.Header {
	wire := []byte("NATS/1.0\r\n")
	for k, vs := range m.Header {
		for _, v := range vs {
			wire = append(wire, k+": "+v+"\r\n"...)
		}
	}
	h, err := nats.DecodeHeadersMsg(append(wire, "\r\n"...))
	require.NoError(t, err)
	return h
}

func numbered() *rapid.Generator[message.Numbered] {
	return rapid.Custom(func(t *rapid.T) message.Numbered {
		return message.Numbered{
			Record: eventstore.Record{
				ID:       uuid.UUID(rapid.SliceOfN(rapid.ByteRange(1, 255), 16, 16).Draw(t, "id")),
				Stream:   rapid.String().Draw(t, "stream"),
				Revision: eventstore.Revision(rapid.Int64Min(0).Draw(t, "revision")),
				Position: rapid.Uint64().Draw(t, "position"),
				Type:     rapid.String().Draw(t, "type"),
				At:       time.Unix(0, rapid.Int64().Draw(t, "at")).UTC(),
				Data:     rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
				Metadata: metadata().Draw(t, "metadata"),
			},
			Gseq: rapid.Uint64Min(1).Draw(t, "gseq"),
			Prev: rapid.SampledFrom([]string{message.Genesis, uuid.NewString()}).Draw(t, "prev"),
		}
	})
}

// metadata is any JSON object, with spacing a re-encoder would lose.
func metadata() *rapid.Generator[[]byte] {
	return rapid.Custom(func(t *rapid.T) []byte {
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		space := rapid.StringMatching(`[ \t\r\n]{0,3}`)
		word := rapid.StringMatching(`[^"\\\x00-\x1f]{0,12}`)
		return []byte(space.Draw(t, "a") + `{"tid":` + space.Draw(t, "b") + `"` + word.Draw(t, "tenant") + `", "note":"` + word.Draw(t, "note") + `"}` + space.Draw(t, "c"))
	})
}
