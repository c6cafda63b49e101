package main

import (
	"fmt"
	"time"
)

// nationUse is what a nation has used and received in a time.
type nationUse struct {
	length     time.Duration
	nodes      []time.Duration // processor time of each
	redis      time.Duration   // processor time
	loadtest   time.Duration   // processor time
	redisCalls int
	redisBytes int // in both directions
	received   viewerSum
}

// add adds another use n times. With -1 it is subtracted.
func (u *nationUse) add(o nationUse, n int) {
	times := time.Duration(n)
	if u.nodes == nil {
		u.nodes = make([]time.Duration, len(o.nodes))
	}
	for i := range o.nodes {
		u.nodes[i] += times * o.nodes[i]
	}
	u.length += times * o.length
	u.redis += times * o.redis
	u.loadtest += times * o.loadtest
	u.redisCalls += n * o.redisCalls
	u.redisBytes += n * o.redisBytes
	u.received.add(o.received, n)
}

// nationCost is what one act costs beside the idle nation. Times are processor
// times in ms.
type nationCost struct {
	nodes      []float64
	redis      float64
	loadtest   float64
	redisCalls float64
	redisBytes float64
	frames     float64
	bytes      float64 // of frames
}

// costOf returns the cost of each of n acts. What the idle nation uses in as much
// time is subtracted.
func costOf(idle, acting nationUse, n int) nationCost {
	longer := float64(acting.length) / float64(idle.length)
	each := func(value func(nationUse) float64) float64 { return (value(acting) - longer*value(idle)) / float64(n) }
	c := nationCost{
		redis:      each(func(u nationUse) float64 { return milliseconds(u.redis) }),
		loadtest:   each(func(u nationUse) float64 { return milliseconds(u.loadtest) }),
		redisCalls: each(func(u nationUse) float64 { return float64(u.redisCalls) }),
		redisBytes: each(func(u nationUse) float64 { return float64(u.redisBytes) }),
		frames:     each(func(u nationUse) float64 { return float64(u.received.frames) }),
		bytes:      each(func(u nationUse) float64 { return float64(u.received.bytes) }),
	}
	for i := range acting.nodes {
		c.nodes = append(c.nodes, each(func(u nationUse) float64 { return milliseconds(u.nodes[i]) }))
	}
	return c
}

// node returns the processor time of all nodes.
func (c nationCost) node() float64 {
	sum := 0.0
	for _, n := range c.nodes {
		sum += n
	}
	return sum
}

// nationSetting is one situation that a nation measures.
type nationSetting struct {
	line, nodes int
	durable     bool // Redis syncs each act to a file
	before      bool // the older program runs
}

// String returns the beginning of the names of the setting's rows.
func (s nationSetting) String() string {
	plural, redis, program := "s", "", ""
	if s.nodes == 1 {
		plural = ""
	}
	if s.durable {
		redis = "durable, "
	}
	if s.before {
		program = "before, "
	}
	return fmt.Sprintf("%s%sline %d, %d node%s", program, redis, s.line, s.nodes, plural)
}

// bareCost is the processor time in ms of the least that an act can be.
type bareCost struct {
	handler float64 // an HTTP request
	script  float64 // a script in Redis
}

// addSetting adds the figures of one setting.
func (r *result) addSetting(s nationSetting, c nationCost) {
	add := func(name string, value float64, unit string) { r.add(s.String()+": "+name, value, unit) }
	add("node processor an act", c.node(), "ms")
	if s.nodes > 1 {
		add("of it, each further node", (c.node()-c.nodes[0])/float64(s.nodes-1), "ms")
	}
	add("Redis processor an act", c.redis, "ms")
	add("Redis commands an act", c.redisCalls, "commands")
	add("Redis traffic an act", c.redisBytes, "B")
	add("frames an act", c.frames, "frames")
	add("frame bytes an act", c.bytes, "B")
	add("loadtest's processor an act", c.loadtest, "ms")
}

// addRatios adds what the settings yield together: the longest line against the base,
// which has the shortest line and the fewest nodes; what each further node adds to
// the base; and the base against the bare work. A ratio to a time that is not positive
// is left out: on a busy machine few acts may seem to cost less than the idle nation.
func (r *result) addRatios(costs map[nationSetting]nationCost, base nationSetting, longest, most int, bare bareCost) {
	addRatio := func(name string, value, to float64) {
		if to > 0 {
			r.add(name, value/to, "ratio")
		}
	}
	one, ok := costs[base]
	if !ok {
		return
	}
	long, wide := base, base
	long.line, wide.nodes = longest, most
	if c, ok := costs[long]; ok && long != base {
		addRatio(fmt.Sprintf("node processor, line %d against %d", long.line, base.line), c.node(), one.node())
		addRatio(fmt.Sprintf("Redis processor, line %d against %d", long.line, base.line), c.redis, one.redis)
	}
	if c, ok := costs[wide]; ok && wide != base {
		further := float64(wide.nodes - base.nodes)
		node, redis := (c.node()-one.node())/further, (c.redis-one.redis)/further
		r.add(wide.String()+": node processor that each further node adds", node, "ms")
		r.add(wide.String()+": Redis processor that each further node adds", redis, "ms")
		addRatio(wide.String()+": node processor of a further node against an act", node, one.node())
		addRatio(wide.String()+": Redis processor of a further node against an act", redis, one.redis)
	}
	if bare != (bareCost{}) {
		r.add("bare HTTP handler", bare.handler, "ms")
		r.add("bare script in Redis", bare.script, "ms")
		addRatio(base.String()+": node processor against a bare HTTP handler", one.node(), bare.handler)
		addRatio(base.String()+": Redis processor against a bare script", one.redis, bare.script)
	}
}

// addBefore adds each setting against the same setting of the older program.
func (r *result) addBefore(costs map[nationSetting]nationCost, settings []nationSetting) {
	for _, s := range settings {
		old := s
		old.before = true
		c, before := costs[s], costs[old]
		if s.before || before.node() <= 0 || before.redis <= 0 {
			continue
		}
		r.add(s.String()+": node processor against before", c.node()/before.node(), "ratio")
		r.add(s.String()+": Redis processor against before", c.redis/before.redis, "ratio")
	}
}
