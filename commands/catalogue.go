package commands

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/domain/price"
	"kassa/domain/product"
	"kassa/eventstore"
)

// Catalogue carries out what an operator decides about products and prices.
type Catalogue struct {
	Log
	Now func() time.Time
}

// Offer is a product as a catalogue states it: what it is and adds, which ids it
// had, where it may not be bought and what it costs.
type Offer struct {
	Product    product.List
	Capacity   product.Capacity // that one licence adds (R39)
	Trial      product.Trial    // zero: as it is
	OldIDs     []domain.ProductID
	Exclusions []product.ExcludeMarket
	Prices     []price.Publish
}

// Applied says how much of an import was news.
type Applied struct {
	Facts    int
	Position uint64
}

func (a *Applied) add(b Applied) {
	a.Facts += b.Facts
	a.Position = max(a.Position, b.Position)
}

// Put brings a product to what the offer states. What is so already leaves no
// fact, so the same catalogue may be imported again, also after half of it was
// (a crash) and with a new command id.
func (c *Catalogue) Put(ctx context.Context, r Request, o Offer) (Applied, error) {
	var total Applied
	if !r.Who.Has(RoleOperator) {
		return total, ErrNotOperator
	}
	id := o.Product.Product
	had, loose, err := c.earlier(ctx, o)
	if err != nil {
		return total, err
	}
	steps := []func() (Applied, error){
		func() (Applied, error) { return c.product(ctx, r, id, o.Product) },
		func() (Applied, error) { return c.product(ctx, r, id, product.SetCapacity{Capacity: o.Capacity}) },
	}
	if o.Trial != (product.Trial{}) {
		steps = append(steps, func() (Applied, error) { return c.product(ctx, r, id, product.OfferTrial{Trial: o.Trial}) })
	}
	for _, old := range had {
		steps = append(steps, func() (Applied, error) { return c.product(ctx, r, id, product.ReplaceID{OldID: old}) })
	}
	for _, old := range loose {
		steps = append(steps, func() (Applied, error) { return c.product(ctx, r, old, product.BecomeReplacedBy{Product: id}) })
	}
	for _, x := range o.Exclusions {
		steps = append(steps, func() (Applied, error) { return c.product(ctx, r, id, x) })
	}
	for _, p := range o.Prices {
		steps = append(steps, func() (Applied, error) {
			return apply(ctx, c.Log, price.Decider, price.StreamPaid(id, p.Channel, p.Market, p.Frequency), c.meta(r), []price.Command{p})
		})
	}
	for _, step := range steps {
		applied, err := step()
		if err != nil {
			return total, err
		}
		total.add(applied)
	}
	return total, nil
}

// PublishPrice states what a product costs from an instant on. Terms that began
// before keep their price, and whoever pays is told before the next one does not
// (R36).
func (c *Catalogue) PublishPrice(ctx context.Context, r Request, p price.Publish) (Outcome[price.State], error) {
	return c.priced(ctx, r, p.Product, p.Channel, p.Market, p.Frequency, func(id domain.ProductID) price.Command {
		p.Product = id
		return p
	})
}

// WithdrawPrice ends an offer from an instant on. What was bought goes on at the
// price that was agreed to (R58).
func (c *Catalogue) WithdrawPrice(ctx context.Context, r Request, w price.Withdraw) (Outcome[price.State], error) {
	return c.priced(ctx, r, w.Product, w.Channel, w.Market, w.Frequency, func(id domain.ProductID) price.Command {
		w.Product = id
		return w
	})
}

func (c *Catalogue) priced(ctx context.Context, r Request, asked domain.ProductID, channel domain.Channel, market string, frequency domain.Term, command func(domain.ProductID) price.Command) (out Outcome[price.State], err error) {
	switch {
	case !r.Who.Has(RoleOperator):
		return out, ErrNotOperator
	case !channel.Known():
		return out, domain.ErrChannelUnknown
	case !domain.KnownMarket(market):
		return out, domain.ErrMarketUnknown
	case domain.Yearly.Payments(frequency) == 0:
		return out, domain.ErrFrequencyUnknown
	}
	id, _, err := findProduct(ctx, c.Log, asked)
	if err != nil {
		return out, err
	}
	return run(ctx, c.Log, price.Decider, price.StreamPaid(id, channel, market, frequency), c.meta(r), func(s price.State) ([]price.Event, error) {
		return price.Decider.Decide(s, command(id))
	})
}

// earlier lists every id that a product had: those that the offer names and those
// that they took over themselves, for a policy may have been set by any of them.
// The loose ones lead to no other id yet. An id that leads to a product which
// this one does not replace is refused.
func (c *Catalogue) earlier(ctx context.Context, o Offer) (had, loose []domain.ProductID, err error) {
	had = slices.Clone(o.OldIDs)
	for i := 0; i < len(had); i++ { // had grows on the way
		old, err := read(ctx, c.Log, product.Decider, product.Stream(had[i]))
		if err != nil {
			return nil, nil, err
		}
		for _, older := range old.State.OldIDs {
			if !slices.Contains(had, older) {
				had = append(had, older)
			}
		}
		switch by := old.State.ReplacedBy; {
		case by == "":
			loose = append(loose, had[i])
		case by != o.Product.Product && !slices.Contains(had, by):
			return nil, nil, product.ErrReplaced
		}
	}
	return had, loose, nil
}

func (c *Catalogue) product(ctx context.Context, r Request, id domain.ProductID, cmd product.Command) (Applied, error) {
	return apply(ctx, c.Log, product.Decider, product.Stream(id), c.meta(r), []product.Command{cmd})
}

// meta marks facts that belong to no tenant.
func (c *Catalogue) meta(r Request) eventstore.Meta {
	m := r.meta(domain.ActorSystem, now(c.Now))
	m.Tenant = ""
	return m
}

// apply carries out one step of an import: commands to one stream, all or none.
// Each step is an intent of its own, and what is so already leaves no fact.
func apply[S, C any, E domain.Event](ctx context.Context, l Log, d domain.Decider[S, C, E], stream string, meta eventstore.Meta, cmds []C) (Applied, error) {
	meta.Command = uuid.New()
	var news []E
	out, err := run(ctx, l, d, stream, meta, func(s S) ([]E, error) {
		news = nil
		for _, cmd := range cmds {
			events, err := d.Decide(s, cmd)
			if err != nil {
				return nil, err
			}
			s, news = d.Fold(s, events...), append(news, events...)
		}
		return news, nil
	})
	return Applied{Facts: len(news), Position: out.Position}, err
}
