package qr

import "sync"

// cacheSize bounds the cache: a few screens' codes. The largest grid has 31 kB.
const cacheSize = 32

var grids = cache{limit: cacheSize}

// cache keeps the grids that were used last. Encoding costs milliseconds and a
// screen is painted many times a second.
type cache struct {
	limit int

	mu      sync.Mutex
	tick    uint64
	entries map[cacheKey]*cacheEntry
}

type cacheKey struct {
	text  string
	level Level
}

type cacheEntry struct {
	used uint64 // tick of the last use, guarded by cache.mu

	once sync.Once // encodes outside of the lock, once for all who ask at the same time
	grid *Grid
	err  error // kept too: a refusal is asked for as often as a grid
}

func (c *cache) get(text string, level Level) (*Grid, error) {
	e := c.entry(cacheKey{text, level})
	e.once.Do(func() { e.grid, e.err = encode(text, level) })
	return e.grid, e.err
}

func (c *cache) entry(key cacheKey) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tick++
	if e := c.entries[key]; e != nil {
		e.used = c.tick
		return e
	}
	if len(c.entries) >= c.limit {
		c.dropOldest()
	}
	if c.entries == nil {
		c.entries = make(map[cacheKey]*cacheEntry, c.limit)
	}
	e := &cacheEntry{used: c.tick}
	if len(key.text) <= maxDigits { // a huge text is refused at once and not worth its memory
		c.entries[key] = e
	}
	return e
}

func (c *cache) dropOldest() {
	var oldest cacheKey
	least := c.tick
	for key, e := range c.entries {
		if e.used < least {
			oldest, least = key, e.used
		}
	}
	delete(c.entries, oldest)
}
