package live

import (
	"sync/atomic"
	"time"
)

// clock is Redis time on this node: the node's own time, corrected by the newest
// snapshot. Answers and frames have one clock, whatever the node's own shows.
// Before the first snapshot it is the node's. Safe for concurrent use.
type clock struct{ ahead atomic.Int64 } // Redis time less the node's, in nanoseconds

// learn takes the time of a snapshot that came a moment ago.
func (c *clock) learn(redis time.Time) { c.ahead.Store(int64(time.Until(redis))) }

// now is Redis time now.
func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
