package queue

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// Told is the newest notice that was sent for a ticket, as package outbox records it: the
// desk's mark (B21). No version and no check covers it: if its message is lost, the mark
// comes with the next read of the day.
type Told struct {
	At                   time.Time
	Kind, Channel, State string // of package outbox
}

// Comes reports whether the newest notice of a ticket, in its first leg, has asked its
// patient to come: an approach, or a call. In a later leg it may be of the leg before.
func (told Told) Comes(t Ticket) bool {
	return t.Leg == 0 && (told.Kind == "approach" || told.Kind == "call") && (told.State == "sent" || told.State == "shown")
}

// toldKey is the second word of the message of a notice on [PokeChannel], and the name of
// the hash that has the newest notice of each ticket. The message is
// "<clinic> told <day> <ticket> <ms> <kind> <channel> <state>".
const toldKey = "told"

// parseTold reads the words of a notice: milliseconds, kind, channel and state.
func parseTold(words []string) (told Told, ok bool) {
	if len(words) != 4 || strings.Contains(words[3], " ") {
		return Told{}, false
	}
	ms, err := strconv.ParseInt(words[0], 10, 64)
	return Told{time.UnixMilli(ms), words[1], words[2], words[3]}, err == nil
}

// readTold reads the hash of the newest notices. An entry that it does not understand is
// of a later version of the program, and is left out: it is but a mark.
func readTold(kept map[string]string) map[TicketID]Told {
	if len(kept) == 0 {
		return nil
	}
	all := make(map[TicketID]Told, len(kept))
	for id, text := range kept {
		if told, ok := parseTold(strings.Split(text, " ")); ok {
			all[TicketID(id)] = told
		}
	}
	return all
}

// toldFits is [Delta.Follows] of a notice. One of another day changes nothing that the
// snapshot shows.
func (d Delta) toldFits(s *Snapshot) Fit {
	was := s.Told[d.noticed]
	if d.Day != s.Day || was.At.After(d.told.At) || was == d.told {
		return FitOld
	}
	return FitTold
}

// withTold returns the snapshot after a notice. Its moment is a later one, so that viewers
// take it although its version is the same.
func (s *Snapshot) withTold(d Delta) *Snapshot {
	next := *s
	next.Told = make(map[TicketID]Told, len(s.Told)+1)
	maps.Copy(next.Told, s.Told)
	next.Told[d.noticed] = d.told
	next.At = s.At.Add(time.Millisecond)
	if d.At.After(next.At) {
		next.At = d.At
	}
	return &next
}

// MarkedSince reports whether the snapshot differs from an earlier one by notices and names alone: only
// a desk shows these.
func (s *Snapshot) MarkedSince(earlier *Snapshot) bool {
	return s.parts != nil && s.parts == earlier.parts && s.Epoch == earlier.Epoch && s.Version == earlier.Version
}
