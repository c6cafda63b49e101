package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/typed"
)

// A change of a clinic's record may close or shorten a session for which tickets
// were given (row U3). The script that writes the record leaves a [Cut] beside each
// of these tickets, whatever wrote the record and whether or not a list of them was
// accepted before. A cut is of no ticket's own history, so that undo of an act on
// the ticket leaves it, and it holds of a cancelled ticket that undo brings back.

// Cut is what a change of the record took from a ticket's session. The zero value
// is no cut.
type Cut struct {
	Name string       // of the newest such change: the rev of the record that it made
	Was  hours.Window // the consultation that the ticket was given for, or that its patient was last told of
}

// closedCut names the cut of a ticket whose session does not take place, where no
// change of the record was seen to take it: a lost ticket that was taken in again.
const closedCut = "closed"

// mayBeTold are the states in which the desk has to tell a patient of a cut. In a
// room the patient is there.
var mayBeTold = []State{Booked, Waiting, Absent, Held}

// Affected returns the name of the cut of which t's patient has to be told, or "".
// It holds until the desk has done so ([Store.Contacted]), the ticket is over, or a
// later record gives the session back. Sessions are those of the ticket's service
// on its day as the record has them now, see [clinic.Clinic.SessionsOn].
func (cut Cut) Affected(t Ticket, sessions []hours.Session) string {
	if t.Session == "" || sessions == nil || !slices.Contains(mayBeTold, t.State) {
		return ""
	}
	name := cut.Name
	if now, ok := sessionOf(sessions, t.Session); !ok && name == "" {
		name = closedCut
	} else if ok && !less(now.Consult, cut.Was) {
		return ""
	}
	if t.Told == name {
		return ""
	}
	return name
}

// less reports whether a consultation leaves out a part of another. Nothing is
// left out of the zero window.
func less(now, was hours.Window) bool {
	return now.From.After(was.From) && !was.From.IsZero() || now.To.Before(was.To)
}

func sessionOf(sessions []hours.Session, id string) (hours.Session, bool) {
	i := slices.IndexFunc(sessions, func(s hours.Session) bool { return s.ID == id })
	if i < 0 {
		return hours.Session{}, false
	}
	return sessions[i], true
}

// Affected returns those of a clinic's live tickets whose session the record next
// does not have any more, or of which it leaves less, in their order. Tickets
// without a session, and those whose session the present record has not either,
// are not affected by the change. A record without a timetable closes nothing.
func Affected(c, next clinic.Clinic, live []Reserved) ([]Reserved, error) {
	var days []clinic.Day
	for _, t := range live {
		days = append(days, t.ID.Day())
	}
	slices.Sort(days)
	cuts, err := cutsOf(c, next, slices.Compact(days))
	if err != nil {
		return nil, err
	}
	var found []Reserved
	for _, t := range live {
		if _, ok := cuts[t.ID.Day()][lineSession{t.ID.Ref().Service, t.Session}]; ok && slices.Contains(mayBeTold, t.State) {
			found = append(found, t)
		}
	}
	return found, nil
}

// lineSession names a session of a service.
type lineSession struct{ service, session string }

// cutsOf returns the sessions of these days that next does not have any more, or of
// which it leaves less, with the consultation that c has. Days without any are left
// out.
func cutsOf(c, next clinic.Clinic, days []clinic.Day) (map[clinic.Day]map[lineSession]hours.Window, error) {
	if c.ID == "" {
		return nil, nil // there was no record
	}
	before, err := c.Location()
	if err != nil {
		return nil, err
	}
	after, err := next.Location()
	if err != nil {
		return nil, err
	}
	all := map[clinic.Day]map[lineSession]hours.Window{}
	for _, d := range days {
		for _, s := range c.Services {
			left := next.SessionsOn(s.ID, d, after)
			if left == nil {
				continue
			}
			for _, was := range c.SessionsOn(s.ID, d, before) {
				now, ok := sessionOf(left, was.ID)
				if ok && !less(now.Consult, was.Consult) {
					continue
				}
				if all[d] == nil {
					all[d] = map[lineSession]hours.Window{}
				}
				all[d][lineSession{s.ID, was.ID}] = was.Consult
			}
		}
	}
	return all, nil
}

// cutArg is the argument of lua/put_clinic.lua about the sessions of the open days
// that the record takes.
func cutArg(former, c clinic.Clinic, days []clinic.Day) (string, error) {
	cuts, err := cutsOf(former, c, days)
	if err != nil {
		return "", err
	}
	arg := map[clinic.Day]map[string]string{}
	for d, sessions := range cuts {
		arg[d] = map[string]string{}
		for s, was := range sessions {
			w := millis(was)
			arg[d][s.service+" "+s.session] = fmt.Sprintf("%d %d", w[0], w[1])
		}
	}
	text, err := json.Marshal(arg)
	return string(text), err
}

