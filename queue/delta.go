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
// and all that the desk has set, as they are now. So a node replaces a ticket and needs
// no rule of its own for what an act does. No name and no phone number is in it.
type Delta struct {
	Clinic  clinic.ID
	Version uint64
	Day     clinic.Day // "": an earlier version of the program published it
	Epoch   string
	Mark    string    // of the act
	Former  string    // mark of the version before
	At      time.Time // Redis time of the act

	changes string // as JSON; "": only a snapshot has what changed

	// Of a notice, see [Told]. It makes no version.
	noticed TicketID // "": it is of an act
	told    Told
}

// changes are the JSON of a delta.
type changes struct {
	Patient TicketID          `json:"patient"` // a ticket that has got one; "": none
	Counts  map[string]string `json:"counts"`  // the new values, as the day's meta has them
	Tickets []ticketJSON      `json:"tickets"`
	Desk    []string          `json:"desk"` // the whole hash of the desk, as HGETALL returns it; nil: unchanged
}

// ParseDelta reads a message of [PokeChannel]. A message that it does not understand is a
// delta of the clinic in its first word that orders a snapshot.
func ParseDelta(message string) Delta {
	words := strings.SplitN(message, " ", 8)
	d := Delta{Clinic: clinic.ID(words[0])}
	if len(words) < 8 {
		return d
	}
	if words[1] == toldKey {
		if told, ok := parseTold(words[4:]); ok {
			d.Day, d.noticed, d.told, d.At = clinic.Day(words[2]), TicketID(words[3]), told, told.At
		}
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

// Fit is how a delta fits to a snapshot. All but the first four mean that a snapshot
// must be read.
type Fit string

// The fits.
const (
	FitNext     Fit = "next"      // it makes the next version
	FitOld      Fit = "old"       // the snapshot has it already
	FitTold     Fit = "told"      // it is of a notice, and makes no version
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
	case d.noticed != "":
		return d.toldFits(s)
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
// [FitNext] and [FitTold] it returns s itself.
func (s *Snapshot) Apply(d Delta) (*Snapshot, Fit) {
	fit := d.Follows(s)
	if fit == FitTold {
		return s.withTold(d), fit
	}
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
	if len(c.Desk) > 0 {
		p.desk = make(map[string]string, len(c.Desk)/2)
		for i := 0; i+1 < len(c.Desk); i += 2 {
			p.desk[c.Desk[i]] = c.Desk[i+1]
		}
	}
	next := *s
	for _, j := range c.Tickets {
		t := j.ticket()
		if t.State == Booked && t.Slot == "" { // the day has begun: it is to get its number
			return s, FitOrder
		}
		if was, there := s.entries[t.ID]; there {
			p.remove(t.ID, was.ticket.State, was.ticket.Line)
		} else if t.ID != c.Patient && !t.Issued.Equal(d.At) { // one that ended long ago is back
			p.remove(t.ID, Done, "")
			next.unread = append(slices.Clip(next.unread), t.ID)
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
	switch n := len(p.ended); {
	case n > endedRead:
		next.forget(p.ended[endedRead:])
		p.ended, p.more = p.ended[:endedRead:endedRead], true
	case n < EndedKept && p.more:
		return s, FitOrder // an older one is shown again
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

// Reached names a state of a clinic's day.
type Reached struct {
	Day     clinic.Day
	Epoch   string
	Version uint64
}

// Reached returns the newest state of today that an act of this store has made, or has
// found when it was repeated. It is zero where there was none.
func (s *Store) Reached(c clinic.ID) Reached {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reached[c]
}

// Has reports whether the snapshot has all acts up to a state. One of another day changes
// nothing that it shows.
func (s *Snapshot) Has(r Reached) bool {
	return r.Day != s.Day || r.Epoch == s.Epoch && r.Version <= s.Version
}

// noteAct notes the state in an act's reply, if it is of today, and announces its day
// to [Options].Acted. Of two acts at once, the later one stays.
func (s *Store) noteAct(c clinic.ID, reply []any) {
	if len(reply) != 5 {
		return
	}
	var r Reached
	day, _ := reply[2].(string)
	version, _ := reply[4].(string)
	r.Day = clinic.Day(day)
	s.acted(c, r.Day)
	r.Epoch, _ = reply[3].(string)
	r.Version, _ = strconv.ParseUint(version, 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.records[c]
	if !ok || k.DayOf(s.now(), k.loc) != r.Day {
		return
	}
	if was := s.reached[c]; was.Day != r.Day || was.Epoch != r.Epoch || was.Version < r.Version {
		s.reached[c] = r
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
