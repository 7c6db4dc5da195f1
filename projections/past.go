package projections

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/go-json-experiment/json"

	"kassa/eventstore"
)

// Moment is a point of history: after the fact at Position or, where that is 0,
// after everything that the store had recorded by Time.
type Moment struct {
	Position uint64
	Time     time.Time
}

func (m Moment) includes(r eventstore.Record) bool {
	if m.Position > 0 {
		return r.Position <= m.Position
	}
	return !r.At.After(m.Time)
}

// ReadPast runs f on the rows that a view had at a moment: they are folded from
// history for this one question, beside the live ones, and forgotten. It takes as
// long as a rebuild up to there, one at a time. at is the business time then.
func (p *Projector) ReadPast(ctx context.Context, view string, m Moment, f func(tx *sql.Tx, at time.Time) error) (asOf uint64, err error) {
	v, err := p.view(view)
	if err != nil {
		return 0, err
	}
	v.past.Lock()
	defer v.past.Unlock()
	dir, err := os.MkdirTemp("", "kassa-past-")
	if err != nil {
		return 0, fmt.Errorf("fold %s: %w", view, err)
	}
	defer os.RemoveAll(dir) // nobody needs what is left
	g, err := makeGeneration(ctx, filepath.Join(dir, view+".db"), 0, v.Projection, p.cfg.SourceID, syncNormal)
	if err != nil {
		return 0, err
	}
	at, err := p.foldPast(ctx, g, m)
	if err == nil {
		asOf, err = g.read(ctx, func(tx *sql.Tx) error { return f(tx, at) })
	}
	return asOf, errors.Join(err, g.close())
}

// foldPast applies what a moment includes, and says what time it was then.
func (p *Projector) foldPast(ctx context.Context, g *generation, m Moment) (at time.Time, err error) {
	at = m.Time
	for {
		from := g.at.Load().checkpoint
		records, err := p.cfg.Store.ReadAll(ctx, from.position, p.cfg.Bulk)
		if err != nil {
			return at, err
		}
		n := sort.Search(len(records), func(i int) bool { return !m.includes(records[i]) })
		if n == 0 {
			return at, nil
		}
		if err := g.apply(p.number(from, records[:n])); err != nil {
			return at, err
		}
		var last eventstore.Meta
		if err := json.Unmarshal(records[n-1].Metadata, &last); err != nil {
			return at, fmt.Errorf("metadata of %s@%d: %w", records[n-1].Stream, records[n-1].Revision, err)
		}
		if last.At.After(at) {
			at = last.At
		}
		if n < len(records) {
			return at, nil
		}
	}
}
