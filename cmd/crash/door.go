package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"kassa/services/client"
)

// place is where a living Kassa is, and the tokens to enter with.
type place struct {
	url    string
	http   *http.Client
	tokens map[string]string // by mail address
}

// as is the way in for one person. It does not ask again by itself: what is
// sent twice is to be counted.
func (p place) as(mail string) *client.Client {
	return &client.Client{URL: p.url, HTTP: p.http, Token: p.tokens[mail], Retries: -1}
}

// newHTTP gives up on a Kassa that does not answer in a time in which it could
// have been started a hundred times.
func newHTTP() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
}

// door is where people wait while Kassa is dead.
type door struct {
	mu     sync.Mutex
	to     place
	opened chan struct{} // closed while one may enter
}

func newDoor() *door { return &door{opened: make(chan struct{})} }

func (d *door) open(to place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = to
	close(d.opened)
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = make(chan struct{})
}

// enter waits until the door is open.
func (d *door) enter(ctx context.Context) (place, error) {
	for {
		d.mu.Lock()
		to, opened := d.to, d.opened
		d.mu.Unlock()
		select {
		case <-opened:
			return to, nil
		default:
		}
		select {
		case <-opened: // and perhaps shut again
		case <-ctx.Done():
			return place{}, context.Cause(ctx)
		}
	}
}
