package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
)

// Identified is the first fact of a history: the history's own name. Positions
// of one history mean nothing in another, so every stored position is kept
// beside this id and refused where it differs.
type Identified struct {
	ID uuid.UUID `json:"id"`
}

// EventType is the stored name.
func (Identified) EventType() string { return "store.identified.v1" }

// IdentityStream holds Identified as its only event.
const IdentityStream = "store-identity"

// Identify returns the history's id, and gives it one where it has none. Many
// may call it at once; all get the same answer.
func Identify(ctx context.Context, s interface {
	Read(ctx context.Context, stream string) ([]Record, error)
	Append(ctx context.Context, stream string, expected Revision, drafts []Draft) (Written, error)
}, now time.Time) (uuid.UUID, error) {
	drafts, err := Drafts(IdentityStream, Meta{
		Actor: domain.Actor{Kind: domain.ActorSystem}, Command: uuid.New(), At: now.UTC(),
	}, Identified{ID: uuid.New()})
	if err != nil {
		return uuid.Nil, err
	}
	for {
		records, err := s.Read(ctx, IdentityStream)
		if err != nil {
			return uuid.Nil, fmt.Errorf("read %s: %w", IdentityStream, err)
		}
		if len(records) > 0 {
			f, err := Schema().Decode(records[0])
			if err != nil {
				return uuid.Nil, err
			}
			return f.Event.(Identified).ID, nil
		}
		if _, err := s.Append(ctx, IdentityStream, NoStream, drafts); err != nil && !errors.Is(err, ErrConflict) {
			return uuid.Nil, fmt.Errorf("append %s: %w", IdentityStream, err)
		}
	}
}
