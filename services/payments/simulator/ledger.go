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

// byKey returns sql.ErrNoRows where no charge was made for key.
func byKey(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, key string) (entry, error) {
	return scan(db.QueryRowContext(ctx, `SELECT `+columns+` FROM charges WHERE key = ?`, key))
}

func all(ctx context.Context, db *sql.DB) iter.Seq2[domain.Charge, error] {
	return func(yield func(domain.Charge, error) bool) {
		rows, err := db.QueryContext(ctx, `SELECT `+columns+` FROM charges ORDER BY number`)
		if err != nil {
			yield(domain.Charge{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scan(rows)
			if !yield(e.Charge, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(domain.Charge{}, err)
		}
	}
}

func scan(row interface{ Scan(...any) error }) (e entry, err error) {
	var at int64
	err = row.Scan(&e.ID, &e.Key, &e.token, &e.Amount.Minor, &e.Amount.Currency, &e.Status, &e.DeclineCode, &e.Retriable, &at)
	e.At = time.UnixMicro(at).UTC()
	return e, err
}
