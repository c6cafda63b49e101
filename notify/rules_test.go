package notify

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"junban/notify/message"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/outbox"
)

func tokyo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestQuiet_MovesOutOfTheHours(t *testing.T) {
	t.Parallel()
	zone := tokyo(t)
	at := func(text string) time.Time {
		m, err := time.ParseInLocation("02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, one := range []struct {
		q                  clinic.Quiet
		at, earlier, later string
	}{
		{clinic.Quiet{}, "05 12:00", "05 12:00", "05 12:00"},
		{clinic.Quiet{}, "05 20:59", "05 20:59", "05 20:59"},
		{clinic.Quiet{}, "05 21:00", "05 20:00", "06 08:00"},
		{clinic.Quiet{}, "05 23:30", "05 20:00", "06 08:00"},
		{clinic.Quiet{}, "05 07:59", "04 20:00", "05 08:00"},
		{clinic.Quiet{}, "05 08:00", "05 08:00", "05 08:00"},
		{clinic.Quiet{From: "19:00", Until: "09:00"}, "05 06:00", "04 18:00", "05 09:00"},
		{clinic.Quiet{From: "00:00", Until: "09:00"}, "05 06:00", "04 23:00", "05 09:00"},
		{clinic.Quiet{From: "12:00", Until: "14:00"}, "05 13:00", "05 11:00", "05 14:00"},
		{clinic.Quiet{From: "08:00", Until: "08:00"}, "05 03:00", "05 03:00", "05 03:00"},
	} {
		if got := beforeQuiet(one.q, at(one.at)); !got.Equal(at(one.earlier)) {
			t.Errorf("%+v: %s moved earlier is %s, want %s", one.q, one.at, got.Format("02 15:04"), one.earlier)
		}
		later := at(one.at)
		if _, ends, ok := one.q.Around(later); ok {
			later = ends
		}
		if !later.Equal(at(one.later)) {
			t.Errorf("%+v: the quiet hours around %s end at %s, want %s", one.q, one.at, later.Format("02 15:04"), one.later)
		}
	}
}

func TestReminders_EndBeforeTheNextAndBeforeTheVisit(t *testing.T) {
	t.Parallel()
	zone := tokyo(t)
	var s clinic.Service
	s.FillDefaults()
	s.ID, s.Reminders = "1", []clinic.Reminder{{Days: 1, At: "06:30"}, {Days: 3, At: "18:00"}, {Days: 0, At: "09:00"}}
	c := clinic.Clinic{ID: "1234", Zone: "Asia/Tokyo", Services: []clinic.Service{s}}
	start := time.Date(2026, 12, 10, 10, 0, 0, 0, zone)
	ticket := queue.Ticket{ID: "1234-1-261210-k3f9a1x2m7qd", State: queue.Booked, Slot: "10:00", SlotFrom: start}
	shift := time.Duration(-1)
	expect := func(now time.Time, want ...string) {
		t.Helper()
		stages := remindersOf(c, ticket, now, zone)
		if len(stages) != len(want) {
			t.Fatalf("at %s the reminders are %v, want %v", now, stages, want)
		}
		for i, st := range stages {
			if st.name != want[i] {
				t.Errorf("reminder %d is %s, want %s", i, st.name, want[i])
			}
			if st.due.Before(now) || !st.due.Before(st.until) || st.until.After(start.Add(-2*time.Hour)) {
				t.Errorf("%s is due at %s until %s", st.name, st.due, st.until)
			}
			if i+1 < len(stages) && st.until.After(stages[i+1].due) {
				t.Errorf("%s is good until %s, and the next is due at %s", st.name, st.until, stages[i+1].due)
			}
			local := st.due.In(zone)
			by := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
			by -= map[string]time.Duration{"3d": 18 * time.Hour, "1d": 20 * time.Hour}[st.name] // the latter was moved out of the quiet hours
			if by < 0 || by >= spreadOver || shift >= 0 && by != shift {
				t.Errorf("%s is due at %s", st.name, local)
			}
			shift = by
		}
	}
	expect(start.AddDate(0, 0, -5), "3d", "1d") // that of the same morning would come too late
	expect(start.AddDate(0, 0, -2), "1d")
	expect(start.AddDate(0, 0, -1))
	if at, _ := hours.Instant("2026-12-08", "20:00", zone); !remindersOf(c, ticket, start.AddDate(0, 0, -5), zone)[1].due.Before(at.Add(spreadOver)) {
		t.Error("the reminder of the early morning was not moved to the evening before")
	}
}

func TestBreaker_RestsAfterFiveFaultsAndProbes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakers()
		provider := providerOf(outbox.Push, outbox.Address{Endpoint: "https://push.example/a/b?c"})
		if provider != "push https://push.example" {
			t.Errorf("the provider is %q", provider)
		}
		for range faultsAtMost {
			if _, ok := b.allow(provider, outbox.Confirm); !ok {
				t.Fatal("it rests too early")
			}
			b.note(provider, message.Result{Outcome: message.Retry})
		}
		if rest, ok := b.allow(provider, outbox.Confirm); ok || rest != probeEvery {
			t.Errorf("after the faults it rests for %s, allowed is %v", rest, ok)
		}
		if rest, ok := b.allow(provider, outbox.Call); ok || rest != callEvery {
			t.Errorf("after the faults a call rests for %s, allowed is %v", rest, ok)
		}
		if _, ok := b.allow("push https://other.example", outbox.Confirm); !ok {
			t.Error("another provider rests too")
		}
		time.Sleep(probeEvery)
		if _, ok := b.allow(provider, outbox.Confirm); !ok {
			t.Error("there is no probe")
		}
		if _, ok := b.allow(provider, outbox.Confirm); ok {
			t.Error("there are two probes at once")
		}
		if _, ok := b.allow(provider, outbox.Call); !ok {
			t.Error("a call waits behind the probe of a confirmation")
		}
		if _, ok := b.allow(provider, outbox.Call); ok {
			t.Error("there are two probes of calls at once")
		}
		b.note(provider, message.Result{Outcome: message.Retry})
		time.Sleep(probeEvery)
		if _, ok := b.allow(provider, outbox.Confirm); !ok {
			t.Error("there is no second probe")
		}
		b.note(provider, message.Result{Outcome: message.Sent})
		for range 20 {
			if _, ok := b.allow(provider, outbox.Confirm); !ok {
				t.Error("it rests although it works again")
			}
		}
		time.Sleep(time.Hour) // what is kept goes
	})
}

func TestBreaker_CountsNoAnswerForOneAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBreakers()
		for name, one := range map[string]struct {
			r     message.Result
			rests bool
		}{
			"a push with other keys":        {message.Result{Outcome: message.Refused, Fault: true, Address: true}, false},
			"a receiver that is greylisted": {message.Result{Outcome: message.Retry, Address: true}, false},
			"an address that is gone":       {message.Result{Outcome: message.Gone}, false},
			"no answer":                     {message.Result{Outcome: message.Retry}, true},
			"a wrong password":              {message.Result{Outcome: message.Retry, Fault: true}, true},
		} {
			for range 2 * faultsAtMost {
				b.note(name, one.r)
			}
			if _, ok := b.allow(name, outbox.Call); ok == one.rests {
				t.Errorf("%s: allowed is %v", name, ok)
			}
		}
		time.Sleep(time.Hour) // what is kept goes
	})
}

func TestOutcome_OfEachAnswer(t *testing.T) {
	t.Parallel()
	n := &Notifier{}
	now := time.UnixMilli(1_000_000)
	job := func(k outbox.Kind, ch outbox.Channel, tries int) outbox.Job {
		return outbox.Job{Kind: k, Channel: ch, Tries: tries, Until: now.Add(time.Hour).UnixMilli()}
	}
	for name, one := range map[string]struct {
		job   outbox.Job
		r     message.Result
		state outbox.State
	}{
		"sent":                           {job(outbox.Call, outbox.Push, 1), message.Result{Outcome: message.Sent}, outbox.Sent},
		"a fault":                        {job(outbox.Call, outbox.Push, 1), message.Result{Outcome: message.Retry}, outbox.Due},
		"the last fault":                 {job(outbox.Call, outbox.Push, 7), message.Result{Outcome: message.Retry}, outbox.Dead},
		"asked to wait until it is over": {job(outbox.Call, outbox.Push, 1), message.Result{Outcome: message.Retry, After: 2 * time.Hour}, outbox.Dead},
		"gone":                           {job(outbox.Call, outbox.Push, 1), message.Result{Outcome: message.Gone}, outbox.Dead},
		"refused":                        {job(outbox.Confirm, outbox.Mail, 1), message.Result{Outcome: message.Refused}, outbox.Dead},
		"perhaps a push":                 {job(outbox.Approach, outbox.Push, 1), message.Result{Outcome: message.Uncertain}, outbox.Due},
		"perhaps a mail of a call":       {job(outbox.Call, outbox.Mail, 1), message.Result{Outcome: message.Uncertain}, outbox.Uncertain},
		"perhaps a mail of an approach":  {job(outbox.Approach, outbox.Mail, 1), message.Result{Outcome: message.Uncertain}, outbox.Uncertain},
		"perhaps a confirmation":         {job(outbox.Confirm, outbox.Mail, 1), message.Result{Outcome: message.Uncertain}, outbox.Due},
		"perhaps a second confirmation":  {job(outbox.Confirm, outbox.Mail, 2), message.Result{Outcome: message.Uncertain}, outbox.Uncertain},
	} {
		got := n.outcome(outbox.Told{Job: one.job}, one.r, now)
		if got.State != one.state || got.Remove != (one.r.Outcome == message.Gone) {
			t.Errorf("%s: the job is %s, removed is %v; want %s", name, got.State, got.Remove, one.state)
		}
		if got.State == outbox.Due && !got.RetryAt.After(now) {
			t.Errorf("%s: the next try is at %s", name, got.RetryAt)
		}
	}
}

