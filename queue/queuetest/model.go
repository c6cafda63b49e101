package queuetest

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Model is the line in plain Go. It is the specification of [queue.Store]: the oracle
// of random tests, and the fake for packages above it. It is safe for concurrent use,
// keeps everything in memory, and follows its own changes without delay.
type Model struct {
	Now    func() time.Time // the clock; time.Now
	Bounds queue.Bounds     // of [queue.Options]; [queue.DefaultBounds]

	mu      sync.Mutex
	clinics map[clinic.ID]*clinicState
	buckets map[string]int64 // of limits: the microsecond at which each is full again, by tag and name
	secret  []byte
	changed chan struct{} // closed and replaced with every change
}

type clinicState struct {
	record  clinic.Clinic
	zone    *time.Location // the record's
	rev     string
	desks   map[string]*desk // by service
	days    map[clinic.Day]*day
	acts    map[string]actResult
	changes []queue.Change
	figures map[clinic.Day]queue.Figures
	duties  map[string]queue.Duty // of the rooms not on duty
}

type desk struct {
	manual    queue.Manual
	standing  string
	temporary queue.Message
	bookings  surge // of web bookings of days to come, by the moment at which they were taken
}

type day struct {
	epoch   string
	version uint64
	counter map[string]int // by service
	calls   map[string]int // by service
	lost    map[string]int // by service: tickets that were filed as lost
	notices map[string]notice
	tickets map[queue.TicketID]*ticket
	cuts    map[queue.TicketID]queue.Cut
	rooms   map[string]*ticket
	events  int
	numbers map[string]*numbering // by service
	persons map[string]*ticket    // by service, session and person
	surges  map[string]surge      // by service
	closed  bool

	slotCalls map[string][]slotCall     // of each line in slot mode
	blocks    map[string]map[string]int // by service and slot: numbers given, see numberBySlot
}

// bump is the version that an act makes; a closed day is open again.
func (d *day) bump() {
	d.version++
	d.closed = false
}

// surge counts the web tickets of a half hour.
type surge struct {
	half  time.Time // when it began
	n     int
	marks []string  // the last eight that were counted
	quiet time.Time // none are counted until then
}

type notice struct {
	queue.Notice
	version uint64
}

type ticket struct {
	queue.Ticket
	seq     uint64 // version of the act that put it where it is
	code    string
	bad     int
	patient queue.Patient
	free    time.Time // a cancelled ticket's seat is offered again from then on
	self    bool      // cancelled by its owner
	selves  int       // how many tickets of the session the person had cancelled before
	persons []string  // hashes of who it is for, where persons are limited
	turn
	past []past
}

// turn is what a ticket remembers of its calls, and of where it is to wait.
type turn struct {
	nth    int       // of the line's calls: its last
	missed int       // absences of this leg
	cool   time.Time // "next" passes it over until then
	front  string    // the place that an absence cost
	grace  int       // returning at no more calls of the line than these gives it back; 0: never
	parked bool      // its place is decided at the return
	park   int       // number of waiting tickets that go first
	moved  uint64    // version of the move that announced something
	kept   bool      // undo has taken back that the patient did not come: it stays booked until the day ends
}

// past is what undo goes back to.
type past struct {
	event  int
	before queue.Ticket
	seq    uint64
	turn   turn
	went   bool    // the act itself changed the presence
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
		Now: time.Now, Bounds: queue.DefaultBounds, clinics: map[clinic.ID]*clinicState{}, buckets: map[string]int64{},
		secret: []byte(rand.Text() + rand.Text()), changed: make(chan struct{}),
	}
}

// at finds a clinic's service, and today.
func (m *Model) at(ref clinic.Ref) (*clinicState, clinic.Service, *day, clinic.Day, error) {
	c, ok := m.clinics[ref.Clinic]
	if !ok {
		return nil, clinic.Service{}, nil, "", clinic.ErrNoClinic
	}
	s, ok := c.record.Service(ref.Service)
	if !ok {
		return nil, s, nil, "", clinic.ErrNoService
	}
	today := m.today(c)
	return c, s, c.day(today), today, nil
}

func (m *Model) today(c *clinicState) clinic.Day {
	return c.record.DayOf(m.Now(), c.zone)
}

func (c *clinicState) day(d clinic.Day) *day {
	if c.days[d] == nil {
		c.days[d] = &day{
			epoch: strings.ToLower(rand.Text()[:10]), counter: map[string]int{}, calls: map[string]int{}, lost: map[string]int{}, notices: map[string]notice{},
			tickets: map[queue.TicketID]*ticket{}, cuts: map[queue.TicketID]queue.Cut{}, rooms: map[string]*ticket{}, numbers: map[string]*numbering{}, persons: map[string]*ticket{},
			surges: map[string]surge{}, slotCalls: map[string][]slotCall{}, blocks: map[string]map[string]int{},
		}
	}
	return c.days[d]
}

func (c *clinicState) desk(service string) *desk {
	if c.desks[service] == nil {
		c.desks[service] = &desk{}
	}
	return c.desks[service]
}

func (m *Model) notify() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// once runs an act under its key; do changes nothing when it refuses.
func once[T any](m *Model, ref clinic.Ref, a queue.Act, request string, do func() (T, error)) (T, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var none T
	c, ok := m.clinics[ref.Clinic]
	if !ok {
		return none, false, clinic.ErrNoClinic
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
	m.notify()
	return result, false, nil
}
