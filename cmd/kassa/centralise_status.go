package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"kassa/domain"
	v1 "kassa/services/api/v1"
	"kassa/services/client"
)

type statusCentralisationCmd struct {
	ID string `arg:"" optional:"" name:"centralisation" help:"Centralisation id; left out: list them all."`
	pageFlags
	followFlags
}

// Help shows how it is used.
func (statusCentralisationCmd) Help() string {
	return `Examples:
  kassa centralise status
  kassa centralise status 0f0e… --follow`
}

func (c *statusCentralisationCmd) Run(ctx context.Context, s *session) error {
	if c.ID != "" {
		return c.detail(ctx, s)
	}
	out, err := s.client.Centralisations(ctx, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(out, func() {
		var rows [][]string
		for _, v := range out.Items {
			rows = append(rows, []string{
				string(v.ProductID), strings.TrimSpace(v.Status + " " + v.Outcome), fmt.Sprintf("%d/%d", v.Assigned, v.SeatsNeeded),
				fmt.Sprintf("%d/%d", v.Answers.Accepted, v.Answers.Asked), day(v.StartedAt), string(v.CentralisationID),
			})
		}
		s.table("PRODUCT STATUS LICENCES CANCELLED STARTED CENTRALISATION", rows...)
		s.more(out.Next)
	})
}

// detail is what scripts get of one centralisation.
type detail struct {
	v1.Centralisation
	Users     []v1.CentralisedUser     `json:"users"`
	Purchases []v1.CentralisedPurchase `json:"purchases"`
}

func (c *statusCentralisationCmd) detail(ctx context.Context, s *session) error {
	id := domain.CentralisationID(c.ID)
	if _, err := c.until(ctx, s, id); err != nil {
		return err
	}
	one, err := s.client.Centralisation(ctx, id)
	if err != nil {
		return err
	}
	users, err := s.client.CentralisedUsers(ctx, id, client.List{After: c.After, Limit: c.Limit})
	if err != nil {
		return err
	}
	purchases, err := s.client.CentralisedPurchases(ctx, id, client.List{Limit: c.Limit})
	if err != nil {
		return err
	}
	return s.show(detail{one, users.Items, purchases.Items}, func() {
		s.centralisation(one)
		var rows [][]string
		for _, u := range users.Items {
			rows = append(rows, []string{u.User.Name, u.Result, u.Code})
		}
		s.table("PERSON LICENCE WHY", rows...)
		s.more(users.Next)
		rows = nil
		for _, p := range purchases.Items {
			rows = append(rows, []string{p.Purchaser.Name, number(p.Seats), money(p.Yearly), p.Answer, p.Code, string(p.SubscriptionID)})
		}
		s.table("PURCHASER SEATS YEARLY ANSWER WHY SUBSCRIPTION", rows...)
	})
}

func (s *session) centralisation(v v1.Centralisation) {
	fmt.Fprintf(s.stdout, "%s: %s\n", v.CentralisationID, strings.TrimSpace(v.Status+" "+v.Outcome))
	fmt.Fprintf(s.stdout, "%d of %d people have a licence, %d cannot have one. %d of %d purchases are cancelled, %d purchasers said no.\n",
		v.Assigned, v.SeatsNeeded, v.Skipped, v.Answers.Accepted, v.Answers.Asked, v.Answers.Declined)
	if v.Refused != "" {
		fmt.Fprintf(s.stdout, "There are no seats: %s. Buy some with kassa centralise buy, or choose a subscription with kassa centralise target.\n", v.Refused)
	}
	s.savings(v.Savings)
}

// followFlags say whether to wait for what Kassa does by itself.
type followFlags struct {
	Follow bool `help:"Wait until it needs a person: seats, or an answer."`
}

// tell says how a change left a centralisation, or, followed, how that ended.
func (f *followFlags) tell(ctx context.Context, s *session, out v1.Centralised) error {
	if !f.Follow {
		return s.show(out, func() {
			fmt.Fprintf(s.stdout, "Centralisation %s is at %s; %d people still need a licence.\n", out.CentralisationID, out.Status, out.Remaining)
		})
	}
	s.client.Position = max(s.client.Position, out.Position)
	one, err := f.until(ctx, s, out.CentralisationID)
	if err != nil {
		return err
	}
	return s.show(one, func() { s.centralisation(one) })
}

// until follows a centralisation, with a bar for people at a terminal, until it
// needs a person.
func (f *followFlags) until(ctx context.Context, s *session, id domain.CentralisationID) (one v1.Centralisation, err error) {
	if !f.Follow {
		return one, nil
	}
	w := s.stderr
	if s.json || !terminal(w) {
		w = io.Discard
	}
	bar := progressbar.NewOptions64(1, progressbar.OptionSetWriter(w), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	defer func() { _ = bar.Finish() }() // only the drawing can fail
	for {
		if one, err = s.client.Centralisation(ctx, id); err != nil {
			return one, err
		}
		done := one.Assigned + one.Skipped + one.Answers.Asked + one.Answers.NotAsked
		bar.ChangeMax64(max(one.SeatsNeeded+one.Subscriptions, 1))
		bar.Describe(one.Status)
		_ = bar.Set64(done)
		if needsPerson(one) {
			return one, nil
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return one, ctx.Err()
		}
	}
}

// needsPerson says that nothing more happens before somebody acts, or at all.
func needsPerson(c v1.Centralisation) bool {
	switch a := c.Answers; c.Status {
	case "buying", "assigning", "asking":
		return false
	case "awaiting_answers":
		return a.Asked > a.Accepted+a.Declined+a.Expired+a.Withdrawn
	}
	return true
}
