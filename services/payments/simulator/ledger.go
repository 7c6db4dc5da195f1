package simulator

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/google/uuid"

	"kassa/domain"
)

const ledger = `
CREATE TABLE charges (
	number       INTEGER PRIMARY KEY,
	id           TEXT NOT NULL UNIQUE,
	key          TEXT NOT NULL UNIQUE,
	token        TEXT NOT NULL,
	minor        INTEGER NOT NULL CHECK (minor > 0),
	currency     TEXT NOT NULL,
	status       TEXT NOT NULL,
	decline_code TEXT NOT NULL,
	retriable    INTEGER NOT NULL,
	at           INTEGER NOT NULL -- microseconds since 1970
) STRICT`

const columns = `id, key, token, minor, currency, status, decline_code, retriable, at`

// entry is a charge with the card it was asked for.
type entry struct {
	domain.Charge
	token string
}

// decide says how a new charge ends. It is asked once per key: the ledger
// remembers the answer.
func (g *Gateway) decide(key string, c card, amount domain.Money) domain.Charge {
	charge := domain.Charge{
		ID: "ch_" + uuid.NewString(), Key: key, Amount: amount,
		Status: domain.ChargeSucceeded, At: g.now().UTC().Truncate(time.Microsecond),
	}
	if c.decline != "" {
		charge.Status, charge.DeclineCode, charge.Retriable = domain.ChargeDeclined, c.decline, c.retriable
	}
	return charge
}

func insert(ctx context.Context, tx *sql.Tx, e entry) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO charges (`+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.ID, e.Key, e.token, e.Amount.Minor, e.Amount.Currency, e.Status, e.DeclineCode, e.Retriable, e.At.UnixMicro())
	return err
}

// asked is a database, or a transaction on it, that is asked for one row.
type asked interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

type row interface{ Scan(...any) error }

// byKey returns sql.ErrNoRows where no charge was made for key.
func byKey(ctx context.Context, db asked, key string) (entry, error) {
	return scan(db.QueryRowContext(ctx, `SELECT `+columns+` FROM charges WHERE key = ?`, key))
}

func scan(row row) (e entry, err error) {
	var at int64
	err = row.Scan(&e.ID, &e.Key, &e.token, &e.Amount.Minor, &e.Amount.Currency, &e.Status, &e.DeclineCode, &e.Retriable, &at)
	e.At = time.UnixMicro(at).UTC()
	return e, err
}

// rows yields what a query finds, and its error last.
func rows[E any](ctx context.Context, db *sql.DB, query string, scan func(row) (E, error)) iter.Seq2[E, error] {
	return func(yield func(E, error) bool) {
		found, err := db.QueryContext(ctx, query)
		if err != nil {
			yield(*new(E), err)
			return
		}
		defer found.Close()
		for found.Next() {
			e, err := scan(found)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := found.Err(); err != nil {
			yield(*new(E), err)
		}
	}
}
