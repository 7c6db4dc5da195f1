package vault

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"kassa/domain"
	"kassa/services/durable"
)

// Errors of a vault, beside those of durable.
var (
	// ErrErased: the person's key was destroyed. Show "Deleted user".
	ErrErased = &domain.Error{Kind: domain.NotFound, Code: "person_erased", Message: "This person's data was erased."}
	// ErrDamaged: the bytes are not what was sealed for this tenant, person and field.
	ErrDamaged = &domain.Error{Kind: domain.Internal, Code: "sealed_data_damaged", Message: "Stored personal data is damaged. Ask the operator to look at the log."}
	// ErrRootKey: keys.db was made under another root key than vault.key.
	ErrRootKey = &domain.Error{Kind: domain.Internal, Code: "vault_key_mismatch", Message: "vault.key does not belong to keys.db. Restore the one that was made with it; without it no personal data can be read."}
	// ErrNoMail: an empty address has no index.
	ErrNoMail = &domain.Error{Kind: domain.Invalid, Code: "mail_missing", Message: "Give an e-mail address."}
)

// cached is how many people's keys are kept in memory.
const cached = 10_000

// Vault is safe for concurrent use. One process at a time may hold its
// directory.
type Vault struct {
	db      *durable.Database
	root    cipher.AEAD
	people  *cache[person, key]
	tenants *cache[domain.TenantID, []byte]
}

type person struct {
	tenant domain.TenantID
	id     domain.PersonID
}

// Open opens the vault in dir, and makes it, root key included, on first use.
func Open(ctx context.Context, dir string) (*Vault, error) {
	db, err := durable.Open(ctx, filepath.Join(dir, "keys.db"), tables)
	if err != nil {
		return nil, err
	}
	v := &Vault{db: db, people: newCache[person, key](cached), tenants: newCache[domain.TenantID, []byte](cached)}
	if err := v.unlock(ctx, filepath.Join(dir, "vault.key")); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return v, nil
}

// Close releases the key database.
func (v *Vault) Close() error { return v.db.Close() }

// Seal encrypts plain for one field ("name", "mail") of a person. The first
// call for a person makes their key; after an erasure it makes another, which
// opens nothing that was sealed before.
func (v *Vault) Seal(ctx context.Context, tid domain.TenantID, oid domain.PersonID, field, plain string) ([]byte, error) {
	p := person{tid, oid}
	k, ok := v.people.get(p)
	if !ok {
		epoch := v.people.epoch()
		var err error
		if k, err = v.obtain(ctx, p); err != nil {
			return nil, err
		}
		v.people.put(epoch, p, k)
	}
	return k.seal(p, field, plain), nil
}

// Enrol makes the keys of many people in one transaction, where Seal would wait
// for the disk once for each. Who has a key keeps it.
func (v *Vault) Enrol(ctx context.Context, tid domain.TenantID, oids []domain.PersonID) error {
	err := v.db.Write(ctx, func(tx *sql.Tx) error {
		for _, oid := range oids {
			label := person{tid, oid}.label()
			if _, err := tx.ExecContext(ctx, insertPerson, tid, oid, wrap(v.root, newSecret(), label)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("make keys: %w", err)
	}
	return nil
}

// Open decrypts what Seal returned for the same tenant, person and field. It
// answers ErrErased after an erasure and ErrDamaged for anything else.
func (v *Vault) Open(ctx context.Context, tid domain.TenantID, oid domain.PersonID, field string, sealed []byte) (string, error) {
	opened, err := v.OpenAll(ctx, []Sealed{{Tenant: tid, Person: oid, Field: field, Bytes: sealed}})
	if err != nil {
		return "", err
	}
	return opened[0].Text, opened[0].Err
}

// Sealed is one field of one person.
type Sealed struct {
	Tenant domain.TenantID
	Person domain.PersonID
	Field  string
	Bytes  []byte
}

// Opened is its text, or ErrErased or ErrDamaged.
type Opened struct {
	Text string
	Err  error
}

// OpenAll opens many fields, of any people, with one query for the keys that
// are not in memory. The results are in the order of the items: one damaged
// item spoils no other. The error is that of the vault itself.
func (v *Vault) OpenAll(ctx context.Context, items []Sealed) ([]Opened, error) {
	keys, err := v.keys(ctx, items)
	if err != nil {
		return nil, err
	}
	opened := make([]Opened, len(items))
	for i, s := range items {
		p := person{s.Tenant, s.Person}
		if k, ok := keys[p]; ok {
			opened[i].Text, opened[i].Err = k.open(p, s.Field, s.Bytes)
		} else {
			opened[i].Err = ErrErased
		}
	}
	return opened, nil
}

// keys finds the keys that still exist of everybody in items.
func (v *Vault) keys(ctx context.Context, items []Sealed) (map[person]key, error) {
	found, missing, epoch := map[person]key{}, map[person]bool{}, v.people.epoch()
	for _, s := range items {
		p := person{s.Tenant, s.Person}
		if k, ok := v.people.get(p); ok {
			found[p] = k
		} else {
			missing[p] = true
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	loaded, err := v.load(ctx, missing)
	for p, k := range loaded {
		found[p] = k
		v.people.put(epoch, p, k)
	}
	return found, err
}

// MailIndex is a keyed digest by which a tenant's person is found by address.
// Letter case and surrounding space do not matter. It means nothing in another
// tenant, and cannot be tried out without the tenant's key.
func (v *Vault) MailIndex(ctx context.Context, tid domain.TenantID, mail string) (string, error) {
	mail = strings.ToLower(strings.TrimSpace(mail))
	if mail == "" {
		return "", ErrNoMail
	}
	k, ok := v.tenants.get(tid)
	if !ok {
		var err error
		if k, err = v.obtainTenant(ctx, tid); err != nil {
			return "", err
		}
		v.tenants.put(v.tenants.epoch(), tid, k)
	}
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte(mail))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// Erase destroys a person's key, from memory and from every file. When it has
// returned nil, nothing that was sealed for them can be opened again. Where it
// fails, repeat it: it may have been carried out in part.
func (v *Vault) Erase(ctx context.Context, tid domain.TenantID, oid domain.PersonID) error {
	err := v.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE people SET wrapped = zeroblob(length(wrapped)) WHERE tid = ? AND oid = ?`, tid, oid)
		return err
	})
	v.people.drop(person{tid, oid})
	if err != nil {
		return fmt.Errorf("erase a person's key: %w", err)
	}
	return v.db.Scrub(ctx)
}
