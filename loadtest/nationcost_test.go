package main

import (
	"testing"
	"time"
)

// useOf is the use of a time in which every counter grows by n a second.
func useOf(seconds, n int) nationUse {
	grown := n * seconds
	used := time.Duration(grown) * time.Millisecond
	return nationUse{
		length: time.Duration(seconds) * time.Second, nodes: []time.Duration{used, 3 * used}, redis: used, loadtest: 2 * used,
		redisCalls: grown, redisBytes: 10 * grown, received: viewerSum{frames: grown, bytes: int64(5 * grown)},
	}
}

func TestCostOf_SubtractsTheIdleNation(t *testing.T) {
	t.Parallel()
	var idle, acting nationUse
	for range 5 {
		idle.add(useOf(3, 10), 1)
		idle.add(useOf(1, 10), -1)
		acting.add(useOf(4, 50), 1)
	}
	// 20 s of 50 a second, less 20 s of 10 a second, for 100 acts: 8 an act.
	c := costOf(idle, acting, 100)
	for name, pair := range map[string][2]float64{
		"first node": {c.nodes[0], 8}, "second node": {c.nodes[1], 24}, "nodes": {c.node(), 32}, "redis": {c.redis, 8}, "loadtest": {c.loadtest, 16},
		"calls": {c.redisCalls, 8}, "traffic": {c.redisBytes, 80}, "frames": {c.frames, 8}, "bytes": {c.bytes, 40},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %g, not %g", name, pair[0], pair[1])
		}
	}
}

func TestAddRatios_ComparesWithTheBase(t *testing.T) {
	t.Parallel()
	base := nationSetting{line: 40, nodes: 1}
	costs := map[nationSetting]nationCost{
		base:                  {nodes: []float64{4}, redis: 1},
		{line: 200, nodes: 1}: {nodes: []float64{10}, redis: 1.5},
		{line: 40, nodes: 3}:  {nodes: []float64{4, 3, 3}, redis: 1.25},
	}
	want := map[string]float64{
		"node processor, line 200 against 40":                                2.5,
		"Redis processor, line 200 against 40":                               1.5,
		"line 40, 3 nodes: node processor that each further node adds":       3,
		"line 40, 3 nodes: Redis processor that each further node adds":      .125,
		"line 40, 3 nodes: node processor of a further node against an act":  .75,
		"line 40, 3 nodes: Redis processor of a further node against an act": .125,
		"bare HTTP handler":    .5,
		"bare script in Redis": .25,
		"line 40, 1 node: node processor against a bare HTTP handler": 8,
		"line 40, 1 node: Redis processor against a bare script":      4,
	}
	r := &result{}
	r.addRatios(costs, base, 200, 3, bareCost{handler: .5, script: .25})
	expectRows(t, r, want)

	alone := &result{}
	alone.addRatios(costs, base, 40, 1, bareCost{})
	expectRows(t, alone, nil)
	busy := &result{}
	busy.addRatios(map[nationSetting]nationCost{base: {nodes: []float64{0}}, {line: 200, nodes: 1}: {nodes: []float64{1}}}, base, 200, 3, bareCost{handler: 1, script: -1})
	expectRows(t, busy, map[string]float64{
		"bare HTTP handler": 1, "bare script in Redis": -1,
		"line 40, 1 node: node processor against a bare HTTP handler": 0,
	})
}

func TestAddBefore_ComparesEachSettingWithTheOlderProgram(t *testing.T) {
	t.Parallel()
	c := nation{lines: []int{40, 200}, nodes: []int{1, 3}, before: "junban", durable: true}
	settings := c.settings()
	if len(settings) != 8 {
		t.Fatalf("settings are %v", settings)
	}
	costs := map[nationSetting]nationCost{}
	for i, s := range settings {
		costs[s] = nationCost{nodes: []float64{float64(i + 1)}, redis: float64(2 * (i + 1))}
	}
	r := &result{}
	r.addBefore(costs, settings)
	expectRows(t, r, map[string]float64{
		"line 40, 1 node: node processor against before":   2,
		"line 40, 1 node: Redis processor against before":  2,
		"line 200, 1 node: node processor against before":  4. / 3,
		"line 200, 1 node: Redis processor against before": 4. / 3,
		"line 40, 3 nodes: node processor against before":  1.2,
		"line 40, 3 nodes: Redis processor against before": 1.2,

		"durable, line 40, 1 node: node processor against before":  8. / 7,
		"durable, line 40, 1 node: Redis processor against before": 8. / 7,
	})
}

// expectRows compares the rows of a result.
func expectRows(t *testing.T, r *result, want map[string]float64) {
	t.Helper()
	if len(r.Rows) != len(want) {
		t.Errorf("%d rows, not %d: %v", len(r.Rows), len(want), r.Rows)
	}
	for _, row := range r.Rows {
		if value, ok := want[row.Name]; !ok || value != row.Value {
			t.Errorf("%s is %g, not %g", row.Name, row.Value, value)
		}
	}
}
