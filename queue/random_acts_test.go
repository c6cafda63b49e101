package queue_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// What the patients of random acts have.
const (
	someName  = "山田"
	somePhone = "09012345678"
)

func (w *twin) ref() clinic.Ref {
	return clinic.Ref{Clinic: w.clinic.ID, Service: rapid.SampledFrom([]string{"1", "2"}).Draw(w.t, "service")}
}

// on does something with a ticket, mostly with a young one, which is still in the line.
// While there is no ticket it issues one, or tries to.
func (w *twin) on(do func(ids [2]queue.TicketID)) func(*rapid.T) {
	return func(*rapid.T) {
		if len(w.tickets) == 0 {
			w.issue()
			return
		}
		back := rapid.IntRange(0, min(len(w.tickets), 12)-1).Draw(w.t, "back")
		do(w.tickets[len(w.tickets)-1-back])
	}
}

// settings draws the clinic's settings.
func (w *twin) settings() {
	w.clinic.AutoPause = rapid.SampledFrom([]*int{nil, new(0)}).Draw(w.t, "auto pause")
	for i := range w.clinic.Services {
		s := &w.clinic.Services[i]
		some := func(most int, label string) int { return max(0, rapid.IntRange(-most, most).Draw(w.t, label)) }
		s.Absence = clinic.Absence{
			Rule: rapid.SampledFrom(clinic.AbsenceRules).Draw(w.t, "rule"), Back: rapid.IntRange(0, 4).Draw(w.t, "back"),
			ThenTail: rapid.Bool().Draw(w.t, "then tail"), MaxCalls: some(4, "max calls"),
			Cooldown: some(20, "cooldown"), Tolerance: some(3, "tolerance"),
		}
		s.ExamBack = rapid.IntRange(0, 3).Draw(w.t, "exam back")
		s.SkipAway = some(2, "skip away") == 2
		s.CountAbsent = rapid.Bool().Draw(w.t, "count absent")
		s.Numbers = clinic.Numbers{PerSession: rapid.Bool().Draw(w.t, "per session"), Start: some(30, "start"), Reserve: some(5, "reserve")}
		if s.Numbers.Reserve == 1 {
			s.Numbers.Reserve = 0
		}
		if n := some(12, "web from"); n > 0 {
			s.Numbers.WebFrom = max(s.Numbers.Start, 1) + n
		}
		bound := func(most int, label string) *int { // often none
			if n := rapid.IntRange(-most, most).Draw(w.t, label); n >= 0 {
				return &n
			}
			return nil
		}
		s.Kinds = []clinic.Kind{{ID: "shot", Name: "注射"}}
		s.Booking = clinic.Booking{Days: some(3, "days ahead"), Numbers: rapid.SampledFrom([]string{"", clinic.NumbersNow, clinic.NumbersOpening}).Draw(w.t, "numbers")}
		s.Capacity = clinic.Capacity{
			Web: bound(20, "web"), Desk: bound(20, "desk"), First: bound(8, "first"), Few: some(5, "few"), Release: some(30, "release"),
			Cancels: some(2, "cancels"), OneEach: rapid.Bool().Draw(w.t, "one each"), AutoStop: some(2, "auto stop") == 2, Margin: some(30, "margin"), PerTicket: some(15, "per ticket"),
		}
	}
	if w.pass == nil || rapid.IntRange(0, 3).Draw(w.t, "no timetable") == 0 {
		return
	}
	for i := range w.clinic.Services {
		w.slotSettings(&w.clinic.Services[i])
	}
	day := []hours.Frame{
		{Session: "morning", Consult: hours.Span{From: "09:00", To: "12:00"}, WebOpen: rapid.IntRange(-60, 30).Draw(w.t, "open"), WebClose: -30},
		{Session: "afternoon", Consult: hours.Span{From: "15:00", To: "18:00"}, WebClose: rapid.IntRange(-60, 30).Draw(w.t, "close")},
	}
	w.clinic.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{}}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		w.clinic.Calendar.Weekly[d] = day
	}
}

// day is the given number of days from today.
func (w *twin) day(n int) clinic.Day {
	loc, err := w.clinic.Location()
	if err != nil {
		w.t.Fatal(err)
	}
	today, err := time.Parse(time.DateOnly, string(w.clinic.DayOf(w.model.Now(), loc)))
	if err != nil {
		w.t.Fatal(err)
	}
	return clinic.Day(today.AddDate(0, 0, n).Format(time.DateOnly))
}

