package hub

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// allowed returns how many of n handshakes at the same moment may go on, and the
// last refusal.
func allowed(h *Hub, n int, limits ...Limit) (in int, refused error) {
	for range n {
		if err := h.AllowHandshake(Ordinary, limits...); err != nil {
			refused = err
		} else {
			in++
		}
	}
	return in, refused
}

func TestAllowHandshake_HoldsBackAllBeyondTheRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		h := &house{Hub: New(Options{Handshakes: 10, Registerer: reg}), reg: reg}
		defer h.Close()
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{0, 10}, {0, 0}, {100 * time.Millisecond, 1}, {350 * time.Millisecond, 3}, {time.Hour, 10}} {
			time.Sleep(c.after)
			in, err := allowed(h.Hub, 20)
			if in != c.want || !errors.Is(err, ErrBusy) {
				t.Errorf("after %v more %d may go on, want %d; the others get %v", c.after, in, c.want, err)
			}
		}
		if got := h.metric(t, "junban_hub_refused_total", "busy"); got != 5*20-24 {
			t.Errorf("%v refused as busy", got)
		}
	})
}

func TestAllowHandshake_HoldsBackOneKeyAndNotTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		h := &house{Hub: New(Options{Handshakes: 100, Registerer: reg}), reg: reg}
		defer h.Close()
		ip, other := Limit{Key: "ip", Rate: 5}, Limit{Key: "other", Rate: 5}
		in, err := allowed(h.Hub, 1000, Limit{Key: "clinic"}, ip)
		limited := new(limitError)
		if in != 10 || !errors.Is(err, ErrHandshakeRate) || !errors.As(err, &limited) || limited.key != "ip" {
			t.Errorf("%d may go on, the others get %v", in, err)
		}
		// What was refused to one has cost the others nothing.
		if in, _ := allowed(h.Hub, 20, other); in != 10 {
			t.Errorf("%d of another key may go on", in)
		}
		if in, err := allowed(h.Hub, 100); in != 80 || !errors.Is(err, ErrBusy) {
			t.Errorf("%d without a key may go on, the others get %v", in, err)
		}
		// A bucket fills at its rate, stored or dropped.
		for range 10 {
			time.Sleep(time.Second)
			if in, _ := allowed(h.Hub, 20, ip); in != 5 {
				t.Errorf("%d may go on a second later", in)
			}
		}
		time.Sleep(2 * keyBurst)
		if in, _ := allowed(h.Hub, 20, ip); in != 10 {
			t.Errorf("%d may go on after a rest", in)
		}
		if got := h.metric(t, "junban_hub_refused_total", "handshake_rate"); got < 1000-10 {
			t.Errorf("%v refused by the rate", got)
		}
	})
}

func TestAllowHandshake_ForgetsKeysAndRemembersFewEnough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Handshakes: -1})
		defer h.Close()
		for i := range keysMost {
			if err := h.AllowHandshake(Ordinary, Limit{Key: fmt.Sprint(i), Rate: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.AllowHandshake(Ordinary, Limit{Key: "a newcomer", Rate: 1}); err != nil {
			t.Errorf("one key more than are remembered gets %v", err)
		}
		if err := h.AllowHandshake(Ordinary, Limit{Key: "0", Rate: 1}); err != nil {
			t.Errorf("a known one gets %v", err)
		}
		for range 2 {
			time.Sleep(keyBurst + 1)
			if err := h.AllowHandshake(Ordinary, Limit{Key: "one more", Rate: 1}); err != nil {
				t.Error(err)
			}
		}
		if n := len(h.rates.recent) + len(h.rates.before); n != 2 {
			t.Errorf("%d buckets are remembered", n)
		}
	})
}

func TestAllowHandshake_SaysNoToWhomThereIsNoRoomFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t, Options{MaxConns: 1})
	if err := h.AllowHandshake(Ordinary); err != nil {
		t.Errorf("an empty hub says %v", err)
	}
	h.watch(t, "a")
	if err := h.AllowHandshake(Ordinary); !errors.Is(err, ErrFull) {
		t.Errorf("a full hub says %v", err)
	}
	h.Close()
	if err := h.AllowHandshake(Ordinary); !errors.Is(err, ErrDraining) {
		t.Errorf("a closed hub says %v", err)
	}
	for _, reason := range []string{"full", "draining"} {
		if got := h.metric(t, "junban_hub_refused_total", reason); got != 1 {
			t.Errorf("%v refused as %s", got, reason)
		}
	}
}
