package commands

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// Invoices writes the bills of what was bought, and what becomes of them. Nobody
// asks for that: bills follow the facts of subscriptions, and whoever calls
// again, or at the same time, changes nothing.
type Invoices struct {
	Log
	Seller string // whose numbers they have
	Taxes  taxes  // of what was decided before its facts said; nil: the standard ones
	Now    func() time.Time
}

// Register is how far a seller's numbers of a year have come, as somebody saw it.
type Register struct {
	Year     int
	Revision eventstore.Revision // of its last fact; NoStream: there is none
	Last     int64               // number given
}

// Number gives the next numbers to bills that have none, in order. The caller
// knows which those are as of the register's revision; if that has moved on
// since, it is ErrStale and nothing was given.
func (i *Invoices) Number(ctx context.Context, at Register, bills []invoice.Entry) error {
	stream := invoice.RegisterStream(i.Seller, at.Year)
	id := uuid.NewSHA1(namespace, fmt.Appendf(nil, "%s/%d", stream, at.Revision))
	drafts, err := eventstore.Drafts(stream, eventstore.Meta{
		Actor: domain.Actor{Kind: domain.ActorSystem}, Command: id, Correlation: id, Causation: id, At: now(i.Now),
	}, invoice.Numbered{Seller: i.Seller, Year: at.Year, First: at.Last + 1, Entries: bills, At: now(i.Now)})
	if err != nil {
		return err
	}
	_, err = i.Store.Append(ctx, stream, at.Revision, drafts)
	if errors.Is(err, eventstore.ErrConflict) {
		return ErrStale
	}
	return err
}

// Bill is one that has a number.
type Bill struct {
	invoice.Entry
	Number string
	Begun  bool // the caller has seen facts of it; where they have not, it is read only if there are some
}

// Follow brings one bill to what its subscription's facts say.
func (i *Invoices) Follow(ctx context.Context, b Bill) (Outcome[invoice.State], error) {
	h, err := load(ctx, i.Log, subscription.Decider, subscription.Stream(b.Subscription))
	if err != nil {
		return Outcome[invoice.State]{}, err
	}
	bought, err := read(ctx, i.Log, purchase.Decider, purchase.Stream(h.state.Purchase))
	if err != nil {
		return Outcome[invoice.State]{}, err
	}
	bills := biller{entry: b.Entry, number: b.Number, taxes: i.Taxes, purchase: bought.State}
	for n, f := range h.facts {
		bills.hear(f, h.events[n])
	}
	written := history[invoice.State, invoice.Event]{stream: invoice.Stream(invoice.ID(b.Subscription, b.Of))}
	if b.Begun {
		if written, err = load(ctx, i.Log, invoice.Decider, written.stream); err != nil {
			return Outcome[invoice.State]{}, err
		}
	}
	return proceed(ctx, i.Log, invoice.Decider, written, bills.meta(), func(s invoice.State) (events []invoice.Event, err error) {
		for _, c := range bills.commands {
			more, err := invoice.Decider.Decide(s, c)
			if err != nil {
				return nil, err
			}
			s, events = invoice.Decider.Fold(s, more...), append(events, more...)
		}
		return events, nil
	})
}
