package queue

import (
	"fmt"
	"time"

	"junban/queue/hours"
)

// The order of a line is independent of the numbers. A ticket's position is a text of
// digits, and a sorted set has the waiting tickets in the order of these texts. Between
// two texts there is always a third. So nothing is renumbered, and undo can restore a
// position. Numeric scores would not do: fifty returns into one gap exhaust a double. A
// position begins with the half hour of the ticket's session, see [sessionBase].

// positionOf returns the position of the n-th ticket of a line, as
// lua/prelude/ticket.lua does.
func positionOf(n int) string { return fmt.Sprintf("%08d5", n) }

// sessionBase is the start of the positions of a session's tickets: its half hour of
// the day. So a line keeps the order of its sessions, also when the afternoon's web
// opens before the morning's desk closes. A session that is added during the day moves
// no other.
func sessionBase(s hours.Session, day time.Time) int {
	return int(s.Consult.From.Sub(day)/(30*time.Minute)) * sessionStep
}

// sessionStep is how far the bases of two half hours are apart.
const sessionStep = 1_000_000
