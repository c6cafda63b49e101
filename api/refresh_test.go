package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/account"
	"junban/api/wire"
	"junban/device"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// listener is a response in memory that can be streamed to.
type listener struct {
	*httptest.ResponseRecorder
	frames chan wire.Frame
}

func (l *listener) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data: ")); ok {
			var f wire.Frame
			if err := json.Unmarshal(data, &f); err != nil {
				return 0, err
			}
			l.frames <- f
		}
	}
	return len(p), nil
}

func (*listener) SetReadDeadline(time.Time) error  { return nil }
func (*listener) SetWriteDeadline(time.Time) error { return nil }

// TestWatch_WaitsGrowShorterAlthoughNobodyActs has all rooms on a break that ends in
// twenty minutes. There is no act and no new version, and yet the waits change.
func TestWatch_WaitsGrowShorterAlthoughNobodyActs(t *testing.T) {
	t.Parallel()
	away := redis.NewClient(&redis.Options{}) // nobody logs in here
	defer away.Close()
	synctest.Test(t, func(t *testing.T) {
		model := queuetest.NewModel()
		s, err := New(Config{Line: model, Journal: noPast{}, Lessons: noPast{}, Accounts: account.NewStore(away, modelClinics{model}), Devices: device.NewStore(away, modelClinics{model}), Feed: wellFeed{model}, Secret: bytes.Repeat([]byte("s"), 32)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		c := queuetest.NewClinic(t, model)
		for _, r := range c.Rooms {
			d := queue.Duty{State: queue.OnBreak, Until: time.Now().Add(20 * time.Minute)}
			if err := model.SetDuty(t.Context(), c.ID, r.ID, d, queue.Act{}); err != nil {
				t.Fatal(err)
			}
		}
		ref := clinic.Ref{Clinic: c.ID, Service: "1"}
		if _, err := model.Issue(t.Context(), ref, queue.Request{Channel: "desk", Party: 1}, queue.Act{}); err != nil {
			t.Fatal(err)
		}
		ctx, leave := context.WithCancel(t.Context())
		l := &listener{httptest.NewRecorder(), make(chan wire.Frame, 100)}
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			r := httptest.NewRequestWithContext(ctx, "GET", "/v1/watch?topic=service:"+ref.String(), nil)
			r.Header.Set("Accept", "text/event-stream")
			s.ServeHTTP(l, r)
		}()
		defer func() { leave(); <-gone }()
		end := time.After(10 * time.Minute)
		next := func() wire.Frame {
			for {
				select {
				case f := <-l.frames:
					if f.Type == wire.TypeBoard {
						return f
					}
				case <-end:
					t.Fatalf("nothing more in ten minutes; answered %d %s", l.Code, http.StatusText(l.Code))
				}
			}
		}
		first := next()
		if first.Board.WaitMinutes == nil || first.Board.WaitMinutes.Low != 20 {
			t.Fatalf("with a break of 20 min it is said %+v", first.Board.WaitMinutes)
		}
		then := next()
		if then.Version != first.Version || then.Epoch != first.Epoch {
			t.Errorf("somebody has acted: version %d after %d", then.Version, first.Version)
		}
		if w := then.Board.WaitMinutes; w == nil || w.Low != 15 {
			t.Errorf("the next that is said is %+v", w)
		}
		if age := then.At.Sub(first.At.Time); age < 30*time.Second || age > 31*time.Second {
			t.Errorf("it is said after %v, want 30 s", age)
		}
	})
}
