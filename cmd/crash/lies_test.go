package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"kassa/domain"
	"kassa/domain/invoice"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
	"kassa/eventstore"
)

// lies are ways in which a broken Kassa would leave other evidence, and the
// check that must notice.
var lies = []struct {
	name string
	tell func(*testing.T, *evidence)
	by   string
}{
	{"an acknowledged purchase is lost", func(t *testing.T, e *evidence) {
		d := e.answered(t, submit)
		e.facts = slices.DeleteFunc(e.facts, func(f eventstore.Fact) bool { return f.Meta.Command == d.Command })
	}, "every answer is in the store exactly once"},
	{"the last step of an acknowledged purchase is lost", func(t *testing.T, e *evidence) {
		i := first[subscription.Provisioned](t, e)
		e.facts = slices.Delete(e.facts, i, i+1)
	}, "every answer is in the store exactly once"},
	{"a licence is assigned twice for one request", func(t *testing.T, e *evidence) {
		e.add(e.facts[first[license.Assigned](t, e)])
	}, "every answer is in the store exactly once"},
	{"an answer names another position", func(t *testing.T, e *evidence) {
		e.answered(t, assign).Answer.Position++
	}, "every answer is in the store exactly once"},
	{"an id is not the command's", func(t *testing.T, e *evidence) {
		e.facts[first[purchase.TermsAccepted](t, e)].ID = uuid.New()
	}, "every answer is in the store exactly once"},
	{"a request that was given up is left half done", func(t *testing.T, e *evidence) {
		d := e.answered(t, assign)
		d.Answer, d.Repeats = nil, nil
		seat := e.facts[slices.IndexFunc(e.facts, func(f eventstore.Fact) bool { return f.Meta.Command == d.Command })].ID
		e.facts = slices.DeleteFunc(e.facts, func(f eventstore.Fact) bool { return f.Meta.Causation == seat })
	}, "every answer is in the store exactly once"},
	{"a key is said to be reused", func(t *testing.T, e *evidence) {
		e.answered(t, start).Answer.Code = "idempotency_key_reused"
	}, "no answer that nobody may get"},
	{"an internal error", func(t *testing.T, e *evidence) {
		e.answered(t, start).Troubles = []string{"500"}
	}, "no answer that nobody may get"},
	{"a repeated request is answered otherwise", func(t *testing.T, e *evidence) {
		e.answered(t, unassign).Repeats[0].Body += " "
	}, "asking again gets the first answer"},
	{"the ledger does not agree with the gateway", func(_ *testing.T, e *evidence) { e.ledger.Equal = false }, "the ledger adds up, to the bills and to the gateway"},
	{"a repeated request is carried out again", func(_ *testing.T, e *evidence) { e.repeated = 1 }, "asking again gets the first answer"},
	{"a purchase that nobody asked for", func(t *testing.T, e *evidence) {
		d := e.answered(t, submit)
		e.deeds = slices.DeleteFunc(e.deeds, func(other deed) bool { return other.Command == d.Command })
	}, "no fact that nobody asked for"},
	{"an id is stored twice", func(_ *testing.T, e *evidence) { e.facts[5].ID = e.facts[4].ID }, "the store's ids, revisions and positions"},
	{"a revision is missing", func(_ *testing.T, e *evidence) { e.facts[len(e.facts)-1].Revision++ }, "the store's ids, revisions and positions"},
	{"a position goes back", func(_ *testing.T, e *evidence) { e.facts[5].Position = e.facts[4].Position }, "the store's ids, revisions and positions"},
	{"a message is missing", func(_ *testing.T, e *evidence) { e.messages = slices.Delete(e.messages, 7, 8) }, "the stream is the store, in order"},
	{"the last message is missing", func(_ *testing.T, e *evidence) { e.messages = e.messages[:len(e.messages)-1] }, "the stream is the store, in order"},
	{"a message is there twice", func(_ *testing.T, e *evidence) { e.messages = slices.Insert(e.messages, 7, e.messages[7]) }, "the stream is the store, in order"},
	{"two messages changed places", func(_ *testing.T, e *evidence) {
		e.messages[7].Numbered.Record, e.messages[8].Numbered.Record = e.messages[8].Numbered.Record, e.messages[7].Numbered.Record
	}, "the stream is the store, in order"},
	{"one bit of a payload", func(_ *testing.T, e *evidence) {
		e.messages[9].Data = bytes.Clone(e.messages[9].Data)
		e.messages[9].Data[0] ^= 1
	}, "the stream is the store, in order"},
	{"a number is skipped", func(_ *testing.T, e *evidence) { e.messages[9].Gseq++ }, "the stream is the store, in order"},
	{"the chain is broken", func(_ *testing.T, e *evidence) { e.messages[9].Prev = e.messages[9].ID.String() }, "the stream is the store, in order"},
	{"the broker keeps a message too many", func(_ *testing.T, e *evidence) { e.state.Msgs++ }, "the stream is the store, in order"},
	{"a view differs", func(_ *testing.T, e *evidence) { e.reports[1].Equal = false }, "every view is the fold of its history"},
	{"a view was not compared", func(_ *testing.T, e *evidence) { e.reports = e.reports[1:] }, "every view is the fold of its history"},
	{"a view is behind", func(_ *testing.T, e *evidence) { e.reports[1].Position-- }, "every view is the fold of its history"},
	{"a fact is parked", func(_ *testing.T, e *evidence) { e.reports[1].Parked = 1 }, "every view is the fold of its history"},
	{"more seats than were bought", func(t *testing.T, e *evidence) {
		i := first[subscription.SeatReserved](t, e)
		change(e, e.where(e.facts[i].Stream), func(p *subscription.Provisioned) { p.Quantity = 0 })
	}, seats},
	{"a second licence for one person", func(t *testing.T, e *evidence) {
		i := first[license.Assigned](t, e)
		e.facts = slices.Insert(e.facts, i, e.facts[i])
	}, seats},
	{"a licence for another organisation", func(t *testing.T, e *evidence) {
		change(e, first[license.Assigned](t, e), func(l *license.Assigned) { l.AssigneeTenant = "elsewhere" })
	}, seats},
	{"a seat is given back twice", func(t *testing.T, e *evidence) {
		i := first[subscription.SeatReleased](t, e)
		e.facts = slices.Insert(e.facts, i, e.facts[i])
	}, seats},
	{"a fact after the end", func(t *testing.T, e *evidence) {
		again := e.facts[first[purchase.Submitted](t, e)]
		again.Stream = e.facts[first[purchase.Completed](t, e)].Stream
		e.add(again)
	}, "nothing after a purchase has ended"},
	{"a completed purchase was not charged", func(t *testing.T, e *evidence) {
		i := e.charge(t, domain.ChargeSucceeded)
		e.charges = slices.Delete(e.charges, i, i+1)
	}, charges},
	{"a purchase was charged twice", func(t *testing.T, e *evidence) {
		twice := e.charges[e.charge(t, domain.ChargeSucceeded)]
		id, _, _ := strings.Cut(twice.Key, "/")
		twice.ID, twice.Key = "ch_2", id+"/9"
		e.charges = append(e.charges, twice)
	}, charges},
	{"another amount was charged", func(t *testing.T, e *evidence) {
		e.charges[e.charge(t, domain.ChargeSucceeded)].Amount.Minor++
	}, charges},
	{"a charge was taken for a decline", func(t *testing.T, e *evidence) {
		e.charges[e.charge(t, domain.ChargeDeclined)].Status = domain.ChargeSucceeded
	}, charges},
	{"a charge of no purchase", func(t *testing.T, e *evidence) {
		e.charges = append(e.charges, domain.Charge{ID: "ch_3", Key: uuid.NewString() + "/1", Status: domain.ChargeSucceeded})
	}, charges},
	{"a refund is not made", func(t *testing.T, e *evidence) {
		require.NotEmpty(t, e.refunds)
		e.refunds = e.refunds[1:]
	}, charges},
	{"a refund is made twice", func(_ *testing.T, e *evidence) {
		twice := e.refunds[0]
		twice.ID, twice.Key = "re_2", twice.Key+"/2"
		e.refunds = append(e.refunds, twice)
	}, charges},
	{"a refund is of another amount", func(_ *testing.T, e *evidence) { e.refunds[0].Amount.Minor++ }, charges},
	{"seats are taken back that people hold", func(t *testing.T, e *evidence) {
		i := first[subscription.SeatReserved](t, e)
		f := e.facts[i]
		f.Event = subscription.SeatsRemoved{}
		e.facts = slices.Insert(e.facts, i+1, f)
	}, seats},
	{"a charge is on no bill", func(t *testing.T, e *evidence) {
		i := first[invoice.Paid](t, e)
		e.facts = slices.Delete(e.facts, i, i+1)
	}, bills},
	{"a bill is paid with another amount", func(t *testing.T, e *evidence) {
		change(e, first[invoice.Paid](t, e), func(p *invoice.Paid) { p.Amount.Minor++ })
	}, bills},
	{"a credit note is not noted", func(t *testing.T, e *evidence) {
		i := first[invoice.Refunded](t, e)
		e.facts = slices.Delete(e.facts, i, i+1)
	}, bills},
	{"two bills have one number", func(t *testing.T, e *evidence) {
		i := first[invoice.Issued](t, e)
		change(e, i, func(b *invoice.Issued) { b.Number = invoice.Number("KASSA", 2000, 1) })
	}, bills},
	{"a number is left out", func(t *testing.T, e *evidence) {
		change(e, first[invoice.Numbered](t, e), func(n *invoice.Numbered) { n.First++ })
	}, bills},
	{"an error was logged", func(_ *testing.T, e *evidence) { e.cries = []string{"panic"} }, "nothing went wrong inside"},
	{"it would not stop", func(_ *testing.T, e *evidence) { e.stopped = errors.New("exit status 1") }, "a clean stop"},
}

