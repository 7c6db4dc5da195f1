package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"kassa/domain"
	"kassa/eventstore"
	"kassa/eventstore/esdb"
	"kassa/eventstore/message"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
	"kassa/services/payments/simulator"
)

// evidence is everything that is left after the last kill, read where anybody
// may read it.
type evidence struct {
	season   bool
	deeds    []deed
	killed   []time.Time       // when, in order
	facts    []eventstore.Fact // the event store, in order
	repeated int               // facts that asking again for everything answered has added
	messages []published       // the stream, in order
	state    jetstream.StreamState
	reports  []v1.Report     // of every view's verification
	views    []string        // that there are
	charges  []domain.Charge // the gateway's books
	refunds  []domain.Refund
	ledger   v1.LedgerReport // as Kassa itself holds its books against the gateway's
	cries    []string        // what any Kassa logged as an error
	stopped  error           // how the last Kassa ended when asked to
}

// published is a message and where the broker keeps it.
type published struct {
	sequence uint64
	at       time.Time
	message.Numbered
}

// takeStock waits until nothing is left to do, asks for everything again, reads
// all there is, stops Kassa and opens the gateway's books.
func (c *campaign) takeStock(ctx context.Context, alive *process) (found evidence, err error) {
	ctx, cancel := context.WithTimeout(ctx, restTimeout)
	defer cancel()
	store, err := esdb.Open(alive.store, slog.New(slog.DiscardHandler))
	if err != nil {
		return found, err
	}
	defer store.Close()
	found.season = c.season
	if c.season {
		if err := settles(ctx, store); err != nil {
			return found, err
		}
	}
	before, err := readFinished(ctx, store)
	if err != nil {
		return found, err
	}
	if !c.season {
		c.repeatAll(ctx)
	}
	if found.facts, err = readFinished(ctx, store); err != nil {
		return found, err
	}
	found.repeated = len(found.facts) - len(before)
	last := found.facts[len(found.facts)-1].Position
	if err := awaitRest(ctx, &client.Client{URL: alive.url, HTTP: c.http}, last); err != nil {
		return found, err
	}
	if found.messages, found.state, err = readStream(ctx, alive.nats); err != nil {
		return found, err
	}
	if err := c.verifyViews(ctx, alive, &found); err != nil {
		return found, err
	}
	found.stopped = alive.terminate(ctx)
	found.deeds, found.killed = c.book.all(), c.killed
	if err := c.readBooks(ctx, &found); err != nil {
		return found, err
	}
	found.cries, err = readCries(c.log.Name())
	return found, err
}

// repeatAll asks once more for everything that was answered and left facts.
func (c *campaign) repeatAll(ctx context.Context) {
	var crowd errgroup.Group
	crowd.SetLimit(c.workers)
	w := worker{book: &c.book, door: c.door}
	for _, d := range c.book.repeatable("") {
		crowd.Go(func() error { w.repeat(ctx, d); return nil })
	}
	_ = crowd.Wait() // what went wrong is in the journal
}

// readFinished returns every fact, once none waits for its next step.
func readFinished(ctx context.Context, store *esdb.Store) ([]eventstore.Fact, error) {
	var facts []eventstore.Fact
	waiting, caughtUp, codec := newUnfinished(), false, eventstore.Schema()
	for d, err := range store.Follow(ctx, 0) {
		if err != nil {
			return nil, fmt.Errorf("follow the store, with %v unfinished: %w", waiting.left(), err)
		}
		if d.Record != nil {
			fact, err := codec.Decode(*d.Record)
			if err != nil {
				return nil, err
			}
			facts = append(facts, fact)
			waiting.hear(fact)
		}
		if caughtUp = caughtUp || d.CaughtUp; caughtUp && len(waiting.waits) == 0 {
			break
		}
	}
	return facts, nil
}

// awaitRest waits until the relay and every view have come to a position and
// know of nothing beyond.
func awaitRest(ctx context.Context, anyone *client.Client, position uint64) error {
	for {
		health, err := anyone.Ready(ctx)
		if err != nil {
			return err
		}
		busy := slices.IndexFunc(health.Parts, func(p v1.Part) bool {
			follows := p.Name == "relay" || strings.HasPrefix(p.Name, "view ")
			return !p.Ready || p.Lag > 0 || follows && p.Position < position
		})
		if busy < 0 {
			return nil
		}
		if !pause(ctx, 50*time.Millisecond) {
			return fmt.Errorf("%s does not come to rest: %+v", health.Parts[busy].Name, health.Parts[busy])
		}
	}
}

// readStream reads the stream KASSA as any subscriber may.
func readStream(ctx context.Context, url string) (all []published, state jetstream.StreamState, err error) {
	conn, err := nats.Connect(url)
	if err != nil {
		return nil, state, err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, state, err
	}
	stream, err := js.Stream(ctx, message.Stream)
	if err != nil {
		return nil, state, err
	}
	state = stream.CachedInfo().State
	consumer, err := js.OrderedConsumer(ctx, message.Stream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		return nil, state, err
	}
	in, err := consumer.Messages()
	if err != nil {
		return nil, state, err
	}
	defer in.Stop()
	for last := uint64(0); last < state.LastSeq; {
		m, err := in.Next(jetstream.NextMaxWait(10 * time.Second))
		if err != nil {
			return all, state, fmt.Errorf("message after %d: %w", last, err)
		}
		at, err := m.Metadata()
		if err != nil {
			return all, state, err
		}
		last = at.Sequence.Stream
		n, err := message.Parse(m.Headers(), m.Data())
		if err != nil {
			return all, state, fmt.Errorf("message %d: %w", last, err)
		}
		all = append(all, published{last, at.Timestamp, n})
	}
	return all, state, nil
}

// verifyViews compares every view with a fold of the history.
func (c *campaign) verifyViews(ctx context.Context, alive *process, found *evidence) error {
	operator := &client.Client{URL: alive.url, HTTP: c.http}
	token, err := operator.Issue(ctx, v1.TokenRequest{Operator: true})
	if err != nil {
		return err
	}
	operator.Token = token.Token
	there, err := operator.Views(ctx)
	for _, v := range there.Items {
		found.views = append(found.views, v.Name)
		report, err2 := operator.Verify(ctx, v.Name)
		found.reports = append(found.reports, report)
		err = errors.Join(err, err2)
	}
	ledger, verr := operator.VerifyLedger(ctx)
	found.ledger = ledger
	return errors.Join(err, verr)
}

// readBooks reads the gateway's ledger. Kassa must have stopped.
func (c *campaign) readBooks(ctx context.Context, found *evidence) (err error) {
	gateway, err := simulator.Open(ctx, simulator.Config{Dir: filepath.Join(c.history(), "payments")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, gateway.Close()) }()
	for charge, err := range gateway.Charges(ctx) {
		if err != nil {
			return err
		}
		found.charges = append(found.charges, charge)
	}
	for refund, err := range gateway.Refunds(ctx) {
		if err != nil {
			return err
		}
		found.refunds = append(found.refunds, refund)
	}
	return nil
}

// readCries returns what was logged that should not have been.
func readCries(path string) (cries []string, err error) {
	log, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if line := lines.Text(); strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "panic") {
			cries = append(cries, line)
		}
	}
	return cries, lines.Err()
}
