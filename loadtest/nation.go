package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// nation plays the day of many clinics at once, each with a line, a desk and
// viewers, on nodes that share a Redis. It measures the processor time of the nodes
// and of Redis for one act.
//
// What the same nation uses while nobody acts is subtracted. Each clinic plays whole
// days of acts, so that the acts are the same in every setting. The next act of a
// clinic waits until every viewer has the one before it, so no frame may be missing.
// At the end, a node that starts then shows what every viewer must show.
type nation struct {
	clinics, watchers, rate int
	lines, nodes            []int
	length                  time.Duration
	before, profiles        string
	durable                 bool
}

// defaultLines and defaultNodes are those that the budget limits.
var defaultLines, defaultNodes = []int{40, 200}, []int{1, 3}

func (c *nation) flags(fs *flag.FlagSet) {
	countVar(fs, &c.clinics, "clinics", 10, 500, "clinics")
	countsVar(fs, &c.lines, "line", defaultLines, 2000, "waiting tickets of each clinic; several are measured in turn, on the fewest nodes")
	countVar(fs, &c.watchers, "watchers", 10, 100, "sockets that watch each clinic: its desk, a display, and patients with their ticket")
	countVar(fs, &c.rate, "rate", 20, 1000, "acts a second, of all clinics")
	countsVar(fs, &c.nodes, "nodes", defaultNodes, 8, "servers, each of which follows every clinic; several numbers are measured in turn, with the shortest line")
	durationVar(fs, &c.length, "for", 8*time.Second, time.Hour, "time of the acts, rounded to whole days of 16 acts at each clinic; the idle time is as long")
	fs.StringVar(&c.before, "before", "", "older junban `binary`, measured in the same run")
	fs.BoolVar(&c.durable, "durable", false, "measure the shortest line also on a Redis that syncs every act to its append-only file, as junban's own does")
	fs.StringVar(&c.profiles, "profiles", "", "`folder` for a processor profile of each node, and Redis's commandstats, of each measurement")
}

func (c *nation) shorten() { c.clinics, c.rate, c.length = 2, 16, 2*time.Second }

func (c *nation) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d clinics, each with %d watchers and lines of %v; %d acts a second on %v nodes", c.clinics, c.watchers, c.lines, c.rate, c.nodes)
	switch {
	case t.launcher == nil:
		return errors.New("nation starts its servers on a Redis of its own: leave out --url")
	case c.watchers-2 > slices.Min(c.lines)-4: // the shortest that the line gets
		return fmt.Errorf("%d watchers are too many for a line of %d", c.watchers, slices.Min(c.lines))
	case c.watchers < slices.Max(c.nodes):
		return fmt.Errorf("%d watchers are too few to watch on %d nodes", c.watchers, slices.Max(c.nodes))
	}
	r.Partial = !slices.Equal(c.lines, defaultLines) || !slices.Equal(c.nodes, defaultNodes) || runtime.GOOS != "linux"
	settings := c.settings()
	var all []*nationMeasurement
	for _, s := range settings {
		m := newNationMeasurement(c, t, s)
		defer m.close()
		if err := m.open(ctx); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
		t.progressf("%s: all clinics are open", s)
		all = append(all, m)
	}
	if !sleep(ctx, settle) {
		return ctx.Err()
	}
	for i := range c.slices() {
		t.progressf("slice %d of %d", i+1, c.slices())
		for _, m := range all {
			if err := m.measureSlice(ctx); err != nil {
				return fmt.Errorf("%s: %w", m.setting, err)
			}
		}
	}
	costs := map[nationSetting]nationCost{}
	var bare bareCost
	for _, m := range all {
		if err := m.verify(ctx); err != nil {
			return fmt.Errorf("%s: %w", m.setting, err)
		}
		costs[m.setting] = m.cost()
		if m.bare != nil {
			bare = m.bare.cost(m.idleUse)
		}
		r.addSetting(m.setting, m.cost())
		r.add(m.setting.String()+": acts a second", float64(m.acts)/m.played.Seconds(), "acts/s")
		r.addDistribution(m.setting.String()+": last watcher", m.last())
	}
	r.addRatios(costs, c.base(), slices.Max(c.lines), slices.Max(c.nodes), bare)
	r.addBefore(costs, settings)
	return nil
}

// settings returns what is measured, in this order: every line on the fewest nodes,
// the shortest line on the other numbers of nodes, and the base on a durable Redis.
func (c *nation) settings() []nationSetting {
	var all []nationSetting
	add := func(s nationSetting) {
		if c.before != "" {
			all = append(all, nationSetting{line: s.line, nodes: s.nodes, durable: s.durable, before: true})
		}
		all = append(all, s)
	}
	base := c.base()
	for _, line := range c.lines {
		add(nationSetting{line: line, nodes: base.nodes})
	}
	for _, nodes := range c.nodes {
		if nodes != base.nodes {
			add(nationSetting{line: base.line, nodes: nodes})
		}
	}
	if c.durable {
		add(nationSetting{line: base.line, nodes: base.nodes, durable: true})
	}
	return all
}

// base returns the setting with the shortest line and the fewest nodes.
func (c *nation) base() nationSetting {
	return nationSetting{line: slices.Min(c.lines), nodes: slices.Min(c.nodes)}
}

// actsPerSlice is the number of acts that a clinic plays without a pause. All settings
// are open at once and take turns after each slice, so that other load of the
// machine affects them equally. A day has whole slices.
const actsPerSlice = 4

// slices returns the number of slices, which fill whole days.
func (c *nation) slices() int {
	days := c.length.Seconds() * float64(c.rate) / float64(c.clinics*len(nationDay))
	return max(1, int(days+.5)) * len(nationDay) / actsPerSlice
}

// sliceLength is the time that the acts of a slice are to last.
func (c *nation) sliceLength() time.Duration {
	return time.Second * time.Duration(actsPerSlice*c.clinics) / time.Duration(c.rate)
}
