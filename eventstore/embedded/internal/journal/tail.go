package journal

import (
	"sort"
	"sync"
)

// Bounds of the tail: whichever is reached first.
const (
	tailRecords = 16 << 10
	tailBytes   = 32 << 20
)

// tail holds the newest records, so that those who follow do not read the disk
// for what was just written. Every record after floor is in it.
type tail struct {
	mu      sync.Mutex
	records []*Record
	bytes   int
	floor   int64 // position of the last record that is not here
	last    int64 // position of the newest record there is
	changed chan struct{}
}

func newTail(last int64) *tail {
	return &tail{floor: last, last: last, changed: make(chan struct{})}
}

// publish adds committed records and wakes everybody who waits.
func (t *tail) publish(records []*Record) {
	if len(records) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records = append(t.records, records...)
	for _, r := range records {
		t.bytes += int(r.length())
	}
	t.last = records[len(records)-1].Position
	t.evict()
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *tail) evict() {
	n := 0
	for ; len(t.records)-n > tailRecords || t.bytes > tailBytes; n++ {
		t.bytes -= int(t.records[n].length())
		t.floor = t.records[n].Position
		t.records[n] = nil // the array outlives the slice's start
	}
	t.records = t.records[n:]
}

// end is the position of the newest record.
func (t *tail) end() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// after returns up to limit records that follow position, and a channel that
// closes when there are more. ok is false when some of them are no longer here.
func (t *tail) after(position int64, limit int) (records []*Record, changed <-chan struct{}, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if position < t.floor {
		return nil, nil, false
	}
	i := sort.Search(len(t.records), func(i int) bool { return t.records[i].Position > position })
	n := min(limit, len(t.records)-i)
	// A copy: eviction clears slots of the array behind.
	return append([]*Record(nil), t.records[i:i+n]...), t.changed, true
}