// readCut reads a cut as lua/put_clinic.lua keeps it: name, from and to.
func readCut(text string) (Cut, error) {
	parts := strings.Split(text, " ")
	if len(parts) != 3 {
		return Cut{}, fmt.Errorf("cut %q", text)
	}
	var at [2]time.Time
	for i := range at {
		ms, err := strconv.ParseInt(parts[1+i], 10, 64)
		if err != nil {
			return Cut{}, fmt.Errorf("cut %q: %w", text, err)
		}
		at[i] = time.UnixMilli(ms)
	}
	return Cut{parts[0], hours.Window{From: at[0], To: at[1]}}, nil
}

// readCuts reads the cuts of a day by ticket.
func readCuts(kept map[string]string) (map[TicketID]Cut, error) {
	cuts := make(map[TicketID]Cut, len(kept))
	for id, text := range kept {
		cut, err := readCut(text)
		if err != nil {
			return nil, err
		}
		cuts[TicketID(id)] = cut
	}
	return cuts, nil
}

// Affected is [Cut.Affected] of a ticket of the snapshot.
func (s *Snapshot) Affected(t Ticket) string {
	l, ok := s.Line(t.ID.Ref().Service)
	if !ok {
		return ""
	}
	return s.Cuts[t.ID].Affected(t, l.Sessions)
}

// Contacted notes that the desk has told the patient of a ticket about its cut, as
// an act that undo takes back. Cut is the name of what the desk has seen
// ([Cut.Affected]): after another change of the record it is refused, and so is the
// cut of a ticket that has its session, or has it again. Refusals:
// [ErrNoTicket], [ErrTicketChanged], [ErrState], [ErrDayOver], [ErrKeyConflict],
// [clinic.ErrNoService] for a line that is no longer in the record.
func (s *Store) Contacted(ctx context.Context, id TicketID, cut string, a Act) (Ticket, error) {
	ref, day := id.Ref(), id.Day()
	t, err := s.ticketAct(ctx, scriptCall{name: "contacted", ref: ref, day: day, same: []string{string(id), cut}, early: true}, a, func(k record, _ clinic.Day) ([]any, error) {
		// The cut is written with the record, of which the script checks the rev.
		text, err := s.rdb.HGet(ctx, keyCuts(ref.Clinic, day), string(id)).Result()
		now := Cut{Name: closedCut}
		if err == nil {
			now, err = readCut(text)
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
		whole := "any" // a record without a timetable closes nothing
		if sessions := k.SessionsOn(ref.Service, day, k.loc); sessions != nil {
			whole = ",," // a ticket without a session loses none
			for _, session := range sessions {
				if !less(session.Consult, now.Was) {
					whole += session.ID + ","
				}
			}
		}
		return []any{string(id), cut, now.Name, whole}, nil
	})
	if err != nil {
		return Ticket{}, fmt.Errorf("contacted %s: %w", id, err)
	}
	return t, nil
}

// Live lists the tickets of a snapshot that wait, in the order of its lines, with
// who they are for. Those in a room are not among them.
func (s *Snapshot) Live() []Reserved {
	var live []Reserved
	for i := range s.Lines {
		l := &s.Lines[i]
		for _, t := range slices.Concat(l.Waiting, l.Absent, l.Held, l.Booked) {
			live = append(live, Reserved{t, s.Patients[t.ID], s.Cuts[t.ID]})
		}
	}
	return live
}

// Losing are the live tickets of a clinic that a record takes a session from, or
// part of it.
type Losing struct {
	Clinic  clinic.Clinic // the present record
	Tickets []Reserved
}

// ticketsAtOnce is about how many tickets one pipeline reads: its replies are in
// memory together. A day that has more is read by itself.
const ticketsAtOnce = 5000

// Losing yields the tickets that each of these records takes a session from, clinic
// by clinic in their order; clinics without any are left out. It changes nothing.
// It reads in pipelines of [clinicsAtOnce] clinics and [ticketsAtOnce] tickets, and
// tickets only of days on which a session is cut. It ends with the first error.
func (s *Store) Losing(ctx context.Context, next []clinic.Clinic) iter.Seq2[Losing, error] {
	return func(yield func(Losing, error) bool) {
		for part := range slices.Chunk(next, clinicsAtOnce) {
			cut, err := s.cutDays(ctx, part)
			if err != nil {
				yield(Losing{}, fmt.Errorf("affected tickets: %w", err))
				return
			}
			for len(cut) > 0 {
				n, tickets := 1, cut[0].tickets
				for n < len(cut) && tickets+cut[n].tickets <= ticketsAtOnce {
					tickets += cut[n].tickets
					n++
				}
				found, err := s.losing(ctx, cut[:n])
				for _, l := range found {
					if !yield(l, nil) {
						return
					}
				}
				if err != nil {
					yield(Losing{}, fmt.Errorf("affected tickets: %w", err))
					return
				}
				cut = cut[n:]
			}
		}
	}
}

// cutClinic is a clinic whose next record cuts sessions of days that have tickets.
type cutClinic struct {
	clinic  clinic.Clinic // the present record
	days    []clinic.Day
	cuts    map[clinic.Day]map[lineSession]hours.Window
	tickets int // on those days, ended ones too
}

// cutDays finds the clinics, and their open days, on which sessions are cut.
func (s *Store) cutDays(ctx context.Context, next []clinic.Clinic) ([]cutClinic, error) {
	ids := make([]string, len(next))
	for i, c := range next {
		ids[i] = string(c.ID)
	}
	records, err := s.readEach(ctx, ids, "rev", "record")
	if err != nil {
		return nil, err
	}
	open := make([]*redis.StringSliceCmd, len(next))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, c := range next {
			open[i] = p.ZRange(ctx, keyDays(c.ID), 0, -1)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var found []cutClinic
	var sizes [][]*redis.IntCmd
	pipe := s.rdb.Pipeline()
	for i, c := range next {
		k, err := s.remembered(c.ID, records[i])
		if errors.Is(err, clinic.ErrNoClinic) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cuts, err := cutsOf(k.Clinic, c, daysFrom(open[i].Val(), k.DayOf(s.now(), k.loc)))
		if err != nil {
			return nil, err
		}
		if len(cuts) == 0 {
			continue
		}
		one := cutClinic{clinic: k.Clinic, cuts: cuts}
		var size []*redis.IntCmd
		for _, d := range open[i].Val() { // in order
			if cuts[clinic.Day(d)] != nil {
				one.days = append(one.days, clinic.Day(d))
				size = append(size, pipe.HLen(ctx, DayKey(c.ID, clinic.Day(d), "tickets")))
			}
		}
		found, sizes = append(found, one), append(sizes, size)
	}
	if len(found) == 0 {
		return nil, nil
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	for i, size := range sizes {
		for _, n := range size {
			found[i].tickets += int(n.Val())
		}
	}
	return found, nil
}

// losing reads the tickets of these clinics' days.
func (s *Store) losing(ctx context.Context, cut []cutClinic) ([]Losing, error) {
	var days []clinicDay
	for _, c := range cut {
		for _, d := range c.days {
			days = append(days, clinicDay{c.clinic.ID, d})
		}
	}
	tickets, err := s.liveOn(ctx, days)
	if err != nil {
		return nil, err
	}
	var found []Losing
	for _, c := range cut {
		var live []Reserved
		for range c.days {
			live = append(live, tickets[0]...)
			tickets = tickets[1:]
		}
		live = slices.DeleteFunc(live, func(t Reserved) bool {
			_, ok := c.cuts[t.ID.Day()][lineSession{t.ID.Ref().Service, t.Session}]
			return !ok || !slices.Contains(mayBeTold, t.State)
		})
		if len(live) > 0 {
			SortReserved(live)
			found = append(found, Losing{c.clinic, live})
		}
	}
	return found, nil
}

// daysFrom are those of the open days that are not before today.
func daysFrom(open []string, today clinic.Day) (days []clinic.Day) {
	for _, d := range open {
		if clinic.Day(d) >= today {
			days = append(days, clinic.Day(d))
		}
	}
	return days
}

// clinicDay is a day of a clinic.
type clinicDay struct {
	clinic clinic.ID
	day    clinic.Day
}

// liveOn reads the live tickets of each of these days in two pipelines, in no order.
func (s *Store) liveOn(ctx context.Context, days []clinicDay) ([][]Reserved, error) {
	read := make([]*redis.StringSliceCmd, len(days))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			read[i] = p.HVals(ctx, DayKey(d.clinic, d.day, "tickets"))
		}
		return nil
	}); err != nil {
		return nil, err
	}
	live := make([][]ticketJSON, len(days))
	for i := range days {
		for _, text := range read[i].Val() {
			var j ticketJSON
			if err := json.Unmarshal([]byte(text), &j); err != nil {
				return nil, err
			}
			if !j.S.Ended() {
				live[i] = append(live[i], j)
			}
		}
	}
	return s.withPatients(ctx, days, live)
}

