package office

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/approach"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// timedDays is of how many days the figures of approaches are, today included.
const timedDays = 7

// showNoticeSummary is GET /v1/clinics/:clinic/notices/summary: what this month has cost,
// whom news would reach, and how well patients were sent on their way.
func (o *Office) showNoticeSummary(w http.ResponseWriter, r *http.Request) error {
	id, v, err := o.viewed(r)
	if err != nil {
		return err
	}
	month := outbox.Month(v.Now.In(v.Zone))
	spent, err := o.Outbox.Spent(r.Context(), id, month)
	if err != nil {
		return err
	}
	followers, err := o.Outbox.CountFollowers(r.Context(), id)
	if err != nil {
		return err
	}
	trips, err := o.trips(r.Context(), v)
	if err != nil {
		return err
	}
	answer := wire.NoticeSummary{Month: month, Days: timedDays}
	for _, name := range channels() {
		c := outbox.Channel(name)
		if c == outbox.Inbox && spent[c]+followers[c] == 0 {
			continue // it is the demo's
		}
		here := slices.Contains(o.SetUp, c)
		out := wire.NoticeChannel{Channel: name, Offered: here && v.Clinic.Notices.Offers(name), SetUp: here, Sent: spent[c], Followers: followers[c]}
		if most, capped := v.Clinic.Notices.Cap(name); capped {
			out.Cap = &most
		}
		answer.Channels = append(answer.Channels, out)
	}
	f := approach.Measure(trips)
	answer.N, answer.Late, answer.Early = f.N, math.Round(f.Late*1000)/1000, math.Round(f.Early.Minutes()*10)/10
	return route.Encode(w, http.StatusOK, answer)
}

// trips are the patients of the last days who were sent an approach and called after it.
func (o *Office) trips(ctx context.Context, v view.View) (trips []approach.Trip, err error) {
	for i := range timedDays {
		day := v.Today().Add(-i)
		if trips, err = o.tripsOf(ctx, v.Clinic.ID, day, trips); err != nil {
			return nil, err
		}
	}
	return trips, nil
}

// tripsOf appends the trips of a day. Each call that was noticed begins at its own time.
// Where calls are not noticed, the ticket has the last one.
func (o *Office) tripsOf(ctx context.Context, c clinic.ID, day clinic.Day, trips []approach.Trip) ([]approach.Trip, error) {
	sent, called := map[queue.TicketID][]outbox.Job{}, map[queue.TicketID][]int64{}
	if err := o.Outbox.EachJob(ctx, c, string(day), outbox.Query{}, func(j outbox.Job) error {
		switch {
		case j.Channel == outbox.Inbox: // of the demo: no patient sets out
		case j.Kind == outbox.Approach && j.Sent != 0 && j.Stage != text.StageNext:
			sent[j.Ticket] = append(sent[j.Ticket], j)
		case j.Kind == outbox.Call && j.Start != 0:
			called[j.Ticket] = append(called[j.Ticket], j.Start)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	var unnoticed []queue.TicketID
	for id := range sent {
		if len(called[id]) == 0 {
			unnoticed = append(unnoticed, id)
		}
	}
	tickets, _, err := o.Line.TicketsOf(ctx, c, day, unnoticed)
	if err != nil {
		return nil, err
	}
	for id, t := range tickets {
		if !t.Called.IsZero() {
			called[id] = []int64{t.Called.UnixMilli()}
		}
	}
	for id, approaches := range sent {
		trips = append(trips, timed(approaches, called[id])...)
	}
	return trips, nil
}

// timed joins each call of a ticket with the last approach that was sent before it and
// after the call before: it is the one that the patient follows.
func timed(approaches []outbox.Job, calls []int64) (trips []approach.Trip) {
	slices.Sort(calls)
	before := int64(0)
	for _, call := range calls {
		var last outbox.Job
		for _, j := range approaches {
			if j.Sent > max(before, last.Sent) && j.Sent < call {
				last = j
			}
		}
		if last.Sent != 0 {
			trips = append(trips, approach.Trip{Sent: time.UnixMilli(last.Sent), Called: time.UnixMilli(call), Travel: time.Duration(last.Travel) * time.Minute})
		}
		before = call
	}
	return trips
}
