package forecast_test

import (
	"testing"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/forecast"
	"junban/queue/queuetest"
)

// slots is a surgery in slot mode at nine. Slots are of half an hour, from 09:30.
type slots struct{ *queuetest.Surgery }

func newSlots(t *testing.T, change func(*clinic.Clinic)) slots {
	t.Helper()
	return slots{queuetest.NewSurgery(t, func(c *clinic.Clinic) {
		queuetest.TwoSessions(c)
		c.Services[0].FillSlotDefaults()
		if change != nil {
			change(c)
		}
	})}
}

// book books a slot by telephone.
func (p slots) book(slot string) queue.TicketID {
	p.Helper()
	t, err := p.Issue(p.Context(), p.Ref, queue.Request{Channel: "desk", Party: 1, Slot: slot, Override: true}, queue.Act{})
	p.Must(err)
	return t.ID
}

// arrive books a slot for a patient who is there.
func (p slots) arrive(slot string) queue.TicketID {
	p.Helper()
	id := p.book(slot)
	_, err := p.Arrival(p.Context(), id, queue.ByDesk, queue.Act{})
	p.Must(err)
	return id
}

func (p slots) waits() map[string]estimate.Range {
	p.Helper()
	return forecast.Of(p.Shown(), p.Time).Waits
}

// TestForecast_BookingsThatAreDueGoFirst has one patient of 10:00 who came at 09:20.
func TestForecast_BookingsThatAreDueGoFirst(t *testing.T) {
	t.Parallel()
	p := newSlots(t, nil)
	p.Pass(20 * time.Minute)
	me := p.arrive("10:00")
	f := forecast.Of(p.Shown(), p.Time)
	alone := f.Waits[string(me)]
	if alone.Low != 10*time.Minute || alone.Mid > 11*time.Minute {
		t.Errorf("alone before the session, the patient waits %v, want until its start", alone)
	}
	if len(f.Services) != 0 {
		t.Errorf("a patient who has not come is forecast: %v", f.Services)
	}
	var booked []queue.TicketID
	for range 5 {
		booked = append(booked, p.book("09:30"))
	}
	p.book("10:00")
	p.book("11:00")
	w := p.waits()
	five := w[string(me)]
	if len(w) != 1 || five.Mid < alone.Mid+12*time.Minute || five.Mid > alone.Mid+30*time.Minute {
		t.Errorf("with five booked before, the patient waits %v of %v, alone %v", five, w, alone)
	}
	for _, id := range booked[:4] {
		_, err := p.Arrival(t.Context(), id, queue.ByDesk, queue.Act{})
		p.Must(err)
	}
	if w := p.waits(); len(w) != 5 || w[string(me)].Mid < w[string(booked[3])].Mid {
		t.Errorf("with four of them here, the waits are %v", w)
	}
	p.Pass(11 * time.Minute)
	p.CallEach(2, 4*time.Minute)
	for _, id := range booked[2:] {
		p.Act(id, queue.Cancel)
	}
	if w := p.waits(); w[string(me)].Mid > 6*time.Minute {
		t.Errorf("next after a running visit, the patient waits %v", w[string(me)])
	}
}

// TestForecast_KeepsTheReach has a patient of the afternoon's third slot, and nobody else.
func TestForecast_KeepsTheReach(t *testing.T) {
	t.Parallel()
	p := newSlots(t, nil)
	p.Pass(6*time.Hour + 10*time.Minute) // 15:10
	me := p.arrive("16:00")
	if w := p.waits()[string(me)]; w.Low != 20*time.Minute {
		t.Errorf("at 15:10 the patient of 16:00 waits %v, want until 15:30", w)
	}
}

// TestForecast_LineOfSlotsSharesARoomWithALine has patients of a service without slots who
// came before those of a slot.
func TestForecast_LineOfSlotsSharesARoomWithALine(t *testing.T) {
	t.Parallel()
	p := newSlots(t, func(c *clinic.Clinic) {
		second := c.Services[0]
		second.ID, second.Mode = "2", clinic.ModeOrder
		c.Services = append(c.Services, second)
		c.Rooms[0].Services = []string{"1", "2"}
	})
	p.Pass(40 * time.Minute)
	early := p.book("09:30")
	other := p.Ref
	other.Service = "2"
	var line []queue.TicketID
	for range 3 {
		i, err := p.Issue(t.Context(), other, queue.Request{Channel: "desk", Party: 1}, queue.Act{})
		p.Must(err)
		line = append(line, i.ID)
		p.Pass(time.Second)
	}
	before := forecast.Of(p.Shown(), p.Time)
	_, err := p.Arrival(t.Context(), early, queue.ByDesk, queue.Act{})
	p.Must(err)
	after := forecast.Of(p.Shown(), p.Time)
	if a, b := before.Waits[string(line[2])], after.Waits[string(line[2])]; a != b {
		t.Errorf("the third of the line waits %v, and %v after the arrival of one who booked before", a, b)
	}
	if w := after.Waits[string(early)]; w.Mid < after.Waits[string(line[2])].Mid+3*time.Minute {
		t.Errorf("who arrived last waits %v of %v", w, after.Waits)
	}
	if _, ok := after.Services["2"]; !ok || len(after.Services) != 1 {
		t.Errorf("new tickets are forecast for %v, want service 2", after.Services)
	}
}
