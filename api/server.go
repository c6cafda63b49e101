package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"junban/api/books"
	"junban/api/desk"
	"junban/api/directory"
	"junban/api/limit"
	"junban/api/live"
	"junban/api/login"
	"junban/api/notice"
	"junban/api/office"
	"junban/api/page"
	"junban/api/peer"
	"junban/api/public"
	"junban/api/screen"
	"junban/api/secret"
	"junban/api/ticket"
	"junban/api/view"
	"junban/api/watch"
	"junban/api/wire"
	"junban/hub"
	notices "junban/notify/text"
	"junban/register"
	"junban/static"
)

// Config is what a [Server] is made of. Line, Journal, Lessons, Accounts, Devices, Feed and
// Secret are needed.
type Config struct {
	Line     Line
	Journal  desk.Journal
	Lessons  office.Lessons
	Accounts Accounts
	Devices  screen.Devices
	Feed     Feed
	Books    *register.Store      // of the staff; nil: there are no routes of it
	Outbox   office.Outbox        // of notices, for the office; nil: it has no routes of them
	Erasing  register.Line        // where the line keeps persons; needed with Books
	Recorder ticket.Recorder      // of bookings for days to come; nil: the line alone keeps them
	Notices  *notice.Notices      // what they offer; the rest is set here. Nil: there are no notices
	Registry *prometheus.Registry // gets every metric, and is what /metrics shows; nil: a new one
	Log      *slog.Logger         // nil: nothing is logged
	Secret   []byte               // at least 32 bytes, the same on every node
	Hub      hub.Options          // tuning; Source, Registerer and Log are set here

	// How many may watch at once on this node. Home is one IPv4 address or IPv6 /48,
	// which may be a whole hospital or a carrier. Clinic is all topics of a clinic
	// together. A tenth of each is for its desk, screens and tickets.
	WatchersOfHome   int // 0: 5000
	WatchersOfClinic int // 0: 50000

	Secure         bool           // every request came by TLS, whatever it looks like
	TrustedProxies []netip.Prefix // peers whose X-Forwarded-For and -Proto are believed
	OpsHosts       []string       // further names of the operator's listener, in lower case
	Site           *static.Site   // the pages; nil: they are read
	Demo           bool           // serve /partner
	Version        string         // for /debug/version
}

// minSecret is the shortest secret that is taken, in bytes: one HMAC-SHA256 key.
const minSecret = 32

// Server answers the public listener as an http.Handler, and the operator's
// through [Server.Ops]. It is safe for concurrent use.
type Server struct {
	accounts  Accounts
	devices   screen.Devices
	feed      Feed
	hub       *hub.Hub
	clinics   *live.Clinics
	directory *directory.Directory
	peers     *peer.Peers
	limits    *limit.Limiter
	keys      secret.Keys
	passwords *login.Passwords
	site      *static.Site
	metrics   *metrics
	registry  *prometheus.Registry
	log       *slog.Logger
	router    http.Handler

	logins  *login.Logins
	public  *public.Public
	tickets *ticket.Tickets
	desk    *desk.Desk
	office  *office.Office
	screens *screen.Screens
	notices *notice.Notices // nil: there are none
	books   *books.Books    // nil: there is no register
	watch   *watch.Watch
	pages   *page.Pages

	answerWritten time.Duration // [answerWritten], or what a test sets

	opsHosts []string
	version  string

	draining  atomic.Bool
	answering atomic.Int64 // requests in progress that are no watches
}

