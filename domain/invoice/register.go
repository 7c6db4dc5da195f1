package invoice

import (
	"fmt"
	"time"

	"kassa/domain"
)

// Numbered gives a seller's next numbers of a year to bills, in order. The first
// follows the last of the fact before: where facts have no gaps, numbers have
// none. It is part of the storage format.
type Numbered struct {
	Seller  string    `json:"seller"`
	Year    int       `json:"year"`
	First   int64     `json:"first"` // from 1
	Entries []Entry   `json:"entries"`
	At      time.Time `json:"at"`
}

// Entry is a bill that a number is given to.
type Entry struct {
	Subscription domain.SubscriptionID `json:"subscriptionId"`
	Of           Of                    `json:"of"`
}

// EventType is its stored name.
func (Numbered) EventType() string { return "invoiceregister.numbered.v1" }

// Last is the last number that it gives.
func (e Numbered) Last() int64 { return e.First + int64(len(e.Entries)) - 1 }

// RegisterStream names the stream of a seller's numbers of a year.
func RegisterStream(seller string, year int) string {
	return fmt.Sprintf("invoiceregister-%s-%04d", seller, year)
}
