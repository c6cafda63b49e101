package outbox_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/queue/outbox"
	"junban/queue/queuetest"
)

func TestJobs_PagesHaveEachJobOnceAndTheNewestFirst(t *testing.T) {
	everywhere(t, func(b *bench) {
		ticket, other := b.issue(), b.issue()
		r := rand.New(rand.NewPCG(1, 1))
		var jobs []outbox.Job
		for n := range 1_300 {
			if n%200 == 199 {
				ticket = b.issue() // each has at most 200
			}
			j := b.job(outbox.Confirm, ticket.ID, mail("a"))
			if n%100 == 0 {
				j = b.job(outbox.Approach, other.ID, push("a"))
			}
			j.Stage, j.Planned = fmt.Sprint(n), b.now.UnixMilli()+r.Int64N(600) // several at once
			j.ID = b.box.JobID(j, mail("a").Address)
			jobs = append(jobs, j)
		}
		for part := range slices.Chunk(jobs, 200) {
			b.plan(part...)
		}
		read := func(q outbox.Query) (ids []string) {
			b.Helper()
			last := int64(1 << 62)
			for {
				page, err := b.box.Jobs(b.Context(), b.clinic.ID, string(b.day), q)
				b.fine(err)
				for _, j := range page.Jobs {
					if j.Planned > last {
						b.Fatalf("%d after %d", j.Planned, last)
					}
					last = j.Planned
					ids = append(ids, j.ID)
				}
				if q.Before = page.Next; q.Before == "" {
					if page.Total != len(ids) {
						b.Errorf("%d in total, read %d", page.Total, len(ids))
					}
					break
				}
			}
			slices.Sort(ids)
			if n := len(ids); len(slices.Compact(ids)) != n {
				b.Error("a job is on two pages")
			}
			return ids
		}
		for _, c := range []struct {
			q    outbox.Query
			want int
		}{
			{outbox.Query{}, 1_300}, {outbox.Query{Most: 90}, 1_300}, {outbox.Query{Kind: outbox.Approach}, 13}, {outbox.Query{Channel: outbox.Mail, Most: 500}, 1_287},
			{outbox.Query{Ticket: other.ID, Most: 6}, 13}, {outbox.Query{State: outbox.Sent}, 0}, {outbox.Query{State: outbox.Due, Most: 650}, 1_300},
		} {
			if ids := read(c.q); len(ids) != c.want {
				b.Errorf("%+v: %d jobs, want %d", c.q, len(ids), c.want)
			}
		}
		of, err := b.box.JobsOf(b.Context(), other.ID)
		if err != nil || len(of) != 13 || !slices.IsSortedFunc(of, func(a, b outbox.Job) int { return int(b.Planned - a.Planned) }) {
			b.Errorf("%d jobs of a ticket, error %v", len(of), err)
		}
		enough := errors.New("enough")
		n := 0
		if err := b.box.EachJob(b.Context(), b.clinic.ID, string(b.day), outbox.Query{}, func(outbox.Job) error { n++; return enough }); !errors.Is(err, enough) || n != 1 {
			b.Errorf("called %d times, error %v", n, err)
		}
	})
}

func TestNotice_IsReadAsItIsNow(t *testing.T) {
	everywhere(t, func(b *bench) {
		first, ticket := b.issue(), b.issue()
		b.want(ticket.ID, push("a"))
		j := b.job(outbox.Approach, ticket.ID, push("a"))
		b.plan(j)
		id, err := outbox.ParseNoticeID(string(j.NoticeID()))
		b.fine(err)
		found, over, err := b.box.Notice(b.Context(), id)
		if err != nil || over || found.Job.Ahead != 1 || found.Job.ID != j.ID || found.Ticket.ID != ticket.ID || found.Want.Address != push("a").Address {
			b.Errorf("%+v, over %v, error %v", found, over, err)
		}
		b.call(first.ID)
		b.want(ticket.ID)
		if found, over, err := b.box.Notice(b.Context(), id); err != nil || over || found.Job.Ahead != 0 || found.Want.Channel != "" {
			b.Errorf("%+v, over %v, error %v", found, over, err)
		}
		none := strings.Repeat("0", 20)
		for _, unknown := range []string{string(b.clinic.ID) + "-261201-" + none, "0000-261201-" + none} {
			if _, _, err := b.box.Notice(b.Context(), outbox.NoticeID(unknown)); !errors.Is(err, outbox.ErrNoNotice) {
				b.Errorf("%s: %v", unknown, err)
			}
		}
		for _, text := range []string{"", "1234", "1234-261301-aaaaaaaaaaaaaaaaaaaa", "1234-261201-AAAAAAAAAAAAAAAAAAAA", "1234-261201-aaaaaaaaaaaaaaaaaaaa0", "1234-n-aaaaaaaaaaaaaaaaaaaa"} {
			if _, err := outbox.ParseNoticeID(text); !errors.Is(err, outbox.ErrNoNotice) {
				b.Errorf("%q: %v", text, err)
			}
		}
	})
}

