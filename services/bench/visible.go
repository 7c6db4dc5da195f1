package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

// buyers are people of the demonstration who may buy.
var buyers = []string{
	"anna@contoso.example", "omar@contoso.example", "maja@contoso.example", "hans@contoso.example",
	"george@contoso.example", "beatriz@contoso.example", "priya@contoso.example", "sync@contoso.example",
}

// measureVisible has people buy over the API of a whole Kassa and look at once
// for what they bought: one of them alone, then all together. A fact that
// shows has been on the broker's disk, so the limit is a bare publish.
func (r *run) measureVisible(ctx context.Context) (err error) {
	disk, err := r.diskFigure(ctx)
	if err != nil {
		return err
	}
	publish, err := r.publishSingly(ctx)
	if err != nil {
		return err
	}
	r.tell("visible: a whole Kassa is started")
	dir, err := r.scratch()
	if err != nil {
		return err
	}
	kassa, err := r.Kassa(ctx, dir, Begin{Demo: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, kassa.Stop()) }()
	if err := ready(ctx, &client.Client{URL: kassa.URL}); err != nil {
		return err
	}
	shoppers, err := enter(ctx, kassa.URL)
	if err != nil {
		return err
	}
	for _, n := range []int{1, len(shoppers)} {
		if err := r.shop(ctx, shoppers[:n], publish, disk); err != nil {
			return err
		}
	}
	return nil
}

// shop has some people buy for a time. Commands are held against the disk alone.
func (r *run) shop(ctx context.Context, some []*shopper, publish, disk Figure) error {
	r.tell("visible: %d buying", len(some))
	for _, s := range some {
		s.commands, s.shown = nil, nil
	}
	all, err := during(ctx, r.Each, len(some), func(ctx context.Context, n int) error { return some[n].buy(ctx) })
	if err != nil {
		return err
	}
	commands, shown := sample{elapsed: all.elapsed}, sample{elapsed: all.elapsed}
	for _, s := range some {
		commands.took, shown.took = append(commands.took, s.commands...), append(shown.took, s.shown...)
	}
	r.figures = append(r.figures,
		shown.figure(fmt.Sprintf("visible: acknowledged to shown, %d buying", len(some)), "purchases", 1).ofLatency(publish),
		commands.figure(fmt.Sprintf("visible: commands, %d buying", len(some)), "commands", 1).ofRate(disk))
	return nil
}

// ready waits until Kassa has its catalogue and its people. It can only be
// asked.
func ready(ctx context.Context, c *client.Client) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		health, err := c.Ready(ctx)
		if err != nil || health.Status == "ok" {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// shopper is one person at one connection.
type shopper struct {
	client.Client
	commands []time.Duration // until each was acknowledged
	shown    []time.Duration // from there until the purchase was in their list
}

func enter(ctx context.Context, url string) ([]*shopper, error) {
	var all []*shopper
	for _, mail := range buyers {
		s := &shopper{Client: client.Client{URL: url, HTTP: &http.Client{Transport: &http.Transport{}}}}
		signed, err := s.Issue(ctx, v1.TokenRequest{Mail: mail})
		if err != nil {
			return nil, err
		}
		s.Token = signed.Token
		all = append(all, s)
	}
	return all, nil
}

// buy is one purchase and a look at it.
func (s *shopper) buy(ctx context.Context) error {
	var bought v1.Submitted
	var quoted v1.Purchase
	asked, err := timed(func() (err error) {
		quoted, err = s.Start(ctx, "", v1.StartPurchase{ProductID: sold, Quantity: 1, Market: "US"})
		return err
	})
	if err != nil {
		return err
	}
	ordered, err := timed(func() (err error) {
		bought, err = s.Submit(ctx, "", quoted.PurchaseID, v1.SubmitPurchase{Card: "tok_visa", AcceptTerms: true})
		return err
	})
	if err != nil {
		return err
	}
	shown, err := timed(func() error { return s.see(ctx, bought) })
	s.commands, s.shown = append(s.commands, asked, ordered), append(s.shown, shown)
	return err
}

// see returns once the purchase is in its buyer's list.
func (s *shopper) see(ctx context.Context, bought v1.Submitted) error {
	reader := s.Client
	reader.Position = bought.Position
	list, err := reader.Purchases(ctx, client.List{Limit: 1})
	if err == nil && !slices.ContainsFunc(list.Items, func(i v1.Product) bool { return i.SubscriptionID == bought.SubscriptionID }) {
		err = fmt.Errorf("order %s is not in its buyer's list as of %d", bought.OrderNumber, list.AsOf.Position)
	}
	return err
}
