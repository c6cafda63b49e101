package queuetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"junban/queue"
)

// Model is the line in plain Go: the specification that [queue.Store] is held
// to, the oracle of random tests, and the fake for tests of what stands on the
// line. It is safe for concurrent use, keeps everything in memory, and follows
// its own changes without delay.
type Model struct {
	Now func() time.Time // the clock; time.Now

	mu      sync.Mutex
	clinics map[queue.ClinicID]*clinic
	logins  map[string]int
	secret  []byte
	changed chan struct{} // closed and replaced with every change
}

type clinic struct {
	record   queue.Clinic
	rev      string
	desks    map[string]*desk // by service
	days     map[queue.Day]*day
	acts     map[string]actResult
	users    map[string]string
	sessions map[string]openSession
}

type openSession struct{ user, password string }

type desk struct {
	reception queue.Reception
	standing  string
	temporary queue.Message
}

type day struct {
	epoch   string
	version uint64
	counter map[string]int // by service
	tickets map[queue.TicketID]*ticket
	rooms   map[string]*ticket
	events  int
}

type ticket struct {
	queue.Ticket
	seq     uint64 // version of the act that put it where it is
	code    string
	bad     int
	patient queue.Patient
	past    []past
}

// past is what undo goes back to.
type past struct {
	event  int
	before queue.Ticket
	seq    uint64
	with   *ticket // finished by the same act
	withIs int     // with's event
}

type actResult struct {
	request string
	result  any
}

// NewModel returns an empty line.
func NewModel() *Model {
	return &Model{
		Now: time.Now, clinics: map[queue.ClinicID]*clinic{}, logins: map[string]int{},
		secret: []byte(rand.Text() + rand.Text()), changed: make(chan struct{}),
	}
}

// at finds a clinic's service, and today.
func (m *Model) at(ref queue.Ref) (*clinic, queue.Service, *day, queue.Day, error) {
	c, ok := m.clinics[ref.Clinic]
	if !ok {
		return nil, queue.Service{}, nil, "", queue.ErrNoClinic
	}
	s, ok := c.record.Service(ref.Service)
	if !ok {
		return nil, s, nil, "", queue.ErrNoService
	}
	today := m.today(c)
	return c, s, c.day(today), today, nil
}

func (m *Model) today(c *clinic) queue.Day {
	loc, err := c.record.Location()
	if err != nil {
		panic(err) // PutClinic validated it
	}
	return queue.DayOf(m.Now(), loc)
}

func (c *clinic) day(d queue.Day) *day {
	if c.days[d] == nil {
		c.days[d] = &day{
			epoch: strings.ToLower(rand.Text()[:10]), counter: map[string]int{},
			tickets: map[queue.TicketID]*ticket{}, rooms: map[string]*ticket{},
		}
	}
	return c.days[d]
}

func (c *clinic) desk(service string) *desk {
	if c.desks[service] == nil {
		c.desks[service] = &desk{reception: queue.Open}
	}
	return c.desks[service]
}

func (m *Model) poke() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// once runs an act under its key; do changes nothing when it refuses.
func once[T any](m *Model, ref queue.Ref, a queue.Act, request string, do func() (T, error)) (T, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	c, ok := m.clinics[ref.Clinic]
	if !ok {
		return none, false, queue.ErrNoClinic
	}
	if seen, ok := c.acts[a.Key]; ok && a.Key != "" {
		if seen.request != request {
			return none, false, queue.ErrKeyConflict
		}
		return seen.result.(T), true, nil
	}
	result, err := do()
	if err != nil {
		return none, false, err
	}
	c.acts[a.Key] = actResult{request, result}
	m.poke()
	return result, false, nil
}

// Issue is [queue.Store.Issue].
func (m *Model) Issue(_ context.Context, ref queue.Ref, q queue.Request, a queue.Act) (queue.Issued, error) {
	request := fmt.Sprint("issue", ref, q.Channel, q.Party, q.FirstVisit, q.Patient)
	i, again, err := once(m, ref, a, request, func() (queue.Issued, error) {
		c, s, d, today, err := m.at(ref)
		if err != nil {
			return queue.Issued{}, err
		}
		if q.Party < 1 || q.Party > s.MaxParty {
			return queue.Issued{}, queue.ErrPartySize
		}
		if q.Channel == "web" {
			switch c.desk(ref.Service).reception {
			case queue.Closed:
				return queue.Issued{}, queue.ErrReceptionClosed
			case queue.Paused:
				return queue.Issued{}, queue.ErrReceptionPaused
			}
		}
		limit := queue.NumbersPerDay
		if q.Channel == "web" {
			limit = queue.WebNumbersPerDay
		}
		if d.counter[ref.Service] >= limit {
			return queue.Issued{}, queue.ErrDayFull
		}
		ahead := len(d.waiting(ref))
		d.version++
		d.counter[ref.Service]++
		n := d.counter[ref.Service]
		t := &ticket{patient: q.Patient, Ticket: queue.Ticket{
			ID:     queue.TicketID(ref.String() + "-" + strings.ReplaceAll(string(today[2:]), "-", "") + "-" + strings.ToLower(rand.Text()[:12])),
			Number: n, State: queue.Waiting, Party: q.Party, FirstVisit: q.FirstVisit, Channel: q.Channel,
			Place: place(n), Issued: m.now(),
		}}
		if s.WebCancel {
			t.code, t.HasCode = q.CodeHash, q.CodeHash != ""
		}
		d.tickets[t.ID] = t
		return queue.Issued{Ticket: t.Ticket, Ahead: ahead}, nil
	})
	i.Replayed = again
	return i, err
}

