package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/hours"
)

// A change of a clinic's record may close or shorten a session for which tickets were
// given. The script that writes the record stores a [Cut] beside each of these
// tickets, also if the desk has accepted a list of them. A ticket is affected while the
// desk still has to inform its patient of the cut. A cut is not part of a ticket's
// history, so undo of an act leaves it. It also applies to a cancelled ticket that undo
// restores.

// Cut is what a change of the record took from a ticket's session. The zero value
// is no cut.
type Cut struct {
	Name string       // of the newest such change: the rev of the record that it made
	Was  hours.Window // the consultation that the ticket was given for, or of which its patient was last informed
}

// closedCut names the cut of a ticket whose session does not take place, without a
// known change of the record. A lost ticket that was readmitted may have it, and one
// that was booked in a slot of another timetable.
const closedCut = "closed"

// mayInform are the states in which the desk has to inform a patient of a cut. In a
// room the patient is there.
var mayInform = []State{Booked, Waiting, Absent, Held}

// Affected returns the name of the cut of which the desk has to inform t's patient, or
// "". It holds until the desk does so ([Store.Contacted]), the ticket ends, or a later
// record restores the session. Sessions are those of the ticket's service on its day as
// the record has them now, see [clinic.Clinic.SessionsOn].
//
// A ticket of slot mode keeps its slot. The record's script removes its cut once the
// timetable has that slot again, see lua/put_clinic.lua.
func (cut Cut) Affected(t Ticket, sessions []hours.Session) string {
	if t.Session == "" || sessions == nil || !slices.Contains(mayInform, t.State) {
		return ""
	}
	name := cut.Name
	if t.Slot != "" {
		if !cut.Was.From.Equal(t.SlotFrom) {
			name = "" // of a slot that it had before
		}
		if now, ok := sessionOf(sessions, t.Session); name == "" && (!ok || less(now.Consult, hours.Window{From: t.SlotFrom, To: t.SlotTo})) {
			name = closedCut
		}
		if t.ContactedAbout == name {
			return "" // as of a ticket without a cut
		}
		return name
	}
	if now, ok := sessionOf(sessions, t.Session); !ok && name == "" {
		name = closedCut
	} else if ok && !less(now.Consult, cut.Was) {
		return ""
	}
	if t.ContactedAbout == name {
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

// Affected returns the live tickets whose session the record next removes or shortens,
// in their order. It leaves out tickets without a session, and those whose session the
// present record does not have. A record without a timetable closes nothing.
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
		if _, ok := cuts[t.ID.Day()][placeOf(t.Ticket)]; ok && slices.Contains(mayInform, t.State) {
			found = append(found, t)
		}
	}
	return found, nil
}

// lineSession names a session of a service, or in slot mode a slot, as "@10:00".
type lineSession struct{ service, session string }

// placeOf returns what a change of the timetable takes from a ticket.
func placeOf(t Ticket) lineSession {
	if t.Slot != "" {
		return lineSession{t.ID.Ref().Service, "@" + t.Slot}
	}
	return lineSession{t.ID.Ref().Service, t.Session}
}

// cutsOf returns the sessions of these days that next removes or shortens, with the
// consultation in c. Days without any are left out.
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
			if s.BySlot() {
				cutSlots(all, c, next, s, d, before, after)
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

// cutSlots adds the slots of a service in slot mode that next does not have as they are.
// One that has become longer is not cut.
func cutSlots(all map[clinic.Day]map[lineSession]hours.Window, c, next clinic.Clinic, s clinic.Service, d clinic.Day, before, after *time.Location) {
	then, _ := next.Service(s.ID)
	left := hours.Slots(next.SessionsOn(s.ID, d, after), then.Slot.Minutes, after)
	for _, was := range hours.Slots(c.SessionsOn(s.ID, d, before), s.Slot.Minutes, before) {
		window := hours.Window{From: was.From, To: was.To}
		if slices.ContainsFunc(left, func(now hours.Slot) bool {
			return now.Start == was.Start && !less(hours.Window{From: now.From, To: now.To}, window)
		}) {
			continue
		}
		if all[d] == nil {
			all[d] = map[lineSession]hours.Window{}
		}
		all[d][lineSession{s.ID, "@" + string(was.Start)}] = window
	}
}

// gridsArg is the argument of lua/put_clinic.lua about the slots of the open days.
func gridsArg(c clinic.Clinic, loc *time.Location, days []clinic.Day) (string, error) {
	grids := map[clinic.Day]map[string]string{}
	for _, d := range days {
		for _, s := range c.Services {
			if !s.BySlot() {
				continue
			}
			list := ","
			for _, slot := range hours.Slots(c.SessionsOn(s.ID, d, loc), s.Slot.Minutes, loc) {
				list += string(slot.Start) + "-" + string(slot.End) + ","
			}
			if grids[d] == nil {
				grids[d] = map[string]string{}
			}
			grids[d][s.ID] = list
		}
	}
	text, err := json.Marshal(grids)
	return string(text), err
}

// modesChanged are the services that have another mode in a new record, each between
// commas.
func modesChanged(former, c clinic.Clinic) string {
	list := ","
	for _, s := range c.Services {
		if was, ok := former.Service(s.ID); ok && was.BySlot() != s.BySlot() {
			list += s.ID + ","
		}
	}
	return list
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
	if t.Session == "" || !slices.Contains(mayInform, t.State) { // most often
		return ""
	}
	l, ok := s.Line(t.ID.Ref().Service)
	if !ok {
		return ""
	}
	return s.Cuts[t.ID].Affected(t, l.Sessions)
}

// Contacted records that the desk has informed the patient of a ticket of its cut. Undo
// takes it back. Cut is the name that the desk has seen ([Cut.Affected]). The act is
// refused after another change of the record, and if the ticket has its session.
// Refusals: [ErrNoTicket], [ErrTicketChanged], [ErrState], [ErrDayOver],
// [ErrKeyConflict], [clinic.ErrNoService] for a line that is no longer in the record.
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
		consults := map[string][2]int64{}
		for _, session := range k.SessionsOn(ref.Service, day, k.loc) {
			consults[session.ID] = millis(session.Consult)
		}
		windows, err := json.Marshal(consults)
		return []any{string(id), cut, now.Name, whole, string(windows)}, err
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