// TestTurns_LeaveRoomForTheOthers has one clinic fill its share with tries that do not
// end. Another one still gets its turn at once.
func TestTurns_LeaveRoomForTheOthers(t *testing.T) {
	t.Parallel()
	s := newTurns([]outbox.Channel{outbox.Push, outbox.Mail}, false)
	hanging := 0
	for {
		s.add("0001")
		p, ok := s.next()
		if !ok || !p.has(outbox.Push) {
			if ok {
				s.took(p, nil, false)
			}
			break
		}
		hanging += p.n
		s.took(p, map[outbox.Channel]int{outbox.Push: p.n}, false)
	}
	if most := channels[outbox.Push].share; hanging != most {
		t.Errorf("one clinic has %d tries at once, want %d", hanging, most)
	}
	s.add("0002")
	p, ok := s.next()
	if !ok || p.clinic != "0002" || p.n != turn || !p.has(outbox.Push) {
		t.Fatalf("the other clinic gets %+v", p)
	}
	s.took(p, nil, false)
	s.done("0001", outbox.Push)
	if p, ok = s.next(); !ok || p.clinic != "0001" || p.n != 1 {
		t.Errorf("after a try has ended the first clinic gets %+v", p)
	}
}

// TestTurns_KeepPlacesForCalls has more clinics than there are shares fill the channel with
// tries that do not end. The next clinic still gets places, for calls alone.
func TestTurns_KeepPlacesForCalls(t *testing.T) {
	t.Parallel()
	s := newTurns([]outbox.Channel{outbox.Push}, false)
	rules, hanging := channels[outbox.Push], 0
	for i := range 2 * rules.pool {
		s.add(clinic.ID(fmt.Sprintf("%04d", i/4)))
		p, ok := s.next()
		if ok && p.has(outbox.Push) {
			hanging += p.n
			s.took(p, map[outbox.Channel]int{outbox.Push: p.n}, false)
		} else if ok {
			s.took(p, nil, false) // no call is due
		}
	}
	if want := rules.pool - rules.calls; hanging != want {
		t.Errorf("%d tries hang, want %d", hanging, want)
	}
	s.add("9999")
	p, ok := s.next()
	if !ok || p.clinic != "9999" || p.n != turn || p.has(outbox.Push) || !slices.Contains(p.calls, outbox.Push) {
		t.Errorf("the next clinic gets %+v", p)
	}
}