func (m *Model) now() time.Time { return m.Now().Truncate(time.Millisecond) }

// where lists a service's tickets in one of the states, in order.
func (d *day) where(ref queue.Ref, states ...queue.State) []*ticket {
	var found []*ticket
	for _, t := range d.tickets {
		if t.ID.Ref() == ref && slices.Contains(states, t.State) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int {
		return cmp.Or(strings.Compare(a.Place, b.Place), strings.Compare(string(a.ID), string(b.ID)))
	})
	return found
}

func (d *day) waiting(ref queue.Ref) []*ticket { return d.where(ref, queue.Waiting) }

// change does one act on one ticket and remembers what it was.
func (d *day) change(t *ticket, v queue.Verb, with *ticket, do func()) {
	d.events++
	p := past{event: d.events, before: t.Ticket, seq: t.seq, with: with}
	if with != nil {
		p.withIs = with.past[len(with.past)-1].event
	}
	d.vacate(t)
	do()
	d.occupy(t)
	t.LastAct = v
	t.past = append(t.past, p)
}

func inRoom(s queue.State) bool { return s == queue.Called || s == queue.InService }

func (d *day) vacate(t *ticket) {
	if inRoom(t.State) {
		delete(d.rooms, t.Room)
	}
}

func (d *day) occupy(t *ticket) {
	if inRoom(t.State) {
		d.rooms[t.Room] = t
	}
}

func (m *Model) finish(d *day, t *ticket) {
	d.change(t, queue.Finish, nil, func() { t.State, t.Ended, t.seq = queue.Done, m.now(), d.version })
}

func (m *Model) callTo(d *day, t *ticket, room string) queue.Ticket {
	d.version++
	with := d.rooms[room]
	if with != nil {
		m.finish(d, with)
	}
	d.change(t, queue.Call, with, func() {
		t.State, t.Room, t.Ticket.Called, t.seq = queue.Called, room, m.now(), d.version
		t.Attempt++
	})
	return t.Ticket
}

func serves(c *clinic, room, service string) error {
	if r, ok := c.record.Room(room); !ok || !slices.Contains(r.Services, service) {
		return queue.ErrNoRoom
	}
	return nil
}

// CallNext is [queue.Store.CallNext].
func (m *Model) CallNext(_ context.Context, ref queue.Ref, room string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, ref, a, fmt.Sprint("call_next", ref, room), func() (queue.Ticket, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return queue.Ticket{}, err
		}
		if err := serves(c, room, ref.Service); err != nil {
			return queue.Ticket{}, err
		}
		line := d.waiting(ref)
		if len(line) == 0 {
			return queue.Ticket{}, queue.ErrEmpty
		}
		return m.callTo(d, line[0], room), nil
	})
	return t, err
}

// of finds a ticket of today.
func (m *Model) of(id queue.TicketID) (*clinic, queue.Service, *day, *ticket, error) {
	c, s, d, today, err := m.at(id.Ref())
	if err != nil {
		return nil, s, nil, nil, err
	}
	if id.Day() != today {
		return nil, s, nil, nil, queue.ErrDayOver
	}
	t, ok := d.tickets[id]
	if !ok {
		return nil, s, nil, nil, queue.ErrNoTicket
	}
	return c, s, d, t, nil
}

