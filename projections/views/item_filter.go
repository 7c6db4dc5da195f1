package views

import (
	"strconv"
	"strings"
	"time"

	"kassa/domain"
	"kassa/domain/subscription"
)

// Filter narrows a list of items and says how it is sorted. Empty fields let
// everything through.
type Filter struct {
	Channel        domain.Channel
	Kind           domain.PurchaseKind
	Status         subscription.Status // at the time that is asked for
	Product        domain.ProductID
	Purchaser      domain.PersonID
	ExpiringBefore time.Time
	Orphaned       bool // only what somebody left behind
	Sort           Sort
	Next           string // from the page before, sorted alike
	Limit          int    // at most MaxLimit; DefaultLimit if 0
}

func (f Filter) narrow(c *clause, at time.Time) {
	for _, is := range []struct{ column, value string }{
		{"channel", string(f.Channel)}, {"kind", string(f.Kind)}, {"product", string(f.Product)}, {"purchaser", string(f.Purchaser)},
	} {
		if is.value != "" {
			c.and(`i.`+is.column+` = ?`, is.value)
		}
	}
	if !f.ExpiringBefore.IsZero() {
		c.and(`i.end_at < ?`, micros(f.ExpiringBefore))
	}
	if f.Orphaned {
		c.and(`i.orphaned_at > 0`) // the words of an index, so that it is used
	}
	if f.Status != "" {
		c.and(itemStatus+` = ?`, micros(at), micros(at), subscription.Grace.Microseconds(), string(f.Status))
	}
}

// itemStatus says in SQL what statusOf says of a row at an instant.
const itemStatus = `CASE WHEN i.ended IN ('suspended', 'disabled', 'deleted') THEN i.ended
		WHEN i.ended = '' AND ? < i.end_at THEN CASE i.kind WHEN 'trial' THEN 'trial' ELSE 'active' END
		WHEN ? < i.end_at + ? THEN 'expired' ELSE 'disabled' END`

// itemName is what a product is called; its id while the catalogue does not know it.
const itemName = `COALESCE(p.name, i.product)`

// Sort names what items are sorted by, with a minus for the largest first. Their
// texts are part of the public API; empty: the newest first.
type Sort string

// Sorts. Names of purchasers are sealed, and prices of two currencies do not compare.
const (
	ByStart    Sort = "start"
	ByExpiry   Sort = "expiry"
	ByQuantity Sort = "quantity"
	ByProduct  Sort = "product"
)

// sortKey is a column to sort by; equal values are told apart by subscription.
type sortKey struct {
	column string
	number func(Item) int64  // nil: it is a text,
	text   func(Item) string // this one
	down   bool
}

func (s Sort) key() sortKey {
	name, down := strings.CutPrefix(string(s), "-")
	k := sortKey{column: "i.start_at", number: func(i Item) int64 { return micros(i.Start) }, down: down || s == ""}
	switch Sort(name) {
	case ByExpiry:
		k.column, k.number = "i.end_at", func(i Item) int64 { return micros(i.ExpiryDate) }
	case ByQuantity:
		k.column, k.number = "i.quantity", func(i Item) int64 { return i.Quantity }
	case ByProduct:
		k.column, k.number, k.text = itemName, nil, func(i Item) string { return i.ProductName }
	}
	return k
}

// after narrows to what follows the page before.
func (k sortKey) after(c *clause, next string) error {
	if next == "" {
		return nil
	}
	last, err := readCursor(next, cursor{})
	if err != nil {
		return err
	}
	var value any = last.sort
	if k.text != nil {
		name, id, found := strings.Cut(last.id, "\n")
		if !found {
			return ErrCursor
		}
		value, last.id = name, id
	}
	than := " > "
	if k.down {
		than = " < "
	}
	c.and(`(`+k.column+`, i.subscription)`+than+`(?, ?)`, value, last.id)
	return nil
}

func (k sortKey) cursor(i Item) cursor {
	if k.text != nil {
		return cursor{id: k.text(i) + "\n" + string(i.Subscription)}
	}
	return cursor{k.number(i), string(i.Subscription)}
}

func (k sortKey) order() string {
	way := ""
	if k.down {
		way = " DESC"
	}
	return ` ORDER BY ` + k.column + way + `, i.subscription` + way
}

// clause is a condition and its parameters.
type clause struct {
	text string
	args []any
}

// and narrows further: each ? stands for the next of args.
func (c *clause) and(text string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		text = strings.Replace(text, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.text += " AND " + text
}
