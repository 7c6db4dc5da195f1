package protocoltest

import (
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// model is one stream as the rules describe it, without a thought for speed.
type model struct {
	events     []uuid.UUID
	first      int // the first event a reader may see
	hidden     bool
	tombstoned bool
}

// outcome is an answer in the model's words: an error code, or the last revision.
type outcome struct {
	code     esdb.ErrorCode // -1: success
	revision int
}

var (
	conflict = outcome{code: esdb.ErrorCodeWrongExpectedVersion}
	gone     = outcome{code: esdb.ErrorCodeStreamDeleted}
)

func success(revision int) outcome { return outcome{code: -1, revision: revision} }

func (m *model) last() int { return len(m.events) - 1 }

// append answers an append of ids. Numbers below 0 mean what they do in
// EventStoreDB: -1 no stream, -2 any, -4 an existing one.
func (m *model) append(expected int, ids []uuid.UUID) outcome {
	switch {
	case m.tombstoned, expected == -4 && m.hidden:
		return gone
	case expected == -4 && m.last() < 0:
		return conflict
	case expected < -1:
		return m.appendAny(ids)
	case expected > m.last():
		return conflict
	case expected == m.last():
		return m.write(ids)
	default:
		return m.appendBehind(expected, ids)
	}
}

func (m *model) appendAny(ids []uuid.UUID) outcome {
	for i, id := range ids {
		at := slices.Index(m.events, id)
		switch {
		case at < 0 && i == 0:
			return m.write(ids)
		case at < 0:
			return conflict
		case i == len(ids)-1:
			return success(at)
		}
	}
	return success(m.last())
}

func (m *model) appendBehind(expected int, ids []uuid.UUID) outcome {
	if len(ids) == 0 {
		return conflict
	}
	for i, id := range ids {
		at := expected + 1 + i
		switch {
		case at < len(m.events) && m.events[at] == id:
		case i == 0 && expected == -1 && m.hidden:
			return m.write(ids)
		default:
			return conflict
		}
	}
	return success(expected + len(ids))
}

func (m *model) write(ids []uuid.UUID) outcome {
	if len(ids) > 0 && m.hidden {
		m.hidden, m.first = false, len(m.events)
	}
	m.events = append(m.events, ids...)
	return success(m.last())
}

func (m *model) delete(expected int) esdb.ErrorCode {
	if m.last() < 0 && !m.tombstoned {
		return esdb.ErrorCodeUnknown // a wrong version, which this client does not classify
	}
	code := m.remove(expected)
	if code == -1 {
		m.hidden = true
	}
	return code
}

func (m *model) tombstone(expected int) esdb.ErrorCode {
	code := m.remove(expected)
	if code == -1 {
		m.tombstoned = true
	}
	return code
}

// remove checks a removal as if it appended an event nobody has.
func (m *model) remove(expected int) esdb.ErrorCode {
	trial := model{events: slices.Clone(m.events), hidden: m.hidden, tombstoned: m.tombstoned}
	o := trial.append(expected, []uuid.UUID{uuid.New()})
	if o.code == esdb.ErrorCodeWrongExpectedVersion {
		return esdb.ErrorCodeUnknown
	}
	return o.code
}

// read is what a reader gets.
func (m *model) read() ([]uuid.UUID, esdb.ErrorCode) {
	switch {
	case m.tombstoned:
		return nil, esdb.ErrorCodeStreamDeleted
	case m.hidden, len(m.events) == 0:
		return nil, esdb.ErrorCodeResourceNotFound
	}
	return m.events[m.first:], -1
}

// clientExpected says a model's expectation to the client.
func clientExpected(n int) esdb.ExpectedRevision {
	switch n {
	case -1:
		return esdb.NoStream{}
	case -2:
		return esdb.Any{}
	case -4:
		return esdb.StreamExists{}
	}
	return esdb.Revision(uint64(n))
}

// agreesWithModel does random things to one stream and to the model of it.
func agreesWithModel(t *testing.T, f fixture) {
	rapid.Check(t, func(rt *rapid.T) {
		f := f
		f.t = rt
		stream, m := newStream(), &model{}
		pool := make([]uuid.UUID, 5)
		for i := range pool {
			pool[i] = uuid.New()
		}
		expected := func() int {
			return rapid.OneOf(rapid.SampledFrom([]int{-1, -2, -4}), rapid.IntRange(max(0, m.last()-3), m.last()+1), rapid.Just(max(0, m.last()))).Draw(rt, "expected")
		}
		append := func(rt *rapid.T) {
			e := expected()
			ids := rapid.SliceOfN(rapid.SampledFrom(pool), 0, 3).Draw(rt, "ids")
			want := m.append(e, ids)
			w, err := f.append(stream, clientExpected(e), eventsWithIDs(ids)...)
			require.Equal(rt, want.code, codeOf(err), "%v", err)
			if err == nil && want.revision >= 0 {
				require.EqualValues(rt, want.revision, w.NextExpectedVersion)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"append":       append,
			"append more":  append,
			"append again": append,
			"delete": func(rt *rapid.T) {
				e := expected()
				_, err := f.delete(stream, clientExpected(e))
				require.Equal(rt, m.delete(e), codeOf(err), "%v", err)
			},
			"tombstone": func(rt *rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "odds") > 0 {
					rt.Skip("a tombstone ends the interesting part")
				}
				e := expected()
				_, err := f.tombstone(stream, clientExpected(e))
				require.Equal(rt, m.tombstone(e), codeOf(err), "%v", err)
			},
			"": func(rt *rapid.T) {
				want, code := m.read()
				got, err := f.read(stream)
				require.Equal(rt, code, codeOf(err), "%v", err)
				require.True(rt, slices.Equal(want, ids(got)), "want %v, got %v", want, ids(got))
			},
		})
	})
}