// desk is who acts.
func desk() queue.Act { return queue.Act{By: clinic.Actor{Kind: "staff", Name: "desk"}} }

// caller is a desk that calls, on both lines. Sometimes it sends the ticket that it
// expects in the room, which may be outdated.
func (w *twin) caller() (a, b queue.Act) {
	a, b = desk(), desk()
	switch rapid.IntRange(-3, 2).Draw(w.t, "sees") {
	case 0:
		a.Expect.Inside, b.Expect.Inside = queue.Nobody, queue.Nobody
	case 1, 2:
		if len(w.tickets) > 0 {
			back := rapid.IntRange(0, min(len(w.tickets), 6)-1).Draw(w.t, "sees back")
			ids := w.tickets[len(w.tickets)-1-back]
			a.Expect.Inside, b.Expect.Inside = ids[0], ids[1]
		}
	}
	return a, b
}

// actor is a desk that acts on a ticket, on both lines. Sometimes it sends one of the
// ticket's last two revisions.
func (w *twin) actor(id queue.TicketID) (a, b queue.Act) {
	a, b = desk(), desk()
	revs := w.revs[id]
	if back := rapid.IntRange(-2, 1).Draw(w.t, "rev"); back >= 0 && back < len(revs) {
		rev := revs[len(revs)-1-back]
		a.Expect.Rev, b.Expect.Rev = rev[0], rev[1]
	}
	return a, b
}

// issue tries to issue a ticket.
func (w *twin) issue() {
	ref := w.ref()
	q := queue.Request{
		Channel: rapid.SampledFrom([]string{"web", "desk"}).Draw(w.t, "channel"),
		Party:   rapid.IntRange(0, 6).Draw(w.t, "party"), FirstVisit: rapid.Bool().Draw(w.t, "first"),
		Patient: queue.Patient{Name: rapid.SampledFrom([]string{"", someName}).Draw(w.t, "name"), Phone: somePhone}, CodeHash: "good",
		Kind:    rapid.SampledFrom([]string{"", "", "shot", "none"}).Draw(w.t, "kind"),
		Origin:  rapid.SampledFrom([]string{"", "a prefix", "another"}).Draw(w.t, "origin"),
		Persons: rapid.SampledFrom([][]string{nil, {"a"}, {"b"}, {"a", "c"}}).Draw(w.t, "persons"),
	}
	if n := rapid.IntRange(-8, 4).Draw(w.t, "days to come"); n >= 0 {
		q.Day = w.day(n)
		q.Session = rapid.SampledFrom([]string{"", "morning", "afternoon"}).Draw(w.t, "session")
	}
	if q.Channel == "desk" {
		q.Override = rapid.Bool().Draw(w.t, "override")
		q.Number = max(0, rapid.IntRange(-30, 30).Draw(w.t, "number"))
		if ahead := rapid.IntRange(-8, 5).Draw(w.t, "ahead"); ahead >= 0 {
			q.Ahead, q.Reason = &ahead, rapid.SampledFrom(queue.MoveReasons).Draw(w.t, "reason")
		}
	}
	if s, _ := w.clinic.Service(ref.Service); s.BySlot() {
		w.slotOf(&q)
	}
	a, errA := w.store.Issue(w.t.Context(), ref, q, desk())
	b, errB := w.model.Issue(w.t.Context(), ref, q, desk())
	w.same(fmt.Sprint("issue ", ref, q), a.Ticket, b.Ticket, errA, errB)
	if errA == nil {
		if a.Ahead != b.Ahead {
			w.t.Fatalf("issue: the store says %d ahead, the model %d", a.Ahead, b.Ahead)
		}
		w.tickets = append(w.tickets, [2]queue.TicketID{a.ID, b.ID})
	}
}

// closeDay tries to close a day, which empties its line.
func (w *twin) closeDay(d clinic.Day) {
	errA, errB := w.store.CloseDay(w.t.Context(), w.clinic.ID, d), w.model.CloseDay(w.t.Context(), w.clinic.ID, d)
	w.same("close "+string(d), queue.Ticket{}, queue.Ticket{}, errA, errB)
	l := w.ledgers[d]
	if err := l.read(w.t.Context(), w.store); err != nil {
		w.t.Fatalf("%s: %v", d, err)
	}
	for id, t := range l.tickets {
		if errA == nil && !t.State.Ended() {
			w.t.Fatalf("%s is closed, and %s is %s", d, id, t.State)
		}
	}
}

