package main

import (
	"context"
	"errors"
	"log/slog"

	"kassa/services/clock"
)

type serveCmd struct {
	Demo             bool        `help:"Load the demonstration: a catalogue, six organisations, their people and purchases."`
	Clock            clock.Speed `help:"Let the demonstration's time go faster: 3600x, or 1y/1m for a year in a minute." placeholder:"SPEED"`
	Data             string      `default:"./data" help:"Directory that holds everything (${default})." placeholder:"DIR"`
	Listen           string      `default:"127.0.0.1:8080" help:"Address of the API (${default}); port 0 means any free port." placeholder:"HOST:PORT"`
	Eventstore       string      `default:"embedded" help:"embedded (default), or an EventStoreDB cluster." placeholder:"esdb://…"`
	EventstoreListen string      `default:"127.0.0.1:0" help:"Address of the embedded event store (${default})." placeholder:"HOST:PORT"`
	Nats             string      `default:"embedded" help:"embedded (default), or NATS servers with JetStream." placeholder:"nats://…"`
	NatsListen       string      `default:"127.0.0.1:0" help:"Address of the embedded NATS server, for readers (${default})." placeholder:"HOST:PORT"`
	Views            string      `default:"sqlite" help:"Where the views live; sqlite is the only one so far." placeholder:"sqlite"`
	Taxes            string      `type:"existingfile" help:"JSON file of tax rules by market and day, in place of the standard ones." placeholder:"FILE"`
	mailFlags
	DevIdentity bool `name:"dev-identity-on-any-address" help:"Let the development identity provider run on an address that others can reach."`
}

// Help shows how it is used.
func (serveCmd) Help() string {
	return `The first lines on standard output say where everything listens; logs go to standard error.

Examples:
  kassa serve --demo
  kassa serve --demo --clock 1y/1m
  kassa serve --taxes taxes.json    # [{"market":"CA","kind":"gst","rate":500,"exclusive":true,"from":"2008-01-01"}]
  kassa serve --data /var/lib/kassa --eventstore esdb://es1:2113 --nats nats://n1:4222
  KASSA_SMTP_USER=kassa KASSA_SMTP_PASSWORD=… kassa serve --smtp smtp://mail.company.com:587 --mail-from "Kassa <kassa@company.com>"`
}

// Validate refuses what would date real purchases wrongly.
func (c *serveCmd) Validate() error {
	if c.Clock != 0 && !c.Demo {
		return errors.New("--clock is for a demonstration: add --demo, or leave it out")
	}
	return nil
}

func (c *serveCmd) Run(ctx context.Context, s *session) error {
	post, err := c.postage(c.Demo, c.Data, s.getenv)
	if err != nil {
		return err
	}
	return serve(ctx, settings{
		Demo: c.Demo, Clock: c.Clock, Data: c.Data, Listen: c.Listen, EventStore: c.Eventstore, EventStoreListen: c.EventstoreListen,
		NATS: c.Nats, NATSListen: c.NatsListen, Views: c.Views, AnyAddress: c.DevIdentity, Taxes: c.Taxes, Mail: post,
	}, s.stdout, slog.New(slog.NewJSONHandler(s.stderr, nil)))
}
