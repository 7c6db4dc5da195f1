package esdb

import (
	"context"
	"iter"
	"math"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"kassa/eventstore"
)

// window is how many records the server considers between two marks.
const window = 512

// Follow yields every record after a position, first what is stored, then
// CaughtUp, then what is appended from then on; the store's own records are
// left out by the server and show as marks. CaughtUp may come again after a
// consumer has fallen behind. One error ends it: ctx's cause, or
// eventstore.ErrUnavailable, after which the caller follows again from where it
// is. No record is missed or repeated within one Follow.
func (s *Store) Follow(ctx context.Context, after uint64) iter.Seq2[eventstore.Delivery, error] {
	return func(yield func(eventstore.Delivery, error) bool) {
		err := s.follow(ctx, after, func(d eventstore.Delivery) bool { return yield(d, nil) })
		if err == nil {
			return
		}
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		yield(eventstore.Delivery{}, err)
	}
}

// follow delivers until deliver has enough, which is no error.
func (s *Store) follow(ctx context.Context, after uint64, deliver func(eventstore.Delivery) bool) error {
	ctx, cancel := s.conn.bound(ctx)
	defer cancel()
	sub, err := s.subscribe(ctx, cancel, after)
	if err != nil {
		return err
	}
	defer sub.Close()
	for at := after; ; {
		got := sub.Recv()
		d := eventstore.Delivery{CaughtUp: got.CaughtUp != nil}
		switch {
		case got.SubscriptionDropped != nil:
			return translate(got.SubscriptionDropped.Error)
		case got.EventAppeared != nil:
			e := got.EventAppeared.OriginalEvent()
			record, err := decode(e)
			if err != nil {
				return err
			}
			at = record.Position
			if !system(e) { // the filter sees types; a stream of the store's may hold any
				d.Record = &record
			}
		case got.CheckPointReached != nil:
			// A server that has considered nothing may say so with its largest number.
			if p := got.CheckPointReached.Commit; p <= math.MaxInt64 {
				at = max(at, p)
			}
		case got.FellBehind != nil:
			continue
		}
		d.Position = at
		if !deliver(d) {
			return nil
		}
	}
}

// subscribe asks for everything after a position. It calls giveUp, which must
// cancel ctx, when the server does not agree within patience.
func (s *Store) subscribe(ctx context.Context, giveUp func(), after uint64) (*esdb.Subscription, error) {
	overdue := time.AfterFunc(s.patience, giveUp)
	defer overdue.Stop()
	return use(ctx, s.conn, func(ctx context.Context, client *esdb.Client) (*esdb.Subscription, error) {
		sub, err := client.SubscribeToAll(ctx, esdb.SubscribeToAllOptions{
			From:            position(after),
			Filter:          esdb.ExcludeSystemEventsFilter(),
			MaxSearchWindow: window,
		})
		return sub, translate(err)
	})
}