// actions are the acts by name; one that is there twice is twice as likely.
func (w *twin) actions() map[string]func(*rapid.T) {
	ctx := w.t.Context()
	desk := desk()
	rooms := rapid.SampledFrom([]string{"1", "2", "3"})
	issue := func(*rapid.T) { w.issue() }
	next := func(*rapid.T) {
		ref, room := w.ref(), rooms.Draw(w.t, "room")
		deskA, deskB := w.caller()
		a, errA := w.store.CallNext(ctx, ref, room, deskA)
		b, errB := w.model.CallNext(ctx, ref, room, deskB)
		w.same(fmt.Sprint("next ", ref, room), a, b, errA, errB)
	}
	actions := map[string]func(*rapid.T){
		"issue": issue, "issue again": issue, "next": next, "next again": next,
		"call": w.on(func(ids [2]queue.TicketID) {
			room := rooms.Draw(w.t, "room")
			deskA, deskB := w.caller()
			a, errA := w.store.Call(ctx, ids[0], room, deskA)
			b, errB := w.model.Call(ctx, ids[1], room, deskB)
			w.same("call", a, b, errA, errB)
		}),
		"cancel by owner": w.on(func(ids [2]queue.TicketID) {
			code := rapid.SampledFrom([]string{"good", "wrong"}).Draw(w.t, "code")
			a, errA := w.store.CancelByOwner(ctx, ids[0], code, desk)
			b, errB := w.model.CancelByOwner(ctx, ids[1], code, desk)
			w.same("cancel by owner", a, b, errA, errB)
		}),
		"cancel a mark": func(*rapid.T) {
			of := queue.Marked{Day: w.day(rapid.IntRange(-1, 2).Draw(w.t, "of day")), Until: w.model.Now().Add(time.Hour)}
			of.Mark = queue.MarkOf(rapid.SampledFrom([]string{"a prefix", "another"}).Draw(w.t, "origin"), of.Day)
			ofA, ofB := of, of
			if len(w.tickets) > 0 {
				ids := rapid.SampledFrom(w.tickets).Draw(w.t, "kept")
				ofA.Keep, ofB.Keep = []queue.TicketID{ids[0]}, []queue.TicketID{ids[1]}
			}
			a, errA := w.store.CancelMarked(ctx, w.clinic.ID, ofA, desk)
			b, errB := w.model.CancelMarked(ctx, w.clinic.ID, ofB, desk)
			w.same("cancel a mark", queue.Ticket{Number: a}, queue.Ticket{Number: b}, errA, errB)
		},
		"reception": func(*rapid.T) {
			ref, r := w.ref(), rapid.SampledFrom([]queue.Reception{queue.Open, queue.Open, queue.Paused, queue.Closed, queue.Auto}).Draw(w.t, "reception")
			why := rapid.SampledFrom([]string{"", "crowded"}).Draw(w.t, "why")
			w.same("reception", queue.Ticket{}, queue.Ticket{}, w.store.SetReception(ctx, ref, r, why, desk), w.model.SetReception(ctx, ref, r, why, desk))
		},
		"message": func(*rapid.T) {
			ref, m := w.ref(), queue.Message{Text: rapid.SampledFrom([]string{"", "本日", "<b>&\"\\"}).Draw(w.t, "text")}
			if rapid.Bool().Draw(w.t, "temporary") {
				m.Until = w.model.Now().Add(time.Hour)
			}
			w.same("message", queue.Ticket{}, queue.Ticket{}, w.store.SetMessage(ctx, ref, m, desk), w.model.SetMessage(ctx, ref, m, desk))
		},
	}
	actions["transfer"] = w.on(func(ids [2]queue.TicketID) {
		service := w.ref().Service
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Transfer(ctx, ids[0], service, deskA)
		b, errB := w.model.Transfer(ctx, ids[1], service, deskB)
		w.same("transfer", a, b, errA, errB)
	})
	actions["move"] = w.on(func(ids [2]queue.TicketID) {
		ahead := rapid.IntRange(-1, 8).Draw(w.t, "ahead")
		reason := rapid.SampledFrom(append([]string{""}, queue.MoveReasons...)).Draw(w.t, "reason")
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Move(ctx, ids[0], ahead, reason, deskA)
		b, errB := w.model.Move(ctx, ids[1], ahead, reason, deskB)
		w.same("move", a, b, errA, errB)
	})
	arrive := w.on(func(ids [2]queue.TicketID) {
		p := rapid.SampledFrom(queue.Presences).Draw(w.t, "presence")
		a, errA := w.store.Arrive(ctx, ids[0], p, desk)
		b, errB := w.model.Arrive(ctx, ids[1], p, desk)
		w.same("arrive", a, b, errA, errB)
	})
	actions["arrive"], actions["arrive again"] = arrive, arrive
	actions["duty"] = func(*rapid.T) {
		room, d := rooms.Draw(w.t, "room"), queue.Duty{State: rapid.SampledFrom(append(queue.DutyStates, queue.OnDuty)).Draw(w.t, "duty")}
		if minutes := rapid.IntRange(-60, 600).Draw(w.t, "minutes"); minutes < 200 {
			d.Until = w.model.Now().Add(time.Duration(minutes) * time.Minute)
		}
		w.same("duty", queue.Ticket{}, queue.Ticket{}, w.store.SetDuty(ctx, w.clinic.ID, room, d, desk), w.model.SetDuty(ctx, w.clinic.ID, room, d, desk))
	}
	actions["finish, no measure"] = w.on(func(ids [2]queue.TicketID) {
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Finish(ctx, ids[0], true, deskA)
		b, errB := w.model.Finish(ctx, ids[1], true, deskB)
		w.same("finish, no measure", a, b, errA, errB)
	})
	for _, v := range []queue.ActKind{
		queue.Recall, queue.Enter, queue.Finish, queue.Miss, queue.Return, queue.Exam, queue.Hold, queue.Resume, queue.Cancel,
		queue.Drop, queue.Readmit, queue.Undo,
	} {
		actions[string(v)] = w.on(func(ids [2]queue.TicketID) {
			deskA, deskB := w.actor(ids[0])
			a, errA := w.store.Do(ctx, ids[0], v, deskA)
			b, errB := w.model.Do(ctx, ids[1], v, deskB)
			w.same(string(v), a, b, errA, errB)
		})
	}
	maps.Copy(actions, w.slotActions())
	actions["timetable"] = func(*rapid.T) { w.timetable() }
	contacted := w.on(func(ids [2]queue.TicketID) {
		nameA, nameB := cutName(ctx, w.t, w.store, ids[0]), cutName(ctx, w.t, w.model, ids[1])
		if rapid.IntRange(0, 4).Draw(w.t, "seen another") == 0 {
			nameA, nameB = "another", "another"
		}
		deskA, deskB := w.actor(ids[0])
		a, errA := w.store.Contacted(ctx, ids[0], nameA, deskA)
		b, errB := w.model.Contacted(ctx, ids[1], nameB, deskB)
		w.same("contacted", a, b, errA, errB)
	})
	actions["contacted"], actions["contacted again"] = contacted, contacted
	actions["lost"] = w.on(func(ids [2]queue.TicketID) { w.lost(ids) })
	if w.pass != nil {
		actions["time passes"] = func(*rapid.T) {
			w.pass(time.Duration(rapid.IntRange(1, 20*60_000).Draw(w.t, "ms")) * time.Millisecond)
		}
		actions["hours pass"] = func(*rapid.T) {
			w.pass(time.Duration(rapid.IntRange(0, 9).Draw(w.t, "hours")) * time.Hour)
		}
		actions["close a day"] = func(*rapid.T) {
			if days := slices.Sorted(maps.Keys(w.ledgers)); len(days) > 0 {
				w.closeDay(rapid.SampledFrom(days).Draw(w.t, "day"))
			}
		}
		actions["the clock goes wrong"] = func(*rapid.T) { // past the cutover, and is put right
			ahead := time.Duration(rapid.IntRange(16, 30).Draw(w.t, "hours")) * time.Hour
			w.pass(ahead)
			w.look()
			for day := range w.ledgers {
				if day < w.seen.Day {
					w.closeDay(day)
				}
			}
			w.pass(-ahead)
		}
		actions["the night passes"] = func(*rapid.T) { w.pass(time.Duration(rapid.IntRange(16, 30).Draw(w.t, "hours")) * time.Hour) }
	}
	return actions
}

