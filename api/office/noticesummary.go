package office

import (
	"context"
	"math"
	"net/http"
	"time"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue/approach"
	"junban/queue/outbox"
)

// timedDays is of how many days the figures of approaches are, today included.
const timedDays = 7

// showNoticeSummary is GET /v1/clinics/:clinic/notices/summary: what this month has cost,
// whom news would reach, and how well patients were sent on their way.
func (o *Office) showNoticeSummary(w http.ResponseWriter, r *http.Request) error {
	id, _, err := o.Logins.AtClinic(r)
	if err != nil {
		return err
	}
	v, err := o.Clinics.ViewClinic(r.Context(), id)
	if err != nil {
		return err
	}
	month := v.Now.In(v.Zone).Format("2006-01")
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
		out := wire.NoticeChannel{Channel: name, Offered: v.Clinic.Notices.Offers(name), Sent: spent[c], Followers: followers[c]}
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
// The last approach of a leg counts, as it is the one that a patient follows.
func (o *Office) trips(ctx context.Context, v view.View) ([]approach.Trip, error) {
	type leg struct {
		ticket string
		leg    int
	}
	var trips []approach.Trip
	for i := range timedDays {
		last := map[leg]outbox.Job{}
		q := outbox.Query{Kind: outbox.Approach}
		if err := o.Outbox.EachJob(ctx, v.Clinic.ID, string(v.Today().Add(-i)), q, func(j outbox.Job) error {
			if at := (leg{string(j.Ticket), j.Leg}); j.Sent != 0 && j.Called > j.Sent && last[at].Sent < j.Sent {
				last[at] = j
			}
			return nil
		}); err != nil {
			return nil, err
		}
		for _, j := range last {
			trips = append(trips, approach.Trip{Sent: time.UnixMilli(j.Sent), Called: time.UnixMilli(j.Called), Travel: time.Duration(j.Travel) * time.Minute})
		}
	}
	return trips, nil
}
