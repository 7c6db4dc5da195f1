package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/metrics"
	"time"

	"kassa/eventstore/esdb"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

// measureMonthEnd has subscriptions of people that all renew on one day renewed,
// charged and billed by a whole Kassa. Each costs three appends, so the limit is
// a bare append by 64 writers.
//
// What was sold is written first, while nothing but the event store runs; then
// the views catch up, and Kassa begins again as of the evening of that day. In a
// directory that lasts all of it may be cut off anywhere, and goes on.
func (r *run) measureMonthEnd(ctx context.Context) error {
	limit, err := r.appendEvents(ctx, askers)
	if err != nil {
		return err
	}
	dir := r.Lasting
	if dir == "" {
		if dir, err = r.scratch(); err != nil {
			return err
		}
	}
	var m month
	err = r.within(ctx, dir, Begin{Still: true}, func(o operator) (err error) {
		if m, err = o.month(ctx, r.Subscriptions); err != nil {
			return err
		}
		return r.sell(ctx, o.store, m)
	})
	if err != nil {
		return err
	}
	r.tell("month-end: the views catch up with what was sold")
	if err := r.within(ctx, dir, Begin{}, func(o operator) error { return o.caughtUp(ctx) }); err != nil {
		return err
	}
	return r.within(ctx, dir, Begin{At: m.evening()}, func(o operator) error {
		renewed, billed, err := r.settleMonth(ctx, o)
		if err != nil {
			return err
		}
		r.figures = append(r.figures, renewed.ofRate(limit), billed.ofRate(limit))
		r.tell("month-end: every renewal, charge, number and bill is held against the others")
		return errors.Join(m.audit(ctx, o.store), o.ledger(ctx))
	})
}

// operator is whoever runs a Kassa: over its API, and at its event store.
type operator struct {
	client.Client
	store *esdb.Store
}

func (r *run) within(ctx context.Context, dir string, begin Begin, do func(operator) error) (err error) {
	kassa, err := r.Kassa(ctx, dir, begin)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kassa.Stop()) }()
	o := operator{Client: client.Client{URL: kassa.URL}}
	if o.store, err = esdb.Open(kassa.EventStore, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.store.Close()) }()
	if !begin.Still {
		if err := o.signIn(ctx); err != nil {
			return err
		}
	}
	return do(o)
}

func (o *operator) signIn(ctx context.Context) error {
	if err := ready(ctx, &o.Client); err != nil {
		return err
	}
	signed, err := o.Issue(ctx, v1.TokenRequest{Operator: true})
	o.Token = signed.Token
	return err
}

// caughtUp returns once every view shows all that is stored.
func (o operator) caughtUp(ctx context.Context) error {
	head, err := o.store.Head(ctx)
	if err != nil {
		return err
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		all, err := o.Views(ctx)
		if err != nil {
			return err
		}
		behind := 0
		for _, v := range all.Items {
			if v.Parked > 0 {
				return fmt.Errorf("view %s could not apply %d facts", v.Name, v.Parked)
			}
			if v.Position < head {
				behind++
			}
		}
		if behind == 0 {
			return nil
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// settleMonth follows the run to its end.
func (r *run) settleMonth(ctx context.Context, o operator) (renewed, billed Figure, err error) {
	r.tell("month-end: renewing, charging, numbering and billing")
	var due, at, live float64
	before, _ := usage()
	done, err := o.FollowBilling(ctx, "", 200*time.Millisecond, func(p client.BillingProgress) {
		if left := float64(p.Due); left > due {
			due = left
		} else if left == 0 && at == 0 {
			at = p.TookSeconds
		}
		live = max(live, heap())
		if r.Watch != nil {
			r.Watch(p)
		}
	})
	processor, resident := usage()
	renewed = Figure{Name: "month-end: renewed and charged", Unit: "renewals", Rate: due / at}
	billed = Figure{Name: "month-end: billed", Unit: "invoices", Rate: done.PerSecond, Memory: resident, Objects: live}
	if done.Done > 0 {
		billed.Processor = milliseconds(processor-before) / float64(done.Done)
	}
	return renewed, billed, err
}

// heap is what the last collection found in use, in MiB.
func heap() float64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64()) / (1 << 20)
}

func (o operator) ledger(ctx context.Context) error {
	report, err := o.VerifyLedger(ctx)
	if err == nil && !report.Equal {
		err = fmt.Errorf("the ledger, the bills and the gateway differ %d times", len(report.Differences))
	}
	return err
}
