package simulator

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"path/filepath"
	"time"

	"github.com/bojanz/currency"

	"kassa/domain"
	"kassa/services/durable"
	"kassa/services/payments"
)

// Config says where a gateway keeps its books and how it behaves.
type Config struct {
	Dir     string           // for payments.db; created where missing
	Latency time.Duration    // of each answer: half on the way there, half on the way back
	Now     func() time.Time // defaults to time.Now
}

// Gateway is safe for concurrent use. One process at a time may hold its
// directory.
type Gateway struct {
	books   *durable.Database
	latency time.Duration
	now     func() time.Time
}

// Open starts a gateway on the ledger in cfg.Dir.
func Open(ctx context.Context, cfg Config) (*Gateway, error) {
	books, err := durable.Open(ctx, filepath.Join(cfg.Dir, "payments.db"), ledger, refunds, disputes)
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Gateway{books: books, latency: cfg.Latency, now: cfg.Now}, nil
}

// Close releases the ledger.
func (g *Gateway) Close() error { return g.books.Close() }

// Card says what a token stands for. Its cards are everybody's. Its errors are payments.ErrCardUnknown,
// ErrCardNumber and ErrUnavailable.
func (g *Gateway) Card(ctx context.Context, _, token string) (domain.Card, error) {
	c, err := find(token)
	if err != nil {
		return domain.Card{}, err
	}
	if err := g.travel(ctx, g.latency); err != nil {
		return domain.Card{}, payments.ErrUnavailable.Because(err)
	}
	return c.Card, nil
}

// Charge charges the card behind token once per key: who asks again gets the
// first result, declines included. The charge is on disk before the answer
// leaves. Where ctx ends on the way the answer is payments.ErrTimeout, whether
// or not the charge was made.
func (g *Gateway) Charge(ctx context.Context, key, token string, amount domain.Money) (domain.Charge, error) {
	c, err := find(token)
	if err == nil {
		err = check(key, amount)
	}
	if err != nil {
		return domain.Charge{}, err
	}
	if err := g.travel(ctx, g.latency/2); err != nil {
		return domain.Charge{}, payments.ErrTimeout.Because(err)
	}
	charge, first, err := g.settle(ctx, key, c, amount)
	if err != nil {
		return domain.Charge{}, err
	}
	if c.silent && first {
		return domain.Charge{}, payments.ErrTimeout
	}
	if err := g.travel(ctx, g.latency-g.latency/2); err != nil {
		return domain.Charge{}, payments.ErrTimeout.Because(err)
	}
	return charge, nil
}

func check(key string, amount domain.Money) error {
	_, known := currency.GetDigits(amount.Currency)
	switch {
	case key == "" || len(key) > payments.MaxKey:
		return payments.ErrKey
	case amount.Minor <= 0 || !known:
		return payments.ErrAmount
	}
	return nil
}

// settle finds or makes the charge for key; first says that it was made now.
func (g *Gateway) settle(ctx context.Context, key string, c card, amount domain.Money) (charge domain.Charge, first bool, err error) {
	err = g.books.Write(ctx, func(tx *sql.Tx) error {
		e, err := byKey(ctx, tx, key)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			charge, first = g.decide(key, c, amount), true
			return insert(ctx, tx, entry{charge, c.Token})
		case err == nil && (e.token != c.Token || e.Amount != amount):
			return payments.ErrKeyReused
		}
		charge = e.Charge
		return err
	})
	return charge, first, outcome(err, payments.ErrTimeout)
}

// outcome turns a failed write into what the caller may conclude from it: what
// was refused, that nothing was written, or that nobody knows.
func outcome(err error, unknown *domain.Error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, durable.ErrFull):
		return payments.ErrUnavailable.Because(err)
	}
	for _, refusal := range []error{payments.ErrKeyReused, payments.ErrRefundKeyReused, payments.ErrChargeUnknown, payments.ErrRefundTooLarge} {
		if errors.Is(err, refusal) {
			return err
		}
	}
	return unknown.Because(err)
}

// Lookup finds the charge made for key, which settles every doubt about it.
func (g *Gateway) Lookup(ctx context.Context, key string) (domain.Charge, bool, error) {
	if err := g.travel(ctx, g.latency); err != nil {
		return domain.Charge{}, false, payments.ErrUnavailable.Because(err)
	}
	e, err := byKey(ctx, g.books.Reader(), key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return domain.Charge{}, false, nil
	case err != nil:
		return domain.Charge{}, false, payments.ErrUnavailable.Because(err)
	}
	return e.Charge, true, nil
}

// Charges yields the whole ledger in the order it was written, for audits. An
// error is the last thing it yields.
func (g *Gateway) Charges(ctx context.Context) iter.Seq2[domain.Charge, error] {
	return rows(ctx, g.books.Reader(), `SELECT `+columns+` FROM charges ORDER BY number`, func(r row) (domain.Charge, error) {
		e, err := scan(r)
		return e.Charge, err
	})
}

// travel takes as long as the network would.
func (g *Gateway) travel(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
