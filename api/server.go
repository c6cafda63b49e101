package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/account"
	"junban/device"
	"junban/hub"
	"junban/queue"
	"junban/static"
)

// Line is what the surface asks of the line. Errors that are a queue.Refusal
// are answered as such; any other means that the line could not be reached.
type Line interface {
	Issue(ctx context.Context, ref queue.Ref, q queue.Request, a queue.Act) (queue.Issued, error)
	CancelMarked(ctx context.Context, c queue.ClinicID, m queue.Marked, a queue.Act) (int, error)
	CallNext(ctx context.Context, ref queue.Ref, room string, a queue.Act) (queue.Ticket, error)
	Call(ctx context.Context, id queue.TicketID, room string, a queue.Act) (queue.Ticket, error)
	Do(ctx context.Context, id queue.TicketID, v queue.Verb, a queue.Act) (queue.Ticket, error)
	Finish(ctx context.Context, id queue.TicketID, inaccurate bool, a queue.Act) (queue.Ticket, error)
	Transfer(ctx context.Context, id queue.TicketID, service string, a queue.Act) (queue.Ticket, error)
	Move(ctx context.Context, id queue.TicketID, ahead int, reason string, a queue.Act) (queue.Ticket, error)
	Arrive(ctx context.Context, id queue.TicketID, p queue.Presence, a queue.Act) (queue.Ticket, error)
	Contacted(ctx context.Context, id queue.TicketID, cut string, a queue.Act) (queue.Ticket, error)
	FileLost(ctx context.Context, id queue.TicketID, c queue.Claim) (queue.Ticket, error)
	CancelByOwner(ctx context.Context, id queue.TicketID, codeHash string, a queue.Act) (queue.Ticket, error)
	SetReception(ctx context.Context, ref queue.Ref, r queue.Reception, reason string, a queue.Act) error
	SetMessage(ctx context.Context, ref queue.Ref, m queue.Message, a queue.Act) error
	SetDuty(ctx context.Context, c queue.ClinicID, room string, d queue.Duty, a queue.Act) error
	PutClinic(ctx context.Context, c queue.Clinic, a queue.Act) error
	Changes(ctx context.Context, c queue.ClinicID, n int) ([]queue.Change, error)
	Journal(ctx context.Context, c queue.ClinicID, d queue.Day, q queue.JournalQuery) (queue.Journal, error)
	Accuracy(ctx context.Context, c queue.ClinicID) ([]queue.Accuracy, error)

	Snapshot(ctx context.Context, c queue.ClinicID) (*queue.Snapshot, error)
	Offers(ctx context.Context, ref queue.Ref) ([]queue.Offer, error)
	Reserved(ctx context.Context, c queue.ClinicID) ([]queue.Reserved, error)
	Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error)
	Clinic(ctx context.Context, c queue.ClinicID) (queue.Clinic, error)
	Clinics(ctx context.Context) ([]queue.Clinic, error)

	TakeTokens(ctx context.Context, c queue.Charge) (queue.Shortage, error)
	LookForTokens(ctx context.Context, c queue.Charge) (queue.Shortage, error)
	GiveTokens(ctx context.Context, c queue.Charge) error
}

// Accounts are the staff users of the clinics and their logins, as [account.Store]
// has them.
type Accounts interface {
	User(ctx context.Context, c queue.ClinicID, name string) (account.User, error)
	Users(ctx context.Context, c queue.ClinicID) ([]account.User, error)
	AddUser(ctx context.Context, c queue.ClinicID, name string, role account.Role, passwordHash string, by queue.Actor) error
	SetRole(ctx context.Context, c queue.ClinicID, name string, role account.Role, by queue.Actor) error
	SetPassword(ctx context.Context, c queue.ClinicID, name, passwordHash, keep string, by queue.Actor) error
	RemoveUser(ctx context.Context, c queue.ClinicID, name string, by queue.Actor) error
	PutLogin(ctx context.Context, c queue.ClinicID, l account.Login, life time.Duration) error
	Logins(ctx context.Context, c queue.ClinicID) ([]account.Login, error)
	Login(ctx context.Context, c queue.ClinicID, tokenHash string) (user string, role account.Role, err error)
	DropLogin(ctx context.Context, c queue.ClinicID, tokenHash string) error
}

// Devices are the screens of the clinics' waiting rooms, as [device.Store] has them.
type Devices interface {
	PutPairing(ctx context.Context, code string, p device.Pairing, life time.Duration) error
	Pairing(ctx context.Context, code string) (device.Pairing, error)
	ClaimPairing(ctx context.Context, c queue.ClinicID, code string) (device.Pairing, error)
	PutScreen(ctx context.Context, c queue.ClinicID, sc device.Screen, by queue.Actor) error
	Screen(ctx context.Context, c queue.ClinicID, tokenHash string) (device.Screen, error)
	Screens(ctx context.Context, c queue.ClinicID) ([]device.Screen, error)
	DropScreen(ctx context.Context, c queue.ClinicID, tokenHash string, by queue.Actor) error
}

// Feed tells of every change of a clinic, as queue.Feed does.
type Feed interface {
	// Follow emits the clinic's snapshot now and after every change, and says
	// once when it can no longer vouch for the last one. It blocks until ctx ends.
	Follow(ctx context.Context, c queue.ClinicID, emit func(*queue.Snapshot), stale func(since time.Time)) error
	// Probe is the newest round trip to Redis: how long it took, and when it was.
	Probe() (rtt time.Duration, at time.Time, err error)
}

