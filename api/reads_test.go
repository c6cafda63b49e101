package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// skew is a line whose Redis has a clock an hour ahead of the node's.
type skew struct{ *queuetest.Model }

const skewed = time.Hour

func hourAhead(s *queue.Snapshot) *queue.Snapshot {
	then := *s
	then.At = then.At.Add(skewed)
	return &then
}

func (s skew) Snapshot(ctx context.Context, c clinic.ID) (*queue.Snapshot, error) {
	snap, err := s.Model.Snapshot(ctx, c)
	if err != nil {
		return nil, err
	}
	return hourAhead(snap), nil
}

func (s skew) Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error {
	emit := w.Emit
	w.Emit = func(snap *queue.Snapshot) { emit(hourAhead(snap)) }
	return s.Model.Follow(ctx, c, w)
}

func (skew) Probe() (time.Duration, time.Time, error) { return time.Millisecond, time.Now(), nil }

// TestClock_AnswersHaveTheTimeOfRedis asks for a board that nobody watches, and
// again while somebody does.
func TestClock_AnswersHaveTheTimeOfRedis(t *testing.T) {
	t.Parallel()
	model := queuetest.NewModel()
	line := skew{model}
	w := onModel(t, line, model, line)
	at := func(of string) {
		t.Helper()
		f := get[wire.Frame](w, http.StatusOK, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"})
		if off := time.Until(f.At.Time) - skewed; off.Abs() > skewed/2 {
			t.Errorf("the board of a clinic that is %s is off by %v", of, off)
		}
	}
	at("not watched")
	w.socket([]string{"service:" + w.ref("1")}, "").next(func(f wire.Frame) bool { return f.Type == wire.TypeBoard })
	at("watched")
	cookie := w.login()
	login := get[wire.Login](w, http.StatusOK, ask{method: "GET", path: "/v1/session", cookie: cookie})
	if off := time.Until(login.At.Time) - skewed; off.Abs() > skewed/2 {
		t.Errorf("the login's answer is off by %v", off)
	}
}
