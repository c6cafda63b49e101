package queue_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"junban/queue"
	"junban/queue/queuetest"
	"pgregory.net/rapid"
)

// twin plays the same acts on the store and on the model. Tickets are known by
// their place in the order of issue, because each line makes its own ids.
type twin struct {
	t       *rapid.T
	store   *queue.Store
	model   *queuetest.Model
	clinic  queue.Clinic
	tickets [][2]queue.TicketID
	acts    int
}

// same holds the two outcomes of one act equal.
func (w *twin) same(what string, a, b queue.Ticket, errA, errB error) {
	w.acts++
	var refusedA, refusedB queue.Refusal
	if errA != nil && !errors.As(errA, &refusedA) {
		w.t.Fatalf("%s: %v", what, errA)
	}
	errors.As(errB, &refusedB)
	if refusedA != refusedB {
		w.t.Fatalf("%s: the store says %v, the model %v", what, errA, errB)
	}
	if a.Number != b.Number || a.State != b.State || a.Place != b.Place {
		w.t.Fatalf("%s: the store made %+v, the model %+v", what, a, b)
	}
}

func (w *twin) ref() queue.Ref {
	return queue.Ref{Clinic: w.clinic.ID, Service: rapid.SampledFrom([]string{"1", "2"}).Draw(w.t, "service")}
}

func (w *twin) ticket() [2]queue.TicketID {
	if len(w.tickets) == 0 {
		w.t.Skip("no tickets yet")
	}
	// Mostly the young ones: those are still in the line.
	back := rapid.IntRange(0, min(len(w.tickets), 12)-1).Draw(w.t, "back")
	return w.tickets[len(w.tickets)-1-back]
}

func (w *twin) actions() map[string]func(*rapid.T) {
	ctx := w.t.Context()
	desk := queue.Act{By: queue.Actor{Kind: "staff", Name: "desk"}}
	room := rapid.SampledFrom([]string{"1", "2", "3"})
	issue := func(*rapid.T) {
		ref := w.ref()
		q := queue.Request{
			Channel: rapid.SampledFrom([]string{"web", "desk"}).Draw(w.t, "channel"),
			Party:   rapid.IntRange(0, 6).Draw(w.t, "party"), FirstVisit: rapid.Bool().Draw(w.t, "first"),
			Patient: queue.Patient{Name: rapid.SampledFrom([]string{"", "山田"}).Draw(w.t, "name")}, CodeHash: "good",
		}
		a, errA := w.store.Issue(ctx, ref, q, desk)
		b, errB := w.model.Issue(ctx, ref, q, desk)
		w.same(fmt.Sprint("issue ", ref, q), a.Ticket, b.Ticket, errA, errB)
		if errA == nil {
			if a.Ahead != b.Ahead {
				w.t.Fatalf("issue: the store says %d ahead, the model %d", a.Ahead, b.Ahead)
			}
			w.tickets = append(w.tickets, [2]queue.TicketID{a.ID, b.ID})
		}
	}
	next := func(*rapid.T) {
		ref, room := w.ref(), room.Draw(w.t, "room")
		a, errA := w.store.CallNext(ctx, ref, room, desk)
		b, errB := w.model.CallNext(ctx, ref, room, desk)
		w.same(fmt.Sprint("next ", ref, room), a, b, errA, errB)
	}
	actions := map[string]func(*rapid.T){
		"issue": issue, "issue again": issue, "next": next, "next again": next,
		"call": func(*rapid.T) {
			ids, room := w.ticket(), room.Draw(w.t, "room")
			a, errA := w.store.Call(ctx, ids[0], room, desk)
			b, errB := w.model.Call(ctx, ids[1], room, desk)
			w.same("call", a, b, errA, errB)
		},
		"cancel by owner": func(*rapid.T) {
			ids, code := w.ticket(), rapid.SampledFrom([]string{"good", "wrong"}).Draw(w.t, "code")
			a, errA := w.store.CancelByOwner(ctx, ids[0], code, desk)
			b, errB := w.model.CancelByOwner(ctx, ids[1], code, desk)
			w.same("cancel by owner", a, b, errA, errB)
		},
		"reception": func(*rapid.T) {
			ref, r := w.ref(), rapid.SampledFrom([]queue.Reception{queue.Open, queue.Open, queue.Paused, queue.Closed}).Draw(w.t, "reception")
			w.same("reception", queue.Ticket{}, queue.Ticket{}, w.store.SetReception(ctx, ref, r, desk), w.model.SetReception(ctx, ref, r, desk))
		},
		"message": func(*rapid.T) {
			ref, m := w.ref(), queue.Message{Text: rapid.SampledFrom([]string{"", "本日", "<b>&\"\\"}).Draw(w.t, "text")}
			if rapid.Bool().Draw(w.t, "temporary") {
				m.Until = time.Now().Add(time.Hour)
			}
			w.same("message", queue.Ticket{}, queue.Ticket{}, w.store.SetMessage(ctx, ref, m, desk), w.model.SetMessage(ctx, ref, m, desk))
		},
		"": func(*rapid.T) { // after every act
			a, err := w.store.Snapshot(ctx, w.clinic.ID)
			if err != nil {
				w.t.Fatal(err)
			}
			b, err := w.model.Snapshot(ctx, w.clinic.ID)
			if err != nil {
				w.t.Fatal(err)
			}
			if diff := cmp.Diff(queuetest.ShapeOf(b), queuetest.ShapeOf(a)); diff != "" {
				w.t.Fatalf("the store differs from the model (-model +store):\n%s", diff)
			}
		},
	}
	for _, v := range []queue.Verb{queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Hold, queue.Resume, queue.Cancel, queue.Undo} {
		actions[string(v)] = func(*rapid.T) {
			ids := w.ticket()
			a, errA := w.store.Do(ctx, ids[0], v, desk)
			b, errB := w.model.Do(ctx, ids[1], v, desk)
			w.same(string(v), a, b, errA, errB)
		}
	}
	return actions
}

// TestRandom_StoreAndModelAgree plays random days on both lines and compares
// the whole state after every act.
func TestRandom_StoreAndModelAgree(t *testing.T) {
	t.Parallel()
	s := store(t)
	acts := 0
	rapid.Check(t, func(rt *rapid.T) {
		model := queuetest.NewModel()
		w := &twin{t: rt, store: s, model: model, clinic: queuetest.NewClinic(t, s)}
		if err := model.PutClinic(rt.Context(), w.clinic); err != nil {
			rt.Fatal(err)
		}
		rt.Repeat(w.actions())
		acts += w.acts
	})
	t.Logf("%d random acts", acts)
}
