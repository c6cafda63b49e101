package clinic

import (
	"encoding/json"
	"strings"
	"testing"

	"junban/queue/hours"
)

// TestNewSlot_IsValidInEachMode keeps the settings of a service that leaves slot mode.
func TestNewSlot_IsValidInEachMode(t *testing.T) {
	t.Parallel()
	for _, mode := range Modes {
		c := example()
		c.Services[0].FillSlotDefaults()
		c.Services[0].Mode = mode
		if errs := c.Validate(); errs != nil {
			t.Errorf("%s: %v", mode, errs)
		}
	}
}

// TestSlot_IsAbsentInOrderMode holds the records of services in order mode to their
// former form, and refuses slot mode without its settings.
func TestSlot_IsAbsentInOrderMode(t *testing.T) {
	t.Parallel()
	c := example()
	s := &c.Services[0]
	*s = Service{ID: "1", Name: "内科"}
	s.FillDefaults()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"slot", "cancel", "limits", "form", "opensAt", "seats"} {
		if strings.Contains(string(text), `"`+field+`":`) {
			t.Errorf("%s is in %s", field, text)
		}
	}
	if errs := c.Validate(); errs != nil {
		t.Error(errs)
	}
	s.Mode = ModeSlot
	if errs := c.Validate(); len(errs) == 0 || errs[0].Path != "services[0].slot.minutes" {
		t.Errorf("slot mode without slots: %v", errs)
	}
}

func TestSeatsOf_TakesTheMostSpecificEntry(t *testing.T) {
	t.Parallel()
	seats := func(e SlotSeats, web int) SlotSeats {
		e.Web = new(web)
		return e
	}
	s := Service{Slot: Slot{Web: new(1), Desk: new(2), Seats: []SlotSeats{
		seats(SlotSeats{Date: "2026-12-01"}, 10),
		seats(SlotSeats{Date: "2026-12-01", Slot: "10:00"}, 11),
		seats(SlotSeats{Weekday: "mon", Session: "morning", Slot: "10:00"}, 12),
		seats(SlotSeats{Weekday: "mon"}, 13),
		seats(SlotSeats{Slot: "10:00"}, 14),
		seats(SlotSeats{Session: "morning"}, 15),
		{Weekday: "fri", Desk: new(0)},
	}}}
	for _, test := range []struct {
		date             Day
		weekday, session string
		slot             hours.Clock
		web              int
	}{
		{"2026-12-01", "tue", "morning", "10:00", 11},
		{"2026-12-01", "tue", "morning", "10:30", 10},
		{"2026-12-01", "mon", "morning", "10:00", 11}, // a date comes first
		{"2026-11-30", "mon", "morning", "10:00", 12},
		{"2026-11-30", "mon", "afternoon", "10:00", 13}, // a weekday comes before a slot
		{"2026-12-02", "wed", "morning", "10:00", 14},   // and a slot before a session
		{"2026-12-02", "wed", "morning", "10:30", 15},
		{"2026-12-02", "wed", "morning-2", "10:30", 1},
		{"", "mon", "evening", "18:00", 13},
	} {
		web, desk := s.SeatsOf(test.date, test.weekday, test.session, test.slot)
		if web == nil || *web != test.web {
			t.Errorf("%+v: the web has %v seats", test, web)
		}
		if normal := test.web == 1; (desk != nil) != normal {
			t.Errorf("%+v: the desk has %v", test, desk)
		}
	}
	if web, desk := s.SeatsOf("", "fri", "morning", "10:00"); web != nil || desk == nil || *desk != 0 {
		t.Errorf("on Fridays the web has %v seats, the desk %v", web, desk)
	}
}

func TestSeatsAWeek_CountsTheTimetable(t *testing.T) {
	t.Parallel()
	c := example()
	frame := func(from, to hours.Clock) hours.Frame {
		return hours.Frame{Session: hours.Morning, Consult: hours.Span{From: from, To: to}}
	}
	c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{
		"mon": {frame("09:00", "12:00")}, "tue": {frame("09:00", "10:45")}, "sat": {frame("09:00", "10:00"), frame("11:00", "11:30")},
	}}
	s := c.Services[0]
	s.Calendar = nil
	s.Slot.Seats = []SlotSeats{
		{Weekday: "tue", Web: nil, Desk: new(3)},
		{Session: "morning-2", Web: new(9), Desk: new(0)},
		{Date: "2026-11-30", Web: new(100), Desk: new(100)},
	}
	got := map[string]string{}
	for _, d := range c.SeatsAWeek(s) {
		text, err := json.Marshal([]any{d.Slots, d.Web, d.Desk})
		if err != nil {
			t.Fatal(err)
		}
		got[d.Weekday] = string(text)
	}
	for weekday, want := range map[string]string{
		"mon": "[6,24,12]",
		"tue": "[4,null,12]", // three whole slots and one of 15 minutes
		"wed": "[0,0,0]",
		"sat": "[3,17,4]",
	} {
		if got[weekday] != want {
			t.Errorf("%s: %s, want %s", weekday, got[weekday], want)
		}
	}
	if len(got) != 7 {
		t.Errorf("%d weekdays", len(got))
	}
	if s.Mode = ModeOrder; c.SeatsAWeek(s) != nil {
		t.Error("order mode has seats")
	}
}

func TestWeight_CountsKindAndPeople(t *testing.T) {
	t.Parallel()
	s := Service{Kinds: []Kind{{ID: "a"}, {ID: "b", Seats: 2}}}
	for kind, want := range map[string]int{"": 1, "a": 1, "b": 2} {
		s.Slot.Per = SeatPerTicket
		if got := s.Weight(kind, 3); got != want {
			t.Errorf("kind %q takes %d", kind, got)
		}
		s.Slot.Per = SeatPerPerson
		if got := s.Weight(kind, 3); got != 3*want {
			t.Errorf("kind %q of three people takes %d", kind, got)
		}
	}
}

func TestNeed_HasDefaultsOfTheMode(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mode, field string
		first       bool
		want        string
	}{
		{ModeOrder, "name", true, Optional},
		{ModeOrder, "card", true, Optional},
		{ModeSlot, "name", false, Required},
		{ModeSlot, "phone", true, Required},
		{ModeSlot, "card", true, Off},
		{ModeSlot, "card", false, Optional},
		{ModeSlot, "mail", false, Off},
		{ModeSlot, "consent", true, Required}, // as set
		{ModeSlot, "unknown", true, Off},
	} {
		s := Service{Mode: test.mode, Form: FormFields{First: VisitForm{Consent: Required}}}
		if got := s.Need(test.field, test.first); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}
