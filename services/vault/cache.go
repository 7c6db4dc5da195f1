package vault

import "sync"

// cache keeps at most limit values and drops an arbitrary one to make room.
// What is dropped stays dropped: a value that was read before a drop, and would
// be put after it, is not kept. So an erased key cannot come back.
type cache[K comparable, V any] struct {
	mu     sync.Mutex
	limit  int
	values map[K]V
	drops  uint64
}

func newCache[K comparable, V any](limit int) *cache[K, V] {
	return &cache[K, V]{limit: limit, values: map[K]V{}}
}

func (c *cache[K, V]) get(k K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.values[k]
	return v, ok
}

// epoch is to be asked before reading what is then put.
func (c *cache[K, V]) epoch() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drops
}

func (c *cache[K, V]) put(epoch uint64, k K, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.drops {
		return
	}
	for other := range c.values {
		if len(c.values) < c.limit {
			break
		}
		delete(c.values, other)
	}
	c.values[k] = v
}

func (c *cache[K, V]) drop(k K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.values, k)
	c.drops++
}
