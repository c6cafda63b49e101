package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"junban/api/wire"
)

// The clinic of a herd of slots: 30 slots of 10 seats for the web, tomorrow.
const (
	slotClinicID  = "2001"
	slotCount     = 30
	slotSeats     = 10
	slotClinicYML = `---
id: "%s"
name: Slots
zone: %s
listed: true
autoPause: 0
calendar:
  weekly:
%sservices:
  - id: 1
    name: One
    mode: slot
    webCancel: true
    slot: {minutes: 10, web: %d, desk: 0}
    booking: {days: 1, opensAt: "%s"}
rooms:
  - {id: 1, name: Room, services: [1]}
`
)

// slotClinic is a clinic in slot mode, as the desk sees it.
type slotClinic struct {
	desk   *desk
	day    string    // the day to come, whose slots are booked
	opens  time.Time // when the web may book it
	slots  []string  // starts of the day's slots, in order
	starts map[string]int
}

// trustForwarded makes the servers that are started believe X-Forwarded-For, so that
// each patient can have an address.
func (t *testbed) trustForwarded() {
	l := *t.launcher
	l.env = append(l.env[:len(l.env):len(l.env)], "JUNBAN_TRUSTED_PROXIES=127.0.0.0/8")
	t.launcher = &l
}

// openSlotClinic stores the clinic in the testbed's Redis and signs in at its desk. Its
// zone is one in which it is about noon, so that no midnight and no end of the web
// hours is near. The day opens at the next full minute, or has opened at the last.
func (t *testbed) openSlotClinic(ctx context.Context, opened bool) (*slotClinic, error) {
	opens := time.Now().Truncate(time.Minute)
	if !opened {
		opens = opens.Add(time.Minute)
		if time.Until(opens) < 5*time.Second { // to sign in, and for the patients that are early
			opens = opens.Add(time.Minute)
		}
	}
	zone := fmt.Sprintf("Etc/GMT%+d", opens.UTC().Hour()-12) // POSIX: east is negative
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	week := ""
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week += "    " + day + ": [{session: morning, consult: {from: \"09:00\", to: \"14:00\"}}]\n"
	}
	r := &sharedRedis{socket: t.redisSocket, password: t.demoPassword}
	file := fmt.Sprintf(slotClinicYML, slotClinicID, zone, week, slotSeats, opens.In(loc).Format("15:04"))
	if err := t.launcher.runCommand(ctx, r, "clinic import -", file); err != nil {
		return nil, err
	}
	if err := t.launcher.runCommand(ctx, r, "user set "+slotClinicID+" demo", r.password+"\n"); err != nil {
		return nil, err
	}
	d, err := openDesk(ctx, t.url, slotClinicID, "1", "demo", r.password)
	if err != nil {
		return nil, err
	}
	t.onClose(d.close)
	c := &slotClinic{desk: d, opens: opens, day: opens.In(loc).AddDate(0, 0, 1).Format(time.DateOnly), starts: map[string]int{}}
	slots, err := c.seats(ctx)
	if err != nil {
		return nil, err
	}
	for i, s := range slots {
		c.slots = append(c.slots, s.Slot)
		c.starts[s.Slot] = i
	}
	if len(c.slots) != slotCount {
		return nil, fmt.Errorf("%s has %d slots, not %d", c.day, len(c.slots), slotCount)
	}
	return c, nil
}

// seats reads the slots of the day with their seats.
func (c *slotClinic) seats(ctx context.Context) ([]wire.DeskSlot, error) {
	var days wire.DeskDays
	err := c.desk.do(ctx, http.MethodGet, "/v1/services/"+c.desk.service+"/slots?from="+c.day+"&to="+c.day, "", nil, &days)
	if err == nil && len(days.Days) != 1 {
		err = fmt.Errorf("the answer has %d days, not that of %s", len(days.Days), c.day)
	}
	if err != nil {
		return nil, err
	}
	return days.Days[0].Slots, nil
}

// bookings reads the ids of the day's live tickets.
func (c *slotClinic) bookings(ctx context.Context) (map[string]string, error) {
	var all wire.Bookings
	if err := c.desk.do(ctx, http.MethodGet, "/v1/clinics/"+slotClinicID+"/bookings", "", nil, &all); err != nil {
		return nil, err
	}
	slots := map[string]string{}
	for _, t := range all.Tickets {
		if t.Day == c.day {
			slots[t.ID] = t.Slot
		}
	}
	return slots, nil
}
