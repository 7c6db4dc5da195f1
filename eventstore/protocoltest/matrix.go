package protocoltest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// matrix says what an append answers, for each state of the stream, expected
// revision and choice of events. A, B and C are the events that a stream may
// hold at revisions 0, 1 and 2; X and Y are in no stream; - is no event at all.
//
//	+n  written, the stream ends at n
//	=n  nothing written, success at n: a repetition, or nothing to write
//	0   nothing written to a stream that has no events
//	!   wrong expected version
//	x   stream deleted
var matrix = map[string]string{
	"new": `
		       -   X   A   AB  ABC  XY
		any    0   +0  +0  +1  +2   +1
		none   0   +0  +0  +1  +2   +1
		exists !   !   !   !   !    !
		0      !   !   !   !   !    !
		1      !   !   !   !   !    !`,
	"A": `
		       -   X   A   AB  ABC  XY  AX  XA  AA
		any    =0  +1  =0  !   !    +2  !   +2  =0
		none   !   !   =0  !   !    !   !   !   !
		exists =0  +1  =0  !   !    +2  !   +2  =0
		0      =0  +1  +1  +2  +3   +2  +2  +2  +2
		1      !   !   !   !   !    !   !   !   !`,
	"ABC": `
		       -   X   A   AB  ABC  B   BC  C   AX  BX  XA  CX  ABX ABCX AC
		any    =2  +3  =0  =1  =2   =1  =2  =2  !   !   +4  !   !   !    =2
		none   !   !   =0  =1  =2   !   !   !   !   !   !   !   !   !    !
		exists =2  +3  =0  =1  =2   =1  =2  =2  !   !   +4  !   !   !    =2
		0      !   !   !   !   !    =1  =2  !   !   !   !   !   !   !    !
		1      !   !   !   !   !    !   !   =2  !   !   !   !   !   !    !
		2      =2  +3  +3  +4  +5   +3  +4  +3  +4  +4  +4  +4  +5  +6   +4
		3      !   !   !   !   !    !   !   !   !   !   !   !   !   !    !
		9      !   !   !   !   !    !   !   !   !   !   !   !   !   !    !`,
	"ABC deleted": `
		       -   X   A   AB  ABC  B   BC  C   AX  XA
		any    =2  +3  =0  =1  =2   =1  =2  =2  !   +4
		none   !   +3  =0  =1  =2   +3  +4  +3  !   +4
		exists x   x   x   x   x    x   x   x   x   x
		0      !   !   !   !   !    =1  =2  !   !   !
		1      !   !   !   !   !    !   !   =2  !   !
		2      =2  +3  +3  +4  +5   +3  +4  +3  +4  +4
		3      !   !   !   !   !    !   !   !   !   !`,
	"ABC tombstoned": `
		       -   X   A   ABC  C
		any    x   x   x   x    x
		none   x   x   x   x    x
		exists x   x   x   x    x
		1      x   x   x   x    x
		2      x   x   x   x    x
		3      x   x   x   x    x`,
	"metadata": `
		       -   X   XY
		any    0   +0  +1
		none   0   +0  +1
		exists 0   +0  +1
		0      !   !   !`,
}

// expectations runs every cell of the matrix on a stream of its own.
func expectations(t *testing.T, f fixture) {
	for state, table := range matrix {
		rows := strings.Split(strings.TrimSpace(table), "\n")
		columns := strings.Fields(rows[0])
		for _, row := range rows[1:] {
			cells := strings.Fields(row)
			require.Len(t, cells, len(columns)+1, "matrix row %q of %q", row, state)
			for i, want := range cells[1:] {
				name := fmt.Sprintf("%s/append %s expecting %s", state, columns[i], cells[0])
				t.Run(name, func(t *testing.T) {
					f := f
					f.t = t
					newCell(f, state).check(cells[0], columns[i], want)
				})
			}
		}
	}
}

// cell is one stream in the state a row begins with.
type cell struct {
	fixture
	stream    string
	names     map[rune]uuid.UUID
	positions map[uint64]uint64 // commit position by revision
}

func newCell(f fixture, state string) *cell {
	c := &cell{fixture: f, stream: newStream(), names: map[rune]uuid.UUID{}, positions: map[uint64]uint64{}}
	for _, r := range "ABCXY" {
		c.names[r] = uuid.New()
	}
	events, end, _ := strings.Cut(state, " ")
	switch events {
	case "new":
	case "metadata":
		c.setMetadata(c.stream, `{"owner":"contract"}`)
	default:
		for i, e := range c.events(events) {
			w := c.mustAppend(c.stream, esdb.Any{}, e)
			require.EqualValues(c.t, i, w.NextExpectedVersion)
			c.positions[w.NextExpectedVersion] = w.CommitPosition
		}
	}
	switch end {
	case "deleted":
		c.mustDelete(c.stream)
	case "tombstoned":
		c.mustTombstone(c.stream)
	}
	return c
}

func (c *cell) events(names string) []esdb.EventData {
	var out []esdb.EventData
	for _, r := range strings.Trim(names, "-") {
		out = append(out, eventWithID(c.names[r]))
	}
	return out
}

func expectation(name string) esdb.ExpectedRevision {
	switch name {
	case "any":
		return esdb.Any{}
	case "none":
		return esdb.NoStream{}
	case "exists":
		return esdb.StreamExists{}
	}
	n, err := strconv.ParseUint(name, 10, 64)
	if err != nil {
		panic(err) // the matrix is ours
	}
	return esdb.Revision(n)
}

func (c *cell) check(expected, names, want string) {
	before, errBefore := c.read(c.stream)
	events := c.events(names)
	w, err := c.append(c.stream, expectation(expected), events...)
	after, errAfter := c.read(c.stream)
	switch want[0] {
	case '+':
		require.NoError(c.t, err)
		require.Equal(c.t, want[1:], strconv.FormatUint(w.NextExpectedVersion, 10))
		require.NoError(c.t, errAfter)
		require.Len(c.t, after, len(before)+len(events))
		last := after[len(after)-1]
		require.Equal(c.t, w.NextExpectedVersion, last.EventNumber)
		require.Equal(c.t, w.CommitPosition, last.Position.Commit)
		require.Equal(c.t, events[len(events)-1].EventID, last.EventID)
		return
	case '=':
		require.NoError(c.t, err)
		require.Equal(c.t, want[1:], strconv.FormatUint(w.NextExpectedVersion, 10))
		if len(events) > 0 {
			require.Equal(c.t, c.positions[w.NextExpectedVersion], w.CommitPosition, "the position of the first time")
		}
	case '0':
		require.NoError(c.t, err)
		require.Zero(c.t, w.CommitPosition)
	case '!':
		require.Equal(c.t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err), "%v", err)
	case 'x':
		require.Equal(c.t, esdb.ErrorCodeStreamDeleted, codeOf(err), "%v", err)
	}
	require.Equal(c.t, codeOf(errBefore), codeOf(errAfter), "nothing changed")
	require.Equal(c.t, revisions(before), revisions(after), "nothing changed")
}
