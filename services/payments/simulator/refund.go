package simulator

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
	"kassa/services/payments"
)

const refunds = `
CREATE TABLE refunds (
	number   INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	key      TEXT NOT NULL UNIQUE,
	charge   TEXT NOT NULL, -- the id of one that succeeded
	minor    INTEGER NOT NULL CHECK (minor > 0),
	currency TEXT NOT NULL,
	at       INTEGER NOT NULL -- microseconds since 1970
) STRICT;
CREATE INDEX refunds_of ON refunds (charge)`

const refundColumns = `id, key, charge, minor, currency, at`

// Refund pays back a charge, or a part of it, once per key: who asks again gets
// the first result. All refunds of a charge together never exceed it. Where ctx
// ends on the way the answer is payments.ErrRefundTimeout, whether or not the
// refund was made.
func (g *Gateway) Refund(ctx context.Context, key, charge string, amount domain.Money) (domain.Refund, error) {
	if err := check(key, amount); err != nil {
		return domain.Refund{}, err
	}
	if err := g.travel(ctx, g.latency/2); err != nil {
		return domain.Refund{}, payments.ErrRefundTimeout.Because(err)
	}
	refund, silent, err := g.repay(ctx, key, charge, amount)
	switch {
	case err != nil:
		return domain.Refund{}, err
	case silent:
		return domain.Refund{}, payments.ErrRefundTimeout
	}
	if err := g.travel(ctx, g.latency-g.latency/2); err != nil {
		return domain.Refund{}, payments.ErrRefundTimeout.Because(err)
	}
	return refund, nil
}

// repay finds or makes the refund for key. silent says that it was made now, to
// a card whose first answers are lost.
func (g *Gateway) repay(ctx context.Context, key, charge string, amount domain.Money) (refund domain.Refund, silent bool, err error) {
	err = g.books.Write(ctx, func(tx *sql.Tx) error {
		made, err := refundByKey(ctx, tx, key)
		switch {
		case err == nil && (made.Charge != charge || made.Amount != amount):
			return payments.ErrRefundKeyReused
		case !errors.Is(err, sql.ErrNoRows):
			refund = made
			return err
		}
		paid, left, err := refundable(ctx, tx, charge)
		switch {
		case err != nil:
			return err
		case paid.Amount.Currency != amount.Currency, amount.Minor > left:
			return payments.ErrRefundTooLarge
		}
		silent = cards[paid.token].silent
		refund = domain.Refund{ID: "re_" + uuid.NewString(), Key: key, Charge: charge, Amount: amount, At: g.now().UTC().Truncate(time.Microsecond)}
		_, err = tx.ExecContext(ctx, `INSERT INTO refunds (`+refundColumns+`) VALUES (?, ?, ?, ?, ?, ?)`,
			refund.ID, refund.Key, refund.Charge, refund.Amount.Minor, refund.Amount.Currency, refund.At.UnixMicro())
		return err
	})
	return refund, silent, outcome(err, payments.ErrRefundTimeout)
}

// refundable finds a charge and how much of it is still to be had: neither paid
// back nor taken back.
func refundable(ctx context.Context, tx *sql.Tx, charge string) (paid entry, left int64, err error) {
	paid, err = scan(tx.QueryRowContext(ctx, `SELECT `+columns+` FROM charges WHERE id = ? AND status = ?`, charge, domain.ChargeSucceeded))
	if errors.Is(err, sql.ErrNoRows) {
		return paid, 0, payments.ErrChargeUnknown
	}
	if err != nil {
		return paid, 0, err
	}
	var back int64
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(minor), 0) FROM (
		SELECT minor FROM refunds WHERE charge = ? UNION ALL SELECT minor FROM disputes WHERE charge = ?)`, charge, charge).Scan(&back)
	return paid, paid.Amount.Minor - back, err
}

// LookupRefund finds the refund made for key, which settles every doubt about it.
func (g *Gateway) LookupRefund(ctx context.Context, key string) (domain.Refund, bool, error) {
	if err := g.travel(ctx, g.latency); err != nil {
		return domain.Refund{}, false, payments.ErrUnavailable.Because(err)
	}
	refund, err := refundByKey(ctx, g.books.Reader(), key)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return domain.Refund{}, false, nil
	case err != nil:
		return domain.Refund{}, false, payments.ErrUnavailable.Because(err)
	}
	return refund, true, nil
}

// Refunds yields every refund in the order it was made, for audits. An error is
// the last thing it yields.
func (g *Gateway) Refunds(ctx context.Context) iter.Seq2[domain.Refund, error] {
	return rows(ctx, g.books.Reader(), `SELECT `+refundColumns+` FROM refunds ORDER BY number`, scanRefund)
}

// refundByKey returns sql.ErrNoRows where no refund was made for key.
func refundByKey(ctx context.Context, db asked, key string) (domain.Refund, error) {
	return scanRefund(db.QueryRowContext(ctx, `SELECT `+refundColumns+` FROM refunds WHERE key = ?`, key))
}

func scanRefund(row row) (r domain.Refund, err error) {
	var at int64
	err = row.Scan(&r.ID, &r.Key, &r.Charge, &r.Amount.Minor, &r.Amount.Currency, &at)
	r.At = time.UnixMicro(at).UTC()
	return r, err
}
