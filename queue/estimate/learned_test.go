package estimate_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue/estimate"
)

// first is the wait behind one visit of a kind.
func first(l *estimate.Learned, kind string) time.Duration {
	in := at(nine(), 0, room("1", "1"))
	in.Waiting = []estimate.Ticket{{ID: "a", Service: "1", Kind: kind}, ticket(0)}
	return l.Forecast(in).Waits["t0"].Mid
}

func TestLearn_DataReplacesDefaults(t *testing.T) {
	t.Parallel()
	l := &estimate.Learned{}
	if visit, fresh := first(l, "1"), first(l, estimate.FirstKind("1")); visit >= fresh {
		t.Errorf("by default, a first visit takes %v and an ordinary one %v", fresh, visit)
	}
	s := estimate.Session{}
	for range 10 {
		s.Visits = append(s.Visits, visit("1", estimate.FirstKind("1"), 20*time.Minute))
	}
	l.Learn(s)
	once := first(l, estimate.FirstKind("1"))
	for range 30 {
		l.Learn(s)
	}
	often := first(l, estimate.FirstKind("1"))
	if !(10*time.Minute < once && once < often && often < 21*time.Minute) {
		t.Errorf("visits of 20 min give a mean of %v, later %v", once, often)
	}
}

func TestLearn_ForgetsSlowly(t *testing.T) {
	t.Parallel()
	l := regular()
	s := estimate.Session{}
	for range 40 {
		s.Visits = append(s.Visits, visit("1", "1", 10*time.Minute))
	}
	l.Learn(s)
	soon := l.Kinds["1"].Took.Mean
	for range 100 {
		l.Learn(s)
	}
	if late := l.Kinds["1"].Took.Mean; soon > 320 || late < 570 {
		t.Errorf("from 300 s to 600: after one session %.0f, after a hundred %.0f", soon, late)
	}
	if w := l.Kinds["1"].Took.Weight; w > 40/0.03+1 {
		t.Errorf("the weight grew to %.0f", w)
	}
}

// TestLearn_MovesTheEndOfTheRangeThatMissesCalls learns from sessions whose calls
// came before the range, after it, or within it.
func TestLearn_MovesTheEndOfTheRangeThatMissesCalls(t *testing.T) {
	t.Parallel()
	in := at(nine(), 10, room("1", "1"))
	usual := (&estimate.Learned{}).Forecast(in).Services["1"]
	after := func(took time.Duration) estimate.Range {
		l := &estimate.Learned{}
		for range 20 {
			var s estimate.Score
			for range 40 {
				s.Add(5, usual, estimate.Shown(usual), took)
			}
			l.Learn(estimate.Session{Forecasts: s})
		}
		return l.Forecast(in).Services["1"]
	}
	late, early, within := after(usual.High+time.Minute), after(usual.Low-time.Minute), after(usual.Mid)
	if late.High < usual.High+time.Minute || late.Low < usual.Low {
		t.Errorf("%+v, and after calls later than that %+v", usual, late)
	}
	if early.Low > usual.Low-time.Minute || early.High > usual.High {
		t.Errorf("%+v, and after calls earlier than that %+v", usual, early)
	}
	if within.Low < usual.Low+time.Minute || within.High > usual.High-time.Minute {
		t.Errorf("%+v, and after calls within it %+v", usual, within)
	}
	if late.Mid != usual.Mid || early.Mid != usual.Mid || within.Mid != usual.Mid {
		t.Error("the mean changed")
	}
}