// TestTurns_LeaveRoomForTheNewsOfOthers has the followers of one clinic hang.
func TestTurns_LeaveRoomForTheNewsOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTurns([]outbox.Channel{outbox.Push}, true)
		hanging := 0
		for range 20 {
			s.add("0001")
			if p, ok := s.next(); ok {
				hanging += p.n
				s.took(p, map[outbox.Channel]int{outbox.Push: p.n}, false)
			}
			time.Sleep(time.Second)
		}
		s.add("0002")
		p, ok := s.next()
		for ok && p.clinic != "0002" {
			p, ok = s.next()
		}
		if !ok || !p.has(outbox.Push) || hanging != channels[outbox.Push].news/2 {
			t.Errorf("%d hang, the other clinic gets %+v", hanging, p)
		}
		time.Sleep(time.Minute)
	})
}

func TestTurns_BoundNews(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTurns([]outbox.Channel{outbox.Push}, true)
		s.add("0001")
		sent := 0
		for begun := time.Now(); time.Since(begun) < 10*time.Second; {
			if p, ok := s.next(); ok {
				sent += p.n
				s.took(p, map[outbox.Channel]int{outbox.Push: p.n}, true)
				for range p.n {
					s.done("0001", outbox.Push)
				}
				continue
			}
			time.Sleep(50 * time.Millisecond)
		}
		if sent < 45 || sent > newsBurst+10*outbox.NewsASecond {
			t.Errorf("in ten seconds a clinic sends %d news", sent)
		}
		time.Sleep(time.Minute)
	})
}

func TestHistory_OfALeg(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_000_000)
	job := func(k outbox.Kind, stage string, attempt int, state outbox.State, why string) outbox.Job {
		return outbox.Job{ID: string(k) + stage + why, Kind: k, Stage: stage, Attempt: attempt, State: state, Why: why, Planned: int64(attempt), Due: now.Add(time.Minute).UnixMilli(), Tries: 1}
	}
	other := job(outbox.Approach, stageGo, 0, outbox.Sent, "")
	other.Leg = 1
	pending := job(outbox.Approach, stageGo, 0, outbox.Due, "")
	pending.Tries = 0
	for name, one := range map[string]struct {
		jobs       []outbox.Job
		approaches int
		attempts   int
		open       bool
	}{
		"nothing":               {nil, 0, 0, false},
		"another leg":           {[]outbox.Job{other}, 0, 0, false},
		"sent to two addresses": {[]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Sent, ""), job(outbox.Approach, stageGo, 0, outbox.Shown, "")}, 1, 1, false},
		"one that settles":      {[]outbox.Job{pending}, 1, 1, true},
		"one that is tried":     {[]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Due, "")}, 1, 1, true},
		"no longer near":        {[]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Void, whyNotNear)}, 0, 1, false},
		"over the cap":          {[]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Void, outbox.WhyCap)}, 1, 1, false},
		"told at once":          {[]outbox.Job{job(outbox.Confirm, "now", 0, outbox.Sent, "")}, 1, 1, false},
	} {
		h := historyOf(one.jobs, 0)
		if h.sent.Approaches != one.approaches || h.attempts != one.attempts || h.open(now) != one.open {
			t.Errorf("%s: %+v, open is %v", name, h, h.open(now))
		}
	}
	h := historyOf([]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Sent, ""), job(outbox.Changed, "back", 1, outbox.Sent, "")}, 0)
	if !h.sent.Back || h.sent.Approaches != 1 {
		t.Errorf("moved back: %+v", h.sent)
	}
	h = historyOf([]outbox.Job{job(outbox.Approach, stageGo, 0, outbox.Sent, ""), job(outbox.Changed, "back", 1, outbox.Sent, ""), job(outbox.Approach, stageGo, 2, outbox.Sent, "")}, 0)
	if h.sent.Back || h.sent.Approaches != 2 {
		t.Errorf("a second approach: %+v", h.sent)
	}
}
