package queue

import (
	"cmp"
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
	"junban/queue/estimate"
	"junban/queue/typed"
)

// ticketJSON is a ticket as the scripts keep it.
type ticketJSON struct {
	ID      TicketID `json:"id"`
	N       int      `json:"n"`
	S       State    `json:"s"`
	Party   int      `json:"party"`
	First   bool     `json:"first"`
	Ch      string   `json:"ch"`
	Pos     string   `json:"pos"`
	Room    string   `json:"room"`
	Attempt int      `json:"attempt"`
	Back    bool     `json:"back"`
	Issued  int64    `json:"issued"`
	Called  int64    `json:"called"`
	Entered int64    `json:"entered"`
	Ended   int64    `json:"ended"`
	Code    string   `json:"code"`
	Last    string   `json:"last"`
	Act     ActKind  `json:"act"`
	Lane    string   `json:"lane"`
	Sess    string   `json:"sess"`
	Leg     int      `json:"leg"`
	Pres    Presence `json:"pres"`
	Why     string   `json:"why"`
	Kind    string   `json:"kind"`
	Inacc   bool     `json:"inacc"`
	Lost    bool     `json:"lost"`
	Tail    bool     `json:"tail"`
	From    string   `json:"from"`
	Told    string   `json:"told"`
}

// line returns the service in whose line the ticket stands.
func (j ticketJSON) line() string {
	if j.Lane != "" {
		return j.Lane
	}
	return j.ID.Ref().Service
}

func (j ticketJSON) ticket() Ticket {
	return Ticket{
		ID: j.ID, Number: j.N, State: j.S, Party: j.Party, FirstVisit: j.First, Channel: j.Ch, Mark: j.From,
		Position: j.Pos, Room: j.Room, Attempt: j.Attempt, Returned: j.Back,
		Issued: instant(j.Issued), Called: instant(j.Called), Entered: instant(j.Entered), Ended: instant(j.Ended),
		Session: j.Sess, Line: j.line(), Leg: j.Leg, Presence: j.Pres, Reason: j.Why,
		LastAct: j.Act, Acted: j.acted(), HasCode: j.Code != "", CodeHash: j.Code, Kind: j.Kind, Inaccurate: j.Inacc, Lost: j.Lost, ToEnd: j.Tail, ContactedAbout: j.Told,
		Rev: cmp.Or(j.Last, unchangedRev),
	}
}

// unchangedRev is the [Ticket.Rev] of a ticket without an act since its issue: no log
// entry has this id.
const unchangedRev = "0"

// acted is when the last act was done, as the id of its entry in the log has it.
func (j ticketJSON) acted() time.Time {
	ms, _, _ := strings.Cut(j.Last, "-")
	n, _ := strconv.ParseInt(ms, 10, 64) // 0 of what was only issued
	return instant(n)
}

// DecodeTicket reads a ticket as the scripts keep it.
func DecodeTicket(text []byte) (Ticket, error) {
	var j ticketJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return Ticket{}, err
	}
	return j.ticket(), nil
}

