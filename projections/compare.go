package projections

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
)

// mostDifferences bounds what a report lists; one is enough to act on.
const mostDifferences = 20

// snapshot is a generation's rows as of one checkpoint, whatever is written
// meanwhile.
type snapshot struct {
	checkpoint
	tx *sql.Tx
}

func (g *generation) snapshot(ctx context.Context) (_ *snapshot, err error) {
	s := &snapshot{}
	if s.tx, err = g.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}); err != nil {
		return nil, err
	}
	err = s.tx.QueryRowContext(ctx, `SELECT gseq, position, event FROM kassa_checkpoint WHERE id = 1`).Scan(&s.gseq, &s.position, &s.event)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *snapshot) close() error { return s.tx.Rollback() }

// compare holds built rows against live ones, row for row in the order of their
// keys. Without live ones it only counts and hashes.
func compare(ctx context.Context, built *generation, live *snapshot, r *Report) error {
	mine, err := built.snapshot(ctx)
	if err != nil {
		return err
	}
	defer mine.close()
	if live != nil && mine.checkpoint != live.checkpoint {
		return errEndsBefore(mine.gseq, live.gseq)
	}
	all := sha256.New()
	for _, t := range built.Tables {
		if err := compareTable(ctx, t, mine, live, all, r); err != nil {
			return fmt.Errorf("compare %s: %w", t.Name, err)
		}
	}
	r.Hash = hex.EncodeToString(all.Sum(nil))
	r.Compared = live != nil
	r.Equal = r.Compared && len(r.Differences) == 0
	return nil
}

// errEndsBefore: the store has lost what the live rows have seen.
func errEndsBefore(store, rows uint64) error {
	return fmt.Errorf("the store ends at fact %d, before the live rows, which are at %d", store, rows)
}

// compareTable walks both tables in the order of their keys.
func compareTable(ctx context.Context, t Table, mine, live *snapshot, all hash.Hash, r *Report) error {
	a, err := walk(ctx, mine, t)
	if err != nil {
		return err
	}
	defer a.close()
	b, err := walk(ctx, live, t)
	if err != nil {
		return err
	}
	defer b.close()
	a.next()
	b.next()
	for !a.done || !b.done {
		switch order := orderOf(a, b); {
		case order < 0:
			r.differs(t, a.key(), Missing, live)
			a.take(all, r)
		case order > 0:
			r.differs(t, b.key(), Extra, live)
			b.next()
		default:
			if string(a.row) != string(b.row) {
				r.differs(t, a.key(), Changed, live)
			}
			a.take(all, r)
			b.next()
		}
	}
	return errors.Join(a.err, b.err)
}

func (r *Report) differs(t Table, key string, kind DifferenceKind, live *snapshot) {
	if live != nil && len(r.Differences) < mostDifferences {
		r.Differences = append(r.Differences, Difference{Table: t.Name, Key: key, Kind: kind})
	}
}
