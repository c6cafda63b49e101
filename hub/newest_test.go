package hub

import (
	"strings"
	"testing"
	"time"
)

func TestFrame_NewerByEpochThenVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f, than Frame
		want    bool
	}{
		{Frame{Epoch: "a", Version: 2}, Frame{Epoch: "a", Version: 1}, true},
		{Frame{Epoch: "a", Version: 1}, Frame{Epoch: "a", Version: 1}, false},
		{Frame{Epoch: "a", Version: 1}, Frame{Epoch: "a", Version: 2}, false},
		{Frame{Epoch: "b", Version: 1}, Frame{Epoch: "a", Version: 9}, true},
	} {
		if got := c.f.Newer(c.than); got != c.want {
			t.Errorf("%s/%d newer than %s/%d: %v", c.f.Epoch, c.f.Version, c.than.Epoch, c.than.Version, got)
		}
	}
}

func TestPublish_NewestWins(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	v := h.watch(t, "a")
	for _, f := range []Frame{frame("e", 2, "two"), frame("e", 1, "one"), frame("e", 2, "2"), frame("f", 1, "other")} {
		h.Publish("a", f)
	}
	v.sees(string(frame("e", 2, "two").Body))
	v.sees(string(frame("f", 1, "other").Body))
	if got := h.metric(t, "junban_hub_skipped_frames_total", "older"); got != 2 {
		t.Errorf("%v frames skipped as older", got)
	}
	if f, ok := h.newest("a"); !ok || f.Epoch != "f" {
		t.Errorf("newest is %s/%d, %v", f.Epoch, f.Version, ok)
	}
}

func TestPublish_EqualContentIsNotSent(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	v := h.watch(t, "a")
	h.Publish("a", frame("e", 1, "same"))
	v.sees(string(frame("e", 1, "same").Body))
	h.Publish("a", frame("e", 2, "same"))
	h.Publish("a", frame("e", 1, "an old one")) // older than the one that was not sent
	if f, _ := h.newest("a"); f.Version != 2 {
		t.Errorf("newest is version %d", f.Version)
	}
	h.watch(t, "a").sees(string(frame("e", 2, "same").Body)) // who comes gets the current one
	h.Publish("a", frame("f", 1, "same"))                    // of another epoch: sent
	v.sees(string(frame("f", 1, "same").Body))
	always := Frame{Epoch: "f", Version: 2, Body: []byte(`{}`)}
	h.Publish("a", always)
	v.sees(`{}`)
	always.Version = 3
	h.Publish("a", always)
	v.sees(`{}`)
	if got := h.metric(t, "junban_hub_skipped_frames_total", "unchanged"); got != 1 {
		t.Errorf("%v frames skipped as unchanged", got)
	}
}

func TestPublish_UnwatchedTopicIsIgnored(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	h.Publish("a", frame("e", 1, ""))
	h.Stale("a", time.Now())
	if _, ok := h.newest("a"); ok || h.Watched("a") {
		t.Error("a topic that nobody watches is kept")
	}
}

func TestStale_ToldOnceAndEndedByTheSameVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	v := h.watch(t, "a")
	f := frame("e", 1, "x")
	h.Publish("a", f)
	v.sees(string(f.Body))

	since := time.Date(2026, 11, 21, 10, 23, 45, 678e6, time.FixedZone("", 9*3600))
	notice := `{"type":"stale","topic":"a","since":"2026-11-21T10:23:45.678+09:00"}`
	h.Stale("a", since)
	h.Stale("a", since.Add(time.Second))
	v.sees(notice)
	if _, ok := h.newest("a"); ok {
		t.Error("a stale frame is given as newest")
	}
	late := h.watch(t, "a")
	late.sees(string(f.Body))
	late.sees(notice)

	h.Publish("a", frame("e", 0, "older")) // confirms no state
	if _, ok := h.newest("a"); ok {
		t.Error("an older frame ended the staleness")
	}
	h.Publish("a", f)
	v.sees(string(f.Body))
	late.sees(string(f.Body))
	h.Stale("a", since)
	v.sees(notice)
	h.Publish("a", frame("e", 2, "x")) // newer, though it looks the same
	v.sees(string(frame("e", 2, "x").Body))
}

func TestStale_ColdTopicIsToldToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	v := h.watch(t, `a"b`)
	h.Stale(`a"b`, time.Unix(0, 0).UTC())
	notice := `{"type":"stale","topic":"a\"b","since":"1970-01-01T00:00:00.000Z"}`
	v.sees(notice)
	h.watch(t, `a"b`).sees(notice)
	h.Publish(`a"b`, frame("e", 1, ""))
	v.sees(string(frame("e", 1, "").Body))
}

func TestWatch_SeveralTopicsOnOneConnection(t *testing.T) {
	t.Parallel()
	warm := frame("e", 7, "warm")
	var h *house
	h = newHouse(t, Options{Source: func(topic Topic) func() {
		if topic == "warm" {
			h.Publish(topic, warm) // a source may know at once
		}
		return func() {}
	}})
	v := h.watch(t, "cold", "warm", "warm")
	v.sees(string(warm.Body))
	h.Publish("cold", frame("e", 1, "first"))
	v.sees(string(frame("e", 1, "first").Body))
	if got := h.metric(t, "junban_hub_topics"); got != 2 {
		t.Errorf("%v topics", got)
	}
}

func TestWatch_FramesOfEverySize(t *testing.T) {
	t.Parallel()
	plainAndTLS(t, func(t *testing.T, newHouse opener) {
		h := newHouse(t, Options{})
		v := h.watch(t, "a")
		for i, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
			body := strings.Repeat("x", size)
			h.Publish("a", Frame{Version: uint64(i + 1), Body: []byte(body)})
			v.sees(body)
		}
	})
}

func TestPublish_OfOneVersionWhatWasReadLaterWins(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{})
	v := h.watch(t, "a")
	read := func(body string, second int) Frame {
		f := frame("e", 2, body)
		f.At = time.Date(2026, 11, 21, 9, 0, second, 0, time.UTC)
		return f
	}
	h.Publish("a", read("10 min", 30))
	v.sees(string(read("10 min", 30).Body))
	h.Publish("a", read("an older reading", 0))
	h.Publish("a", read("5 min", 59))
	v.sees(string(read("5 min", 59).Body))
	if got := h.metric(t, "junban_hub_skipped_frames_total", "older"); got != 1 {
		t.Errorf("%v frames skipped as older", got)
	}
	h.watch(t, "a").sees(string(read("5 min", 59).Body))
}
