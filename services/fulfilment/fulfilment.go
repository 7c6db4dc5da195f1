// Package fulfilment takes a submitted purchase to its end, settles what
// subscriptions have to be paid for or pay back, brings seats and licences
// together and lets licences follow their subscription: it issues the next command and keeps no state of its own.
// What to do next is a function of the facts, so it may be killed and restarted
// anywhere. Business rules must never live here; what must be true at once
// belongs into one aggregate instead.
package fulfilment

import (
	"context"
	"fmt"

	"kassa/commands"
	"kassa/domain"
	"kassa/domain/license"
	"kassa/domain/purchase"
	"kassa/domain/subscription"
)

// Step is the one thing a purchase is waiting for.
type Step string

// Steps, in order.
const (
	Nothing   Step = "nothing"
	Settle    Step = "settle the payment"
	Provision Step = "provision the subscription"
)

// Next says what a purchase is waiting for.
func Next(s purchase.State) Step {
	switch s.Status {
	case purchase.StatusSubmitted:
		return Settle
	case purchase.StatusCompleted:
		return Provision
	}
	return Nothing
}

// purchases, subscriptions and licenses are the commands that fulfilment issues.
// Each is idempotent: two managers at once do no harm.
type purchases interface {
	Load(ctx context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error)
	Settle(ctx context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error)
	Provision(ctx context.Context, id domain.PurchaseID) (commands.Outcome[subscription.State], error)
}

type subscriptions interface {
	Settle(ctx context.Context, id domain.SubscriptionID) (commands.Outcome[subscription.State], error)
}

type licenses interface {
	Finish(ctx context.Context, c commands.AssignLicense) (commands.Outcome[license.State], error)
}

// Manager drives purchases, subscriptions and licences on.
type Manager struct {
	Purchases     purchases
	Subscriptions subscriptions
	Licenses      licenses
}

// Pump drives one purchase as far as it will go and returns how it then stands.
// The position is that of the last fact it led to.
func (m *Manager) Pump(ctx context.Context, id domain.PurchaseID) (commands.Outcome[purchase.State], error) {
	out, err := m.Purchases.Load(ctx, id)
	for err == nil {
		switch step := Next(out.State); step {
		case Nothing:
			return out, nil
		case Settle:
			out, err = m.Purchases.Settle(ctx, id)
		case Provision: // the last step
			provisioned, err := m.Purchases.Provision(ctx, id)
			out.Position = max(out.Position, provisioned.Position)
			return out, err
		default:
			return out, fmt.Errorf("fulfilment: no way to %s", step)
		}
	}
	return out, err
}
