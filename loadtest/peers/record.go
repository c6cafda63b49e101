package main

import (
	"encoding/json"
	"os"
)

// record is a run in JSON. A reader that compares two servers should use their
// figures in the same round.
type record struct {
	Watchers int                  `json:"watchers"`
	Changes  int                  `json:"changes"` // measured, per round
	Bytes    int                  `json:"bytes"`   // of a frame
	Pinned   bool                 `json:"pinned"`
	Rounds   []map[string]figures `json:"rounds"` // by the server's name
	Skipped  []string             `json:"skipped"`
}

// figures is a sample with units in the names of its fields.
type figures struct {
	User   float64 `json:"userMicros"` // CPU of the server per delivery
	System float64 `json:"systemMicros"`
	Redis  float64 `json:"storeMicros"` // the part of Redis in both
	Last   float64 `json:"lastMillis"`  // publish to last watcher, the median change
	P99    float64 `json:"lateMillis"`  // publish to last watcher, the 99th percentile
	Idle   float64 `json:"idleBytes"`   // resident memory per watcher before the first change
	Busy   float64 `json:"busyBytes"`   // resident memory per watcher after the last change
}

// record returns the complete rounds.
func (r *comparison) record() record {
	all := record{Watchers: r.watchers, Changes: r.changes, Bytes: r.frameSize, Pinned: r.pinned, Skipped: r.skipped}
	for n := range r.rounds {
		round := map[string]figures{}
		for _, p := range r.peers {
			s := r.samples[p.name][n]
			round[p.name] = figures{s.user, s.system, s.redis, s.last, s.p99, s.idle * 1024, s.busy * 1024}
		}
		all.Rounds = append(all.Rounds, round)
	}
	return all
}

// write writes the record to a file.
func (r record) write(file string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
