package api

import (
	"encoding/json"
	"testing"

	"junban/api/wire"
	"junban/queue/clinic"
)

// settingsOf reads the settings of a service.
func (w *world) settingsOf(cookie, service string) (path string, s wire.Settings) {
	path = "/v1/services/" + w.ref(service) + "/settings"
	return path, get[wire.Settings](w, 200, ask{method: "GET", path: path, cookie: cookie})
}

func TestSettings_TurnAServiceToSlotsAndBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		path, was := w.settingsOf(cookie, "1")
		if was.Mode != clinic.ModeOrder || was.Slot == nil || was.Slot.Minutes != 30 || *was.Slot.Web != 4 || was.Limits.MaxLive != 0 || was.Cancel == nil || was.Form == nil {
			t.Fatalf("in order mode %+v", was)
		}

		// A client that does not know the fields keeps them.
		old := was
		old.Mode, old.Slot, old.Cancel, old.Limits, old.Form = "", nil, nil, nil, nil
		now := get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: old})
		if now.Mode != clinic.ModeOrder {
			t.Errorf("mode %q", now.Mode)
		}

		// One that changes the mode alone gets the defaults.
		old.Rev, old.Mode = now.Rev, clinic.ModeSlot
		now = get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: old})
		if now.Mode != clinic.ModeSlot || now.Slot.Minutes != 30 || now.Limits.MaxLive != 3 {
			t.Errorf("the defaults are %+v, %+v", now.Slot, now.Limits)
		}
		if b := w.board("1"); b.Mode != clinic.ModeSlot {
			t.Errorf("the board has the mode %q", b.Mode)
		}

		mine := now
		mine.Slot = &wire.SlotSettings{
			Minutes: 20, Web: new(6), Per: "person", First: new(2), Early: new(3), Lead: 60, Late: "own", Grace: 5, ArriveFrom: 45, NoShow: new(30), Reach: 15, NumberBySlot: true,
			Seats: []wire.SlotSeats{{Date: "2026-12-28", Web: new(1), Desk: new(1)}, {Weekday: "sat", Session: "morning", Slot: "09:00", Web: new(0)}},
		}
		mine.Cancel = &wire.CancelRule{Anchor: "clock", Days: 1, At: "17:00"}
		mine.Limits = &wire.PersonLimits{MaxLive: 2}
		mine.Form = &wire.FormFields{First: wire.VisitForm{Kana: "required"}, Again: wire.VisitForm{Card: "required"}}
		mine.Booking.Days, mine.Booking.OpensAt = 60, "07:00"
		mine.Kinds = []wire.Kind{{ID: "1", Name: "検査", Seats: 2}}
		now = get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: mine})
		mine.Rev = now.Rev
		if got, want := text(t, now), text(t, mine); got != want {
			t.Errorf("set %s\nwant %s", got, want)
		}

		// The settings of slots are kept in order mode; what belongs to no order is refused.
		now.Mode = clinic.ModeOrder
		w.refused(400, "field_invalid", ask{method: "PUT", path: path, cookie: cookie, body: now})
		now.Booking.Days = 7
		now = get[wire.Settings](w, 200, ask{method: "PUT", path: path, cookie: cookie, body: now})
		if now.Mode != clinic.ModeOrder || now.Slot.Minutes != 20 || len(now.Slot.Seats) != 2 {
			t.Errorf("back in order mode %+v", now.Slot)
		}
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSettings_KeepTheModeWhileTicketsAreLive(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		mine := w.issue("1", wire.IssueRequest{Patient: wire.Patient{Name: "花子", Phone: "09011112222"}})
		path, s := w.settingsOf(cookie, "1")
		s.Mode = clinic.ModeSlot
		save := ask{method: "PUT", path: path, cookie: cookie, body: s}
		w.refused(409, "bookings_affected", save)
		list := get[wire.Affected](w, 200, ask{method: "POST", path: path + "/affected", cookie: cookie, body: s})
		if list.Affected != "" || len(list.Tickets) != 1 || list.Tickets[0].Phone != "09011112222" {
			t.Errorf("the list is %+v", list)
		}
		guest := w.issue("2", wire.IssueRequest{Patient: wire.Patient{Name: "太郎"}}).Ticket
		w.actWith(cookie, guest.ID, "transfer", wire.TransferRequest{Service: w.ref("1")})
		if list := get[wire.Affected](w, 200, ask{method: "POST", path: path + "/affected", cookie: cookie, body: s}); len(list.Tickets) != 2 {
			t.Errorf("with one of another service in the line, the list is %+v", list)
		}
		w.act(cookie, guest.ID, "cancel")
		w.callNext(cookie, "1", "1")
		w.refused(409, "bookings_affected", save)
		// The other service has no tickets.
		other, o := w.settingsOf(cookie, "2")
		o.Mode = clinic.ModeSlot
		s.Rev = get[wire.Settings](w, 200, ask{method: "PUT", path: other, cookie: cookie, body: o}).Rev
		w.act(cookie, mine.Ticket.ID, "finish")
		save.body = s
		if now := get[wire.Settings](w, 200, save); now.Mode != clinic.ModeSlot {
			t.Errorf("the mode is %q", now.Mode)
		}
	})
}

func TestSettings_ShowTheSeatsOfAWeek(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookie := w.login()
	path, s := w.settingsOf(cookie, "1")
	seats := func() wire.WeekSeats {
		t.Helper()
		return get[wire.WeekSeats](w, 200, ask{method: "POST", path: path + "/seats", cookie: cookie, body: s})
	}
	if got := seats(); len(got.Days) != 0 || got.Slots != 0 {
		t.Errorf("order mode has %+v", got)
	}
	s.Mode = clinic.ModeSlot
	if got := seats(); len(got.Days) != 0 {
		t.Errorf("without a timetable %+v", got)
	}
	w.sessions(9, 12, 0, 0)
	path, s = w.settingsOf(cookie, "1")
	s.Mode, s.Slot.Seats = clinic.ModeSlot, []wire.SlotSeats{{Weekday: "mon", Web: new(1), Desk: new(0)}}
	got := seats()
	if len(got.Days) != 7 || got.Days[0].Weekday != "mon" || got.Days[0].Slots != 6 || *got.Days[0].Web != 6 || *got.Days[0].Desk != 0 {
		t.Fatalf("seats %s", text(t, got))
	}
	if got.Slots != 42 || *got.Web != 6+6*6*4 || *got.Desk != 6*6*2 {
		t.Errorf("a week has %s", text(t, got))
	}
	s.Slot.Desk = nil
	if got = seats(); got.Desk != nil || *got.Days[0].Desk != 0 || got.Days[1].Desk != nil {
		t.Errorf("without a bound %s", text(t, got))
	}
	s.Slot.Minutes = 7
	w.refused(400, "field_invalid", ask{method: "POST", path: path + "/seats", cookie: cookie, body: s})
	if _, now := w.settingsOf(cookie, "1"); now.Mode != clinic.ModeOrder {
		t.Error("the dry run changed the mode")
	}
}