const (
	seats   = "no more seats than were bought, one for a person, in one organisation"
	charges = "the gateway's books are the history's, line by line"
	bills   = "every charge and refund is on one bill, and numbers have no gap"
)

// answered is a deed of that kind that was done.
func (e *evidence) answered(t *testing.T, k kind) *deed {
	t.Helper()
	i := slices.IndexFunc(e.deeds, func(d deed) bool {
		return d.Intent.kind == k && d.Answer != nil && d.Answer.Code == ""
	})
	require.GreaterOrEqual(t, i, 0, "nobody was answered to: %s", k)
	return &e.deeds[i]
}

func (e *evidence) charge(t *testing.T, s domain.ChargeStatus) int {
	t.Helper()
	i := slices.IndexFunc(e.charges, func(c domain.Charge) bool { return c.Status == s })
	require.GreaterOrEqual(t, i, 0, "no charge %s", s)
	return i
}

// where is the first fact of a stream.
func (e *evidence) where(stream string) int {
	return slices.IndexFunc(e.facts, func(f eventstore.Fact) bool { return f.Stream == stream })
}

// add appends a fact at the end, as new as the store would.
func (e *evidence) add(f eventstore.Fact) {
	f.Position = e.facts[len(e.facts)-1].Position + 1
	e.facts = append(e.facts, f)
}

// first is where the first event of a type is.
func first[E domain.Event](t *testing.T, e *evidence) int {
	t.Helper()
	i := slices.IndexFunc(e.facts, func(f eventstore.Fact) bool { _, ok := f.Event.(E); return ok })
	require.GreaterOrEqual(t, i, 0, "no %T", *new(E))
	return i
}

// change replaces an event by a changed copy.
func change[E domain.Event](e *evidence, i int, how func(*E)) {
	event := e.facts[i].Event.(E)
	how(&event)
	e.facts[i].Event = event
}

func (e evidence) clone() evidence {
	e.deeds, e.facts, e.messages = slices.Clone(e.deeds), slices.Clone(e.facts), slices.Clone(e.messages)
	e.reports, e.charges = slices.Clone(e.reports), slices.Clone(e.charges)
	e.refunds = slices.Clone(e.refunds)
	for i, d := range e.deeds {
		if d.Answer != nil {
			answer := *d.Answer
			e.deeds[i].Answer = &answer
		}
		e.deeds[i].Repeats = slices.Clone(d.Repeats)
	}
	return e
}
