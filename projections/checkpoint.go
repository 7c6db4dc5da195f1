package projections

import (
	"errors"

	"kassa/eventstore"
	"kassa/eventstore/message"
)

// checkpoint is the last fact a view has considered: its dense number, its
// position in the store and its id. It lies in the same file as the rows and
// moves in the same transaction.
type checkpoint struct {
	gseq, position uint64
	event          string
}

// start is before the first fact.
var start = checkpoint{event: message.Genesis}

// entry is a fact on its way to the views, numbered and decoded once for all.
type entry struct {
	message.Numbered
	fact    eventstore.Fact
	err     error  // why it cannot be read
	unknown bool   // of a type this program has never heard of
	pending uint64 // how many more the stream has
}

func (e *entry) checkpoint() checkpoint {
	return checkpoint{gseq: e.Gseq, position: e.Position, event: e.ID.String()}
}

// follows picks from a delivery what continues c: in order, without a hole, each
// naming the one before it. What c already covers is dropped. gap says that
// something is missing and that the store has to be asked.
func follows(c checkpoint, delivered []*entry) (run []*entry, gap bool) {
	for _, e := range delivered {
		switch {
		case e.Gseq <= c.gseq:
		case e.Gseq == c.gseq+1 && e.Prev == c.event:
			run, c = append(run, e), e.checkpoint()
		default:
			return run, true
		}
	}
	return run, false
}

// errLost: another projector has moved this view's checkpoint. Nothing of ours
// was written.
var errLost = errors.New("another projector moved the checkpoint")

const checkpointTable = `CREATE TABLE kassa_checkpoint (
	id          INTEGER PRIMARY KEY CHECK (id = 1),
	fingerprint TEXT    NOT NULL, -- of the declaration that folds these rows
	source      TEXT    NOT NULL, -- the history that positions belong to
	gseq        BIGINT  NOT NULL,
	position    BIGINT  NOT NULL,
	event       TEXT    NOT NULL
)`

// advance moves the checkpoint by compare-and-set. It is the first statement of
// a batch, so a rival waits here or finds that it lost, before any row changes.
func (t *Tx) advance(from, to checkpoint) error {
	n, err := t.exec(`UPDATE kassa_checkpoint SET gseq = $1, position = $2, event = $3
		WHERE id = 1 AND gseq = $4 AND event = $5`, to.gseq, to.position, to.event, from.gseq, from.event)
	if err == nil && n != 1 {
		err = errLost
	}
	return err
}

func (t *Tx) checkpoint() (c checkpoint, err error) {
	found, err := t.Get(`SELECT gseq, position, event FROM kassa_checkpoint WHERE id = 1`, nil, &c.gseq, &c.position, &c.event)
	if err == nil && !found {
		err = errNoRow
	}
	return c, err
}