// timetable ends every session an hour sooner, or closes the afternoon, or gives
// back what was taken.
func (w *twin) timetable() {
	if w.clinic.Calendar == nil {
		return
	}
	if w.weekly == nil {
		w.weekly = w.clinic.Calendar.Weekly
	}
	c := *w.clinic.Calendar
	c.Weekly = map[string][]hours.Frame{}
	kind := rapid.SampledFrom([]string{"whole", "shorter", "no afternoon"}).Draw(w.t, "timetable")
	for d, frames := range w.weekly {
		frames = slices.Clone(frames)
		switch kind {
		case "shorter":
			frames[0].Consult.To, frames[1].Consult.To = "11:00", "17:00"
		case "no afternoon":
			frames = frames[:1]
		}
		c.Weekly[d] = frames
	}
	w.clinic.Calendar = &c
	w.same("timetable "+kind, queue.Ticket{}, queue.Ticket{}, w.store.PutClinic(w.t.Context(), w.clinic, desk()), w.model.PutClinic(w.t.Context(), w.clinic, desk()))
}

// cutName is the name of a ticket's cut, as a desk sees it.
func cutName(ctx context.Context, t *rapid.T, line queuetest.Line, id queue.TicketID) string {
	clinic := id.Ref().Clinic
	reserved, err := line.Reserved(ctx, clinic)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reserved {
		if r.ID == id && r.Cut.Name != "" {
			return r.Cut.Name
		}
	}
	snap, err := line.Snapshot(ctx, clinic)
	if err != nil {
		t.Fatal(err)
	}
	if cut, ok := snap.Cuts[id]; ok {
		return cut.Name
	}
	return "closed"
}

