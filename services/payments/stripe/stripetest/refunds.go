package stripetest

import (
	"errors"
	"strconv"
	"time"
)

type refund struct {
	id       string
	of       *intent
	amount   int64
	metadata object
	status   string
	at       time.Time
}

func (f *refund) show(expand bool) object {
	o := object{
		"id": f.id, "object": "refund", "amount": f.amount, "currency": f.of.currency, "metadata": f.metadata, "status": f.status,
		"created": f.at.Unix(), "payment_intent": f.of.id, "charge": f.of.charge,
	}
	if expand {
		o["payment_intent"] = f.of.show()
	}
	return o
}

func (b *books) createRefund(r request) answer {
	i := b.intent(r.form.Get("payment_intent"))
	amount, _ := strconv.ParseInt(r.form.Get("amount"), 10, 64)
	switch {
	case i == nil:
		return noSuch("payment_intent", r.form.Get("payment_intent"))
	case !i.paid():
		return bad("", "", "the payment has no charge that succeeded")
	case i.disputed:
		return bad("charge_disputed", "", "the charge is disputed")
	case i.refunded == i.amount:
		return bad("charge_already_refunded", "", "the charge is refunded already")
	case amount > i.amount-i.refunded:
		return bad("", "amount", "the refund is larger than what is left of the charge")
	}
	f := &refund{id: b.id("re"), of: i, amount: amount, metadata: metadataOf(r.form), status: "succeeded", at: b.now()}
	i.refunded += amount
	b.refunds = append(b.refunds, f)
	b.happened("refund.created", f.show(false))
	return answer{status: 200, body: f.show(false), lost: i.method.silent}
}

func (b *books) listRefunds(r request) answer {
	var found []object
	for _, f := range newestFirst(b.refunds) {
		if of := r.form.Get("payment_intent"); of == "" || of == f.of.id {
			found = append(found, f.show(r.expands("data.payment_intent")))
		}
	}
	return b.list(r, found)
}

// Refund pays some of a payment back as somebody does by hand, at Stripe, and
// returns the refund's id; one that fails was not made after all.
func (s *Server) Refund(charge string, amount int64, status string) string {
	b := &s.books
	b.mu.Lock()
	defer b.mu.Unlock()
	f := &refund{id: b.id("re"), of: b.intent(charge), amount: amount, metadata: object{}, status: status, at: b.now()}
	if status == "succeeded" {
		f.of.refunded += amount
	}
	b.refunds = append(b.refunds, f)
	return f.id
}

type dispute struct {
	id, reason, status string
	of                 *intent
	amount             int64
	at                 time.Time
}

func (d *dispute) show(expand bool) object {
	o := object{
		"id": d.id, "object": "dispute", "amount": d.amount, "currency": d.of.currency, "reason": d.reason, "status": d.status,
		"created": d.at.Unix(), "payment_intent": d.of.id, "charge": d.of.charge,
	}
	if expand {
		o["payment_intent"] = d.of.show()
	}
	return o
}

func (b *books) retrieveDispute(r request) answer {
	for _, d := range b.disputes {
		if d.id == r.path[1] {
			return good(d.show(r.expands("payment_intent")))
		}
	}
	return noSuch("dispute", r.path[1])
}

func (b *books) listDisputes(r request) answer {
	var found []object
	for _, d := range newestFirst(b.disputes) {
		found = append(found, d.show(r.expands("data.payment_intent")))
	}
	return b.list(r, found)
}

// What a bank cannot take back.
var (
	ErrNotPaid = errors.New("stripetest: there is no such payment")
	ErrNoMore  = errors.New("stripetest: nothing is left of the payment")
)

// Dispute lets a bank take back what is left of a payment, once, and returns the
// dispute's id. With an inquiry it only asks.
func (s *Server) Dispute(charge, reason, status string) (string, error) {
	b := &s.books
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, d := range b.disputes {
		if d.of.id == charge {
			return d.id, nil
		}
	}
	i := b.intent(charge)
	switch {
	case i == nil || !i.paid():
		return "", ErrNotPaid
	case i.refunded == i.amount:
		return "", ErrNoMore
	}
	d := &dispute{id: b.id("dp"), of: i, amount: i.amount - i.refunded, reason: reason, status: status, at: b.now()}
	i.disputed = true
	b.disputes = append(b.disputes, d)
	b.happened("charge.dispute.created", d.show(false))
	return d.id, nil
}

// Settle ends every dispute in some way: won, lost.
func (s *Server) Settle(status string) {
	s.books.mu.Lock()
	defer s.books.mu.Unlock()
	for _, d := range s.books.disputes {
		d.status = status
		s.books.happened("charge.dispute.closed", d.show(false))
	}
}
