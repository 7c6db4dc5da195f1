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

const disputes = `
CREATE TABLE disputes (
	number   INTEGER PRIMARY KEY,
	id       TEXT NOT NULL UNIQUE,
	charge   TEXT NOT NULL UNIQUE, -- the id of one that succeeded
	minor    INTEGER NOT NULL CHECK (minor > 0),
	currency TEXT NOT NULL,
	reason   TEXT NOT NULL,
	at       INTEGER NOT NULL -- microseconds since 1970
) STRICT`

const disputeColumns = `SELECT disputes.id, charge, key, disputes.minor, disputes.currency, reason, disputes.at
	FROM disputes JOIN charges ON charges.id = charge`

// Dispute takes what is left of a charge back, as a bank does on its customer's
// word. Here whoever runs the simulator is the bank. A charge is taken back once.
func (g *Gateway) Dispute(ctx context.Context, charge, reason string) (made domain.Dispute, err error) {
	err = g.books.Write(ctx, func(tx *sql.Tx) error {
		made, err = scanDispute(tx.QueryRowContext(ctx, disputeColumns+` WHERE charge = ?`, charge))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		paid, left, err := refundable(ctx, tx, charge)
		switch {
		case err != nil:
			return err
		case left == 0:
			return payments.ErrRefundTooLarge
		}
		made = domain.Dispute{
			ID: "dp_" + uuid.NewString(), Charge: charge, Key: paid.Key, Amount: domain.Money{Minor: left, Currency: paid.Amount.Currency},
			Reason: reason, At: g.now().UTC().Truncate(time.Microsecond),
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO disputes (id, charge, minor, currency, reason, at) VALUES (?, ?, ?, ?, ?, ?)`,
			made.ID, made.Charge, made.Amount.Minor, made.Amount.Currency, made.Reason, made.At.UnixMicro())
		return err
	})
	return made, outcome(err, payments.ErrUnavailable)
}

// Disputes yields every charge that was taken back, in the order in which that
// happened. An error is the last thing it yields.
func (g *Gateway) Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error] {
	return rows(ctx, g.books.Reader(), disputeColumns+` ORDER BY disputes.number`, scanDispute)
}

func scanDispute(row row) (d domain.Dispute, err error) {
	var at int64
	err = row.Scan(&d.ID, &d.Charge, &d.Key, &d.Amount.Minor, &d.Amount.Currency, &d.Reason, &at)
	d.At = time.UnixMicro(at).UTC()
	return d, err
}
