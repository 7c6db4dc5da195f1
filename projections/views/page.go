package views

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"kassa/domain"
)

// Page is a part of a list. Next, if not empty, asks for the part after it.
type Page[T any] struct {
	Items []T
	Next  string
	AsOf  uint64 // the position in history that the rows are as of
}

// Sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// ErrCursor: a "next" that no list gave out.
var ErrCursor = &domain.Error{Kind: domain.Invalid, Code: "bad_cursor", Message: "This page does not exist. Start from the first one."}

func limit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// cursor is the key of the last row of a page: a number to sort by and an id
// that tells equal numbers apart.
type cursor struct {
	sort int64
	id   string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString(append(strconv.AppendInt(nil, c.sort, 36), "."+c.id...))
}

// readCursor reads a next; without one it is first.
func readCursor(next string, first cursor) (cursor, error) {
	if next == "" {
		return first, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(next)
	if err != nil {
		return cursor{}, ErrCursor.Because(err)
	}
	number, id, found := strings.Cut(string(text), ".")
	sort, err := strconv.ParseInt(number, 36, 64)
	if !found || err != nil {
		return cursor{}, ErrCursor.Because(err)
	}
	return cursor{sort, id}, nil
}

// cut makes a page of one row more than it may hold, which tells that there is
// another page.
func cut[T any](rows []T, limit int, key func(T) cursor) Page[T] {
	if len(rows) <= limit {
		return Page[T]{Items: rows}
	}
	rows = rows[:limit]
	return Page[T]{Items: rows, Next: key(rows[limit-1]).String()}
}

// Instants are stored as whole microseconds since 1970, which sort and compare
// in every database alike.
func micros(t time.Time) int64 { return t.UnixMicro() }

func instant(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
