package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	stdlog "log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"junban/account"
	"junban/api"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/simulate"
	"junban/device"
	"junban/hub"
	"junban/internal/redisdb"
	"junban/notify"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/feed"
	"junban/queue/journal"
	"junban/queue/keeper"
	"junban/queue/outbox"
	"junban/register/projection"
	"junban/static"
)

// serveCommand serves the clinics.
type serveCommand struct{}

// Run serves until ctx is done.
func (serveCommand) Run(ctx context.Context, p *program) error { return p.serve(ctx) }

// serve starts the parts in the order of their dependencies. It waits until ctx
// is done or a part fails, then stops the parts in reverse order.
func (p *program) serve(ctx context.Context) (err error) {
	began := time.Now()
	var down shutdown
	defer func() { err = errors.Join(err, down.run(p.drain())) }()

	// The listeners come first: if an address is taken, nothing else starts.
	// Early connections wait in the backlog until the servers run.
	public, err := listen(ctx, "--listen", string(p.Listen))
	if err != nil {
		return err
	}
	files := budgetFiles(openFiles(), int(p.Watchers))
	if files.watchers < int(p.Watchers) {
		p.log.Warn("--max-watchers is lowered: the limit of open files is too small",
			"asked", int(p.Watchers), "allowed", files.watchers, "open_files", openFiles())
	}
	open := newConns(files.clients, p.Proxies)
	down.add("public listener", func(context.Context) error { return ignoreClosed(public.Close()) })
	private, err := listen(ctx, "--ops-listen", string(p.OpsListen))
	if err != nil {
		return err
	}
	down.add("private listener", func(context.Context) error { return ignoreClosed(private.Close()) })

	secure, err := p.openTLS()
	if err != nil {
		return err
	}
	listener, redirects := public, net.Listener(nil)
	if secure != nil {
		listener = hub.BeneathTLS(public)
	}
	if p.Redirect != "" {
		if redirects, err = listen(ctx, "--redirect-listen", string(p.Redirect)); err != nil {
			return err
		}
		down.add("redirecting listener", func(context.Context) error { return ignoreClosed(redirects.Close()) })
	}

	registry := prometheus.NewRegistry()
	registry.MustRegister(open, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if secure != nil {
		registry.MustRegister(secure)
	}
	st, err := p.openStorage(ctx, embedded.Serve, registry)
	if err != nil {
		return err
	}
	down.add("redis", func(context.Context) error { // not bounded by the grace: the last write counts
		ctx, cancel := context.WithTimeout(context.Background(), embedded.StopTimeout)
		defer cancel()
		return st.Close(ctx)
	})
	p.warn(ctx, st)
	var projector *projection.Projector // before any act
	var notifier *notify.Notifier       // the same
	store, err := queue.NewStore(st.Client, queue.Options{MinReplicas: p.MinReplicas.of(st.Replicated), Registerer: registry, Acted: func(c clinic.ID, d clinic.Day) {
		if projector != nil {
			projector.Touch(c, d)
		}
		if notifier != nil {
			notifier.Touch(c, d)
		}
	}})
	if err != nil {
		return err
	}
	if err := store.Load(ctx); err != nil {
		return err
	}
	books, database, err := p.openBooks(st.Memory)
	if err != nil {
		return err
	}
	down.add("database", func(context.Context) error { return database.Close() })
	accounts := account.NewStore(st.Client, store)
	show, err := p.seedDemo(ctx, st, store, accounts)
	if err != nil {
		return err
	}
	if p.Simulate > 0 && show == nil {
		return errors.New("--simulate needs the demo clinic, which exists only in an embedded store that was empty at its first start")
	}
	secret, err := p.readSecret(ctx, store)
	if err != nil {
		return err
	}

	parts := newParts(ctx)
	defer parts.cancel(nil)
	feed, err := feed.New(store, feed.Options{Registerer: registry, Log: p.log})
	if err != nil {
		return err
	}
	down.add("feed", parts.run("feed", feed.Run))
	alone := feed.Alone
	if st.Private {
		alone = nil
	}
	if projector, err = projection.New(store, journal.New(store), books, projection.Options{Alone: alone, Registerer: registry, Log: p.log}); err != nil {
		return err
	}
	if err := p.prepareBooks(ctx, projector); err != nil {
		return err
	}
	down.add("projection", parts.run("projection", projector.Run))
	notices := outbox.New(st.Client, store, outbox.Options{Secret: secret, Voided: func(_ outbox.Kind, why string) { notifier.Voided(why) }})
	ways, err := p.openChannels(ctx, notices, show)
	if err != nil {
		return err
	}
	pages, err := static.New()
	if err != nil {
		return err
	}
	if notifier, err = p.newNotifier(store, notices, feed, ways, pages, registry); err != nil {
		return err
	}
	down.add("notices", parts.run("notices", notifier.Run))
	days := lineWithNotices{store, notices}
	keeper, err := keeper.New(days, keeper.Options{Books: books, Registerer: registry, Log: p.log})
	if err != nil {
		return err
	}
	down.add("keeper", parts.run("keeper", keeper.Run))
	down.add("exports", parts.run("exports", func(ctx context.Context) error { return books.RunExports(ctx, p.log) }))
	if st.Upkeep != nil {
		down.add("upkeep of redis", parts.run("upkeep of redis", st.Upkeep))
	}
	site, err := api.New(api.Config{
		Line: store, Journal: journal.New(store), Lessons: store.Lessons(), Accounts: accounts, Devices: device.NewStore(st.Client, store), Feed: feed, Books: books, Erasing: days, Recorder: projector, Outbox: notices, Notices: ways.offered(notices, string(p.Origin)), Registry: registry, Log: p.log, Secret: secret, Site: pages,
		TrustedProxies: []netip.Prefix(p.Proxies), OpsHosts: strings.FieldsFunc(strings.ToLower(p.OpsHosts), func(c rune) bool { return c == ',' || c == ' ' }), Demo: show != nil, Version: version(),
		Hub:            hub.Options{MaxConns: files.watchers, Handshakes: cmp.Or(int(p.HandshakeRate), -1)},
		WatchersOfHome: int(p.PerAddress), WatchersOfClinic: int(p.PerClinic),
	})
	if err != nil {
		return err
	}
	down.add("streams", func(context.Context) error { site.Close(); return nil })
	ops := newServer(site.Ops(), p.log)
	parts.serve("private server", ops, private)
	down.add("private server", func(context.Context) error { return ops.Close() })
	open.sockets = site.Sockets
	web := newServer(site, p.log)
	web.ConnState = open.state
	if secure != nil {
		web.TLSConfig = newTLSHandshakes(open, handshakesDivided, handshakesAtOnce()).limit(secure.config)
	}
	parts.serve("public server", web, open.of(listener))
	down.add("public server", func(ctx context.Context) error {
		if err := web.Shutdown(ctx); err != nil {
			p.log.Warn("requests were cut off at the end of the grace period", "err", err)
			return web.Close()
		}
		return nil
	})
	if redirects != nil {
		redirect := secure.redirectServer(public.Addr(), p.log)
		redirect.ConnState = open.state
		parts.serve("redirecting server", redirect, open.of(redirects))
		down.add("redirecting server", func(context.Context) error { return redirect.Close() })
	}
	if secure != nil && secure.acme != nil { // the authority asks the servers that run by now
		for _, domain := range p.TLSDomains {
			down.add("certificate", parts.run("certificate", func(ctx context.Context) error {
				return secure.obtain(ctx, domain, p.log)
			}))
		}
	}
	if secure != nil {
		down.add("warnings of certificates", parts.run("warnings of certificates", func(ctx context.Context) error {
			return secure.warnLate(ctx, p.log)
		}))
	}
	var downtime time.Duration // expected, until the next process serves
	down.add("watchers", func(ctx context.Context) error {
		grace := p.drain()
		ctx, cancel := context.WithTimeout(ctx, grace*8/10) // leaves time for watchers that do not answer
		defer cancel()
		if !p.isLastNode(ctx, st, feed) {
			site.Drain(ctx, grace*7/10)
			return nil
		}
		go func() { _ = web.Shutdown(ctx) }() // stops accepting; the next step waits for it
		site.Restart(ctx, downtime)
		return nil
	})
	if p.Simulate > 0 {
		down.add("simulation", parts.run("simulation", func(ctx context.Context) error {
			return simulate.Run(ctx, p.simulation(public.Addr(), show))
		}))
	}
	// The next start takes about as long as this one, plus the supervisor's
	// delay.
	downtime = min(time.Since(began)*3/2+time.Second, time.Minute)
	p.log.Info("serving", "version", version(), "store", st.Where, "listen", public.Addr().String(), "tls", secure != nil, "ops", private.Addr().String())
	p.printURLs(public.Addr(), show)

	<-parts.ctx.Done()
	if ctx.Err() == nil {
		return context.Cause(parts.ctx)
	}
	p.log.Info("stopping", "grace", p.drain())
	return nil
}

// isLastNode reports whether no other node can serve the watchers. The embedded
// store has no other node; on a shared Redis, a node without a feed does not
// count. If Redis does not answer, another node is assumed.
func (p *program) isLastNode(ctx context.Context, st *redisdb.DB, feed *feed.Feed) bool {
	if st.Private {
		return true
	}
	alone, err := feed.Alone(ctx)
	if err != nil {
		p.log.Warn("asking whether other nodes serve: assuming that they do", "err", err)
	}
	return alone
}

// readSecret returns the secret of all tokens, from --secret-file or from
// Redis. With --secret-file, a stolen copy of Redis yields no valid token.
func (p *program) readSecret(ctx context.Context, store *queue.Store) ([]byte, error) {
	if p.SecretFile == "" {
		return store.Secret(ctx)
	}
	secret, err := os.ReadFile(p.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("--secret-file: %w", err)
	}
	if secret = bytes.TrimSpace(secret); len(secret) < 32 {
		return nil, fmt.Errorf("--secret-file: %s has %d bytes; at least 32 are required", p.SecretFile, len(secret))
	}
	return secret, nil
}

func (p *program) simulation(public net.Addr, d *demo) simulate.Config {
	here, _ := p.origins(public)
	c := simulate.Config{
		URL: here, Clinic: string(d.clinic.ID), User: demoUser, Password: d.password,
		Speed: float64(p.Simulate), Seed: 1, Log: p.log,
	}
	for _, r := range d.clinic.Rooms {
		c.Rooms = append(c.Rooms, r.ID)
	}
	return c
}

func listen(ctx context.Context, flag, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return l, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// maxHeader is the size limit of a request's line and header, in bytes. A
// request with 16 topics, their tokens and cookies needs 3 KiB.
const maxHeader = 16 << 10

// stalled is how long a connection of HTTP/2 may take nothing while there is something
// to send, as for a watcher. A deadline of a stream does not close its connection.
const stalled = 30 * time.Second

// newServer returns a server that limits the time and size of a request's
// header. What follows has no time limit: a watch lasts for hours, and the hub
// closes stalled ones.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ConnContext:       hub.ConnContext,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    maxHeader - 4<<10, // net/http reads 4 KiB more
		HTTP2:             &http.HTTP2Config{WriteByteTimeout: stalled},
		ErrorLog:          stdlog.New(serverLog{log}, "", 0),
	}
}

// serverLog logs what net/http reports. A failed TLS handshake and a violation of HTTP/2
// are matters of the client, and strangers can cause any number of them.
type serverLog struct{ *slog.Logger }

// Write logs one line.
func (l serverLog) Write(line []byte) (int, error) {
	level := slog.LevelWarn
	if bytes.HasPrefix(line, []byte("http: TLS handshake error")) || bytes.HasPrefix(line, []byte("http2: server")) {
		level = slog.LevelDebug
	}
	l.Log(context.Background(), level, string(bytes.TrimSpace(line)))
	return len(line), nil
}
