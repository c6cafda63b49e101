package notice

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/api/limit"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/approach"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// showKey is GET /v1/push/key.
func (ns *Notices) showKey(w http.ResponseWriter, _ *http.Request) error {
	if ns.PushKey == "" {
		return problem.Refuse("not_found", "this server sends no web push")
	}
	return route.Encode(w, http.StatusOK, wire.PushKey{Key: ns.PushKey})
}

// showWants is GET /v1/tickets/:ticket/wants, for the ticket's owner.
func (ns *Notices) showWants(w http.ResponseWriter, r *http.Request) error {
	id, _, err := ns.ownTicket(r)
	if err != nil {
		return err
	}
	c, t, err := ns.ticket(r.Context(), id)
	if err != nil {
		return err
	}
	wants, err := ns.Outbox.Wants(r.Context(), id)
	if err != nil {
		return err
	}
	return ns.answer(w, r, c, t, wants)
}

// putWants is PUT /v1/tickets/:ticket/wants, which replaces the list.
func (ns *Notices) putWants(w http.ResponseWriter, r *http.Request) error {
	id, token, err := ns.ownTicket(r)
	if err != nil {
		return err
	}
	var body wire.WantsRequest
	if err := route.DecodeStrict(w, r, &body, maxWants); err != nil {
		return err
	}
	if err := ns.Limits.Check(r, limit.Wants, id.Ref().Clinic, string(id)); err != nil {
		return err
	}
	c, t, err := ns.ticket(r.Context(), id)
	if err != nil {
		return err
	}
	if len(body.Wants) > 0 && t.State.Ended() {
		return queue.ErrState
	}
	had, err := ns.Outbox.Wants(r.Context(), id)
	if err != nil {
		return err
	}
	wants, err := ns.read(r, c, body, had, token)
	if err != nil {
		return err
	}
	if err := ns.Outbox.PutWants(r.Context(), c, id, wants); err != nil {
		return err
	}
	return ns.answer(w, r, c, t, wants)
}

// maxWants is the longest list of wants that is read, in bytes: eight endpoints of 1 KiB.
const maxWants = 16 << 10

// ticket reads a ticket and the record of its clinic.
func (ns *Notices) ticket(ctx context.Context, id queue.TicketID) (clinic.Clinic, queue.Ticket, error) {
	c, _, err := ns.Clinics.Service(ctx, id.Ref())
	if err != nil {
		return c, queue.Ticket{}, err
	}
	t, err := ns.Line.Ticket(ctx, id)
	return c, t, err
}

// answer writes what is offered for a ticket, asked for, and sent.
func (ns *Notices) answer(w http.ResponseWriter, r *http.Request, c clinic.Clinic, t queue.Ticket, wants []outbox.Want) error {
	jobs, err := ns.Outbox.JobsOf(r.Context(), t.ID)
	if err != nil {
		return err
	}
	v, err := ns.Clinics.View(c)
	if err != nil {
		return err
	}
	svc, _ := c.Service(t.ID.Ref().Service)
	a := wire.Wants{
		Channels: ns.channels(c), Kinds: kinds(c), Travel: c.Notices.TravelTime(), Travels: clinic.TravelMinutes, Ahead: ownAhead(svc), Sender: text.Sender(c),
		News: len(ns.newsChannels(c)) > 0, Tag: text.Tag(outbox.Job{Ticket: t.ID}),
		Wants: []wire.Want{}, Notices: ticketNotices(v, jobs),
	}
	if len(wants) > 0 {
		problems, err := ns.problems(r.Context(), v, wants)
		if err != nil {
			return err
		}
		place, err := ns.place(r.Context(), t)
		if err != nil {
			return err
		}
		for i, want := range wants {
			w := ns.want(v.Clinic, svc, want)
			if w.Problem = problems[i]; w.Problem == "" {
				w.Next = nextNotice(svc, place, t, w, jobs, v)
			}
			a.Wants = append(a.Wants, w)
		}
	}
	return route.Encode(w, http.StatusOK, a)
}

// problems returns why nothing is sent through each want; "" where nothing is in the way.
func (ns *Notices) problems(ctx context.Context, v view.View, wants []outbox.Want) ([]string, error) {
	spent, err := ns.Outbox.Spent(ctx, v.Clinic.ID, outbox.Month(v.Now.In(v.Zone)))
	if err != nil {
		return nil, err
	}
	offered, all := ns.channels(v.Clinic), make([]string, len(wants))
	for i, want := range wants {
		ch := want.Channel
		why, err := ns.Outbox.Suppressed(ctx, v.Clinic.ID, ch, ns.Outbox.Hash(want.Address))
		if err != nil {
			return nil, err
		}
		most, capped := v.Clinic.Notices.Cap(string(ch))
		switch {
		case !slices.Contains(offered, string(ch)):
			all[i] = outbox.WhyOff
		case why != "":
			all[i] = outbox.WhySuppressed
		case capped && spent[ch]*100 >= most*outbox.CapPercent(outbox.Approach):
			all[i] = outbox.WhyCap
		}
	}
	return all, nil
}

// shownWhys are the reasons of void notices that their owner is shown: each is an obstacle
// that the owner, or the clinic, can remove.
var shownWhys = []string{outbox.WhyOff, outbox.WhySuppressed, outbox.WhyCap}

