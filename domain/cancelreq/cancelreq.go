// Package cancelreq decides about cancellation requests: an administrator asks
// the purchaser (R47), or support (R58), to cancel what a person bought by
// themselves.
//
//	          ┌ Accept ─▶ accepted ─ Execute ─▶ executed
//	Ask ─▶ open ─ Decline ─▶ declined
//	          ├ Withdraw ─▶ withdrawn
//	          └ Expire ─▶ expired (also from accepted, where the subscription ended meanwhile)
//
// Its stream is "cancelreq-<subscription>-<to>" and holds one request after the
// other, so that no more than one is open for each subscription and addressee:
// whoever appends first asks, and nobody has to search. A request's number in
// the stream is the last part of its ID.
//
// It must never decide who may ask, nor cancel anything: that is the
// subscription's own rule, and commands carry it out once a request is accepted.
package cancelreq

import (
	"strconv"
	"strings"

	"kassa/domain"
)

// Decider is this package's only door.
var Decider = domain.Decider[State, Command, Event]{
	Decide: func(s State, c Command) ([]Event, error) { return c.decide(s) },
	Evolve: func(s State, e Event) State { return e.evolve(s) },
}

// To says who is asked.
type To string

// Who can be asked. They are stored, and are part of the public API.
const (
	ToPurchaser To = "purchaser" // who is free to say no (R47)
	ToSupport   To = "support"   // who decides (R58)
)

// ID names one request: "<subscription>-<to>-<number>".
type ID struct {
	Subscription domain.SubscriptionID
	To           To
	Number       int // from 1, among the requests with the same subscription and addressee
}

// Stream names the stream that a request lives in, with those before and after.
func (id ID) Stream() string { return "cancelreq-" + string(id.Subscription) + "-" + string(id.To) }

func (id ID) String() string {
	return string(id.Subscription) + "-" + string(id.To) + "-" + strconv.Itoa(id.Number)
}

// ParseID reads what String wrote, or refuses it with ErrUnknown. Whether the
// subscription's id can be one is not looked at.
func ParseID(text string) (ID, error) {
	rest, number, _ := cutLast(text)
	subscription, to, _ := cutLast(rest)
	n, err := strconv.Atoi(number)
	id := ID{domain.SubscriptionID(subscription), To(to), n}
	if err != nil || n < 1 || subscription == "" || !id.To.known() || id.String() != text {
		return ID{}, ErrUnknown
	}
	return id, nil
}

func (t To) known() bool { return t == ToPurchaser || t == ToSupport }

func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, '-')
	if i < 0 {
		return "", text, false
	}
	return text[:i], text[i+1:], true
}
