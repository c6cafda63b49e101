package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"junban/api/limit"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// An attacker with an IPv6 /48 takes what it gets. The desk sees that the tickets
// came from one network, looks at them, keeps one and cancels the others in one act.
// The line is the patients' again.
func TestMarks_AFloodIsSeenAndCancelled(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t, behindProxy)
	cookie := w.login()
	from := func(address, name string) ask {
		a := w.web("1", wire.IssueRequest{Patient: wire.Patient{Name: name}})
		a.header = fromAddress(address)
		return a
	}
	patient := get[wire.Issued](w, 201, from("192.0.2.1", "花子"))
	var flood []wire.Issued
	for n := range 3 * limit.WebTickets.Net48.Burst {
		res := w.do(from(fmt.Sprintf("2001:db8:7:%x::1", n), "x"))
		if res.status == 201 {
			var i wire.Issued
			if err := json.Unmarshal(res.body, &i); err != nil {
				t.Fatal(err)
			}
			flood = append(flood, i)
		}
	}
	if n := len(flood); n < 2 || n > limit.WebTickets.Net48.Burst+1 { // one more may come while it is tried
		t.Fatalf("%d tickets for one /48", n)
	}
	later := get[wire.Issued](w, 201, from("192.0.2.2", "太郎"))

	seen := w.staff(cookie)
	if len(seen.Marks) != 1 || seen.Marks[0].Tickets != len(flood) || !queue.ValidMark(seen.Marks[0].Mark) {
		t.Fatalf("the desk sees the marks %+v of %d tickets", seen.Marks, len(flood))
	}
	mark := seen.Marks[0].Mark
	path := "/v1/clinics/" + w.number() + "/marks/" + mark
	list := get[wire.Marked](w, 200, ask{method: "GET", path: path, cookie: cookie})
	if len(list.Tickets) != len(flood) || list.Tickets[0].Name != "x" || list.Tickets[0].Mark != mark {
		t.Fatalf("%d tickets are listed, the first is %+v", len(list.Tickets), list.Tickets[0])
	}

	// Nobody else gets to know a mark.
	for _, a := range []ask{
		{method: "GET", path: "/v1/services/" + w.ref("1") + "/board"},
		{method: "GET", path: "/v1/clinics/" + w.number()},
		{method: "GET", path: "/v1/tickets/" + flood[0].Ticket.ID, token: flood[0].Token},
		{method: "POST", path: "/v1/tickets/" + flood[0].Ticket.ID + "/arrive", token: flood[0].Token, body: wire.ArriveRequest{Presence: "here"}},
		{method: "GET", path: "/v1/clinics/" + w.number() + "/acts", cookie: cookie},
		from("2001:db8:7:0::1", "again"),
	} {
		if res := w.do(a); strings.Contains(string(res.body), mark) {
			t.Errorf("%s %s has the mark in it: %s", a.method, a.path, res.body)
		}
	}
	w.refused(401, "session_required", ask{method: "GET", path: path, cookie: "none"})
	other := queuetest.NewClinic(t, w.put)
	w.refused(403, "other_clinic", ask{method: "GET", path: "/v1/clinics/" + string(other.ID) + "/marks/" + mark, cookie: cookie})

	cancel := func(key string, body any) ask {
		return ask{method: "POST", path: path + "/cancel", cookie: cookie, key: key, body: body}
	}
	body := wire.MarkedRequest{Until: list.Until.Time, Keep: []string{flood[0].Ticket.ID}}
	w.refused(400, "field_invalid", cancel("a", wire.MarkedRequest{}))
	w.refused(400, "field_invalid", cancel("a", wire.MarkedRequest{Until: list.Until.Time, Keep: []string{"all"}}))
	w.refused(400, "field_invalid", ask{method: "GET", path: "/v1/clinics/" + w.number() + "/marks/everybody", cookie: cookie})
	w.refused(400, "idempotency_key_required", cancel("", body))
	w.refused(401, "session_required", ask{method: "POST", path: path + "/cancel", cookie: "none", key: "a", body: body})
	for range 2 { // the second is a repeat
		if got := get[wire.MarkedCancelled](w, 200, cancel("a", body)); got.Cancelled != len(flood)-1 {
			t.Fatalf("%d of %d were cancelled", got.Cancelled, len(flood))
		}
	}
	now := w.staff(cookie)
	var waiting []string
	for _, ticket := range now.Services[0].Tickets {
		if ticket.State == "waiting" {
			waiting = append(waiting, ticket.ID)
		}
	}
	want := []string{patient.Ticket.ID, flood[0].Ticket.ID, later.Ticket.ID}
	if fmt.Sprint(waiting) != fmt.Sprint(want) || len(now.Marks) != 0 {
		t.Errorf("waiting are %v, want %v; marks %v", waiting, want, now.Marks)
	}
	get[wire.Issued](w, 201, from("192.0.2.3", "次郎"))
}

