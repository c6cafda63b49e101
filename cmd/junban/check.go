package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/cmd/junban/internal/embedded"
	"junban/internal/redisdb"
)

// verdict is the result of one check.
type verdict int

const (
	fine     verdict = iota
	advised          // a recommended setting is missing
	required         // a required setting is missing
)

func (v verdict) String() string { return [...]string{"ok", "warning", "MISSING"}[v] }

// finding is one row of the output of junban check.
type finding struct {
	verdict verdict
	server  string // address; "" for all servers
	what    string
	found   string
	needed  string // "" if fine
}

const (
	minRedisVersion = 7 // major version; first one with EVALSHA_RO
	maxClockSkew    = 5 * time.Second
	minSentinels    = 3 // with fewer, one failure leaves no majority
)

// checkCommand tests the configuration of Redis, the database, TLS, web push and mail.
type checkCommand struct{}

// Run tests the configuration and prints a table. It returns an error if a required
// setting is missing. What needs no Redis is tested also when that does not answer.
func (checkCommand) Run(ctx context.Context, p *program) (err error) {
	findings := append(p.checkCertificates(time.Now()), p.checkPush())
	findings = append(findings, p.checkOrigin()...)
	findings = append(findings, p.checkMail(ctx)...)
	defer func() { err = errors.Join(err, p.report(findings)) }()
	st, err := p.openStorage(ctx, embedded.Operate, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close(context.WithoutCancel(ctx))) }()
	findings = append(findings, p.checkBooks(ctx, st))
	findings = append(findings, checkRedis(ctx, st, p.MinReplicas.of(st.Replicated))...)
	return nil
}

// checkPush tests whether push services are given a contact.
func (p *program) checkPush() finding {
	if p.PushContact == "" {
		return finding{advised, "", "push contact", "none", "--push-contact: without it, iPhones get no notices"}
	}
	return finding{what: "push contact", found: string(p.PushContact)}
}

// checkOrigin tests whether the links in mails, which have tokens, lead to a fixed
// address. A request may name any host.
func (p *program) checkOrigin() []finding {
	switch {
	case p.Origin != "":
		return []finding{{what: "origin", found: string(p.Origin)}}
	case p.Mail != "":
		return []finding{{advised, "", "origin", "none", "--origin: without it, links in mails lead to the host that a request names"}}
	}
	return nil
}

// report prints the findings as a table. It returns an error if one is required.
func (p *program) report(findings []finding) error {
	if len(findings) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RESULT\tSERVER\tWHAT\tFOUND\tNEEDED")
	missing := 0
	for _, f := range findings {
		if f.verdict == required {
			missing++
		}
		line := fmt.Sprintf("%s\t%s\t%s\t%s", f.verdict, cmp.Or(f.server, "-"), f.what, f.found)
		if f.needed != "" {
			line += "\t" + f.needed
		}
		fmt.Fprintln(table, line)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if missing > 0 {
		return fmt.Errorf("%d required settings are missing", missing)
	}
	return nil
}

// warn logs the findings of the check when a server starts. Otherwise a Redis
// that evicts keys would go unnoticed until it has lost a ticket.
func (p *program) warn(ctx context.Context, st *redisdb.DB) {
	if p.Redis == "" {
		return // the embedded Redis has the right settings
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, f := range checkRedis(ctx, st, p.MinReplicas.of(st.Replicated)) {
		switch f.verdict {
		case required:
			p.log.Error("Redis lacks a required setting; run junban check", "server", f.server, "what", f.what, "found", f.found, "needed", f.needed)
		case advised:
			p.log.Warn("Redis lacks a recommended setting; run junban check", "server", f.server, "what", f.what, "found", f.found, "needed", f.needed)
		}
	}
}

// checkRedis tests every primary, and the Cluster or the Sentinels.
func checkRedis(ctx context.Context, s *redisdb.DB, replicas int) []finding {
	var mu sync.Mutex
	var all []finding
	add := func(more ...finding) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, more...)
	}
	switch c := s.Client.(type) {
	case *redis.ClusterClient:
		add(checkCluster(ctx, c)...)
		err := c.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error {
			add(checkServer(ctx, one, one.Options().Addr, replicas, true)...)
			return nil
		})
		if err != nil {
			add(finding{required, "", "masters", err.Error(), "every master answers"})
		}
	default:
		if s.Sentinels != nil {
			add(checkSentinels(ctx, s.Sentinels)...)
		}
		add(checkServer(ctx, s.Client, "", replicas, s.Replicated)...)
	}
	slices.SortStableFunc(all, func(a, b finding) int { return strings.Compare(a.server, b.server) })
	return all
}

