package projections

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"kassa/domain"
	"kassa/eventstore"
)

// Projection declares one view: its tables and what every fact it hears does to
// them.
//
// A handler writes only rows, or columns, that belong to the fact's own stream;
// what several streams contribute is joined by the query. So facts of different streams
// commute, and a stream that was parked and retried later ends in the same rows.
type Projection struct {
	Name    string // in snake case; the name of its files and of its checkpoint
	Version int    // raise it when a handler changes: the view is then built anew
	Tables  []Table
	On      Handlers
}

// Table is declared in SQL that both SQLite and PostgreSQL understand.
type Table struct {
	Name string
	Key  []string // the primary key's columns: the order in which rows are compared
	DDL  string   // CREATE TABLE, and its indexes
}

// Handler applies one fact inside the batch's transaction. An error parks the
// fact and everything after it in its stream; see Projector.Retry.
type Handler func(*Tx, eventstore.Fact) error

// Handlers are a projection's ears, by the stored name of the fact.
type Handlers map[string]Handler

// On types a handler by the fact it hears; the stored name follows from the type.
func On[E domain.Event](f func(*Tx, E, eventstore.Fact) error) Handlers {
	var zero E
	return Handlers{zero.EventType(): func(tx *Tx, fact eventstore.Fact) error {
		e, ok := fact.Event.(E)
		if !ok {
			return fmt.Errorf("%s holds a %T, not a %T", fact.Type, fact.Event, zero)
		}
		return f(tx, e, fact)
	}}
}

// Hears joins handlers. Hearing one fact twice panics: it is a mistake in the
// declaration, and the program should not start.
func Hears(hs ...Handlers) Handlers {
	all := Handlers{}
	for _, h := range hs {
		for name, f := range h {
			if _, dup := all[name]; dup {
				panic("projections: two handlers for " + name)
			}
			all[name] = f
		}
	}
	return all
}

// fingerprint tells rows folded by this declaration from rows folded by another,
// so that a changed table is rebuilt even where nobody raised Version.
func (p Projection) fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q\n", p.Name, p.Version, slices.Sorted(maps.Keys(p.On)))
	for _, t := range p.Tables {
		fmt.Fprintf(h, "%q %q %q\n", t.Name, t.Key, t.DDL)
	}
	return hex.EncodeToString(h.Sum(nil))
}
