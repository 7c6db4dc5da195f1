package projections

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
)

// attempts is how often a fact is tried before it is parked.
const attempts = 3

// apply commits a batch that continues the checkpoint: its rows, the facts it
// had to park, and the checkpoint, in one transaction.
//
// It hopes first that no fact is poison, because a savepoint for each would cost
// more than the fact. If one fails, the batch is rolled back and folded again
// with care. A fault of the disk is not a poison: it leaves everything as it was.
func (g *generation) apply(batch []*entry) error {
	if len(batch) == 0 {
		return nil
	}
	err := g.commit(batch, false)
	if err != nil && !fault(err) && !errors.Is(err, errLost) {
		err = g.commit(batch, true)
	}
	if err != nil {
		// What is committed decides, not what we believe: the answer to COMMIT may
		// have been lost, or a rival may have moved on.
		err = errors.Join(err, g.reload())
	}
	return err
}

func (g *generation) commit(batch []*entry, careful bool) error {
	before := g.at.Load()
	f := folding{generation: g, careful: careful, standing: *before}
	f.checkpoint = batch[len(batch)-1].checkpoint()
	err := g.tx.within(func() error {
		if err := g.tx.advance(before.checkpoint, f.checkpoint); err != nil {
			return err
		}
		for _, e := range batch {
			if err := f.fold(e); err != nil {
				return fmt.Errorf("%s at %d: %w", e.Type, e.Position, err)
			}
		}
		return nil
	})
	if err == nil {
		g.at.Store(&f.standing)
	}
	return err
}

// folding is one transaction under way.
type folding struct {
	*generation
	standing
	careful bool
}

func (f *folding) fold(e *entry) error {
	h, heard := f.On[e.Type]
	switch {
	case !heard && !e.unknown:
		return nil
	case f.quarantined[e.Stream]:
		return f.park(e, nil)
	}
	err := f.try(h, e)
	if err == nil || !f.careful || fault(err) {
		return err
	}
	return f.park(e, err)
}

// try applies one fact, carefully within a savepoint and as often as attempts.
func (f *folding) try(h Handler, e *entry) (err error) {
	if e.err != nil {
		return e.err
	}
	if !f.careful {
		return call(h, f.tx, e)
	}
	for range attempts {
		if err := f.tx.Exec("SAVEPOINT fact"); err != nil {
			return err
		}
		if err = call(h, f.tx, e); err == nil {
			return f.tx.Exec("RELEASE fact")
		}
		if fault(err) {
			return err
		}
		if err := errors.Join(f.tx.Exec("ROLLBACK TO fact"), f.tx.Exec("RELEASE fact")); err != nil {
			return err
		}
	}
	return err
}

// call makes a handler's panic its error: one bad fact must not end the process.
func call(h Handler, tx *Tx, e *entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return h(tx, e.fact)
}

// park sets a fact aside, with its error or behind one that has one.
func (f *folding) park(e *entry, why error) error {
	reason := ""
	if why != nil {
		reason = why.Error()
	}
	f.parked++
	f.poison = cmp.Or(f.poison, reason)
	if !f.quarantined[e.Stream] {
		f.quarantined = maps.Clone(f.quarantined)
		f.quarantined[e.Stream] = true
	}
	return f.tx.Exec(`INSERT INTO kassa_parked (gseq, position, event, stream, error) VALUES ($1, $2, $3, $4, $5)`,
		e.Gseq, e.Position, e.ID.String(), e.Stream, reason)
}
