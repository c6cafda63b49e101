package queue

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	Seq     uint64   `json:"seq"`

	Slot  string   `json:"slot"`
	Till  string   `json:"till"`  // end of its slot
	SFrom int64    `json:"sfrom"` // milliseconds of both
	STo   int64    `json:"sto"`
	LSlot string   `json:"lslot"` // line slot where that is another
	W     int      `json:"w"`     // seats; 0: 1
	Late  bool     `json:"late"`
	Arr   int64    `json:"arr"`
	MTo   TicketID `json:"mto"`
	MFrom TicketID `json:"mfrom"`
	Stay  bool     `json:"stay"`
}

// lineSlot returns the slot in whose order the ticket stands.
func (j ticketJSON) lineSlot() string {
	if j.LSlot == "" && j.Lane == "" {
		return j.Slot
	}
	return j.LSlot
}

// weight returns the seats of its slot that the ticket takes.
func (j ticketJSON) weight() int {
	if j.Slot == "" {
		return 0
	}
	return max(j.W, 1)
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
		Slot: j.Slot, SlotEnd: j.Till, SlotFrom: instant(j.SFrom), SlotTo: instant(j.STo), LineSlot: j.lineSlot(), Weight: j.weight(),
		Late: j.Late, Arrived: instant(j.Arr), MovedTo: j.MTo, MovedFrom: j.MFrom, stay: j.Stay,
		Rev: cmp.Or(j.Last, unchangedRev), seq: j.Seq,
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
		reply, err := s.run(ctx, "snapshot", snapshotKeys(k.Clinic, today), []any{k.rev, from.UnixMilli(), until.UnixMilli(), endedRead})
		if err != nil {
			return nil, fmt.Errorf("read clinic %s: %w", c, err)
		}
		switch reply[0] {
		case "ok":
			snap, err := s.decodeSnapshot(k, today, reply, s.lessons.Learned(ctx, c))
			if err != nil {
				return nil, fmt.Errorf("read clinic %s: %w", c, err)
			}
			if snap.unopened() {
				if err := s.openBookings(ctx, c); err != nil {
					return nil, err
				}
				continue
			}
			if snap.overdue() {
				if err := s.endNoShows(ctx, c); err != nil {
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

// decodeSnapshot makes a snapshot of what lua/snapshot.lua returned.
func (s *Store) decodeSnapshot(c record, today clinic.Day, reply []any, learned *estimate.Learned) (*Snapshot, error) {
	if len(reply) != 8 {
		return nil, fmt.Errorf("snapshot of %d parts", len(reply))
	}
	now, _ := reply[1].(int64)
	meta, p := hash(reply[2]), &parts{desk: hash(reply[3]), groups: map[string]group{}, bounds: s.bounds}
	for field, text := range p.desk { // messages and reasons
		p.desk[field] = typed.Unmarked(text)
	}
	version, err := strconv.ParseUint(meta["version"], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("snapshot: its version: %w", err)
	}
	p.counts = countsOf(meta)
	snap := &Snapshot{
		Clinic: c.Clinic, Rev: c.rev, Day: today, Epoch: meta["epoch"], Version: version, At: time.UnixMilli(now),
		Patients: map[TicketID]Patient{}, Learned: learned, zone: c.loc, Mark: meta["mark"],
	}
	if snap.Cuts, err = readCuts(hash(reply[6])); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	snap.Told = readTold(hash(reply[7]))
	var tickets []ticketJSON
	var patients []*Patient
	for i, into := range []any{&tickets, &patients} {
		text, _ := reply[4+i].(string)
		if err := json.Unmarshal([]byte(typed.Unmarked(text)), into); err != nil {
			return nil, fmt.Errorf("snapshot: %w", err)
		}
	}
	for i, j := range tickets {
		t := j.ticket()
		p.add(t)
		if i < len(patients) && patients[i] != nil {
			snap.Patients[t.ID] = *patients[i]
		}
	}
	p.sort()
	p.more = len(p.ended) == endedRead
	snap.build(p)
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

// Patients reads who tickets of one clinic's day are for. Those without a patient are
// left out.
func (s *Store) Patients(ctx context.Context, c clinic.ID, d clinic.Day, ids []TicketID) (map[TicketID]Patient, error) {
	fields := make([]string, len(ids))
	for i, id := range ids {
		fields[i] = string(id)
	}
	got, err := s.rdb.HMGet(ctx, DayKey(c, d, "patients"), fields...).Result()
	if err != nil {
		return nil, fmt.Errorf("read patients of clinic %s: %w", c, err)
	}
	patients := map[TicketID]Patient{}
	for i, raw := range got {
		text, ok := raw.(string)
		if !ok {
			continue
		}
		var p Patient
		if err := json.Unmarshal([]byte(typed.Unmarked(text)), &p); err != nil {
			return nil, fmt.Errorf("read patients of clinic %s: %w", c, err)
		}
		patients[ids[i]] = p
	}
	return patients, nil
}

// Newest is what Redis has of one clinic, as far as a snapshot is compared with it.
type Newest struct {
	Epoch, Mark string
	Version     uint64
	Other       bool  // the day, the record, or what past days have taught is another
	Err         error // Redis could not be asked
}

// Newest reads the newest state's name of each snapshot's clinic: epoch, version and mark
// of the day. It also compares the rev of the record. All take one round trip.
func (s *Store) Newest(ctx context.Context, shown []*Snapshot) []Newest {
	type read struct {
		meta *redis.SliceCmd
		rev  *redis.StringCmd
	}
	reads := make([]read, len(shown))
	pipe := s.rdb.Pipeline()
	for i, snap := range shown {
		c := snap.Clinic.ID
		reads[i] = read{pipe.HMGet(ctx, DayKey(c, snap.Day, "meta"), "epoch", "version", "mark"), pipe.HGet(ctx, keyDesk(c), "rev")}
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	found := make([]Newest, len(shown))
	for i, snap := range shown {
		n, c := &found[i], snap.Clinic
		meta, err := reads[i].meta.Result()
		rev, revErr := reads[i].rev.Result()
		if errors.Is(revErr, redis.Nil) {
			revErr = nil // the clinic was removed
		}
		if err = cmp.Or(err, revErr); err != nil {
			n.Err = fmt.Errorf("check clinic %s: %w", c.ID, err)
			continue
		}
		version, _ := meta[1].(string)
		n.Epoch, _ = meta[0].(string)
		n.Mark, _ = meta[2].(string)
		n.Version, _ = strconv.ParseUint(version, 10, 64) // 0 of a day that is not there
		n.Other = rev != snap.Rev || c.DayOf(s.now(), snap.zone) != snap.Day || s.lessons.Learned(ctx, c.ID) != snap.Learned
	}
	return found
}