// Call is [queue.Store.Call].
func (m *Model) Call(_ context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error) {
	ref := id.Ref()
	t, _, err := once(m, ref, a, fmt.Sprint("call", id, room), func() (queue.Ticket, error) {
		c, _, _, _, err := m.at(ref)
		if err != nil {
			return queue.Ticket{}, err
		}
		if err := serves(c, room, ref.Service); err != nil {
			return queue.Ticket{}, err
		}
		_, _, d, t, err := m.of(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		if !t.State.Allows(queue.Call) {
			return queue.Ticket{}, queue.ErrState
		}
		return m.callTo(d, t, room), nil
	})
	return t, err
}

// Do is [queue.Store.Do].
func (m *Model) Do(_ context.Context, id queue.TicketID, v queue.Verb, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint(v, id), func() (queue.Ticket, error) {
		_, s, d, t, err := m.of(id)
		if err != nil {
			return queue.Ticket{}, err
		}
		if v == queue.Undo {
			return m.undo(d, t)
		}
		if v == queue.Call || !t.State.Allows(v) {
			return queue.Ticket{}, queue.ErrState
		}
		d.version++
		if v == queue.Finish {
			m.finish(d, t)
			return t.Ticket, nil
		}
		d.change(t, v, nil, func() {
			switch v {
			case queue.Recall:
				t.Ticket.Called, t.seq = m.now(), d.version
				t.Attempt++
			case queue.Enter:
				t.State, t.Entered = queue.InService, m.now()
			case queue.Miss:
				t.Place = d.back(t, s.AbsentBack)
				t.State = queue.Absent
			case queue.Return:
				t.Returned = t.Returned || t.State == queue.Absent
				t.State = queue.Waiting
			case queue.Hold:
				t.State = queue.Held
			case queue.Resume:
				t.State = queue.Waiting
			case queue.Cancel:
				t.State, t.Ended, t.seq = queue.Cancelled, m.now(), d.version
			}
		})
		return t.Ticket, nil
	})
	return t, err
}

// back is the place n waiting tickets back: before the one that follows them,
// behind everybody else who has a place before that one (domain §5.4, back_n).
func (d *day) back(t *ticket, n int) string {
	if n == 0 {
		return t.Place
	}
	ref := t.ID.Ref()
	above := place(d.counter[ref.Service] + 1)
	if line := d.waiting(ref); len(line) > n {
		above = line[n].Place
	}
	below := t.Place
	for _, o := range d.where(ref, queue.Waiting, queue.Absent, queue.Held, queue.Called, queue.InService) {
		if o.Place < above && o.Place > below {
			below = o.Place
		}
	}
	if below == t.Place {
		return t.Place
	}
	return uniqueBetween(below, above, d.version)
}

func (m *Model) undo(d *day, t *ticket) (queue.Ticket, error) {
	if len(t.past) == 0 {
		return queue.Ticket{}, queue.ErrNothingToUndo
	}
	p := t.past[len(t.past)-1]
	if in := d.rooms[p.before.Room]; inRoom(p.before.State) && in != nil && in != t {
		return queue.Ticket{}, queue.ErrRoomBusy
	}
	d.version++
	goBack := func(t *ticket) {
		p := t.past[len(t.past)-1]
		d.vacate(t)
		t.Ticket, t.seq = p.before, p.seq
		d.occupy(t)
		t.past = t.past[:len(t.past)-1]
	}
	goBack(t)
	if o := p.with; o != nil && len(o.past) > 0 && o.past[len(o.past)-1].event == p.withIs {
		goBack(o)
	}
	return t.Ticket, nil
}

// CancelByOwner is [queue.Store.CancelByOwner].
func (m *Model) CancelByOwner(_ context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error) {
	t, _, err := once(m, id.Ref(), a, fmt.Sprint("cancel", id, codeHash), func() (queue.Ticket, error) {
		_, s, _, _, err := m.at(id.Ref())
		if err != nil {
			return queue.Ticket{}, err
		}
		if !s.WebCancel {
			return queue.Ticket{}, queue.ErrNotCancellable
		}
		_, _, d, t, err := m.of(id)
		switch {
		case err != nil:
			return queue.Ticket{}, err
		case t.code == "":
			return queue.Ticket{}, queue.ErrNotCancellable
		case t.bad >= queue.WrongCodes:
			return queue.Ticket{}, queue.ErrCodeLocked
		case t.code != codeHash:
			t.bad++
			return queue.Ticket{}, queue.ErrWrongCode
		case !t.State.Allows(queue.Cancel):
			return queue.Ticket{}, queue.ErrState
		}
		d.version++
		d.change(t, queue.Cancel, nil, func() { t.State, t.Ended, t.seq = queue.Cancelled, m.now(), d.version })
		return t.Ticket, nil
	})
	return t, err
}

// SetReception is [queue.Store.SetReception].
func (m *Model) SetReception(_ context.Context, ref queue.Ref, r queue.Reception, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("reception", ref, r), func() (bool, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.version++
		c.desk(ref.Service).reception = r
		return true, nil
	})
	return err
}

