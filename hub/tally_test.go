package hub

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

func TestStateAge_OncePerConnectionThatWaited(t *testing.T) {
	t.Parallel()
	bubble(t, Options{}, func(t *testing.T, h *clocked) {
		for range 3 {
			h.watch(t, "?topic=a").record()
		}
		read := func(n uint64) Frame {
			f := version(n)
			f.At = time.Now()
			return f
		}
		f := read(1)
		time.Sleep(15 * time.Millisecond)
		h.Publish("a", f)
		h.Publish("a", read(2)) // 100 ms old when it is sent
		time.Sleep(time.Second)
		h.watch(t, "?topic=a").record()
		h.Publish("a", version(3)) // of unknown age
		h.Stale("a", time.Now())
		time.Sleep(time.Second)
		synctest.Wait()
		if got := h.metric(t, "junban_hub_state_age_seconds"); got != 6 {
			t.Errorf("%v ages, want those of two states to three watchers", got)
		}
		if got := h.metric(t, "junban_hub_frames_total", webSocket); got != 3+3+1+4+4 {
			t.Errorf("%v frames", got)
		}
		if got := h.metric(t, "junban_hub_first_state_seconds"); got != 1 {
			t.Errorf("%v first states", got)
		}
		if _, sum := h.ages(t); sum < .345-1e-9 || sum > .345+1e-9 {
			t.Errorf("the ages add up to %v s", sum)
		}
	})
}

func (h *house) ages(t testing.TB) (n uint64, sum float64) {
	t.Helper()
	families, err := h.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == "junban_hub_state_age_seconds" {
			ages := family.GetMetric()[0].GetHistogram()
			return ages.GetSampleCount(), ages.GetSampleSum()
		}
	}
	t.Fatal("no ages")
	return 0, 0
}

func TestStateAge_OfAStateThatWaitedForAParkedConnection(t *testing.T) {
	t.Parallel()
	bubble(t, Options{Window: -1}, func(t *testing.T, h *clocked) {
		conn, r := h.listen(t, "?topic=a")
		synctest.Wait()
		f := version(1)
		f.At = time.Now()
		h.Publish("a", f) // the pipe takes nothing
		f = version(2)
		f.At = time.Now()
		h.Publish("a", f)
		time.Sleep(7 * time.Second)
		c := &raw{t, conn, r}
		for range 2 {
			if _, _, err := c.frame(); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if n, sum := h.ages(t); n != 2 || sum < 7 {
			t.Errorf("%d ages that add up to %v s", n, sum)
		}
	})
}

func TestAges_SortedIntoTheirBuckets(t *testing.T) {
	t.Parallel()
	a := newAges("ages", "ages")
	for _, age := range []time.Duration{-time.Second, 0, time.Millisecond} {
		a.observe(age, 2)
	}
	a.observe(time.Millisecond+1, 3)
	a.observe(time.Hour, 5)
	reg := prometheus.NewPedanticRegistry()
	reg.MustRegister(a)
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := families[0].GetMetric()[0].GetHistogram()
	upTo := make(map[float64]uint64)
	for _, b := range got.GetBucket() {
		upTo[b.GetUpperBound()] = b.GetCumulativeCount()
	}
	if got.GetSampleCount() != 14 || upTo[.001] != 6 || upTo[.002] != 9 || upTo[30] != 9 {
		t.Errorf("%d ages, in buckets %v", got.GetSampleCount(), upTo)
	}
}

func TestTally_KeepsMessagesApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	at := func(d time.Duration) *message {
		return newMessage(Frame{At: time.Now().Add(-d)})
	}
	minute, hour := at(time.Minute), at(time.Hour)
	sum := tally{m: h.m, frames: h.m.eventFrames}
	for _, m := range []*message{minute, minute, hour, minute} {
		sum.add(m, 1, false)
	}
	sum.settle()
	sum.settle() // adds nothing
	if n, s := h.ages(t); n != 4 || s < 3600+3*60 || s > 3600+3*60+600 {
		t.Errorf("%d ages that add up to %v s", n, s)
	}
	if got := h.metric(t, "junban_hub_frames_total", events); got != 4 {
		t.Errorf("%v frames", got)
	}
	if got := h.metric(t, "junban_hub_skipped_frames_total", "conflated"); got != 4 {
		t.Errorf("%v conflated", got)
	}
}
