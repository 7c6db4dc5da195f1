package embedded

import (
	"context"
	"errors"
	"io"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"google.golang.org/grpc/codes"

	"kassa/eventstore/embedded/internal/journal"
)

// Bounds of one BatchAppend call.
const (
	batchAnswers = 1024     // appends that may wait for their answer
	batchBytes   = 64 << 20 // of appends that are not complete yet
)

// BatchAppend writes many appends over one call. Each is a batch of messages
// under a correlation id, complete with the final one; each is answered by
// itself, in the order of completion, and refused by itself.
func (s *streamsService) BatchAppend(call streams.Streams_BatchAppendServer) error {
	b := &batches{service: s, call: call, open: map[string]*batch{}, answers: make(chan func() *streams.BatchAppendResp, batchAnswers)}
	sent := make(chan error, 1)
	go func() { sent <- b.send() }()
	err := b.receive()
	close(b.answers)
	if err := errors.Join(err, <-sent); err != nil {
		return s.refuse(call.Context(), err)
	}
	return nil
}

// batches is one BatchAppend call.
type batches struct {
	service *streamsService
	call    streams.Streams_BatchAppendServer
	open    map[string]*batch // by correlation id
	size    int               // of all that are open
	answers chan func() *streams.BatchAppendResp
}

// batch is an append being received. A refused one is kept until its end,
// because it is answered then.
type batch struct {
	first   *streams.BatchAppendReq
	append  *proposal
	refused error
}

func (b *batches) send() error {
	var failed error
	for answer := range b.answers {
		resp := answer()
		if failed == nil {
			failed = b.call.Send(resp)
		}
	}
	return failed
}

func (b *batches) receive() error {
	for {
		req, err := b.call.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		key := req.GetCorrelationId().String()
		one, known := b.open[key]
		if !known {
			one = &batch{first: req}
			one.append, one.refused = beginBatch(req.GetOptions())
			b.open[key] = one
		}
		if b.add(one, req); b.size > batchBytes {
			return &refusal{code: codes.ResourceExhausted, message: "Too many appends are begun and not complete."}
		}
		if req.GetIsFinal() {
			delete(b.open, key)
			b.finish(one)
		}
	}
}

func beginBatch(o *streams.BatchAppendReq_Options) (*proposal, error) {
	if o.GetExpectedStreamPosition() == nil {
		return nil, invalid("An append begins with its options, and those say what revision is expected.")
	}
	name, err := writableName(o.GetStreamIdentifier())
	if err != nil {
		return nil, err
	}
	revision, err := batchExpected(o)
	return &proposal{stream: name, expected: revision}, err
}

func batchExpected(o *streams.BatchAppendReq_Options) (journal.Expected, error) {
	switch {
	case o.GetAny() != nil:
		return journal.Any, nil
	case o.GetNoStream() != nil:
		return journal.NoStream, nil
	case o.GetStreamExists() != nil:
		return journal.StreamExists, nil
	}
	return exactly(o.GetStreamPosition())
}

func (b *batches) add(one *batch, req *streams.BatchAppendReq) {
	for _, e := range req.GetProposedMessages() {
		if one.refused != nil {
			return
		}
		before := one.append.size
		one.refused = one.append.add(e)
		b.size += one.append.size - before
	}
}

// finish queues a complete append; its answer is sent when its turn comes.
func (b *batches) finish(one *batch) {
	answered := func(w journal.Written, err error) func() *streams.BatchAppendResp {
		return func() *streams.BatchAppendResp { return batchAnswer(one.first, w, err) }
	}
	if one.append != nil {
		b.size -= one.append.size
	}
	if one.refused != nil {
		b.answers <- answered(journal.Written{}, one.refused)
		return
	}
	ctx, cancel := deadline(b.call.Context(), one.first.GetOptions())
	pending, err := b.service.journal.Append(ctx, one.append.stream, one.append.expected, one.append.events)
	if err != nil {
		cancel()
		b.answers <- answered(journal.Written{}, err)
		return
	}
	b.answers <- func() *streams.BatchAppendResp {
		defer cancel()
		w, err := pending.Wait(ctx)
		return batchAnswer(one.first, w, err)
	}
}

// deadline is how long this append may take, beside the whole call.
func deadline(ctx context.Context, o *streams.BatchAppendReq_Options) (context.Context, context.CancelFunc) {
	if d := o.GetDeadline(); d != nil {
		return context.WithTimeout(ctx, d.AsDuration())
	}
	if t := o.GetDeadline_21_10_0(); t != nil {
		return context.WithDeadline(ctx, t.AsTime())
	}
	return context.WithCancel(ctx)
}
