package simulate

import (
	"context"
	"net/http"
	"time"

	"junban/api/wire"
)

// Slots are times of the server's own clock, at every speed. So patients book at the
// speed of the simulation, and arrive when their slot comes.

const (
	// arrivesLate is the time after the slot's end at which a late patient arrives.
	// It is more than the usual grace.
	arrivesLate = 12 * time.Minute
	// longestWait limits the times that are planned at once, and so their product with
	// the speed.
	longestWait = time.Hour
	// maxWalkIns is the number of waiting tickets of a service in slot mode from which
	// nobody comes without a booking.
	maxWalkIns = 4
)

// bookings lets patients book one by one, and sometimes come without a booking.
func (d *day) bookings(s *service) func(context.Context) error {
	return func(ctx context.Context) error {
		d.after(d.exponential(4*time.Minute), "bookings", d.bookings(s))
		if d.chance(0.3) {
			return d.walkIn(ctx, s)
		}
		return d.book(ctx, s)
	}
}

// book lets one party book a free slot of a day, on the web or by telephone.
func (d *day) book(ctx context.Context, s *service) error {
	var days wire.Days
	if err := d.ask(ctx, http.MethodGet, "/v1/services/"+s.ref+"/days", nil, &days); err != nil {
		return err
	}
	r := d.request(s)
	if !d.chooseSlot(days, &r) {
		return nil
	}
	channel := "/tickets"
	if d.chance(0.35) {
		channel = "/bookings"
	}
	var got wire.Issued
	if err := d.ask(ctx, http.MethodPost, "/v1/services/"+s.ref+channel, r, &got); err != nil {
		return err
	}
	d.expect(got)
	return nil
}

// chooseSlot sets the day and slot of a request. Half of the patients want the next
// slots of today, and most others one of the next days. It reports false if the day
// has no slot that the patient takes: few take one that is almost full.
func (d *day) chooseSlot(days wire.Days, r *wire.IssueRequest) bool {
	if len(days.Days) == 0 {
		return false
	}
	n := 0
	if !d.chance(0.5) {
		n = min(1+int(d.rand.ExpFloat64()*3), len(days.Days)-1)
	}
	var free []string
	for _, session := range days.Days[n].Sessions {
		for _, slot := range session.Slots {
			if slot.Availability == "many" || slot.Availability == "few" && d.chance(0.2) {
				free = append(free, slot.Slot)
			}
		}
	}
	if len(free) == 0 {
		return false
	}
	at := d.rand.IntN(len(free))
	if n == 0 {
		at = min(int(d.rand.ExpFloat64()*3), len(free)-1)
	}
	r.Day, r.Slot = days.Days[n].Day, free[at]
	return true
}

// walkIn lets one party come to the desk without a booking.
func (d *day) walkIn(ctx context.Context, s *service) error {
	if err := d.look(ctx, s); err != nil || s.waiting >= maxWalkIns {
		return err
	}
	var got wire.Issued
	if err := d.ask(ctx, http.MethodPost, "/v1/services/"+s.ref+"/walkins", d.request(s), &got); err != nil {
		return err
	}
	d.waits(got.Ticket.ID, got)
	return nil
}

// expect plans what the patient of a booking does: arrives early, in time, late or
// never, or cancels.
func (d *day) expect(got wire.Issued) {
	t := got.Ticket
	if t.SlotFrom == nil || t.SlotTo == nil {
		return
	}
	from, to := t.SlotFrom.Time, t.SlotTo.Time
	arrive := func(ctx context.Context) error { return d.checkIn(ctx, got) }
	early := d.between(15*time.Minute, 45*time.Minute)
	switch x := d.rand.Float64(); {
	case x < 0.06 && got.CancelCode != "":
		d.patients[t.ID] = patient{token: got.Token, code: got.CancelCode}
		d.after(d.between(5*time.Minute, 3*time.Hour), "cancel", func(ctx context.Context) error { return d.cancel(ctx, t.ID) })
	case x < 0.10: // the server finds that they did not come
	case x < 0.14:
		d.at(to.Add(arrivesLate), "no-show", d.act(t.ID, "no_show"))
	case x < 0.30:
		d.at(from.Add(-early), "arrival", arrive)
	case x < 0.42:
		d.at(to.Add(arrivesLate+d.between(0, 10*time.Minute)), "late arrival", arrive)
	default:
		d.at(from.Add(-d.between(0, 10*time.Minute)), "arrival", arrive)
	}
}

// at schedules an event at a time of the server's clock, or soon if that has passed.
func (d *day) at(when time.Time, name string, do func(context.Context) error) {
	in := min(time.Until(when), longestWait)
	if in <= 0 {
		d.after(d.between(10*time.Second, 2*time.Minute), name, do)
		return
	}
	d.after(time.Duration(float64(in)*d.Speed), name, func(ctx context.Context) error {
		if time.Until(when) > 0 {
			d.at(when, name, do)
			return nil
		}
		return do(ctx)
	})
}

// checkIn is the arrival of a patient with a booking: with the code at the entrance, or
// at the desk.
func (d *day) checkIn(ctx context.Context, got wire.Issued) error {
	id, here := got.Ticket.ID, wire.ArriveRequest{Presence: "here"}
	var err error
	if got.Ticket.State == "booked" && d.chance(0.5) {
		err = d.askAs(ctx, got.Token, "/v1/tickets/"+id+"/arrive", here, nil)
	} else {
		err = d.ask(ctx, http.MethodPost, "/v1/tickets/"+id+"/arrive", here, nil)
	}
	if err == nil {
		d.waits(id, got)
	}
	return err
}
