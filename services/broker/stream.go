package broker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"kassa/domain"
	"kassa/eventstore/message"
)

// Metadata of the stream.
const (
	metaSource = message.SourceKey
	metaFilter = "kassa.filter"
	metaSchema = "kassa.schema"
	schema     = "1"
)

// Stream says whose facts the stream carries. What is already there must agree.
type Stream struct {
	Source   string // identifies the event store; another store's facts never mix with its
	Filter   string // version of the rule that picks which of its records are facts
	Replicas int    // only when the stream is created; 0: 1
	MaxBytes int64  // only when the stream is created; 0: no limit but the disk's
}

// Refusals of EnsureStream, matched with errors.Is; their cause names what differs.
var (
	// ErrOtherSource: the stream was filled from another event store, or by another filter.
	ErrOtherSource = &domain.Error{Kind: domain.Conflict, Code: "broker.other_source",
		Message: "The stream KASSA carries another event store's facts. Connect to the right NATS, or delete the stream to have it filled again from this store."}
	// ErrDrift: the stream is configured so that facts could be lost, reordered or fenced wrongly.
	ErrDrift = &domain.Error{Kind: domain.Conflict, Code: "broker.drift",
		Message: "The stream KASSA is not configured as Kassa needs it. Undo the change, or delete the stream to have it created and filled again."}
)

// EnsureStream creates the stream that carries the facts, or checks the one
// that is there. It is safe to call at any time by any number of processes.
func EnsureStream(ctx context.Context, js jetstream.StreamManager, want Stream) (jetstream.Stream, error) {
	s, err := js.Stream(ctx, message.Stream)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = js.CreateStream(ctx, want.config())
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
			s, err = js.Stream(ctx, message.Stream) // somebody else made it first
		}
	}
	if err != nil {
		return nil, fmt.Errorf("broker: stream %s: %w", message.Stream, err)
	}
	if err := want.check(s.CachedInfo().Config); err != nil {
		return nil, err
	}
	return s, nil
}

// config keeps everything for ever and refuses to drop the old for the new.
// Messages are read from the leader only (no direct gets: a replica that lags
// would look like a lost tail), and cannot be compressed away, expire, be
// rolled up, deleted or purged.
func (w Stream) config() jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name:               message.Stream,
		Description:        "Every fact, in order, as CloudEvents",
		Subjects:           []string{message.Subjects},
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Discard:            jetstream.DiscardNew,
		Replicas:           max(w.Replicas, 1),
		MaxBytes:           w.MaxBytes,
		MaxMsgs:            -1,
		MaxMsgsPerSubject:  -1,
		MaxConsumers:       -1,
		MaxMsgSize:         -1,
		Duplicates:         2 * time.Minute,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowAtomicPublish: true,
		Metadata:           map[string]string{metaSource: w.Source, metaFilter: w.Filter, metaSchema: schema},
	}
	if c.MaxBytes == 0 {
		c.MaxBytes = -1
	}
	return c
}

func (w Stream) check(got jetstream.StreamConfig) error {
	for key, want := range w.config().Metadata {
		if have := got.Metadata[key]; have != want {
			return ErrOtherSource.Because(fmt.Errorf("%s is %q, want %q", key, have, want))
		}
	}
	for _, d := range []struct {
		setting string
		ok      bool
	}{
		{"subjects", slices.Equal(got.Subjects, []string{message.Subjects})},
		{"storage", got.Storage == jetstream.FileStorage},
		{"retention", got.Retention == jetstream.LimitsPolicy},
		{"discard", got.Discard == jetstream.DiscardNew && !got.DiscardNewPerSubject},
		{"max_age", got.MaxAge == 0},
		{"max_msgs", got.MaxMsgs <= 0 && got.MaxMsgsPerSubject <= 0},
		{"max_msg_size", got.MaxMsgSize <= 0},
		{"deny_delete", got.DenyDelete},
		{"deny_purge", got.DenyPurge},
		{"sealed", !got.Sealed},
		{"no_ack", !got.NoAck},
		{"allow_direct", !got.AllowDirect},
		{"allow_atomic", got.AllowAtomicPublish},
		{"allow_rollup_hdrs", !got.AllowRollup},
		{"allow_msg_ttl", !got.AllowMsgTTL},
		{"persist_mode", got.PersistMode == jetstream.DefaultPersistMode},
		{"mirror, sources, subject_transform", got.Mirror == nil && len(got.Sources) == 0 && got.SubjectTransform == nil},
	} {
		if !d.ok {
			return ErrDrift.Because(fmt.Errorf("setting %s", d.setting))
		}
	}
	return nil
}
