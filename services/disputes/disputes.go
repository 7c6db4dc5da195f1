// Package disputes tells subscriptions of the payments that banks took back: it
// reads the gateway's books, because whatever else a gateway sends may be lost.
// It remembers only what it has told since it was started; to be told twice
// changes nothing. What a chargeback means must never be known here.
package disputes

import (
	"context"
	"iter"
	"log/slog"
	"sync"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/subscription"
	"kassa/services/process"
)

// Manager tells of disputes. Every field is required.
type Manager struct {
	Books interface {
		Disputes(ctx context.Context) iter.Seq2[domain.Dispute, error]
	}
	Subscriptions interface {
		ChargeBack(ctx context.Context, d domain.Dispute) (commands.Outcome[subscription.State], error)
	}
	Every time.Duration // how often to read the books
	Log   *slog.Logger

	told sync.Map // by id
}

// Run works until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	return (&process.Runner[domain.Dispute]{
		Name: "payments that banks took back", Waiting: m.waiting, Do: m.Tell, Every: m.Every, Log: m.Log,
	}).Run(ctx)
}

// Tell tells of one.
func (m *Manager) Tell(ctx context.Context, d domain.Dispute) error {
	_, err := m.Subscriptions.ChargeBack(ctx, d)
	if err == nil {
		m.told.Store(d.ID, true)
	}
	return err
}

func (m *Manager) waiting(ctx context.Context, limit int) (waiting []domain.Dispute, asOf uint64, err error) {
	for d, err := range m.Books.Disputes(ctx) {
		if err != nil || len(waiting) == limit {
			return waiting, 0, err
		}
		if _, told := m.told.Load(d.ID); !told {
			waiting = append(waiting, d)
		}
	}
	return waiting, 0, nil
}