func TestLearn_SkipsAndBoundsImplausibleVisits(t *testing.T) {
	t.Parallel()
	l := regular()
	before := l.Kinds["1"].Took.Mean
	flagged := visit("1", "1", time.Hour)
	flagged.Inaccurate = true
	l.Learn(estimate.Session{Visits: []estimate.Visit{
		flagged, visit("1", "1", time.Second), visit("1", "1", 5*time.Hour), visit("1", "1", -time.Minute),
	}})
	if got := l.Kinds["1"].Took.Mean; got != before {
		t.Errorf("the mean went from %.1f to %.1f", before, got)
	}
	l.Learn(estimate.Session{Visits: []estimate.Visit{visit("1", "1", 3*time.Hour)}})
	if got := l.Kinds["1"].Took.Mean; got > before+1 {
		t.Errorf("one visit of three hours moved the mean from %.1f to %.1f", before, got)
	}
}

func TestLearn_LimitsTheNumberOfNames(t *testing.T) {
	t.Parallel()
	l := &estimate.Learned{}
	s := estimate.Session{}
	for n := range estimate.MaxKinds + 7 {
		s.Visits = append(s.Visits, visit("1", fmt.Sprint(n), time.Minute))
		s.Services = append(s.Services, estimate.Tally{Service: fmt.Sprint(n)})
	}
	l.Learn(s)
	if len(l.Kinds) != estimate.MaxKinds || len(l.Services) != estimate.MaxKinds {
		t.Errorf("kept %d kinds and %d services", len(l.Kinds), len(l.Services))
	}
}

func TestLearned_RoundTripsThroughJSON(t *testing.T) {
	t.Parallel()
	l, in := morning(2, 12)
	text, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var again estimate.Learned
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l.Forecast(in), again.Forecast(in)); diff != "" {
		t.Errorf("another forecast after JSON:\n%s", diff)
	}
}

func TestLearned_RefusesInvalidJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"kinds":{"1":{"took":{"weight":1,"mean":-5,"variance":0}}}}`,
		`{"kinds":{"1":{"took":{"weight":1,"mean":1e9,"variance":0}}}}`,
		`{"services":{"1":{"absent":{"hits":3,"of":2}}}}`,
		`{"services":{"1":{"urgent":{"hits":1,"seconds":-1}}}}`,
		`{"speed":{"weight":1,"square":1e300}}`,
		`[]`,
	} {
		l := estimate.Learned{Speed: estimate.Spread{Weight: 7}}
		if err := json.Unmarshal([]byte(text), &l); err == nil {
			t.Errorf("%s was accepted", text)
		}
		if l.Speed.Weight != 7 {
			t.Errorf("%s was refused, but changed the figures", text)
		}
	}
}

// FuzzLearned_AcceptedFiguresForecastInOrder decodes any text, and learns and
// forecasts with the figures that are accepted.
func FuzzLearned_AcceptedFiguresForecastInOrder(f *testing.F) {
	l, _ := morning(1, 1)
	text, err := json.Marshal(l)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"kinds":{"1":{"took":{"weight":9e9,"mean":0,"variance":9e9}}},"start":{"weight":9e9,"mean":10000,"variance":0}}`))
	f.Add([]byte(`{"services":{"1":{"urgent":{"hits":9e9,"seconds":0},"cancel":{"hits":9e9,"seconds":0},"absent":{"hits":9e9,"of":9e9}}},"speed":{"weight":9e9,"square":9e9}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var l estimate.Learned
		if json.Unmarshal(text, &l) != nil {
			return
		}
		l.Learn(estimate.Session{Visits: []estimate.Visit{visit("1", "1", time.Minute)}, Services: []estimate.Tally{{Service: "1", Calls: 1}}})
		busy := room("1", "1")
		busy.Running = running("1", nine())
		in := at(nine().Add(5*time.Minute), 3, busy, estimate.Room{ID: "2", Services: []string{"1"}})
		forecast := l.Forecast(in)
		for id, r := range forecast.Waits {
			if !(0 <= r.Low && r.Low <= r.Mid && r.Mid <= r.High) {
				t.Fatalf("%s: %+v is not in order", id, r)
			}
		}
		if _, err := json.Marshal(l); err != nil {
			t.Fatal(err)
		}
	})
}
