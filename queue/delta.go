package queue

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// Delta is what one act changed of a clinic's day, as its script publishes it on
// [PokeChannel]; see publish in lua/prelude/act.lua. It has the changed tickets whole,
// as they are now. So a node replaces a ticket and needs no rule of its own for what an
// act does. No name and no phone number is in it.
type Delta struct {
	Clinic  clinic.ID
	Version uint64
	Day     clinic.Day // "": an earlier version of the program published it
	Epoch   string
	Mark    string    // of the act
	Former  string    // mark of the version before
	At      time.Time // Redis time of the act

	changes string // as JSON; "": only a snapshot has what changed
}

// changes are the JSON of a delta.
type changes struct {
	Patient TicketID          `json:"patient"` // a ticket that has got one; "": none
	Counts  map[string]string `json:"counts"`  // the new values, as the day's meta has them
	Tickets []ticketJSON      `json:"tickets"`
}

// ParseDelta reads a message of [PokeChannel]. A message that it does not understand is a
// delta of the clinic in its first word that orders a snapshot.
func ParseDelta(message string) Delta {
	words := strings.SplitN(message, " ", 8)
	d := Delta{Clinic: clinic.ID(words[0])}
	if len(words) < 8 {
		return d
	}
	version, err := strconv.ParseUint(words[1], 10, 64)
	ms, errAt := strconv.ParseInt(words[6], 10, 64)
	if err != nil || errAt != nil {
		return d
	}
	return Delta{
		Clinic: d.Clinic, Version: version, Day: clinic.Day(words[2]), Epoch: words[3], Mark: words[4], Former: words[5],
		At: time.UnixMilli(ms), changes: words[7],
	}
}

// Fit is how a delta fits to a snapshot. All but the first three mean that a snapshot
// must be read.
type Fit string

// The fits.
const (
	FitNext     Fit = "next"      // it makes the next version
	FitOld      Fit = "old"       // the snapshot has it already
	FitOtherDay Fit = "other_day" // it changes nothing of this day
	FitOrder    Fit = "order"     // it has not what changed
	FitDay      Fit = "day"       // the snapshot's day is over
	FitEpoch    Fit = "epoch"     // it is of another epoch
	FitGap      Fit = "gap"       // a version between the two is missing
	FitMark     Fit = "mark"      // it is not of the history that the snapshot is of
	FitBroken   Fit = "broken"    // its changes are not as expected
)

// Follows reports how a delta fits to the snapshot.
func (d Delta) Follows(s *Snapshot) Fit {
	switch {
	case d.Day == "":
		return FitOrder
	case d.Day != s.Day:
		if _, end := s.Clinic.Bounds(s.Day, s.zone); !d.At.Before(end) {
			return FitDay
		}
		return FitOtherDay
	case d.Epoch != s.Epoch:
		return FitEpoch
	case d.Version == s.Version && d.Mark == s.Mark:
		return FitOld
	case d.Version < s.Version && !d.At.After(s.At): // later acts have greater versions, until Redis loses some
		return FitOld
	case d.Version <= s.Version:
		return FitMark
	case d.changes == "":
		return FitOrder
	case d.Version > s.Version+1:
		return FitGap
	case d.Former != s.Mark:
		return FitMark
	}
	return FitNext
}

// Apply returns the snapshot after a delta. It shares with s what did not change. Without
// [FitNext] it returns s itself.
func (s *Snapshot) Apply(d Delta) (*Snapshot, Fit) {
	fit := d.Follows(s)
	if fit != FitNext {
		return s, fit
	}
	var c changes
	if err := json.Unmarshal([]byte(typed.Unmarked(d.changes)), &c); err != nil {
		return s, FitBroken
	}
	p := *s.parts
	p.groups = maps.Clone(p.groups)
	if len(c.Counts) > 0 {
		p.counts = maps.Clone(p.counts)
		for service, counts := range countsOf(c.Counts) {
			next := make(map[string]string, len(p.counts[service])+len(counts))
			maps.Copy(next, p.counts[service])
			maps.Copy(next, counts)
			p.counts[service] = next
		}
	}
	next := *s
	for _, j := range c.Tickets {
		t := j.ticket()
		was, there := s.entries[t.ID]
		if !there && t.ID != c.Patient && !t.Issued.Equal(d.At) { // one that ended long ago is back
			next.unread = append(slices.Clip(next.unread), t.ID)
		}
		switch {
		case t.State == Booked: // the day has begun: it is to get its number
			return s, FitOrder
		case there && was.ticket.State.Ended() && !t.State.Ended() && len(s.parts.ended) == EndedKept:
			return s, FitOrder // an older one is shown again
		case there:
			p.remove(t.ID, was.ticket.State, was.ticket.Line)
		}
		p.insert(t)
	}
	next.Version, next.Mark = d.Version, d.Mark
	if d.At.After(s.At) {
		next.At = d.At
	}
	if c.Patient != "" {
		next.unread = append(slices.Clip(next.unread), c.Patient)
	}
	if n := len(p.ended); n > EndedKept {
		next.forget(p.ended[EndedKept:])
		p.ended = p.ended[:EndedKept:EndedKept]
	}
	next.build(&p)
	return &next, FitNext
}

// forget drops the patients of tickets that the snapshot no longer shows.
func (s *Snapshot) forget(tickets []Ticket) {
	s.Patients = maps.Clone(s.Patients)
	for _, t := range tickets {
		delete(s.Patients, t.ID)
		s.unread = slices.DeleteFunc(slices.Clone(s.unread), func(id TicketID) bool { return id == t.ID })
	}
}

// Unread are the tickets whose patients the snapshot does not have: names and phone
// numbers are not published.
func (s *Snapshot) Unread() []TicketID { return s.unread }

// WithPatients returns the snapshot with the patients of [Snapshot.Unread], of which
// some may have none.
func (s *Snapshot) WithPatients(read map[TicketID]Patient) *Snapshot {
	next := *s
	next.unread = nil
	next.Patients = maps.Clone(s.Patients)
	maps.Copy(next.Patients, read)
	return &next
}

// Watcher is what follows a clinic, see package feed. Its functions are called from one goroutine, never
// at once.
type Watcher struct {
	// Emit takes the clinic's snapshot, now and after every change. After an act on a day
	// to come it takes the same one again.
	Emit func(*Snapshot)
	// Stale is called once when the emitted state was last confirmed more than
	// [StaleAfter] ago. The next Emit, perhaps of the same version, ends that.
	Stale func(since time.Time)
	// Names reports whether the snapshots need the patients of new tickets. Nil: they do
	// not, see [Snapshot.Unread].
	Names func() bool
}