// checkCluster tests whether every slot has a master.
func checkCluster(ctx context.Context, c *redis.ClusterClient) []finding {
	text, err := c.ClusterInfo(ctx).Result()
	if err != nil {
		return []finding{{required, "", "cluster", err.Error(), "CLUSTER INFO"}}
	}
	f := finding{what: "cluster", found: "every slot has a master"}
	if !strings.Contains(text, "cluster_state:ok") || !strings.Contains(text, "cluster_slots_ok:16384") {
		f = finding{required, "", "cluster", "slots without a master", "cluster_state:ok, 16384 slots ok"}
	}
	return []finding{f}
}

// checkSentinels tests whether each configured Sentinel sees a majority.
func checkSentinels(ctx context.Context, o *redis.UniversalOptions) (all []finding) {
	for _, addr := range o.Addrs {
		c := redis.NewSentinelClient(&redis.Options{Addr: addr, TLSConfig: o.TLSConfig, DialTimeout: redisdb.DialTimeout, ReadTimeout: redisdb.IOTimeout, ContextTimeoutEnabled: true})
		f := finding{server: addr, what: "sentinel", found: "a majority is reachable"}
		others, err := c.Sentinels(ctx, o.MasterName).Result()
		if err == nil {
			err = c.CkQuorum(ctx, o.MasterName).Err()
		}
		switch {
		case err != nil:
			f.verdict, f.found, f.needed = required, err.Error(), "SENTINEL CKQUORUM is OK"
		case len(others)+1 < minSentinels:
			f.verdict, f.found, f.needed = advised, fmt.Sprintf("%d Sentinels", len(others)+1), "3 or more, each on its own machine"
		}
		all = append(all, f)
		c.Close()
	}
	return all
}

