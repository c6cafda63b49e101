package queuetest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// SetReception is [queue.Store.SetReception].
func (m *Model) SetReception(_ context.Context, ref clinic.Ref, r queue.Reception, reason string, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("reception", ref, r, reason), func() (bool, error) {
		c, s, d, today, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.bump()
		why := c.desk(ref.Service).manual.Reason
		if on := c.record.AutoPause; (on == nil || *on > 0) && (r == queue.Open || r == queue.Auto && why == queue.ReasonSurge) {
			d.surges[s.ID] = surge{quiet: m.now().Add(queue.SurgeQuiet)}
			c.desk(s.ID).bookings = d.surges[s.ID]
		}
		c.desk(ref.Service).manual = queue.Manual{}
		if r == queue.Auto {
			return true, nil
		}
		manual := queue.Manual{Reception: r, Reason: reason}
		if sessions, ok := m.timetable(c, s, today); ok {
			_, manual.Until = m.bounds(c, today)
			for i := len(sessions) - 1; i >= 0; i-- {
				if sessions[i].Consult.To.After(m.now()) {
					manual.Until = sessions[i].Consult.To
				}
			}
		}
		c.desk(ref.Service).manual = manual
		return true, nil
	})
	return err
}

// SetMessage is [queue.Store.SetMessage].
func (m *Model) SetMessage(_ context.Context, ref clinic.Ref, msg queue.Message, a queue.Act) error {
	_, _, err := once(m, ref, a, fmt.Sprint("message", ref, msg), func() (bool, error) {
		c, _, d, _, err := m.at(ref)
		if err != nil {
			return false, err
		}
		d.bump()
		switch {
		case msg.Until.IsZero():
			c.desk(ref.Service).standing = msg.Text
		case msg.Text == "":
			c.desk(ref.Service).temporary = queue.Message{}
		default:
			c.desk(ref.Service).temporary = queue.Message{Text: msg.Text, Until: msg.Until.Truncate(time.Millisecond)}
		}
		return true, nil
	})
	return err
}

// SetDuty is [queue.Store.SetDuty].
func (m *Model) SetDuty(_ context.Context, id clinic.ID, room string, duty queue.Duty, a queue.Act) error {
	_, _, err := once(m, clinic.Ref{Clinic: id}, a, fmt.Sprint("duty", room, duty), func() (bool, error) {
		c := m.clinics[id]
		if _, ok := c.record.Room(room); !ok {
			return false, queue.ErrNoRoom
		}
		if !slices.Contains(queue.DutyStates, duty.State) {
			return false, queue.ErrState
		}
		today := m.today(c)
		c.day(today).bump()
		_, until := m.bounds(c, today)
		if duty.Until.IsZero() || duty.Until.After(until) {
			duty.Until = until
		}
		duty.Until = duty.Until.Truncate(time.Millisecond)
		delete(c.duties, room)
		if duty.State != queue.OnDuty && duty.Until.After(m.now()) {
			c.duties[room] = duty
		}
		return true, nil
	})
	return err
}

// bounds are the first and the past-last instant of a day.
func (m *Model) bounds(c *clinicState, d clinic.Day) (from, until time.Time) {
	return c.record.Bounds(d, c.zone)
}

// timetable are a day's sessions of a service, and whether it has a timetable.
func (m *Model) timetable(c *clinicState, s clinic.Service, d clinic.Day) ([]hours.Session, bool) {
	calendar, ok := c.record.Timetable(s)
	return calendar.Sessions(string(d), c.zone), ok
}