func TestJobID_DependsOnEachPartOfItsReason(t *testing.T) {
	t.Parallel()
	box := outbox.New(nil, nil, outbox.Options{Secret: []byte("secret")})
	j := outbox.Job{Clinic: "1234", Box: "2026-12-01", Kind: outbox.Call, Ticket: "1234-1-261201-k3f9a1x2m7qd", Channel: outbox.Mail}
	seen := map[string]string{box.JobID(j, mail("a").Address): "itself"}
	if id := box.JobID(j, mail("a").Address); len(id) != 20 || seen[id] == "" {
		t.Errorf("id %q", id)
	}
	changed := j
	changed.Reason, changed.Due, changed.Low, changed.After = "1-0", 5, 7, "other"
	if box.JobID(changed, mail("a").Address) != box.JobID(j, mail("a").Address) {
		t.Error("a text or a time changes the id")
	}
	for what, change := range map[string]func(*outbox.Job){
		"clinic": func(j *outbox.Job) { j.Clinic = "1235" }, "box": func(j *outbox.Job) { j.Box = "2026-12-02" }, "kind": func(j *outbox.Job) { j.Kind = outbox.Missed },
		"stage": func(j *outbox.Job) { j.Stage = "next" }, "ticket": func(j *outbox.Job) { j.Ticket = "1234-1-261201-k3f9a1x2m7qe" }, "leg": func(j *outbox.Job) { j.Leg = 1 },
		"attempt": func(j *outbox.Job) { j.Attempt = 1 }, "start": func(j *outbox.Job) { j.Start = 1 }, "channel": func(j *outbox.Job) { j.Channel = outbox.Push },
	} {
		other := j
		change(&other)
		id := box.JobID(other, mail("a").Address)
		if seen[id] != "" {
			t.Errorf("%s makes the same id as %s", what, seen[id])
		}
		seen[id] = what
	}
	if id := box.JobID(j, mail("b").Address); seen[id] != "" {
		t.Error("another address makes the same id")
	}
	other := outbox.New(nil, nil, outbox.Options{Secret: []byte("other")})
	if other.JobID(j, mail("a").Address) == box.JobID(j, mail("a").Address) || other.Hash(mail("a").Address) == box.Hash(mail("a").Address) {
		t.Error("another secret makes the same id or hash")
	}
}

// TestJobs_AreReadInParts: no command brings a whole day.
func TestJobs_AreReadInParts(t *testing.T) {
	t.Parallel()
	b := newBench(t, queuetest.Store(t), func(time.Time) {})
	for part := range 10 {
		ticket := b.issue() // each has at most 200
		var jobs []outbox.Job
		for n := range 200 {
			j := b.job(outbox.Confirm, ticket.ID, mail("a"))
			j.Stage = fmt.Sprint(part, "/", n)
			j.ID = b.box.JobID(j, mail("a").Address)
			jobs = append(jobs, j)
		}
		b.plan(jobs...)
	}
	rdb := queuetest.Redis(t)
	counter := &queuetest.Counter{}
	rdb.AddHook(counter)
	box := outbox.New(rdb, b.line, outbox.Options{Secret: []byte("secret")})
	page, err := box.Jobs(t.Context(), b.clinic.ID, string(b.day), outbox.Query{})
	if err != nil || page.Total != 2_000 || len(page.Jobs) != 100 {
		t.Fatalf("%d of %d jobs, error %v", len(page.Jobs), page.Total, err)
	}
	if sent, last := counter.Sent.Load(), counter.Last.Load(); sent < 4 || last != "hscan" {
		t.Errorf("%d commands, the last is %v", sent, last)
	}
}
