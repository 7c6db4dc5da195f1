package main

import (
	"context"
	"sync/atomic"

	v1 "kassa/services/api/v1"
)

// demoState is how far the demonstration's data has come.
type demoState struct {
	wanted, done atomic.Bool
}

func (d *demoState) part() v1.Part {
	p := v1.Part{Name: "demo", Ready: !d.wanted.Load() || d.done.Load(), Detail: "loaded"}
	switch {
	case !d.wanted.Load():
		p.Detail = "not asked for"
	case !p.Ready:
		p.Detail = "its catalogue, people and purchases are being loaded"
	}
	return p
}

func (s *system) seed(ctx context.Context) error {
	return nil
}
