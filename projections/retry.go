package projections

import (
	"context"
	"errors"
	"fmt"

	"kassa/eventstore/message"
)

// Retry applies a view's parked facts again, in order, after whatever made them
// fail has been corrected. A stream whose first fact succeeds leaves quarantine;
// one that fails again stays, with its new error.
func (p *Projector) Retry(ctx context.Context, view string) error {
	v, err := p.view(view)
	if err != nil {
		return err
	}
	v.work.Lock()
	defer v.work.Unlock()
	now := v.look()
	if now.state == Halted {
		return ErrHalted.Because(now.why)
	}
	g := now.live
	parked, err := p.parked(ctx, g)
	if err != nil {
		return fmt.Errorf("retry %s: %w", v.Name, err)
	}
	err = g.retry(parked)
	if err = errors.Join(err, g.reload()); err != nil {
		return fmt.Errorf("retry %s: %w", v.Name, err)
	}
	v.set(g, now.state, nil)
	return nil
}

// parked reads a view's parked facts back from the store.
func (p *Projector) parked(ctx context.Context, g *generation) ([]*entry, error) {
	rows, err := g.tx.conn.QueryContext(ctx, `SELECT gseq, position, event FROM kassa_parked ORDER BY gseq`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var entries []*entry
	for rows.Next() {
		var at checkpoint
		if err := rows.Scan(&at.gseq, &at.position, &at.event); err != nil {
			return nil, err
		}
		r, found, err := p.cfg.Store.At(ctx, at.position)
		if err != nil {
			return nil, err
		}
		if !found || r.ID.String() != at.event {
			return nil, errNotInHistory(at)
		}
		entries = append(entries, p.entry(message.Numbered{Record: r, Gseq: at.gseq}))
	}
	return entries, rows.Err()
}

func (g *generation) retry(parked []*entry) error {
	f := folding{generation: g, careful: true, standing: standing{quarantined: map[string]bool{}}}
	return g.tx.within(func() error {
		for _, e := range parked {
			// Whoever deletes the row applies the fact: a rival finds nothing.
			n, err := g.tx.exec(`DELETE FROM kassa_parked WHERE gseq = $1`, e.Gseq)
			if err == nil && n != 1 {
				err = errLost
			}
			if err != nil {
				return err
			}
			if err := f.fold(e); err != nil {
				return err
			}
		}
		return nil
	})
}
