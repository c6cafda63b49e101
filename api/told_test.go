package api

import (
	"slices"
	"strings"
	"testing"

	"junban/api/route"
	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// TestBoard_SaysWhyADateDiffers closes today for the services that follow the
// timetable. The board and the clinic's profile show it.
func TestBoard_SaysWhyADateDiffers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.sessions(9, 16, 0, 0)
		if b := w.board("1"); b.DayNotes != nil {
			t.Errorf("a usual day says %v", b.DayNotes)
		}
		today := w.board("1").Day
		w.record(func(c *clinic.Clinic) {
			own := *c.Calendar
			c.Services[1].Calendar = &own
			differs := *c.Calendar
			differs.Exceptions = []hours.Exception{{Date: today, Closed: true, Reason: "臨時休診"}}
			c.Calendar = &differs
		})
		want := []wire.DayNote{{From: today, To: today, Closed: true, Reason: "臨時休診"}}
		b := w.board("1")
		if !slices.Equal(b.DayNotes, want) || b.Reception != "closed" || b.OpensAt == nil {
			t.Errorf("board %+v", b)
		}
		if other := w.board("2").DayNotes; other != nil {
			t.Errorf("the service of its own hours says %v", other)
		}
		profile := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()})
		if !slices.Equal(profile.Services[0].DayNotes, want) || profile.Services[1].DayNotes != nil {
			t.Errorf("profile %+v", profile.Services)
		}
		page := string(w.do(ask{method: "GET", path: "/s/" + w.ref("1")}).body)
		if !strings.Contains(page, "本日は休診です（臨時休診）") {
			t.Errorf("the first paint does not say why:\n%s", page)
		}
	})
}

// TestReception_ItsReasonLastsAsLongAsTheStop stops with a reason and opens again.
func TestReception_ItsReasonLastsAsLongAsTheStop(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		set := func(reception, reason string) ask {
			return ask{method: "PUT", path: "/v1/services/" + w.ref("1") + "/reception", cookie: cookie,
				body: wire.ReceptionRequest{Reception: reception, Reason: reason}}
		}
		for _, state := range []string{"paused", "closed"} {
			if got := get[wire.ReceptionRequest](w, 200, set(state, " 機器の点検のため ")); got.Reason != "機器の点検のため" {
				t.Errorf("answered %+v", got)
			}
			if b := w.board("1"); b.Reception != state || b.StopReason != "機器の点検のため" {
				t.Errorf("board %+v", b)
			}
		}
		page := string(w.do(ask{method: "GET", path: "/s/" + w.ref("1")}).body)
		if !strings.Contains(page, "<small><bdi>機器の点検のため</bdi></small>") {
			t.Errorf("the first paint does not say why:\n%s", page)
		}
		get[wire.ReceptionRequest](w, 200, set("paused", "crowded"))
		if page := string(w.do(ask{method: "GET", path: "/s/" + w.ref("1")}).body); !strings.Contains(page, "<small><bdi>混雑のため</bdi></small>") {
			t.Errorf("a ready-made reason is not said:\n%s", page)
		}
		get[wire.ReceptionRequest](w, 200, set("open", ""))
		if b := w.board("1"); b.Reception != "open" || b.StopReason != "" {
			t.Errorf("opened: %+v", b)
		}
		w.refused(400, "field_invalid", set("open", "crowded"))
		w.refused(400, "field_invalid", set("paused", strings.Repeat("あ", route.MaxMessage+1)))
	})
}

// TestBoard_SaysThatFirstVisitsAreFull fills the seats for first visits, and then all
// seats. Then the board shows nothing more about first visits.
func TestBoard_SaysThatFirstVisitsAreFull(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.record(func(c *clinic.Clinic) { c.Services[0].Capacity = clinic.Capacity{Web: new(2), First: new(1)} })
		if b := w.board("1"); b.Availability != "many" || b.FirstVisit != "" {
			t.Errorf("free: %+v", b)
		}
		w.issue("1", wire.IssueRequest{FirstVisit: true})
		if b := w.board("1"); b.Availability != "many" || b.FirstVisit != "none" {
			t.Errorf("one first visit: %+v", b)
		}
		w.refused(409, "first_quota_full", w.web("1", wire.IssueRequest{FirstVisit: true}))
		w.issue("1", wire.IssueRequest{})
		if b := w.board("1"); b.Availability != "none" || b.FirstVisit != "" {
			t.Errorf("full: %+v", b)
		}
		w.record(func(c *clinic.Clinic) {
			c.Services[0].Capacity.Web, c.Services[0].Hide = new(0), []string{"availability"}
		})
		if b := w.board("1"); b.Availability != "" || b.FirstVisit != "" {
			t.Errorf("hidden: %+v", b)
		}
	})
}

// TestBoard_ListsTheNumbersOfOtherServicesApart sends two with the same number
// into one line, and calls in vain for one of them.
func TestBoard_ListsTheNumbersOfOtherServicesApart(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		for range 2 {
			to := w.issue("1", wire.IssueRequest{})
			w.actWith(cookie, to.Ticket.ID, "transfer", wire.TransferRequest{Service: w.ref("2")})
		}
		w.issue("2", wire.IssueRequest{})
		guest := w.board("2").Guests[0]
		called := w.callNext(cookie, "2", "3")
		w.act(cookie, called.ID, "absent")
		b := w.board("2")
		waiting := wire.Guest{Number: 2, Of: w.ref("1"), State: "waiting"}
		absent := wire.Guest{Number: guest.Number, Of: w.ref("1"), State: "absent"}
		if !slices.Equal(b.Line, []int{1}) || b.Absent == nil || len(b.Absent) != 0 || !slices.Equal(b.Guests, []wire.Guest{waiting, absent}) {
			t.Errorf("line %v, absent %v, guests %v", b.Line, b.Absent, b.Guests)
		}
		if page := string(w.do(ask{method: "GET", path: "/s/" + w.ref("2")}).body); !strings.Contains(page, `<dd class="line">1 / 内科の方 2</dd>`) ||
			!strings.Contains(page, `<dd class="absent">内科の方 1</dd>`) {
			t.Errorf("the first paint:\n%s", page)
		}
		for hidden, want := range map[string][]wire.Guest{"line": {absent}, "absent": {waiting}} {
			w.record(func(c *clinic.Clinic) { c.Services[1].Hide = []string{hidden} })
			if got := w.board("2").Guests; !slices.Equal(got, want) {
				t.Errorf("without %s the guests are %v", hidden, got)
			}
		}
	})
}