// instant reads a script's milliseconds; 0 is no time at all.
func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Snapshot reads the clinic's day whole, in one round trip; the first look at
// a new day opens it. It returns [clinic.ErrNoClinic] for a clinic that is not there.
func (s *Store) Snapshot(ctx context.Context, c clinic.ID) (*Snapshot, error) {
	for range attempts {
		k, err := s.record(ctx, c)
		if err != nil {
			return nil, err
		}
		today := k.DayOf(s.now(), k.loc)
		from, until := k.Bounds(today, k.loc)
		reply, err := s.run(ctx, "snapshot", snapshotKeys(k.Clinic, today), []any{k.rev, from.UnixMilli(), until.UnixMilli(), EndedKept})
		if err != nil {
			return nil, fmt.Errorf("read clinic %s: %w", c, err)
		}
		switch reply[0] {
		case "ok":
			snap, err := s.decodeSnapshot(k, today, reply, s.lessons.Learned(ctx, c))
			if err != nil {
				return nil, fmt.Errorf("read clinic %s: %w", c, err)
			}
			if slices.ContainsFunc(snap.Lines, func(l Line) bool { return len(l.Booked) > 0 }) {
				if err := s.openBookings(ctx, c); err != nil {
					return nil, err
				}
				continue
			}
			return snap, nil
		case "stale":
			if err := s.refresh(ctx, clinic.Ref{Clinic: c, Service: "1"}, reply); err != nil {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("read clinic %s: its record or the day keeps changing", c)
}

// openDay gives the day its epoch.
func (s *Store) openDay(ctx context.Context, c clinic.ID) error {
	_, _, err := s.act(ctx, scriptCall{name: "open_day", ref: clinic.Ref{Clinic: c, Service: "1"}}, Act{By: clinic.Actor{Kind: "system"}},
		func(record, clinic.Day) ([]any, error) { return nil, nil })
	if err != nil {
		return fmt.Errorf("open the day of clinic %s: %w", c, err)
	}
	return nil
}

// hash reads what HGETALL returned.
func hash(reply any) map[string]string {
	flat, _ := reply.([]any)
	h := make(map[string]string, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		field, _ := flat[i].(string)
		h[field], _ = flat[i+1].(string)
	}
	return h
}

// countsOf are the counts of each service's line in a day's meta.
func countsOf(meta map[string]string) map[string]map[string]string {
	counts := map[string]map[string]string{}
	for field, value := range meta {
		if service, count, ok := strings.Cut(field, ":"); ok {
			if counts[service] == nil {
				counts[service] = map[string]string{}
			}
			counts[service][count] = value
		}
	}
	return counts
}

func (s *Store) decodeSnapshot(c record, today clinic.Day, reply []any, learned *estimate.Learned) (*Snapshot, error) {
	if len(reply) != 7 {
		return nil, fmt.Errorf("snapshot of %d parts", len(reply))
	}
	now, _ := reply[1].(int64)
	meta, desk := hash(reply[2]), hash(reply[3])
	for field, text := range desk { // messages and reasons
		desk[field] = typed.Unmarked(text)
	}
	version, err := strconv.ParseUint(meta["version"], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("snapshot: its version: %w", err)
	}
	counts := countsOf(meta)
	snap := &Snapshot{
		Clinic: c.Clinic, Rev: c.rev, Day: today, Epoch: meta["epoch"], Version: version, At: time.UnixMilli(now),
		Patients: map[TicketID]Patient{}, Learned: learned, zone: c.loc, Mark: meta["mark"],
	}
	if snap.Cuts, err = readCuts(hash(reply[6])); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	snap.rooms(desk)
	lines := map[string]*Line{}
	snap.Lines = make([]Line, len(c.Services))
	for i, service := range c.Services {
		l := &snap.Lines[i]
		l.Ref, l.Service = clinic.Ref{Clinic: c.ID, Service: service.ID}, service
		l.readManual(desk)
		l.count(counts[service.ID], snap)
		l.Notice = notice(counts[service.ID])
		l.Standing = desk[service.ID+":standing"]
		if ms, err := strconv.ParseInt(desk[service.ID+":until"], 10, 64); err == nil {
			until := time.UnixMilli(ms)
			snap.wake(until)
			if until.After(snap.At) {
				l.Temporary = Message{desk[service.ID+":temporary"], until}
			}
		}
		lines[service.ID] = l
	}
	var tickets []ticketJSON
	var patients []*Patient
	for i, into := range []any{&tickets, &patients} {
		text, _ := reply[4+i].(string)
		if err := json.Unmarshal([]byte(typed.Unmarked(text)), into); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for i, j := range tickets {
		l, ok := lines[j.line()]
		if !ok {
			continue // its service is no longer in the record
		}
		t := j.ticket()
		switch t.State {
		case Called, InService:
			l.Open = append(l.Open, t)
		case Waiting:
			l.Waiting = append(l.Waiting, t)
		case Absent:
			l.Absent = append(l.Absent, t)
		case Held:
			l.Held = append(l.Held, t)
		case Lost:
			l.Lost = append(l.Lost, t)
		case Booked:
			l.Booked = append(l.Booked, t)
		default:
			l.Ended = append(l.Ended, t)
		}
		if i < len(patients) && patients[i] != nil {
			snap.Patients[t.ID] = *patients[i]
		}
	}
	for i := range snap.Lines {
		l := &snap.Lines[i]
		l.Full = s.bounds.Full(true, l.Counter, len(l.Waiting)+len(l.Absent)+len(l.Held)+len(l.Lost)+len(l.Booked))
	}
	snap.Index()
	return snap, nil
}

// Ticket reads one ticket of any day that is kept, also when it ended long ago. It
// returns [ErrNoTicket] for an unknown id.
func (s *Store) Ticket(ctx context.Context, id TicketID) (Ticket, error) {
	raw, err := s.rdb.HGet(ctx, DayKey(id.Ref().Clinic, id.Day(), "tickets"), string(id)).Result()
	if errors.Is(err, redis.Nil) {
		return Ticket{}, fmt.Errorf("read %s: %w", id, ErrNoTicket)
	}
	if err != nil {
		return Ticket{}, fmt.Errorf("read %s: %w", id, err)
	}
	t, err := DecodeTicket([]byte(raw))
	if err != nil {
		return Ticket{}, fmt.Errorf("read %s: %w", id, err)
	}
	return t, nil
}

// Unchanged reads the epoch, version and mark of the clinic's day, which show whether
// the snapshot is current.
func (s *Store) Unchanged(ctx context.Context, last *Snapshot) (bool, error) {
	c := last.Clinic.ID
	k, err := s.record(ctx, c)
	if err != nil {
		return false, err
	}
	got, err := s.rdb.HMGet(ctx, DayKey(c, k.DayOf(s.now(), k.loc), "meta"), "epoch", "version", "mark").Result()
	if err != nil {
		return false, fmt.Errorf("read version of clinic %s: %w", c, err)
	}
	return got[0] == last.Epoch && got[1] == strconv.FormatUint(last.Version, 10) && got[2] == last.Mark, nil
}
