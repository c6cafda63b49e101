package learn_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/learn"
	"junban/queue/queuetest"
)

// TestLearn_WhoCameToTheirSlots plays a morning. Of five who booked, three come: one ten
// minutes early, two five minutes late. Two do not. One comes without a booking.
func TestLearn_WhoCameToTheirSlots(t *testing.T) {
	t.Parallel()
	p := queuetest.NewSurgery(t, func(c *clinic.Clinic) {
		queuetest.TwoSessions(c)
		c.Services[0].FillSlotDefaults()
	})
	issue := func(q queue.Request) queue.TicketID {
		q.Channel, q.Party = "desk", 1
		i, err := p.Issue(t.Context(), p.Ref, q, queue.Act{})
		p.Must(err)
		return i.ID
	}
	arrive := func(id queue.TicketID) {
		_, err := p.Arrival(t.Context(), id, queue.ByDesk, queue.Act{})
		p.Must(err)
	}
	var ids []queue.TicketID
	for range 5 {
		ids = append(ids, issue(queue.Request{Slot: "10:00", Override: true}))
	}
	cancelled := issue(queue.Request{Slot: "11:00"})
	p.Act(cancelled, queue.Cancel)
	p.Pass(50 * time.Minute)
	arrive(ids[0])
	p.Pass(15 * time.Minute)
	arrive(ids[1])
	arrive(ids[2])
	p.Pass(time.Minute)
	issue(queue.Request{Walkin: true})
	p.See(4, 5*time.Minute)
	p.Pass(2*time.Hour + 30*time.Minute)
	scores, err := learn.New(p).Learn(t.Context(), p.C.ID, p.Shown().Day, []string{hours.Morning})
	p.Must(err)
	forecasts := 0
	for _, s := range scores {
		forecasts += s.Score.All().N
	}
	if forecasts != 4 {
		t.Errorf("%d forecasts at the arrival are scored, want 4", forecasts)
	}
	h := p.Lessons().Learned(t.Context(), p.C.ID).Services["1"]
	if h.NoShow.Of != 5 || h.NoShow.Hits != 2 {
		t.Errorf("%v of %v are learned as no-shows, want 2 of 5", h.NoShow.Hits, h.NoShow.Of)
	}
	if h.Came.Weight != 3 || h.Came.Mean != (2*time.Hour).Seconds() {
		t.Errorf("three came just in time on average; learned is %+v", h.Came)
	}
	if h.Walkin.Hits != 1 || h.Walkin.Seconds < time.Hour.Seconds() {
		t.Errorf("one came without a booking; learned is %+v", h.Walkin)
	}
}
