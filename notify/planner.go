package notify

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"junban/notify/text"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/outbox"
)

// planner decides which jobs the log and the wants of a day make. It asks no one.
type planner struct {
	outbox interface {
		JobID(outbox.Job, outbox.Address) string
		Hash(outbox.Address) string
	}
	has     func(outbox.Channel) bool
	clinic  clinic.Clinic
	zone    *time.Location
	now     time.Time
	dayEnd  time.Time
	today   bool // it is the day of the snapshot
	wants   map[queue.TicketID][]outbox.Want
	known   map[string]bool // wants that were planned for; nil: those of new wants are for later
	events  map[queue.TicketID][]journal.Event
	tickets map[queue.TicketID]queue.Ticket
	before  map[queue.TicketID][]outbox.Job // jobs that are there
	near    func(outbox.Want, queue.TicketID) (near bool)
	seen    func(queue.TicketID) bool // the snapshot has the ticket

	jobs    []outbox.Job
	void    map[string]string
	moved   map[queue.TicketID]queue.TicketID
	settled []string             // wants that are planned for now
	called  map[string]time.Time // approaches whose tickets were called
}

// concerned returns the tickets with new entries or new wants.
func (p *planner) concerned() (ids []queue.TicketID) {
	for id, wants := range p.wants {
		if len(p.events[id]) > 0 || p.known != nil && slices.ContainsFunc(wants, func(w outbox.Want) bool { return !p.known[p.key(id, w)] }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// key names a want as it was put.
func (p *planner) key(id queue.TicketID, w outbox.Want) string { return keyOf(p.outbox, id, w) }

func keyOf(hashes interface{ Hash(outbox.Address) string }, id queue.TicketID, w outbox.Want) string {
	return fmt.Sprint(id, " ", w.Channel, " ", hashes.Hash(w.Address), " ", wantReason(w), " ", w.Kinds)
}

// wantReason is the reason of jobs that a want makes by itself. Another text makes a job
// due again that was void.
func wantReason(w outbox.Want) string { return "want-" + strconv.FormatInt(w.At.UnixMilli(), 10) }

// decide makes the jobs of all concerned tickets.
func (p *planner) decide() {
	p.void, p.moved, p.called = map[string]string{}, map[queue.TicketID]queue.TicketID{}, map[string]time.Time{}
	for _, id := range p.concerned() {
		t, ok := p.tickets[id]
		if !ok {
			continue // Redis lost it
		}
		if t.MovedTo != "" {
			p.moved[id] = t.MovedTo
		}
		events := p.standing(id)
		for _, e := range events {
			p.entry(t, e)
			if queue.ActKind(e.Act) == queue.Call {
				p.calledAt(t, e.At)
			}
		}
		booking := slices.ContainsFunc(events, func(e journal.Event) bool { return queue.ActKind(e.Act) == queue.Rebook })
		isNew := false
		for _, w := range p.wants[id] {
			if key := p.key(id, w); p.known != nil && !p.known[key] {
				isNew = true
				if p.today && t.State == queue.Waiting && p.now.Sub(w.At) < seenWithin && !p.seen(id) {
					continue // the snapshot that has it comes soon
				}
				p.confirm(t, w)
				p.settled = append(p.settled, key)
			}
		}
		if isNew || booking {
			p.remind(t, p.wants[id])
		}
	}
}

// standing returns the entries of a ticket that no later one took back. It voids the jobs
// of those that were. A job that is being sent is not tried again.
func (p *planner) standing(id queue.TicketID) []journal.Event {
	undone := map[string]bool{}
	for _, e := range p.events[id] {
		if e.Undoes != "" {
			undone[e.Undoes] = true
		}
	}
	for _, j := range p.before[id] {
		if undone[j.Reason] && (j.State == outbox.Due || j.State == outbox.Sending) {
			p.void[j.ID] = whyUndone
		}
	}
	return slices.DeleteFunc(slices.Clone(p.events[id]), func(e journal.Event) bool { return undone[e.ID] })
}

// entry makes the jobs of one entry of the log, if the ticket is still as it left it.
func (p *planner) entry(t queue.Ticket, e journal.Event) {
	j := outbox.Job{Ticket: t.ID, Leg: t.Leg, Attempt: t.Attempt, Reason: e.ID}
	byClinic := e.By.Kind != "web"
	switch act := queue.ActKind(e.Act); {
	case (act == queue.Call || act == queue.Recall) && t.State == queue.Called:
		if !t.Called.Equal(e.At) && t.Called.After(e.At) {
			return // a later call has its own entry
		}
		j.Kind, j.Start = outbox.Call, t.Called.UnixMilli()
		if p.toldOfCall(t, e) {
			return
		}
	case act == queue.Miss && t.State == queue.Absent:
		j.Kind, j.Start = outbox.Missed, t.Called.UnixMilli()
	case act == queue.Cancel && t.State == queue.Cancelled && byClinic && t.MovedTo == "":
		j.Kind, j.Stage, j.Attempt, j.Start = outbox.Changed, text.StageCancelled, 0, t.Ended.UnixMilli()
	case act == queue.Transfer && !t.State.Ended():
		j.Kind, j.Stage, j.Attempt, j.Start = outbox.Changed, text.StageTransfer, 0, e.At.UnixMilli()
	case act == queue.Rebook && !t.State.Ended() && byClinic, e.Act == "issue" && t.MovedFrom != "" && byClinic:
		j.Kind, j.Stage, j.Attempt, j.Start = outbox.Changed, text.StageMoved, 0, e.At.UnixMilli()
	default:
		return
	}
	rules := kinds[j.Kind]
	j.Due, j.Until = e.At.Add(rules.settle).UnixMilli(), e.At.Add(rules.until).UnixMilli()
	if j.Kind == outbox.Changed {
		j.Until = p.dayEnd.UnixMilli()
	}
	if j.Until <= p.now.UnixMilli() {
		return
	}
	p.jobs = append(p.jobs, p.chain(j, p.wants[t.ID], e.At)...)
}

// calledAt notes that a ticket was called, for the figures of its approaches.
func (p *planner) calledAt(t queue.Ticket, at time.Time) {
	for _, j := range p.before[t.ID] {
		if j.Kind == outbox.Approach && j.Stage == stageGo && j.Leg == t.Leg && j.Sent != 0 && j.Called == 0 {
			p.called[j.ID] = at
		}
	}
}

// toldOfCall reports whether a recall sends nothing: the patient was sent a call just
// before.
func (p *planner) toldOfCall(t queue.Ticket, e journal.Event) bool {
	return queue.ActKind(e.Act) == queue.Recall && slices.ContainsFunc(p.before[t.ID], func(j outbox.Job) bool {
		return j.Kind == outbox.Call && j.Leg == t.Leg && (j.State == outbox.Sent || j.State == outbox.Shown) &&
			e.At.Sub(time.UnixMilli(j.Sent)) < recallAfter
	})
}

// chain makes a job of one reason for each want that asks for its kind. The first channel
// is tried first, and each further one only if the one before has failed: a patient is
// not sent the same by two channels. Wants put after the reason get none, but for a call:
// that is still good. Nor does an address whose predecessor was sent it.
func (p *planner) chain(j outbox.Job, wants []outbox.Want, at time.Time) (jobs []outbox.Job) {
	before, after := outbox.Channel(""), ""
	for _, w := range wants {
		if !p.wanted(j.Kind, w) || j.Kind != outbox.Call && w.At.After(at.Add(early)) || p.replaces(j, w, wants) {
			continue
		}
		if before != "" && before != w.Channel {
			after = jobs[len(jobs)-1].ID
		}
		before = w.Channel
		one := p.job(j, w)
		one.After = after
		if w.Channel == outbox.Inbox {
			one.Due -= kinds[j.Kind].settle.Milliseconds() // no phone to spare, and the demo's day runs fast
		}
		if one.Reason == "" {
			one.Reason = wantReason(w)
		}
		jobs = append(jobs, one)
	}
	return jobs
}

// replaces reports whether a notice was sent for the same reason to an address of the
// same channel that is no longer wanted, and not to this one.
func (p *planner) replaces(j outbox.Job, w outbox.Want, wants []outbox.Want) bool {
	if j.Reason == "" {
		return false
	}
	there := map[string]bool{}
	for _, other := range wants {
		there[p.outbox.Hash(other.Address)] = true
	}
	return slices.ContainsFunc(p.before[j.Ticket], func(b outbox.Job) bool {
		return b.Reason == j.Reason && b.Kind == j.Kind && b.Channel == w.Channel && !there[b.Want] &&
			(b.State == outbox.Sent || b.State == outbox.Shown || b.State == outbox.Uncertain)
	})
}

// job is the job of a reason for a want.
func (p *planner) job(j outbox.Job, w outbox.Want) outbox.Job {
	j.Clinic, j.Box = p.clinic.ID, string(j.Ticket.Day())
	j.Channel, j.Want, j.Travel = w.Channel, p.outbox.Hash(w.Address), w.Travel
	j.Planned, j.State = p.now.UnixMilli(), outbox.Due
	j.ID = p.outbox.JobID(j, w.Address)
	return j
}

// wanted reports whether a want gets notices of a kind.
func (p *planner) wanted(k outbox.Kind, w outbox.Want) bool {
	n := p.clinic.Notices
	return p.has(w.Channel) && (len(w.Kinds) == 0 || slices.Contains(w.Kinds, k)) &&
		!slices.Contains(n.Off, string(k)) && !slices.Contains(n.Channels, string(w.Channel))
}

// confirm makes the confirmation of a new want. Where the patient is to set out at once,
// it has that in its words, and no approach follows.
func (p *planner) confirm(t queue.Ticket, w outbox.Want) {
	if t.State != queue.Booked && t.State != queue.Waiting || !p.wanted(outbox.Confirm, w) {
		return
	}
	until := w.At.Add(kinds[outbox.Confirm].until)
	if p.today && t.Slot == "" {
		until = w.At.Add(confirmToday)
	}
	hash := p.outbox.Hash(w.Address)
	if !p.now.Before(until) || slices.ContainsFunc(p.before[t.ID], func(j outbox.Job) bool {
		return j.Kind == outbox.Confirm && j.Want == hash && j.Channel == w.Channel && j.State != outbox.Void
	}) || p.confirmedOften(t.ID) {
		return
	}
	j := outbox.Job{Kind: outbox.Confirm, Ticket: t.ID, Reason: wantReason(w), Leg: t.Leg, Due: p.now.UnixMilli(), Until: until.UnixMilli()}
	if p.today && p.near(w, t.ID) {
		j.Stage = text.StageNow
	}
	j = p.job(j, w)
	higher := p.job(outbox.Job{Kind: outbox.Approach, Stage: stageGo, Ticket: t.ID, Leg: t.Leg}, w)
	j.Unless = []string{higher.ID}
	p.jobs = append(p.jobs, j)
}

// confirmedOften reports whether a ticket has had its most confirmations of late: a
// ticket does not make a stranger's phone ring on and on.
func (p *planner) confirmedOften(id queue.TicketID) bool {
	n := 0
	for _, j := range p.before[id] {
		if j.Kind == outbox.Confirm && j.State != outbox.Void && p.now.Sub(time.UnixMilli(j.Planned)) < confirmsWithin {
			n++
		}
	}
	for _, j := range p.jobs {
		if j.Kind == outbox.Confirm && j.Ticket == id {
			n++
		}
	}
	return n >= outbox.WantsMost
}

// remind makes the reminders of a booking.
func (p *planner) remind(t queue.Ticket, wants []outbox.Want) {
	if t.State != queue.Booked && t.State != queue.Waiting {
		return
	}
	for _, s := range remindersOf(p.clinic, t, p.now, p.zone) {
		j := outbox.Job{Kind: outbox.Reminder, Stage: s.name, Ticket: t.ID, Due: s.due.UnixMilli(), Until: s.until.UnixMilli()}
		if t.Slot != "" {
			j.Start = t.SlotFrom.UnixMilli()
		}
		p.jobs = append(p.jobs, p.chain(j, wants, p.now)...)
	}
}
