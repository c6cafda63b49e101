package hub

import (
	"bytes"
	"errors"
)

// A viewer may send inboundMax bytes within inboundTicks ticks of the wheel.
const (
	inboundMax   = 32 << 10
	inboundTicks = 60
)

var errLoud = errors.New("the viewer says too much")

// hearing is the read side of a wsConn. It belongs to the goroutine that reads.
type hearing struct {
	early []byte // what was read ahead of the library
	pongs [2 * pongSize]byte
	lost  bool   // the network gave an error
	loud  bool   // the client has sent more than inboundMax within inboundTicks
	since uint32 // the tick from which heard counts
	heard uint32 // bytes
}

// The answer to a ping of ours: this head, and a mask with nothing to mask.
const (
	pongHead = "\x8a\x80"
	pongSize = len(pongHead) + 4
)

// idle reads until something else comes than answers to our pings, which is all
// that a viewer usually sends. Blocked here, a goroutine gets by with a stack of
// half the size that the library's reader needs.
func (c *wsConn) idle() {
	for len(c.early) == 0 && !c.loud {
		n, err := c.Conn.Read(c.pongs[:])
		c.hear(n)
		if !onlyPongs(c.pongs[:n]) {
			c.early = bytes.Clone(c.pongs[:n])
		}
		if err != nil {
			return // the library's reader meets it again
		}
	}
}

func onlyPongs(b []byte) bool {
	for ; len(b) >= pongSize; b = b[pongSize:] {
		if string(b[:len(pongHead)]) != pongHead {
			return false
		}
	}
	return len(b) == 0
}

// hear takes note of n bytes. Whatever comes is a sign of life, but not endlessly.
func (c *wsConn) hear(n int) {
	if n == 0 {
		return
	}
	c.pings.Store(0)
	if now := c.hub.wheel.now.Load(); now-c.since >= inboundTicks {
		c.since, c.heard = now, 0
	}
	if c.heard += uint32(n); c.heard > inboundMax {
		c.loud = true
	}
}

// Read reads for the library.
func (c *wsConn) Read(p []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(p, c.early)
		if c.early = c.early[n:]; len(c.early) == 0 {
			c.early = nil
		}
		return n, nil
	}
	if c.loud {
		return 0, errLoud
	}
	n, err := c.Conn.Read(p)
	c.hear(n)
	if err != nil {
		c.lost = true
	}
	return n, err
}
