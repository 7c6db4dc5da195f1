package relay

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"kassa/domain"
	"kassa/services/broker"
)

// Halts. Each leaves something to a person, because going on would be a guess;
// the cause has the details. broker.ErrDrift and broker.ErrOtherSource halt too.
var (
	ErrForeign = &domain.Error{Kind: domain.Conflict, Code: "relay.foreign_history",
		Message: "The broker's last fact is not the one this event store has at that position: their histories differ. Connect to the NATS that belongs to this store, or delete the stream KASSA to have it filled again."}
	ErrBehind = &domain.Error{Kind: domain.Conflict, Code: "relay.store_behind",
		Message: "The broker is ahead of the event store, which is empty, has lost facts or was restored from an older backup. Restore a newer backup, or, if those facts are gone for good, delete the stream KASSA to have it filled again."}
	ErrGone = &domain.Error{Kind: domain.Conflict, Code: "relay.position_gone",
		Message: "The broker's last fact is no longer in the event store. Find out who removed it; if it was meant to go, delete the stream KASSA to have it filled again."}
	ErrEmptied = &domain.Error{Kind: domain.Conflict, Code: "relay.emptied",
		Message: "The stream KASSA counts messages but none can be read. Start the relay once with leave to republish everything; subscribers will see known ids again."}
	ErrUnreadable = &domain.Error{Kind: domain.Conflict, Code: "relay.unreadable_tail",
		Message: "The last message of the stream KASSA was not written by a relay, or by a newer one. Find out who else may publish to kassa.>, then delete the stream to have it filled again."}
	ErrUnpublishable = &domain.Error{Kind: domain.Internal, Code: "relay.unpublishable",
		Message: "A stored fact does not fit a message. It is not skipped: report the cause, and upgrade once it is fixed."}
	ErrRefused = &domain.Error{Kind: domain.Internal, Code: "relay.refused",
		Message: "The broker refused a fact for a reason that does not pass by itself. Remove the cause, then start the relay again."}
)

func halts(err error) bool {
	return slices.ContainsFunc([]error{
		ErrForeign, ErrBehind, ErrGone, ErrEmptied, ErrUnreadable, ErrUnpublishable, ErrRefused,
		broker.ErrDrift, broker.ErrOtherSource,
	}, func(h error) bool { return errors.Is(err, h) })
}

var (
	errSilent = errors.New("relay: the broker did not answer")
	errRival  = errors.New("relay: somebody else published")
)

// rival lists the answers that mean "someone was here": perhaps another relay,
// perhaps we ourselves, in a publish whose answer was lost. Which one it is
// depends on the order of the server's checks, so they are all the same to us.
var rival = []jetstream.ErrorCode{
	10071, // wrong last sequence
	10164, // the same, in a batch or on a replica
	10158, // this id is being stored
	10176, // the batch is not complete
	10201, // the batch repeats an id
}

func (a ack) verdict() error {
	switch {
	case a.Error == nil && a.Duplicate:
		return fmt.Errorf("%w: duplicate", errRival)
	case a.Error == nil:
		return nil
	case slices.Contains(rival, a.Error.ErrorCode):
		return fmt.Errorf("%w: %w", errRival, a.Error)
	case a.Error.Code >= 500 || a.Error.Code == 429:
		return fmt.Errorf("relay: broker: %w", a.Error) // no space, no leader, too busy: it passes
	}
	return ErrRefused.Because(a.Error)
}

func publishError(err error) error {
	if errors.Is(err, nats.ErrMaxPayload) || errors.Is(err, nats.ErrBadSubject) {
		return ErrUnpublishable.Because(err)
	}
	return brokerError(err)
}