// patientsAtOnce is how many patients one command reads: a flood of bookings takes
// few, and none of them holds up Redis.
const patientsAtOnce = 1000

// withPatients reads the patients of the tickets of each of these days, and the cuts,
// in one pipeline.
func (s *Store) withPatients(ctx context.Context, days []clinicDay, tickets [][]ticketJSON) ([][]Reserved, error) {
	cuts, patients := make([]*redis.MapStringStringCmd, len(days)), make([][]*redis.SliceCmd, len(days))
	if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, d := range days {
			cuts[i] = p.HGetAll(ctx, keyCuts(d.clinic, d.day))
			for part := range slices.Chunk(tickets[i], patientsAtOnce) {
				ids := make([]string, len(part))
				for n, j := range part {
					ids[n] = string(j.ID)
				}
				patients[i] = append(patients[i], p.HMGet(ctx, DayKey(d.clinic, d.day, "patients"), ids...))
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	all := make([][]Reserved, len(days))
	for i := range days {
		cutOf, err := readCuts(cuts[i].Val())
		if err != nil {
			return nil, err
		}
		for n, j := range tickets[i] {
			r := Reserved{Ticket: j.ticket(), Cut: cutOf[j.ID]}
			if text, ok := patients[i][n/patientsAtOnce].Val()[n%patientsAtOnce].(string); ok {
				if err := json.Unmarshal([]byte(typed.Unmarked(text)), &r.Patient); err != nil {
					return nil, err
				}
			}
			all[i] = append(all[i], r)
		}
	}
	return all, nil
}