// SetMessage is [queue.Store.SetMessage].
func (m *Model) SetMessage(_ context.Context, ref queue.Ref, msg queue.Message, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("message", ref, msg), func() (bool, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.version++
		switch {
		case msg.Until.IsZero():
			c.desk(ref.Service).standing = msg.Text
		case msg.Text == "":
			c.desk(ref.Service).temporary = queue.Message{}
		default:
			c.desk(ref.Service).temporary = queue.Message{Text: msg.Text, Until: msg.Until.Truncate(time.Millisecond)}
		}
		return true, nil
	})
	return err
}

// Ticket is [queue.Store.Ticket].
func (m *Model) Ticket(_ context.Context, id queue.TicketID) (queue.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id.Ref().Clinic]; ok {
		if t, ok := c.day(id.Day()).tickets[id]; ok {
			return t.Ticket, nil
		}
	}
	return queue.Ticket{}, queue.ErrNoTicket
}

// Snapshot is [queue.Store.Snapshot].
func (m *Model) Snapshot(_ context.Context, id queue.ClinicID) (*queue.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.clinics[id]
	if !ok {
		return nil, queue.ErrNoClinic
	}
	today := m.today(c)
	d := c.day(today)
	if d.version == 0 {
		d.version = 1
	}
	var ended []*ticket
	for _, t := range d.tickets {
		if t.State.Ended() {
			ended = append(ended, t)
		}
	}
	newest := func(a, b *ticket) int { return cmp.Compare(b.seq, a.seq) }
	slices.SortFunc(ended, newest)
	if len(ended) > queue.EndedKept {
		ended = ended[:queue.EndedKept]
	}
	snap := &queue.Snapshot{
		Clinic: c.record, Rev: c.rev, Day: today, Epoch: d.epoch, Version: d.version, At: m.now(),
		Patients: map[queue.TicketID]queue.Patient{},
	}
	for _, s := range c.record.Services {
		ref := queue.Ref{Clinic: id, Service: s.ID}
		k := c.desk(s.ID)
		l := queue.Line{Ref: ref, Service: s, Reception: k.reception, Standing: k.standing}
		if k.temporary.Until.After(snap.At) {
			l.Temporary = k.temporary
		}
		show := func(ts []*ticket) (out []queue.Ticket) {
			for _, t := range ts {
				out = append(out, t.Ticket)
				if t.patient != (queue.Patient{}) {
					snap.Patients[t.ID] = t.patient
				}
			}
			return out
		}
		open := d.where(ref, queue.Called, queue.InService)
		slices.SortFunc(open, newest)
		l.Open = show(open)
		l.Waiting = show(d.waiting(ref))
		l.Absent = show(d.where(ref, queue.Absent))
		l.Held = show(d.where(ref, queue.Held))
		l.Ended = show(slices.DeleteFunc(slices.Clone(ended), func(t *ticket) bool { return t.ID.Ref() != ref }))
		snap.Lines = append(snap.Lines, l)
	}
	snap.Index()
	return snap, nil
}

// Follow is [queue.Feed.Follow], of a line that never goes stale.
func (m *Model) Follow(ctx context.Context, c queue.ClinicID, emit func(*queue.Snapshot), _ func(time.Time)) error {
	for {
		m.mu.Lock()
		changed := m.changed
		m.mu.Unlock()
		snap, err := m.Snapshot(ctx, c)
		if err != nil {
			return err
		}
		emit(snap)
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

// PutClinic is [queue.Store.PutClinic].
func (m *Model) PutClinic(_ context.Context, c queue.Clinic) error {
	var bad []error
	for _, e := range c.Validate() {
		bad = append(bad, e)
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clinics[c.ID] == nil {
		m.clinics[c.ID] = &clinic{
			desks: map[string]*desk{}, days: map[queue.Day]*day{}, acts: map[string]actResult{},
			users: map[string]string{}, sessions: map[string]openSession{},
		}
	}
	k := m.clinics[c.ID]
	k.record, k.rev = c, rand.Text()
	k.day(m.today(k)).version++
	m.poke()
	return nil
}

// Clinic is [queue.Store.Clinic].
func (m *Model) Clinic(_ context.Context, id queue.ClinicID) (queue.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id]; ok {
		return c.record, nil
	}
	return queue.Clinic{}, queue.ErrNoClinic
}

// Clinics is [queue.Store.Clinics].
func (m *Model) Clinics(context.Context) ([]queue.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []queue.Clinic{}
	for _, c := range m.clinics {
		all = append(all, c.record)
	}
	slices.SortFunc(all, func(a, b queue.Clinic) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// RemoveClinic is [queue.Store.RemoveClinic].
func (m *Model) RemoveClinic(_ context.Context, id queue.ClinicID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clinics[id] == nil {
		return queue.ErrNoClinic
	}
	delete(m.clinics, id)
	m.poke()
	return nil
}