// ownAhead is the count of tickets ahead at which a service's patients are to come,
// within what a patient may choose.
func ownAhead(svc clinic.Service) int { return min(max(svc.ComeAt, leastAhead), mostAhead) }

// want encodes one want. Of its address the end alone is shown.
func (ns *Notices) want(c clinic.Clinic, svc clinic.Service, want outbox.Want) wire.Want {
	w := wire.Want{
		ID: ns.Outbox.Hash(want.Address), Channel: string(want.Channel), Address: masked(want.Address), Travel: want.Travel, Ahead: want.Ahead,
		Kinds: []string{}, Language: want.Language,
	}
	if w.Ahead == 0 {
		w.Ahead = ownAhead(svc)
	}
	for _, k := range kinds(c) {
		if len(want.Kinds) == 0 || slices.Contains(want.Kinds, outbox.Kind(k)) {
			w.Kinds = append(w.Kinds, k)
		}
	}
	return w
}

// nextNotice is when the notice to set out is sent. It is nil for a ticket that no longer
// waits, for a patient who is there or is to come at once, and once it was sent in this leg.
func nextNotice(svc clinic.Service, place approach.Ticket, t queue.Ticket, w wire.Want, jobs []outbox.Job, v view.View) *wire.NextNotice {
	if t.State != queue.Waiting && t.State != queue.Booked || t.Presence == queue.Here || !slices.Contains(w.Kinds, string(outbox.Approach)) {
		return nil
	}
	travel := time.Duration(w.Travel) * time.Minute
	if approach.Near(approach.Want{Travel: travel, Ahead: w.Ahead}, place) || slices.ContainsFunc(jobs, func(j outbox.Job) bool {
		return j.Kind == outbox.Approach && j.Leg == t.Leg && (j.State == outbox.Sent || j.State == outbox.Shown)
	}) {
		return nil
	}
	if svc.BySlot() {
		return &wire.NextNotice{At: v.AtIfAny(t.SlotFrom.Add(-travel - approach.SlotMargin))}
	}
	n := &wire.NextNotice{Ahead: w.Ahead}
	if minutes := int((travel + approach.Margin(travel)).Minutes()); minutes > 0 && !svc.Hides("waitMinutes") {
		n.Minutes = &minutes
	}
	return n
}

// place is where a ticket stands now, as the rules of the approach take it.
func (ns *Notices) place(ctx context.Context, t queue.Ticket) (approach.Ticket, error) {
	p := approach.Ticket{Now: ns.Clinics.Now(), Waiting: t.State == queue.Waiting || t.State == queue.Booked, Here: t.Presence == queue.Here, Ahead: mostAhead + 1, Slot: t.SlotFrom}
	if !p.Waiting || !p.Slot.IsZero() {
		return p, nil
	}
	snap, v, err := ns.Clinics.Snapshot(ctx, t.ID.Ref().Clinic)
	if err != nil {
		return p, err
	}
	if found, _, ahead, _, ok := snap.Find(t.ID); ok && found.State == queue.Waiting {
		p.Ahead = ahead
	}
	if seen, ok := v.FindTicket(snap, t.ID, view.ToPublic); ok && seen.WaitMinutes != nil {
		p.Low, p.High = time.Duration(seen.WaitMinutes.Low)*time.Minute, time.Duration(seen.WaitMinutes.High)*time.Minute
	}
	return p, nil
}

// mostNotices is how many notices of a ticket its owner is shown, the newest.
const mostNotices = 30

// ticketNotices are the notices of a ticket, the newest first. Those that were never sent
// are left out, but where an obstacle of [shownWhys] stopped them.
func ticketNotices(v view.View, jobs []outbox.Job) []wire.TicketNotice {
	jobs = slices.DeleteFunc(slices.Clone(jobs), func(j outbox.Job) bool {
		return j.State == outbox.Void && !slices.Contains(shownWhys, j.Why)
	})
	slices.SortStableFunc(jobs, func(a, b outbox.Job) int { return int(max(b.Sent, b.Due) - max(a.Sent, a.Due)) })
	all := []wire.TicketNotice{}
	for _, j := range jobs[:min(len(jobs), mostNotices)] {
		n := wire.TicketNotice{
			Kind: string(j.Kind), Stage: j.Stage, Channel: string(j.Channel), State: string(j.State), Due: v.At(outbox.TimeOf(j.Due)),
			SentAt: v.AtIfAny(outbox.TimeOf(j.Sent)), ShownAt: v.AtIfAny(outbox.TimeOf(j.Shown)),
		}
		if j.State == outbox.Dead || j.State == outbox.Uncertain || j.State == outbox.Void {
			n.Why = j.Why
		}
		all = append(all, n)
	}
	return all
}

// masked is the end of an address: enough for its owner to know it.
func masked(a outbox.Address) string {
	tail := func(s string, most int) string {
		n := utf8.RuneCountInString(s)
		keep := min(most, n/2)
		r := []rune(s)
		return "…" + string(r[n-keep:])
	}
	switch {
	case a.Mail != "":
		local, _, _ := strings.Cut(a.Mail, "@")
		return tail(local, 2) + "@…"
	case a.Endpoint != "":
		return tail(a.Endpoint, 4)
	}
	return tail(a.Inbox, 4)
}
