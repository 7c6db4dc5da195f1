package vault

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"kassa/domain"
	"kassa/services/durable"
)

// A person's row is never deleted: an erased key is overwritten with zeros where
// it lies. Deleting would make SQLite merge pages, and a merge leaves copies of
// other keys in the gaps, which no later secure_delete finds. For the same
// reason rows stand in the order of their making: an append moves nothing.
const tables = `
CREATE TABLE root (
	only  INTEGER PRIMARY KEY CHECK (only = 1),
	proof BLOB NOT NULL -- opens with the right root key alone
) STRICT;
CREATE TABLE people (
	number  INTEGER PRIMARY KEY,
	tid     TEXT NOT NULL,
	oid     TEXT NOT NULL,
	wrapped BLOB NOT NULL,
	UNIQUE (tid, oid)
) STRICT;
CREATE TABLE tenants (
	tid     TEXT PRIMARY KEY,
	wrapped BLOB NOT NULL
) STRICT;`

// unlock reads the root key and makes sure that it is the one these keys were
// wrapped with: with a wrong one every person would look damaged.
func (v *Vault) unlock(ctx context.Context, path string) error {
	secret, err := durable.Secret(path)
	if err != nil {
		return err
	}
	v.root = newAEAD(secret)
	return v.db.Write(ctx, func(tx *sql.Tx) error {
		var proof []byte
		err := tx.QueryRowContext(ctx, `SELECT proof FROM root`).Scan(&proof)
		if errors.Is(err, sql.ErrNoRows) {
			_, err := tx.ExecContext(ctx, `INSERT INTO root VALUES (1, ?)`, wrap(v.root, nil, "root"))
			return err
		}
		if err != nil {
			return err
		}
		if _, err := unwrap(v.root, proof, "root"); err != nil {
			return ErrRootKey
		}
		return nil
	})
}

// insertPerson gives somebody a key who has none, or whose key was erased.
const insertPerson = `INSERT INTO people (tid, oid, wrapped) VALUES (?, ?, ?)
	ON CONFLICT (tid, oid) DO UPDATE SET wrapped = excluded.wrapped WHERE people.wrapped = zeroblob(length(people.wrapped))`

// obtain finds a person's key, or makes it.
func (v *Vault) obtain(ctx context.Context, p person) (key, error) {
	found, err := v.load(ctx, map[person]bool{p: true})
	if k, ok := found[p]; ok || err != nil {
		return k, err
	}
	secret, err := v.make(ctx, p.label(), insertPerson, `SELECT wrapped FROM people WHERE tid = ? AND oid = ?`, p.tenant, p.id)
	if err != nil {
		return key{}, err
	}
	return newKey(secret), nil
}

// load reads the keys that exist of the people asked for.
func (v *Vault) load(ctx context.Context, people map[person]bool) (map[person]key, error) {
	pairs := make([][2]string, 0, len(people))
	for p := range people {
		pairs = append(pairs, [2]string{string(p.tenant), string(p.id)})
	}
	asked, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	rows, err := v.db.Reader().QueryContext(ctx, `
		SELECT tid, oid, wrapped FROM json_each(?) AS asked
		CROSS JOIN people ON tid = asked.value ->> 0 AND oid = asked.value ->> 1
		WHERE wrapped <> zeroblob(length(wrapped))`, string(asked))
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer rows.Close()
	keys := make(map[person]key, len(people))
	for rows.Next() {
		var p person
		var wrapped []byte
		if err := rows.Scan(&p.tenant, &p.id, &wrapped); err != nil {
			return nil, err
		}
		secret, err := unwrap(v.root, wrapped, p.label())
		if err != nil {
			return nil, err
		}
		keys[p] = newKey(secret)
	}
	return keys, rows.Err()
}

// obtainTenant finds the key of a tenant's mail index, or makes it.
func (v *Vault) obtainTenant(ctx context.Context, tid domain.TenantID) ([]byte, error) {
	label := "tenant|" + string(tid)
	var wrapped []byte
	err := v.db.Reader().QueryRowContext(ctx, `SELECT wrapped FROM tenants WHERE tid = ?`, tid).Scan(&wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return v.make(ctx, label,
			`INSERT INTO tenants (tid, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING`,
			`SELECT wrapped FROM tenants WHERE tid = ?`, tid)
	}
	if err != nil {
		return nil, fmt.Errorf("read a tenant's key: %w", err)
	}
	return unwrap(v.root, wrapped, label)
}

// make stores a new secret for owner unless one is there, and returns the one
// that is there afterwards.
func (v *Vault) make(ctx context.Context, label, insert, query string, owner ...any) ([]byte, error) {
	var wrapped []byte
	err := v.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, insert, append(owner[:len(owner):len(owner)], wrap(v.root, newSecret(), label))...); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, query, owner...).Scan(&wrapped)
	})
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return unwrap(v.root, wrapped, label)
}

func newSecret() []byte {
	secret := make([]byte, secretSize)
	rand.Read(secret)
	return secret
}