// One network books many tickets of two days to come. The desk sees a mark for each day,
// looks at one, and cancels the bookings of that day alone.
func TestMarks_AFloodOfBookingsIsSeenAndCancelled(t *testing.T) {
	t.Parallel()
	onBothBehindProxy(t, func(t *testing.T, w *world) {
		cookie := w.login()
		w.sessions(9, 18, 0, 0)
		w.record(func(c *clinic.Clinic) { c.Services[0].Booking = clinic.Booking{Days: 2} })
		days := get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days", header: fromAddress("192.0.2.9")}).Days
		book := func(address, day, name string) wire.Issued {
			a := w.web("1", wire.IssueRequest{Day: day, Patient: wire.Patient{Name: name}})
			a.header = fromAddress(address)
			return get[wire.Issued](w, 201, a)
		}
		var flood []wire.Issued
		for n := range 5 {
			flood = append(flood, book(fmt.Sprintf("2001:db8:7:%x::1", n), days[0].Day, fmt.Sprint("x", n)))
		}
		patient := book("192.0.2.1", days[0].Day, "花子")
		for n := range 2 {
			book(fmt.Sprintf("2001:db8:7:%x::2", n), days[1].Day, "y")
		}
		bookings := func() wire.Bookings {
			return get[wire.Bookings](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/bookings", cookie: cookie})
		}
		marks := bookings().Marks
		if len(marks) != 2 || marks[0].Day != days[0].Day || marks[0].Tickets != 5 || marks[1].Day != days[1].Day || marks[1].Tickets != 2 || marks[0].Mark == marks[1].Mark {
			t.Fatalf("the desk sees the marks %+v", marks)
		}
		if today := w.staff(cookie).Marks; len(today) != 0 {
			t.Errorf("today's marks are %+v", today)
		}

		path := "/v1/clinics/" + w.number() + "/marks/" + marks[0].Mark
		look := func(day string) ask {
			return ask{method: "GET", path: path + "?day=" + day, cookie: cookie, loose: day == ""}
		}
		list := get[wire.Marked](w, 200, look(days[0].Day))
		if list.Day != days[0].Day || len(list.Tickets) != 5 || list.Tickets[0].Name != "x0" || list.Tickets[4].Name != "x4" {
			t.Fatalf("listed are %+v", list)
		}
		for _, day := range []string{"", days[1].Day} {
			if got := get[wire.Marked](w, 200, look(day)).Tickets; len(got) != 0 {
				t.Errorf("on %q the mark has %+v", day, got)
			}
		}
		w.refused(400, "field_invalid", look("tomorrow"))
		w.refused(410, "day_over", look("2020-01-02"))
		cancel := func(day string) ask {
			body := wire.MarkedRequest{Until: list.Until.Time, Keep: []string{flood[2].Ticket.ID}, Day: day}
			return ask{method: "POST", path: path + "/cancel", cookie: cookie, key: freshKey(), body: body}
		}
		w.refused(400, "field_invalid", cancel("tomorrow"))
		w.refused(410, "day_over", cancel("2020-01-02"))
		if got := get[wire.MarkedCancelled](w, 200, cancel("")); got.Cancelled != 0 {
			t.Errorf("%d of today were cancelled", got.Cancelled)
		}
		if got := get[wire.MarkedCancelled](w, 200, cancel(days[0].Day)); got.Cancelled != 4 {
			t.Errorf("%d were cancelled", got.Cancelled)
		}
		left := bookings()
		var ids []string
		for _, b := range left.Tickets {
			if b.Day == days[0].Day {
				ids = append(ids, b.ID)
			}
		}
		if want := []string{flood[2].Ticket.ID, patient.Ticket.ID}; !slices.Equal(ids, want) || len(left.Tickets) != 4 || len(left.Marks) != 1 {
			t.Errorf("left are %v of that day, want %v; %d in all with the marks %+v", ids, want, len(left.Tickets), left.Marks)
		}
	})
}

// A surge pauses the web desk: patients are told to phone, the desk sees why and
// opens it again.
func TestSurge_PausesTheWebDesk(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	w.record(func(c *clinic.Clinic) { c.AutoPause = nil })
	cookie := w.login()
	path := "/v1/clinics/" + w.number() + "/settings"
	settings := get[wire.ClinicSettings](w, 200, ask{method: "GET", path: path, cookie: cookie})
	if *settings.AutoPause != clinic.DefaultAutoPause {
		t.Fatalf("the setting is %d", *settings.AutoPause)
	}
	*settings.AutoPause = 101
	w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: settings})
	*settings.AutoPause = 3
	settings = get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: settings})
	settings.AutoPause = nil // as an older client sends it
	settings = get[wire.ClinicSettings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: settings})
	if *settings.AutoPause != 3 {
		t.Fatalf("the setting is %d after it was left out", *settings.AutoPause)
	}

	given, press := 0, ask{}
	for given <= queue.DefaultBounds.NewSurge {
		press = w.web("1", wire.IssueRequest{})
		if res := w.do(press); res.status != 201 {
			break
		}
		given++
	}
	if given != queue.DefaultBounds.NewSurge {
		t.Fatalf("%d web tickets were given", given)
	}
	w.refused(409, "reception_paused", press)
	if b := w.board("1"); b.Reception != "paused" || b.StopReason != "surge" {
		t.Errorf("the board says %s, %q", b.Reception, b.StopReason)
	}
	if b := w.board("2"); b.Reception != "open" {
		t.Errorf("the other service is %s", b.Reception)
	}
	if s := w.staff(cookie).Services[0]; s.Manual != "paused" || s.ManualTil == nil {
		t.Errorf("the desk sees %q until %v", s.Manual, s.ManualTil)
	}
	acts := get[wire.Acts](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number() + "/acts?tickets=false", cookie: cookie}).Acts
	if acts[0].Act != "reception" || acts[0].After != "paused" || acts[0].Who != "system" {
		t.Errorf("the log says %+v", acts[0])
	}
	get[wire.Issued](w, 201, w.walkIn(cookie, "1", wire.IssueRequest{}))
	get[wire.ReceptionRequest](w, 200, ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/reception", cookie: cookie, body: wire.ReceptionRequest{Reception: "auto"}})
	get[wire.Issued](w, 201, press) // the same key
}
