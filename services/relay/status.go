package relay

import "sync"

// State is what a relay is doing.
type State string

// States of a relay.
const (
	Deriving   State = "deriving"   // reading from the stream where it ends
	Publishing State = "publishing" // a batch is on its way
	Idle       State = "idle"       // everything the store delivered is published
	Waiting    State = "waiting"    // something failed; it will look again by itself
	Halted     State = "halted"     // a person must act
	Stopped    State = "stopped"    // not running
)

// Status is a relay at one moment.
type Status struct {
	State     State
	Gseq      uint64 // number of the last published fact
	Position  uint64 // everything the store has up to here is published
	Head      uint64 // where the store is known to end
	Published uint64 // facts this relay has published
	Retries   uint64 // times it had to look again, mostly because another relay was first
	Losses    uint64 // times it found that the broker had lost the stream's end
	Err       error  // why it is waiting or halted
}

// Lag is the distance to the store's end, in the store's own positions: 0 means
// that nothing is left to publish, more is not a count of facts.
func (s Status) Lag() uint64 { return s.Head - min(s.Position, s.Head) }

// Status may be called at any time.
func (r *Relay) Status() Status {
	s := r.status.read()
	if s.State == "" {
		s.State = Stopped
	}
	return s
}

// board is the status as it changes.
type board struct {
	mu sync.Mutex
	s  Status
}

func (b *board) read() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.s
}

func (b *board) change(f func(*Status)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.s)
}

func (b *board) enter(s State)   { b.change(func(st *Status) { st.State = s }) }
func (b *board) lost()           { b.change(func(st *Status) { st.Losses++ }) }
func (b *board) head(pos uint64) { b.change(func(st *Status) { st.Head = max(st.Head, pos) }) }
func (b *board) taken(t batch)   { b.head(t.upTo) }

func (b *board) derived(at end) {
	b.change(func(st *Status) { st.Gseq, st.Position, st.Err = at.gseq, at.position, nil })
}

func (b *board) published(at end, t batch) {
	b.change(func(st *Status) {
		st.Gseq, st.Position = at.gseq, max(st.Position, t.upTo)
		st.Published += uint64(len(t.records))
	})
}

func (b *board) failed(err error) {
	b.change(func(st *Status) { st.State, st.Err, st.Retries = Waiting, err, st.Retries+1 })
}

func (b *board) stop(s State, err error) {
	b.change(func(st *Status) { st.State, st.Err = s, err })
}