// New makes a server and its hub. Nothing runs until a client
// watches. The caller ends the server with [Server.Close].
func New(c Config) (*Server, error) {
	switch {
	case c.Line == nil:
		return nil, errors.New("api config: the line is missing")
	case c.Journal == nil || c.Lessons == nil:
		return nil, errors.New("api config: the journal or the lessons are missing")
	case c.Accounts == nil || c.Devices == nil:
		return nil, errors.New("api config: accounts or devices are missing")
	case c.Feed == nil:
		return nil, errors.New("api config: the feed is missing")
	case c.Books != nil && c.Erasing == nil:
		return nil, errors.New("api config: the register has no line to erase persons from")
	case len(c.Secret) < minSecret:
		return nil, errors.New("api config: the secret is shorter than 32 bytes")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Registry == nil {
		c.Registry = prometheus.NewRegistry()
	}
	site, err := c.Site, error(nil)
	if site == nil {
		if site, err = static.New(); err != nil {
			return nil, err
		}
	}
	m, err := newMetrics(c.Registry)
	if err != nil {
		return nil, err
	}
	s := &Server{
		accounts: c.Accounts, devices: c.Devices, feed: c.Feed, site: site, metrics: m, registry: c.Registry, log: c.Log,
		peers: peer.New(c.Secure, c.TrustedProxies, c.Log), keys: secret.New(c.Secret), passwords: login.NewPasswords(),
		answerWritten: answerWritten, opsHosts: c.OpsHosts, version: c.Version,
	}
	s.clinics = live.New(c.Line, c.Feed, m.lost, m.lostTickets, c.Log)
	s.directory = directory.New(c.Line, s.clinics.Watched)
	s.limits = limit.New(c.Line, s.peers, s.keys, s.directory.IsListed, m.limits)
	o := c.Hub
	o.Source, o.Registerer, o.Log = s.clinics.Follow, c.Registry, c.Log
	s.hub = hub.New(o)
	s.clinics.Hub = s.hub
	s.open(c)
	s.router = s.routes()
	return s, nil
}

// open makes the rooms of the server, each with what it needs.
func (s *Server) open(c Config) {
	s.logins = login.New(c.Accounts, s.keys, s.peers, s.limits, s.clinics, s.passwords)
	s.public = &public.Public{Line: c.Line, Clinics: s.clinics, Directory: s.directory, Limits: s.limits, Keys: s.keys}
	s.tickets = &ticket.Tickets{Line: c.Line, Clinics: s.clinics, Logins: s.logins, Limits: s.limits, Peers: s.peers, Keys: s.keys, Recorder: c.Recorder}
	s.desk = &desk.Desk{Line: c.Line, Journal: c.Journal, Clinics: s.clinics, Logins: s.logins, Tickets: s.tickets}
	s.office = &office.Office{Line: c.Line, Lessons: c.Lessons, Accounts: c.Accounts, Clinics: s.clinics, Logins: s.logins, Passwords: s.passwords, Keys: s.keys}
	s.office.Outbox, s.office.Composer, s.office.Site = c.Outbox, notices.New(s.site), s.site
	s.screens = &screen.Screens{Devices: c.Devices, Clinics: s.clinics, Logins: s.logins, Limits: s.limits, Peers: s.peers, Keys: s.keys}
	if c.Books != nil {
		s.tickets.Members = c.Books
		s.books = &books.Books{Register: c.Books, Line: c.Erasing, Clinics: s.clinics, Logins: s.logins, Limits: s.limits}
	}
	if c.Notices != nil {
		ns := *c.Notices
		ns.Line, ns.Clinics, ns.Limits, ns.Peers, ns.Keys, ns.Site = c.Line, s.clinics, s.limits, s.peers, s.keys, s.site
		ns.Open()
		s.notices, s.office.SetUp = &ns, ns.SetUp()
	}
	s.watch = &watch.Watch{
		Hub: s.hub, Clinics: s.clinics, Logins: s.logins, Screens: s.screens, Limits: s.limits, Peers: s.peers, Keys: s.keys,
		WatchersOfHome: cmp.Or(c.WatchersOfHome, 5000), WatchersOfClinic: cmp.Or(c.WatchersOfClinic, 50_000),
	}
	s.pages = &page.Pages{
		News: s.clinicNews,
		Site: s.site, Clinics: s.clinics, Directory: s.directory, Limits: s.limits, Peers: s.peers, LookUp: s.public.LookUp, Days: s.public.ShowDays, Issue: s.tickets.IssueByPatient, CancelFound: s.public.CancelFound, Notices: c.Notices != nil, Demo: c.Demo,
	}
}

// clinicNews is what a clinic's page shows of its news.
func (s *Server) clinicNews(ctx context.Context, v view.View, most int) []wire.NewsItem {
	if s.notices == nil {
		return nil
	}
	return s.notices.ClinicNews(ctx, v, most)
}

// answerWritten bounds one request that is no watch, until its answer is written. A
// client that does not read cannot hold a connection for longer. A large page
// needs most of it on a slow phone.
const answerWritten = time.Minute

// ServeHTTP answers one request of the public listener.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != watch.Pattern {
		s.answering.Add(1)
		defer s.answering.Add(-1)
	}
	// The hub lifts it when a watch begins. A test's recorder has no deadlines.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.answerWritten))
	s.observe(w, r, s.router)
}

// Drain makes /readyz fail and refuses new watchers. It closes the present ones, each
// with its own reconnect delay, spread evenly. It returns when all are gone or ctx
// ends.
func (s *Server) Drain(ctx context.Context, spread time.Duration) {
	s.draining.Store(true)
	s.hub.Drain(ctx, spread)
}

// Restart is Drain for a single node. It keeps its watchers until the requests in
// progress are answered. Then it closes them all with the time after which the node is
// expected back. The caller accepts no connections any more.
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
	s.clinics.Close()
	s.directory.Close()
	s.logins.Close()
}
