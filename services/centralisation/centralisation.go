// Package centralisation takes a centralisation from step to step: the seats are
// bought, people get their licences, their purchasers are asked to cancel, and
// what they answer is followed to the end (R45-R47). It issues the next command
// and keeps nothing: what to do next is a function of the facts, so it may be
// killed anywhere, and any number of it may run. Business rules must never live
// here.
package centralisation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/centralisation"
	"kassa/projections"
	"kassa/projections/views"
	"kassa/services/process"
)

// Step is the one thing a centralisation waits for that Kassa does itself.
type Step string

// Steps, in order.
const (
	Nothing Step = "nothing"
	Buy     Step = "buy the seats"
	Assign  Step = "assign the licences"
	Ask     Step = "ask the purchasers"
	Follow  Step = "follow the answers"
	Finish  Step = "close it"
)

// Next says what a centralisation waits for.
func Next(s centralisation.State) Step {
	switch s.Status() {
	case centralisation.StatusBuying:
		return Buy
	case centralisation.StatusAssigning:
		return Assign
	case centralisation.StatusAsking:
		return Ask
	case centralisation.StatusAwaiting:
		if len(s.Outstanding()) > 0 {
			return Follow
		}
		return Finish
	}
	return Nothing
}

type outcome = commands.Outcome[centralisation.State]

// steps are the commands that the manager issues. Each is idempotent.
type steps interface {
	Load(ctx context.Context, id domain.CentralisationID) (outcome, error)
	Purchase(ctx context.Context, id domain.CentralisationID) (outcome, error)
	Assign(ctx context.Context, id domain.CentralisationID) (outcome, error)
	Ask(ctx context.Context, id domain.CentralisationID) (outcome, error)
	Follow(ctx context.Context, id domain.CentralisationID) (outcome, error)
	Finish(ctx context.Context, id domain.CentralisationID) (outcome, error)
}

// Manager drives centralisations on. Every field is required.
type Manager struct {
	Projector *projections.Projector
	Steps     steps
	Every     time.Duration // how often to look at the latest
	Log       *slog.Logger
}

// Run works until ctx ends.
func (m *Manager) Run(ctx context.Context) error {
	return (&process.Runner[domain.CentralisationID]{
		Name: "centralisations", Do: m.Pump, Every: m.Every, Log: m.Log,
		Waiting: func(ctx context.Context, limit int) ([]domain.CentralisationID, uint64, error) {
			return views.CentralisationsWaiting(ctx, m.Projector, limit)
		},
		Moved: func(ctx context.Context, asOf uint64) error {
			return m.Projector.Await(ctx, views.CentralisationsView.Name, asOf+1)
		},
	}).Run(ctx)
}

// Pump drives one as far as it will go.
func (m *Manager) Pump(ctx context.Context, id domain.CentralisationID) error {
	at, err := m.Steps.Load(ctx, id)
	for err == nil {
		var then outcome
		if then, err = m.take(ctx, id, Next(at.State)); then.Position <= at.Position {
			return err // nothing is new: somebody has to answer first
		}
		at = then
	}
	return err
}

func (m *Manager) take(ctx context.Context, id domain.CentralisationID, step Step) (outcome, error) {
	switch step {
	case Nothing:
		return outcome{}, nil
	case Buy:
		return m.Steps.Purchase(ctx, id)
	case Assign:
		return m.Steps.Assign(ctx, id)
	case Ask:
		return m.Steps.Ask(ctx, id)
	case Follow:
		return m.Steps.Follow(ctx, id)
	case Finish:
		return m.Steps.Finish(ctx, id)
	}
	return outcome{}, fmt.Errorf("centralisation: no way to %s", step)
}
