package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// nationMeasurement is one setting of a nation, on servers of its own.
type nationMeasurement struct {
	*testbed
	nation  *nation
	setting nationSetting
	start   time.Time
	redis   *sharedRedis
	servers []*server
	clinics []*nationClinic
	bare    *bareMeasurement // nil unless the setting is the base

	idleUse, actingUse nationUse
	acts, slice        int                    // played so far
	played             time.Duration          // by the acts
	commands           map[string]commandStat // of Redis, by the acts; with --profiles
}

// settle is the time after which nothing of the acts before is left to do.
const settle = 500 * time.Millisecond

// newNationMeasurement returns a measurement that is not open. The caller closes it.
func newNationMeasurement(c *nation, t *testbed, s nationSetting) *nationMeasurement {
	l := *t.launcher
	if s.before {
		l.binary = c.before
	}
	return &nationMeasurement{testbed: newTestbed(t.options, &l, t.progress), nation: c, setting: s, start: time.Now(), commands: map[string]commandStat{}}
}

// open starts Redis and the nodes, opens the clinics and their viewers, and plays a
// day without a pace, so that later nothing is done for the first time.
func (m *nationMeasurement) open(ctx context.Context) error {
	var numbers []string
	for i := range m.nation.clinics {
		numbers = append(numbers, strconv.Itoa(1000+i))
	}
	redis, err := m.launcher.startRedis(ctx, m.setting.durable, numbers...)
	if err != nil {
		return err
	}
	m.onClose(redis.stop)
	m.redis, m.redisSocket = redis, redis.socket
	var nodes []string
	for range m.setting.nodes {
		s, err := m.startNode(ctx)
		if err != nil {
			return err
		}
		m.servers = append(m.servers, s)
		nodes = append(nodes, s.url)
	}
	for i, number := range numbers { // one after another: junban limits the logins in progress
		c, err := openNationClinic(ctx, number, redis.password, uint64(i), nodes)
		if err != nil {
			return err
		}
		m.clinics = append(m.clinics, c)
	}
	if err := m.each(func(i int) error {
		c := m.clinics[i]
		if err := c.fill(ctx, m.setting.line); err != nil {
			return err
		}
		if err := c.watch(ctx, m.nation.watchers); err != nil {
			return err
		}
		err := c.play(ctx, len(nationDay), time.Now(), 0)
		c.last = nil
		return err
	}); err != nil {
		return err
	}
	if m.setting == m.nation.base() {
		m.bare, err = openBare(ctx, m.serverCPU, redis.socket)
	}
	return err
}

// close releases everything in the reverse order of its start.
func (m *nationMeasurement) close() {
	if m.bare != nil {
		m.bare.close()
	}
	for _, c := range m.clinics {
		c.close()
	}
	m.testbed.close()
}

func (m *nationMeasurement) startNode(ctx context.Context) (*server, error) {
	s, err := m.launcher.nodesOf(m.redis).start(ctx, "--redis", m.redis.url())
	if err == nil {
		m.onClose(s.stop)
	}
	return s, err
}

// each calls f for every clinic at the same time, and returns the first error.
func (m *nationMeasurement) each(f func(i int) error) error {
	errs := make([]error, len(m.clinics))
	var calls sync.WaitGroup
	for i := range m.clinics {
		calls.Go(func() { errs[i] = f(i) })
	}
	calls.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// measureSlice measures the idle nation, a slice of acts, and the bare work.
func (m *nationMeasurement) measureSlice(ctx context.Context) error {
	m.slice++
	if err := m.during(ctx, &m.idleUse, m.idle); err != nil {
		return err
	}
	if err := m.during(ctx, &m.actingUse, m.actWithProfiles); err != nil {
		return err
	}
	if m.bare == nil {
		return nil
	}
	return m.during(ctx, &m.bare.use, func(ctx context.Context) error {
		return m.bare.repeat(ctx, actsPerSlice*len(m.clinics), m.nation.sliceLength())
	})
}

// during adds to the use what is used while f runs.
func (m *nationMeasurement) during(ctx context.Context, use *nationUse, f func(context.Context) error) error {
	before, err := m.used(ctx)
	if err != nil {
		return err
	}
	if err := f(ctx); err != nil {
		return err
	}
	after, err := m.used(ctx)
	use.add(after, 1)
	use.add(before, -1)
	return err
}

// used reads what has been used since the start, one counter after another.
func (m *nationMeasurement) used(ctx context.Context) (nationUse, error) {
	u := nationUse{length: time.Since(m.start)}
	var err1, err2, err3, err4 error
	for _, node := range m.servers {
		n, err := processorClock(node.cmd.Process.Pid)
		err1 = errors.Join(err1, ignoreUnavailable(err))
		u.nodes = append(u.nodes, n)
	}
	u.redis, err2 = processorClock(m.redis.cmd.Process.Pid)
	u.loadtest, err3 = processorClock(os.Getpid())
	stats, err4 := m.redisInfo(ctx, "all")
	if err := errors.Join(err1, ignoreUnavailable(err2), ignoreUnavailable(err3), err4); err != nil {
		return u, err
	}
	u.redisCalls, err1 = sumCalls(stats)
	u.redisBytes, err2 = sumTraffic(stats)
	for _, c := range m.clinics {
		u.received.add(c.received(), 1)
	}
	return u, errors.Join(err1, err2)
}

// idle waits for as long as a slice of acts is to last.
func (m *nationMeasurement) idle(ctx context.Context) error {
	if !sleep(ctx, m.nation.sliceLength()) {
		return ctx.Err()
	}
	return nil
}

// act plays a slice at all clinics at the same time. Acts of different clinics are
// evenly spaced.
func (m *nationMeasurement) act(ctx context.Context) error {
	gap := time.Second / time.Duration(m.nation.rate)
	start := time.Now()
	if err := m.each(func(i int) error {
		return m.clinics[i].play(ctx, actsPerSlice, start.Add(time.Duration(i)*gap), time.Duration(len(m.clinics))*gap)
	}); err != nil {
		return err
	}
	if rest := m.nation.sliceLength() - time.Since(start); !sleep(ctx, rest) {
		return ctx.Err()
	}
	m.acts += actsPerSlice * len(m.clinics)
	m.played += time.Since(start)
	if !sleep(ctx, coalescingWindow) { // until the nodes have finished
		return ctx.Err()
	}
	return nil
}

// cost returns what an act has cost.
func (m *nationMeasurement) cost() nationCost { return costOf(m.idleUse, m.actingUse, m.acts) }

// last returns the times from each request that changed a board to its last viewer.
func (m *nationMeasurement) last() durations {
	var all durations
	for _, c := range m.clinics {
		all = append(all, c.last...)
	}
	return all
}

// verify returns an error if a frame was lost, or the state of a viewer is not that
// of a node that starts now and so has seen no act.
func (m *nationMeasurement) verify(ctx context.Context) error {
	for _, c := range m.clinics {
		if stale := c.received().stale; c.lost > 0 || stale > 0 {
			return fmt.Errorf("clinic %s: %d frames were lost, and %d stale messages were sent", c.number, c.lost, stale)
		}
	}
	fresh, err := m.startNode(ctx)
	if err != nil {
		return err
	}
	return m.each(func(i int) error { return m.clinics[i].verify(ctx, fresh.url, m.setting.line) })
}
