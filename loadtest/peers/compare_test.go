package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestCompare_GivesEveryServerTheSameWork(t *testing.T) {
	t.Parallel()
	svg, file := filepath.Join(t.TempDir(), "plot.svg"), filepath.Join(t.TempDir(), "record.json")
	var out, progress bytes.Buffer
	names := []string{"floor", "junban", "junban-tls", "plain", "gorilla"}
	if proxiedPeer().missing() == "" {
		names = append(names, "nginx-tls")
	}
	err := compare(t.Context(), []string{
		"--only", strings.Join(names, ","), "--watchers", "50", "--changes", "5", "--rounds", "2",
		"--pace", "10ms", "--settle", "100ms", "--pin=false", "--svg", svg, "--json", file,
	}, &out, &progress)
	if err != nil {
		t.Fatalf("%v\n%s", err, progress.String())
	}
	for _, want := range []string{"bare sockets", "junban, with its Redis", "with TLS of its own", "coder/websocket", "gorilla/websocket", "every watcher got every change"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table has no %q:\n%s", want, out.String())
		}
	}
	if n := strings.Count(progress.String(), "round "); n != 2*len(names) {
		t.Errorf("%d turns of %d servers:\n%s", n, len(names), progress.String())
	}
	plot, err := os.ReadFile(svg)
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, plot)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all record
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if all.Watchers != 50 || all.Changes != 5 || all.Bytes < 100 || len(all.Rounds) != 2 {
		t.Errorf("the record is of another run: %s", text)
	}
	for n, round := range all.Rounds {
		for _, name := range names {
			if round[name].Last <= 0 || round[name].P99 < round[name].Last {
				t.Errorf("round %d of %s: %+v", n+1, name, round[name])
			}
		}
	}
}

func wellFormed(t *testing.T, text []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("the plot is not XML: %v\n%s", err, text)
		}
	}
}

func TestCompare_ReportsWhyAServerIsSkipped(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var r comparison
	if err := r.selectPeers("floor,ws"); err != nil {
		t.Fatal(err)
	}
	if len(r.peers) != 1 || len(r.skipped) != 1 || !strings.Contains(r.skipped[0], "ws is skipped: it needs Node.js") {
		t.Errorf("%d servers, skipped %q", len(r.peers), r.skipped)
	}
	var none comparison
	if err := none.selectPeers("ws"); err == nil {
		t.Error("a comparison without servers is accepted")
	}
}

func TestCompare_RefusesInvalidFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--only", "floor,apache"}, {"--watchers", "0"}, {"--watchers", "30000"}, {"--changes", "0"}, {"--rounds", "0"}, {"--bytes", "-1"}, {"floor"},
	} {
		if err := compare(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}

func TestCompare_KeepsCompleteRoundsWhenTheTimeIsUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	r := comparison{
		workload: workload{watchers: 2, changes: 1, pace: time.Millisecond, settle: time.Millisecond, frameSize: 300}, rounds: 5,
		peers: []peer{floorPeer(), plainPeer()}, samples: map[string][]sample{},
	}
	progress := writerFunc(func(line string) {
		if strings.HasPrefix(line, "round 3 of 5: floor") {
			cancel(errTimeUp)
		}
	})
	if err := r.run(ctx, progress); err != nil {
		t.Fatal(err)
	}
	floor, plain := len(r.samples["floor"]), len(r.samples["plain"])
	if r.rounds != 2 || floor != 2 || plain != 2 || !strings.Contains(r.shortfall, "after 2 of 5 rounds") {
		t.Errorf("%d rounds, %d and %d samples, %q", r.rounds, floor, plain, r.shortfall)
	}
}

type writerFunc func(line string)

func (w writerFunc) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

func TestTable_ShowsMediansAndRatiosToTheFirst(t *testing.T) {
	t.Parallel()
	r := comparison{
		workload: workload{watchers: 10, changes: 4, pace: 125e6, frameSize: 300}, rounds: 3, pinned: true,
		peers: []peer{{name: "floor", about: "bare & <fast>"}, {name: "junban", about: "junban"}},
		samples: map[string][]sample{
			"floor":  {{user: 1, system: 3, last: 9, p99: 20, idle: 2, busy: 2}, {user: 2, system: 8, last: 10, p99: 30, idle: 2, busy: 3}, {user: 3, system: 9, last: 90, p99: 40, idle: 2, busy: 4}},
			"junban": {{user: 2, system: 3, last: 11, p99: 20, idle: 9, busy: 9}, {user: 3, system: 8, last: 12, p99: 31, idle: 9, busy: 9, redis: .5}, {user: 4, system: 9, last: 13, p99: 40, idle: 9, busy: 9, redis: .5}},
		},
	}
	const want = `| server | user µs | system µs | all µs | × floor | last ms | × floor | p99 ms | idle KB | × floor | busy KB |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
| bare & <fast> | 2.00 | 8.00 | 10.00 | 1.00 | 10.0 | 1.00 | 30.0 | 2.0 | 1.00 | 3.0 |
| junban | 3.00 | 8.00 | 11.00 | 1.10 | 12.0 | 1.20 | 31.0 | 9.0 | 4.50 | 9.0 |
`
	var markdown, text bytes.Buffer
	if err := errors.Join(r.markdown(&markdown), r.text(&text)); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(markdown.String(), want) || !strings.Contains(markdown.String(), "its Redis takes 0.50 µs") {
		t.Errorf("got\n%s\nwant\n%s", markdown.String(), want)
	}
	if line := "junban            3.00       8.00   11.00     1.10     12.0     1.20    31.0      9.0     4.50      9.0"; !strings.Contains(text.String(), line) {
		t.Errorf("no line %q in\n%s", line, text.String())
	}
	wellFormed(t, r.plot())
}
