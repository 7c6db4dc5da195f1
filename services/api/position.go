package api

import (
	"context"
	"time"
)

// patience is how long a read waits for the views to show what its caller has
// seen before.
const patience = 2 * time.Second

// Reading is what every operation answered from a view takes. Like Writing it is
// exported only because huma reads no other embedded fields.
type Reading struct {
	Position uint64 `header:"Kassa-Position" doc:"Answer no older than this: the position that a write returned." example:"48211"`
}

// caughtUp waits until the views that an answer is made from show the caller's
// own writes.
func (s *Server) caughtUp(ctx context.Context, r Reading, names ...string) error {
	if r.Position == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, name := range names {
		if err := s.Projector.Await(ctx, name, r.Position); err != nil {
			return err
		}
	}
	return nil
}
