package main

import (
	"encoding/json"
	"os"
)

// record is a run for another program. Its ratios are for the reader to make,
// of two servers in the same round.
type record struct {
	Watchers int                 `json:"watchers"`
	Changes  int                 `json:"changes"` // that are measured, per round
	Bytes    int                 `json:"bytes"`   // of a frame
	Pinned   bool                `json:"pinned"`
	Rounds   []map[string]figure `json:"rounds"` // by the server's name
	Skipped  []string            `json:"skipped"`
}

// figure is a sample, with its units in the names.
type figure struct {
	User   float64 `json:"userMicros"` // CPU of the server per delivery
	System float64 `json:"systemMicros"`
	Store  float64 `json:"storeMicros"` // of these its Redis
	Last   float64 `json:"lastMillis"`  // publish begun to last watcher: the median change
	Late   float64 `json:"lateMillis"`  // the 99th percentile
	Idle   float64 `json:"idleBytes"`   // resident per watcher before the first change
	Busy   float64 `json:"busyBytes"`   // after the last
}

// record returns the rounds that were whole.
func (r *comparison) record() record {
	all := record{Watchers: r.watchers, Changes: r.changes, Bytes: r.size, Pinned: r.pinned, Skipped: r.skipped}
	for n := range r.rounds {
		round := map[string]figure{}
		for _, p := range r.peers {
			s := r.samples[p.name][n]
			round[p.name] = figure{s.user, s.system, s.store, s.last, s.late, s.idle * 1024, s.busy * 1024}
		}
		all.Rounds = append(all.Rounds, round)
	}
	return all
}

// write puts the record into a file.
func (r record) write(file string) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
