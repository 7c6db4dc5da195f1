package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"kassa/projections"
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
// own writes. Who names no position gets whatever this server has acknowledged
// to anybody, so that people need not know of positions; should that take too
// long, they get what there is, and its asOf says how old it is.
func (s *Server) caughtUp(ctx context.Context, r Reading, names ...string) error {
	position := r.Position
	if position == 0 {
		position = s.acknowledged.Load()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, name := range names {
		err := s.Projector.Await(ctx, name, position)
		if r.Position == 0 && errors.Is(err, projections.ErrBehind) {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// newest is the highest position this server has acknowledged.
type newest struct{ atomic.Uint64 }

// note looks for a position in an answer that is about to be sent.
func (n *newest) note(answer http.Header) {
	position, err := strconv.ParseUint(answer.Get(positionHeader), 10, 64)
	for seen := n.Load(); err == nil && position > seen; seen = n.Load() {
		if n.CompareAndSwap(seen, position) {
			return
		}
	}
}