// Config is what a [Server] is made of. Line, Accounts, Devices, Feed and Secret are
// needed.
type Config struct {
	Line     Line
	Accounts Accounts
	Devices  Devices
	Feed     Feed
	Registry *prometheus.Registry // gets every metric, and is what /metrics shows; nil: a new one
	Log      *slog.Logger         // nil: nothing is logged
	Secret   []byte               // at least 32 bytes, the same on every node
	Hub      hub.Options          // tuning; Source, Registerer and Log are set here

	// How many may watch at once on this node: from one IPv4 address or IPv6 /48,
	// which may be a whole hospital or a carrier's, and one clinic, whichever of its
	// topics. A tenth of each is for its desk, screens and tickets.
	WatchersOfHome   int // 0: 5000
	WatchersOfClinic int // 0: 50000

	Secure         bool           // every request came by TLS, whatever it looks like
	TrustedProxies []netip.Prefix // peers whose X-Forwarded-For and -Proto are believed
	OpsHosts       []string       // further names of the operator's listener, in lower case
	Demo           bool           // serve /partner
	Version        string         // for /debug/version
}

// minSecret is the shortest secret that is taken, in bytes: one HMAC-SHA256 key.
const minSecret = 32

// Server answers the public listener as an http.Handler, and the operator's
// through [Server.Ops]. It is safe for concurrent use.
type Server struct {
	line      Line
	accounts  Accounts
	devices   Devices
	feed      Feed
	hub       *hub.Hub
	source    *source
	records   *records
	snapshots *reads[queue.ClinicID, *queue.Snapshot]
	offers    *reads[queue.Ref, []queue.Offer]
	buckets   *buckets // of the limits that each node has for itself
	paid      *buckets // of the clinics' numbers that prefixes have paid for
	sessions  *sessions
	passwords *passwords
	screens   screens
	keys      keys
	zones     *zones
	site      *static.Site
	metrics   *metrics
	registry  *prometheus.Registry
	log       *slog.Logger
	csrf      *http.CrossOriginProtection
	router    http.Handler

	watchersOfHome   int
	watchersOfClinic int
	answerWritten    time.Duration // [answerWritten], or what a test sets

	secure   bool
	trusted  []netip.Prefix
	opsHosts []string
	demo     bool
	version  string

	draining  atomic.Bool
	answering atomic.Int64 // requests in progress that are no watches

	warned struct {
		mu    sync.Mutex
		peers map[netip.Addr]bool // guarded by mu; that sent X-Forwarded-For and are not trusted
	}
}

// New makes a server and its hub. Nothing runs until somebody watches; whoever
// makes a server ends it with [Server.Close].
func New(c Config) (*Server, error) {
	switch {
	case c.Line == nil:
		return nil, errors.New("api config: no line")
	case c.Feed == nil:
		return nil, errors.New("api config: no feed")
	case len(c.Secret) < minSecret:
		return nil, errors.New("api config: the secret is shorter than 32 bytes")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	site, err := static.New()
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(c.Registry)
	if err != nil {
		return nil, err
	}
	s := &Server{
		line: c.Line, accounts: c.Accounts, devices: c.Devices, feed: c.Feed, site: site, metrics: m, registry: c.Registry, log: c.Log,
		sessions:  newSessions(c.Accounts, keys{c.Secret}),
		offers:    newReads(offersAge, c.Line.Offers),
		buckets:   newBuckets(bucketSets),
		paid:      newBuckets(paidSets),
		passwords: newPasswords(),
		keys:      keys{c.Secret},
		zones:     &zones{},
		csrf:      http.NewCrossOriginProtection(),
		secure:    c.Secure, trusted: c.TrustedProxies, opsHosts: c.OpsHosts, demo: c.Demo, version: c.Version,
	}
	s.watchersOfHome = cmp.Or(c.WatchersOfHome, 5000)
	s.watchersOfClinic = cmp.Or(c.WatchersOfClinic, 50_000)
	s.answerWritten = answerWritten
	s.source = newSource(c.Line, c.Feed, s.zones, m, c.Log)
	s.records = newRecords(c.Line, s.source)
	s.snapshots = newReads(snapshotAge, s.source.clock.learning(c.Line.Snapshot))
	o := c.Hub
	o.Source, o.Registerer, o.Log = s.source.follow, c.Registry, c.Log
	s.hub = hub.New(o)
	s.source.hub = s.hub
	s.router = s.routes()
	return s, nil
}

// answerWritten bounds one request that is no watch, until its answer is written:
// a client that does not read may not hold a connection for longer (S14). A large
// page needs most of it on a slow phone.
const answerWritten = time.Minute

// ServeHTTP answers one request of the public listener.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != watchPattern {
		s.answering.Add(1)
		defer s.answering.Add(-1)
	}
	// The hub lifts it when a watch begins. A test's recorder has no deadlines.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.answerWritten))
	s.observe(w, r, s.router)
}

// Drain makes /readyz say no, takes no new watchers, and sends those there away
// with a reconnect delay of their own, spread evenly. It returns when all are
// gone or ctx ends.
func (s *Server) Drain(ctx context.Context, spread time.Duration) {
	s.draining.Store(true)
	s.hub.Drain(ctx, spread)
}

// Restart is Drain for a node that is alone (F5): it keeps its watchers until the
// requests in progress are answered, and then closes them all with the time after
// which the node is expected back. The caller accepts no connections any more.
func (s *Server) Restart(ctx context.Context, away time.Duration) {
	s.draining.Store(true)
	for s.answering.Load() > 0 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	s.hub.Restart(ctx, away)
}

// Sockets returns how many WebSockets are open.
func (s *Server) Sockets() int { return s.hub.Sockets() }

// Close ends every watch at once, and every goroutine of the server.
func (s *Server) Close() {
	s.draining.Store(true)
	s.hub.Close()
	s.source.close()
	s.sessions.live.stop()
}
