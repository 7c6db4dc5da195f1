package main

import (
	"context"
	"time"

	"kassa/commands"
	"kassa/projections/views"
	"kassa/services/process"
)

// delegations records that relations with partners have come to their end.
// Nothing rests on its being in time: whoever is let in is held to the clock.
func (s *system) delegations() *process.Runner[commands.Lapse] {
	return &process.Runner[commands.Lapse]{
		Name: "expire delegations", Every: time.Second, Log: s.part("partners"),
		Waiting: func(ctx context.Context, limit int) (lapses []commands.Lapse, asOf uint64, err error) {
			over, asOf, err := views.NewDelegations(s.projector).Lapsed(ctx, s.clock.Now(), limit)
			for _, d := range over {
				lapses = append(lapses, commands.Lapse{Customer: d.Customer, Partner: d.Partner, At: d.ExpiresAt})
			}
			return lapses, asOf, err
		},
		Do: func(ctx context.Context, l commands.Lapse) error {
			_, err := s.partners.Expire(ctx, l)
			return err
		},
	}
}
