package clock

import (
	"context"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"kassa/eventstore"
)

// history is what Latest reads.
type history interface {
	ReadAll(ctx context.Context, after uint64, limit int) ([]eventstore.Record, error)
}

// Latest is the latest business time of any fact; zero if there is none. The
// last fact need not have it: a step that time brought is dated when it was due,
// however late it was taken. So all facts are read, which a demonstration has
// few of.
func Latest(ctx context.Context, h history) (latest time.Time, err error) {
	for after := uint64(0); ; {
		records, err := h.ReadAll(ctx, after, 1_000)
		if err != nil || len(records) == 0 {
			return latest, err
		}
		for _, r := range records {
			var meta eventstore.Meta
			if err := json.Unmarshal(r.Metadata, &meta); err != nil {
				return latest, fmt.Errorf("metadata of %s@%d: %w", r.Stream, r.Revision, err)
			}
			if meta.At.After(latest) {
				latest = meta.At
			}
			after = r.Position
		}
	}
}
