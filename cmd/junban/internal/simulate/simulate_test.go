package simulate

import (
	"container/heap"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConsultation_TakesFiveMinutesInTheMean(t *testing.T) {
	t.Parallel()
	d := &day{rand: rand.New(rand.NewPCG(1, 0))}
	var sum, longest time.Duration
	const n = 20000
	for range n {
		took := d.consultation()
		sum += took
		longest = max(longest, took)
	}
	if mean := sum / n; mean < 290*time.Second || mean > 310*time.Second {
		t.Errorf("the mean is %v", mean)
	}
	if longest > 25*time.Minute {
		t.Errorf("the longest is %v", longest)
	}
}

func TestEvents_HappenInOrderOfTimeThenOfPlan(t *testing.T) {
	t.Parallel()
	d := &day{}
	for _, e := range []struct {
		name string
		in   time.Duration
	}{{"c", 2}, {"a", 1}, {"d", 2}, {"b", 1}, {"e", 3}} {
		d.after(e.in, e.name, nil)
	}
	var order []string
	for d.events.Len() > 0 {
		order = append(order, heap.Pop(&d.events).(event).name)
	}
	if got := strings.Join(order, ""); got != "abcde" {
		t.Errorf("the order is %s", got)
	}
}

func TestRun_DoesNotBeginWithoutAClinic(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	err := Run(t.Context(), Config{URL: s.URL, Clinic: "1234", Speed: 60})
	var refused problem
	if !errors.As(err, &refused) || refused.Status != http.StatusNotFound {
		t.Errorf("error %v", err)
	}
}

func TestRun_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{})
	var once sync.Once
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		once.Do(func() { close(asked) })
		<-r.Context().Done()
	}))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- Run(ctx, Config{URL: s.URL, Clinic: "1234", Speed: 60}) }()
	<-asked
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestNames_AreManyAndOfTwoParts(t *testing.T) {
	t.Parallel()
	d := &day{rand: rand.New(rand.NewPCG(1, 0))}
	var names []string
	for range 1000 {
		name := d.name()
		if family, given, ok := strings.Cut(name, " "); !ok || family == "" || given == "" {
			t.Fatalf("name %q", name)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	if n := len(slices.Compact(names)); n < 200 {
		t.Errorf("%d different names in a thousand", n)
	}
}
