package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"kassa/commands"
	"kassa/domain"
	"kassa/projections"
	"kassa/projections/views"
	v1 "kassa/services/api/v1"
	"kassa/services/demo"
	"kassa/services/importer"
)

// demoState is whether the demonstration's data is in.
type demoState struct{ done atomic.Bool }

func (s *system) demoPart() v1.Part {
	switch {
	case !s.Demo:
		return v1.Part{Name: "demo", Ready: true, Detail: "not asked for"}
	case s.demo.done.Load():
		return v1.Part{Name: "demo", Ready: true, Detail: "loaded"}
	}
	return v1.Part{Name: "demo", Detail: "its catalogue, people and purchases are being loaded"}
}

// seed makes the demonstration by sending commands. Their ids are the same at
// every start, so what is there already stays as it is, whatever a visitor has
// done with it since. Then its clock begins to run.
func (s *system) seed(ctx context.Context) error {
	if !s.Demo {
		return nil
	}
	people, err := s.seedDirectory(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	for _, p := range demo.Purchases() {
		if err := s.seedPurchase(ctx, people, p); err != nil {
			return ended(ctx, fmt.Errorf("demo: %s buys %s: %w", p.By, p.Product, err))
		}
	}
	for _, d := range demo.Delegations() {
		if err := s.seedDelegation(ctx, people, d); err != nil {
			return ended(ctx, fmt.Errorf("demo: %s lets %s in: %w", d.By, d.To, err))
		}
	}
	if err := s.awaitViews(ctx); err != nil {
		return ended(ctx, err)
	}
	s.clock.Run(max(s.Clock, 1))
	s.demo.done.Store(true)
	return nil
}

// awaitViews returns once the views show what is stored now: people sign in by
// an address that a view must know.
func (s *system) awaitViews(ctx context.Context) error {
	end, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	for _, v := range s.projector.Status() {
		_ = s.projector.Await(ctx, v.View, end) // a view that is halted says so itself
	}
	return nil
}

// ended is nil when err is only the stop of the program.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (s *system) seedDirectory(ctx context.Context) (map[string]commands.Principal, error) {
	catalogue, err := demo.Catalogue()
	if err != nil {
		return nil, err
	}
	directory, err := demo.Directory()
	if err != nil {
		return nil, err
	}
	r := commands.Request{
		Who: commands.Principal{Roles: []string{commands.RoleOperator}}, ID: uuid.New(), Correlation: uuid.New(),
	}
	if _, err := s.onboard.PutCatalogue(ctx, r, catalogue); err != nil {
		return nil, fmt.Errorf("demo catalogue: %w", err)
	}
	if err := s.whoLeft(ctx, directory.People); err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	if _, err := s.onboard.PutDirectory(ctx, r, directory); err != nil {
		return nil, fmt.Errorf("demo directory: %w", err)
	}
	people := map[string]commands.Principal{}
	for _, p := range directory.People {
		people[p.Mail] = principal(p)
	}
	return people, nil
}

// whoLeft marks the people whom a visitor has removed: a restart brings nobody
// back.
func (s *system) whoLeft(ctx context.Context, people []importer.Person) error {
	end, err := s.store.Head(ctx)
	if err != nil {
		return err
	}
	_ = s.projector.Await(ctx, views.DirectoryView.Name, end) // a view that is halted says so itself
	for i, p := range people {
		known, _, err := views.NewDirectory(s.projector).Person(ctx, domain.TenantID(p.Tenant), p.ID)
		if err != nil && !errors.Is(err, views.ErrPersonUnknown) && !errors.Is(err, projections.ErrHalted) {
			return err
		}
		people[i].Deleted = known.Deleted
	}
	return nil
}

func principal(p importer.Person) commands.Principal {
	return commands.Principal{Tenant: domain.TenantID(p.Tenant), Person: p.ID, Guest: &p.Guest, Roles: p.Roles}
}

func (s *system) seedPurchase(ctx context.Context, people map[string]commands.Principal, p demo.Purchase) error {
	who := people[p.By]
	request := func(who commands.Principal, step string) commands.Request {
		return commands.Request{Who: who, ID: uuid.NewSHA1(p.Command(), []byte(step)), Correlation: p.Command()}
	}
	start := commands.StartPurchase{Product: p.Product, Quantity: p.Seats, Market: p.Market, Channel: p.Channel, EntryPoint: domain.Website}
	if p.Monthly {
		start.Frequency = domain.Monthly
	}
	if p.Trial {
		start.Kind, start.NeedsPaymentMethod = domain.Trial, p.Card != ""
	}
	quoted, err := s.purchases.Start(ctx, request(who, "start"), start)
	if err != nil {
		return err
	}
	_, err = s.purchases.Submit(ctx, request(who, "submit"), commands.SubmitPurchase{
		Purchase: quoted.State.Purchase, Card: p.Card, Terms: "2026-01", PrivacyNotice: "2026-01",
	})
	if err != nil {
		return err
	}
	done, err := s.fulfil.Pump(ctx, quoted.State.Purchase)
	if err != nil {
		return err
	}
	for _, mail := range p.AssignTo {
		seat := commands.AssignLicense{Subscription: done.State.Subscription, Person: people[mail].Person}
		if _, err := s.licenses.Assign(ctx, request(people[p.Assigner()], "assign "+mail), seat); err != nil {
			return err
		}
	}
	return nil
}

// seedDelegation grants a relation as of when it is said to have begun, and
// ends one that is over.
func (s *system) seedDelegation(ctx context.Context, people map[string]commands.Principal, d demo.Delegation) error {
	began := s.clock.Now().Add(-d.Ago)
	then := commands.Partners{Log: s.partners.Log, Now: func() time.Time { return began }}
	r := commands.Request{Who: people[d.By], ID: d.Command(), Correlation: d.Command()}
	granted, err := then.Grant(ctx, r, commands.GrantDelegation{
		Partner: people[d.To].Tenant, Kind: d.Kind, Roles: d.Roles, ExpiresAt: began.Add(d.For),
	})
	if err != nil || d.For > d.Ago {
		return err
	}
	_, err = s.partners.Expire(ctx, commands.Lapse{Customer: r.Who.Tenant, Partner: people[d.To].Tenant, At: granted.State.ExpiresAt})
	return err
}