// lost files a ticket that neither line has, with a token that is valid for the service
// and day.
func (w *twin) lost(ids [2]queue.TicketID) {
	t, err := w.store.Ticket(w.t.Context(), ids[0])
	if s, _ := w.clinic.Service(t.ID.Ref().Service); err != nil || t.Issued.IsZero() || s.BySlot() != (t.Slot != "") {
		return
	}
	c := queue.Claim{
		Number: rapid.IntRange(0, 40).Draw(w.t, "lost number"), Issued: t.Issued, Session: t.Session, Position: t.Position,
		Channel: rapid.SampledFrom([]string{"web", "desk"}).Draw(w.t, "lost channel"), Party: 1, FirstVisit: rapid.Bool().Draw(w.t, "lost first"),
		CodeHash: rapid.SampledFrom([]string{"", "good"}).Draw(w.t, "lost code"),
		Mark:     queue.MarkOf(rapid.SampledFrom([]string{"", "a prefix"}).Draw(w.t, "lost origin"), ids[0].Day()),
		Persons:  rapid.SampledFrom([][]string{nil, {"a"}, {"a", "c"}}).Draw(w.t, "lost persons"),
	}
	if t.Slot != "" {
		c.Slot, c.SlotEnd, c.SlotFrom, c.SlotTo, c.Weight = t.Slot, t.SlotEnd, t.SlotFrom, t.SlotTo, t.Weight
		c.Number *= rapid.IntRange(0, 1).Draw(w.t, "lost after the arrival")
	}
	suffix := strings.ToLower(rand.Text()[:12])
	both := [2]queue.TicketID{}
	for i, id := range ids {
		both[i] = queue.TicketID(string(id)[:len(id)-12] + suffix)
	}
	var a, b queue.Ticket
	var errA, errB error
	if rapid.Bool().Draw(w.t, "restored") {
		a, errA = w.store.Restore(w.t.Context(), both[0], c, queue.Act{})
		b, errB = w.model.Restore(w.t.Context(), both[1], c, queue.Act{})
	} else {
		a, errA = w.store.FileLost(w.t.Context(), both[0], c)
		b, errB = w.model.FileLost(w.t.Context(), both[1], c)
	}
	w.same(fmt.Sprint("lost ", c), a, b, errA, errB)
	if errA == nil {
		w.tickets = append(w.tickets, both)
	}
}
