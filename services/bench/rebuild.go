package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kassa/projections"
	"kassa/projections/views"
)

// bulkBatch is how many facts a rebuild takes in one transaction.
const bulkBatch = 10_000

// measureRebuild builds every view anew beside the live one: fold, compare row
// for row, swap. A bare table takes one new row for each fact.
func (r *run) measureRebuild(ctx context.Context) (err error) {
	h, err := r.history(ctx)
	if err != nil {
		return err
	}
	raw, err := r.fill(ctx, "SQLite inserts, 10,000 rows a commit", lines(""), h.lines(), bulkBatch)
	if err != nil {
		return err
	}
	r.tell("rebuild: %d facts into the live views, to compare with", len(h.facts))
	p, err := r.openViews(ctx, h, projections.Config{Store: h.store}, views.All())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	all := time.Duration(0)
	for _, v := range views.All() {
		name := "rebuild: " + v.Name
		r.tell("%s", name)
		took, err := timed(func() error {
			report, err := p.Rebuild(ctx, v.Name, nil)
			if err == nil && (!report.Equal || report.GSeq != uint64(len(h.facts))) {
				err = fmt.Errorf("%s is not what its history says: %d facts, %v", v.Name, report.GSeq, report.Differences)
			}
			return err
		})
		if err != nil {
			return err
		}
		all += took
		r.figures = append(r.figures, pace(name, "facts", len(h.facts), took).ofRate(raw))
	}
	r.figures = append(r.figures, pace("rebuild: all views", "facts", len(h.facts), all).ofRate(raw))
	return nil
}