// checkServer tests one primary.
func checkServer(ctx context.Context, c redis.UniversalClient, addr string, replicas int, replicated bool) (all []finding) {
	add := func(v verdict, what, found, needed string) {
		if v == fine {
			needed = ""
		}
		all = append(all, finding{v, addr, what, found, needed})
	}
	sections, err := c.InfoMap(ctx, "everything").Result()
	if err != nil {
		add(required, "info", err.Error(), "INFO answers")
		return all
	}
	info := map[string]string{}
	for _, fields := range sections {
		for name, value := range fields {
			info[name] = value
		}
	}
	is := func(ok bool, otherwise verdict) verdict {
		if ok {
			return fine
		}
		return otherwise
	}

	major, _, _ := strings.Cut(info["redis_version"], ".")
	version, _ := strconv.Atoi(major)
	add(is(version >= minRedisVersion, required), "version", info["redis_version"], "7.0 or newer")
	add(is(info["role"] == "master", required), "role", info["role"], "master")

	add(is(info["aof_enabled"] == "1", required), "appendonly", onOff(info["aof_enabled"] == "1"), "yes: otherwise a restart loses the day")
	if info["aof_enabled"] == "1" {
		fsync, known := setting(ctx, c, "appendfsync")
		switch {
		case !known:
			add(advised, "appendfsync", "CONFIG is not allowed", "always, or everysec with replicas")
		case fsync == "always", fsync == "everysec" && replicas > 0:
			add(fine, "appendfsync", fsync, "")
		case fsync == "everysec":
			add(advised, "appendfsync", fsync, "always: a crash of the machine loses up to a second of numbers")
		default:
			add(required, "appendfsync", fsync, "always, or everysec with replicas")
		}
		add(is(info["aof_last_write_status"] == "ok", required), "append-only file", "last write: "+info["aof_last_write_status"], "ok: check whether the disk is full")
	}
	policy := info["maxmemory_policy"]
	add(is(policy == "noeviction", required), "maxmemory-policy", policy, "noeviction: any other policy deletes tickets silently")

	online, late := 0, 0
	for name, value := range info {
		if strings.HasPrefix(name, "slave") && strings.Contains(value, "state=") {
			if lag := lagOf(value); strings.Contains(value, "state=online") && lag >= 0 && lag <= 5 {
				online++
			} else {
				late++
			}
		}
	}
	found := fmt.Sprintf("%d online", online)
	if late > 0 {
		found += fmt.Sprintf(", %d late", late)
	}
	if replicated || replicas > 0 {
		switch {
		case online < max(replicas, 1):
			add(required, "replicas", found, fmt.Sprintf("%d, for --min-replicas %d", max(replicas, 1), replicas))
		case replicated && online == replicas:
			add(advised, "replicas", found, fmt.Sprintf("%d: otherwise acts after a failover wait for the old primary", replicas+1))
		default:
			add(fine, "replicas", found, "")
		}
		add(is(replicas > 0, advised), "--min-replicas", strconv.Itoa(replicas), "1 or more: otherwise a failover may lose acknowledged acts")
		if least, known := setting(ctx, c, "min-replicas-to-write"); known {
			n, _ := strconv.Atoi(least)
			add(is(n > 0, advised), "min-replicas-to-write", least, "1: stops a partitioned primary from accepting acts")
		}
	}

	var began time.Time
	var write, wait *redis.Cmd
	for n := range 1000 { // in a Cluster, until a key belongs to this master
		began = time.Now()
		pipe := c.Pipeline()
		write = pipe.Do(ctx, "set", fmt.Sprintf("junban:alive:%d", n), began.UnixMilli(), "ex", 60)
		wait = pipe.Do(ctx, "wait", replicas, 1000)
		_, _ = pipe.Exec(ctx)
		if err := write.Err(); err == nil || !strings.HasPrefix(err.Error(), "MOVED ") {
			break
		}
	}
	took := time.Since(began).Round(100 * time.Microsecond)
	confirmed, err := wait.Int()
	if write.Err() != nil {
		err = write.Err()
	}
	switch {
	case err != nil:
		add(required, "write", err.Error(), "writes succeed, and WAIT is allowed")
	case confirmed < replicas:
		add(required, "write", fmt.Sprintf("%d replicas confirm within 1 s", confirmed), strconv.Itoa(replicas))
	default:
		add(fine, "write", fmt.Sprintf("confirmed by %d replicas in %s", confirmed, took), "")
	}

	sent := time.Now()
	if at, err := c.Time(ctx).Result(); err == nil {
		skew := at.Sub(sent.Add(time.Since(sent) / 2)).Round(time.Millisecond)
		add(is(skew.Abs() <= maxClockSkew, advised), "clock", fmt.Sprintf("%s from this machine's", skew), "within 5 s: run NTP on both")
	}
	return all
}

// setting returns a value of CONFIG GET, or false if CONFIG is not allowed.
func setting(ctx context.Context, c redis.UniversalClient, name string) (string, bool) {
	got, err := c.ConfigGet(ctx, name).Result()
	value, ok := got[name]
	return value, err == nil && ok
}

// lagOf parses the lag in seconds from an INFO line such as ip=…,state=online,lag=1. It
// returns -1 without one.
func lagOf(replica string) int {
	for field := range strings.SplitSeq(replica, ",") {
		if text, ok := strings.CutPrefix(field, "lag="); ok {
			if n, err := strconv.Atoi(text); err == nil {
				return n
			}
		}
	}
	return -1
}

func onOff(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}
