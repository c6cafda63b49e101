package clinic

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"junban/queue/hours"
	"junban/queue/rule"
)

// example is a valid record with an entry in each list.
func example() Clinic {
	var s Service
	s.FillDefaults()
	s.FillSlotDefaults()
	s.Slot.First, s.Slot.Early, s.Slot.NoShow = new(1), new(1), new(1)
	s.Slot.Seats = []SlotSeats{{Weekday: "mon", Web: new(1), Desk: new(1)}}
	s.Reminders = []Reminder{{1, "18:00"}}
	s.ID, s.Name, s.Hide, s.Kinds = "1", "内科", []string{"line"}, []Kind{{ID: "1", Name: "注射"}}
	s.Capacity.Web, s.Capacity.Desk, s.Capacity.First = new(1), new(1), new(1)
	s.Calendar = &hours.Calendar{Exceptions: []hours.Exception{{Date: "2026-12-30", Reason: "臨時休診"}}}
	c := Clinic{
		ID: "1234", Name: "医院", Departments: []string{"内科"}, Origins: []string{"https://www.example.jp"},
		Services: []Service{s}, Rooms: []Room{{"1", "診察室", []string{"1"}}}, Calendar: s.Calendar,
		Notices: Notices{
			Off: []string{"news"}, Channels: []string{"mail"}, Travel: new(15),
			Caps: []NoticeCap{{"push", 1}}, Words: []NoticeWords{{"call", "マスクの着用をお願いします。"}},
		},
	}
	c.FillDefaults()
	return c
}

// TestRules_EachIsOfTheFieldThatItsPathNames sets each field beyond its bounds, by its
// path in the record's JSON. The record must name that path.
func TestRules_EachIsOfTheFieldThatItsPathNames(t *testing.T) {
	t.Parallel()
	if errs := example().Validate(); errs != nil {
		t.Fatalf("the example: %v", errs)
	}
	joined := []string{"card.least", "services[0].cancel.anchor"} // what they may be depends on another field
	for _, r := range Rules() {
		at := strings.ReplaceAll(r.Path, "[]", "[0]")
		refused := func(value any, want ...rule.Code) {
			t.Helper()
			errs := with(t, at, value).Validate()
			if !slices.ContainsFunc(errs, func(e rule.Error) bool { return e.Path == at && slices.Contains(want, e.Code) }) {
				t.Errorf("%s = %.40v: %v, want %v", at, value, errs, want)
			}
		}
		allowed := func(value any) {
			t.Helper()
			for _, e := range with(t, at, value).Validate() {
				if e.Path == at && slices.Contains([]rule.Code{rule.Between, rule.TooLong, rule.NotOneOf, rule.TooMany}, e.Code) && !slices.Contains(joined, at) {
					t.Errorf("%s = %.40v: %v", at, value, e)
				}
			}
		}
		switch r.Kind {
		case rule.IsNumber:
			refused(r.Least-1, rule.Between)
			refused(r.Most+1, rule.Between)
			allowed(r.Least)
			allowed(r.Most)
		case rule.IsText:
			if r.Least > 0 {
				refused("", rule.Missing)
			}
			refused(strings.Repeat("あ", r.Most+1), rule.TooLong)
			refused("a\tb", rule.Characters)
			allowed(strings.Repeat("あ", r.Most))
		case rule.IsChoice:
			refused("neither", rule.NotOneOf)
			for _, v := range r.Values {
				allowed(v)
			}
			if r.Optional {
				allowed("")
			} else {
				refused("", rule.NotOneOf)
			}
		case rule.IsList:
			if r.Least > 0 {
				refused([]any{}, rule.Empty, rule.TooFew)
			}
			if r.Most > 0 {
				refused(make([]any, r.Most+1), rule.TooMany)
				allowed(make([]any, r.Most))
			}
		case rule.IsForm:
			refused("?", "not_clinic_number", "not_service_number", "not_kind_id", "not_origin", "not_time_zone", "not_date", "not_time", "not_session", "not_time_of_day")
		}
	}
}

// with returns the example with another value at a path.
func with(t *testing.T, path string, value any) Clinic {
	t.Helper()
	text, err := json.Marshal(example())
	if err != nil {
		t.Fatal(err)
	}
	var record any
	if err := json.Unmarshal(text, &record); err != nil {
		t.Fatal(err)
	}
	steps := strings.Split(strings.NewReplacer("[0]", ".0").Replace(path), ".")
	set(t, record, steps, value)
	if text, err = json.Marshal(record); err != nil {
		t.Fatal(err)
	}
	var c Clinic
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func set(t *testing.T, in any, steps []string, value any) {
	t.Helper()
	var next func() any
	var put func(any)
	switch in := in.(type) {
	case map[string]any:
		next, put = func() any { return in[steps[0]] }, func(v any) { in[steps[0]] = v }
	case []any:
		next, put = func() any { return in[0] }, func(v any) { in[0] = v }
	default:
		t.Fatalf("nothing at %v", steps)
	}
	if len(steps) == 1 {
		put(value)
		return
	}
	if next() == nil { // omitted as the zero value
		put(map[string]any{})
	}
	set(t, next(), steps[1:], value)
}

// TestValidate_JoinsFields has the rules that no row of the table can have.
func TestValidate_JoinsFields(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Clinic){
		"card.least: 3 is not between 1 and 2":                                        func(c *Clinic) { c.Card = Card{3, 2} },
		"card.least: 0 is not between 1 and 2":                                        func(c *Clinic) { c.Card = Card{0, 2} },
		`services[1].id: "1" is used twice`:                                           func(c *Clinic) { c.Services = append(c.Services, c.Services[0]) },
		"services[0].numbers.reserve: 1 would reserve every number":                   func(c *Clinic) { c.Services[0].Numbers.Reserve = 1 },
		"services[0].numbers.webFrom: 5 leaves the desk no numbers":                   func(c *Clinic) { c.Services[0].Numbers = Numbers{Start: 5, WebFrom: 5} },
		`services[0].kinds[1].id: "1" is used twice`:                                  func(c *Clinic) { c.Services[0].Kinds = []Kind{{ID: "1", Name: "a"}, {ID: "1", Name: "b"}} },
		`rooms[1].id: "1" is used twice`:                                              func(c *Clinic) { c.Rooms = append(c.Rooms, c.Rooms[0]) },
		`rooms[0].services[0]: the clinic has no service "7"`:                         func(c *Clinic) { c.Rooms[0].Services = []string{"7"} },
		"calendar.cutover: 06:01 is later than 06:00":                                 func(c *Clinic) { c.Calendar = &hours.Calendar{Cutover: "06:01"} },
		"services[0].calendar.cutover: 06:01 is later than 06:00":                     func(c *Clinic) { c.Services[0].Calendar = &hours.Calendar{Cutover: "06:01"} },
		"hours: has control characters or direction marks":                            func(c *Clinic) { c.Hours = "a\nb\rc" },
		`zone: "Local" is not an IANA time zone`:                                      func(c *Clinic) { c.Zone = "Local" },
		`origins[0]: "https://a.jp/" is not an origin such as https://www.example.jp`: func(c *Clinic) { c.Origins = []string{"https://a.jp/"} },

		"notices.quiet.until: is the time at which the quiet hours begin":        func(c *Clinic) { c.Notices.Quiet.Until = "21:00" },
		`notices.quiet.from: "24:00" is not a time from 00:00 to 23:59`:          func(c *Clinic) { c.Notices.Quiet.From = "24:00" },
		`notices.caps[1].channel: "push" is used twice`:                          func(c *Clinic) { c.Notices.Caps = slices.Repeat(c.Notices.Caps, 2) },
		`notices.words[1].kind: "call" is used twice`:                            func(c *Clinic) { c.Notices.Words = slices.Repeat(c.Notices.Words, 2) },
		"notices.words[0].text: has control characters or direction marks":       func(c *Clinic) { c.Notices.Words[0].Text = "a\u202eb" },
		"services[0].reminders[1]: is at the same time as an earlier entry":      func(c *Clinic) { c.Services[0].Reminders = slices.Repeat(c.Services[0].Reminders, 2) },
		`services[0].reminders[0].at: "24:00" is not a time from 00:00 to 23:59`: func(c *Clinic) { c.Services[0].Reminders[0].At = "24:00" },

		"services[0].booking.days: 29 is not between 0 and 28":                                             func(c *Clinic) { c.Services[0].Mode, c.Services[0].Booking.Days = ModeOrder, 29 },
		"services[0].booking.opensAt: begins before the business date, which is 04:00 to 28:00":            func(c *Clinic) { c.Services[0].Booking.OpensAt = "03:59" },
		"services[0].slot.minutes: 31 is not a multiple of 5":                                              func(c *Clinic) { c.Services[0].Slot.Minutes = 31 },
		"services[0].slot.minutes: 0 is not between 5 and 120":                                             func(c *Clinic) { c.Services[0].Slot.Minutes = 0 },
		"services[0].slot.numberBySlot: numbers by slot exclude the other rules for numbers":               func(c *Clinic) { c.Services[0].Slot.NumberBySlot, c.Services[0].Numbers.Reserve = true, 10 },
		"services[0].slot.seats[0].weekday: needs a date, weekday, session or slot":                        func(c *Clinic) { c.Services[0].Slot.Seats[0].Weekday = "" },
		"services[0].slot.seats[0].weekday: excludes date":                                                 func(c *Clinic) { c.Services[0].Slot.Seats[0].Date = "2026-12-30" },
		"services[0].slot.seats[1]: applies to the same slots as an earlier entry":                         func(c *Clinic) { c.Services[0].Slot.Seats = slices.Repeat(c.Services[0].Slot.Seats, 2) },
		`services[0].cancel.anchor: "ahead" is not one of start, end, clock or empty`:                      func(c *Clinic) { c.Services[0].Cancel = CancelRule{Anchor: CancelByAhead, Ahead: 3} },
		`services[0].cancel.anchor: "start" is not one of clock, ahead or empty`:                           func(c *Clinic) { c.Services[0].Mode, c.Services[0].Cancel.Anchor = ModeOrder, CancelByStart },
		"services[0].cancel.at: is missing":                                                                func(c *Clinic) { c.Services[0].Cancel.Anchor = CancelByClock },
		"services[0].cancel.at: ends after the business date, which is 04:00 to 28:00":                     func(c *Clinic) { c.Services[0].Cancel = CancelRule{Anchor: CancelByClock, At: "28:01"} },
		"services[0].cancel.ahead: 0 is less than 1":                                                       func(c *Clinic) { c.Services[0].Mode, c.Services[0].Cancel.Anchor = ModeOrder, CancelByAhead },
		"services[0].form.first.card: the form must ask for the card number, or for name and phone number": func(c *Clinic) { c.Services[0].Form.First.Phone = Off },
		"services[0].form.again.card: the form must ask for the card number, or for name and phone number": func(c *Clinic) { c.Services[0].Form.Again = VisitForm{Card: Off, Name: Off} },
	} {
		c := example()
		change(&c)
		if errs := c.Validate(); len(errs) != 1 || errs[0].Error() != want {
			t.Errorf("%v, want %s", errs, want)
		}
	}
}

// TestCodes_SentencesNameTheirParameters looks for a parameter that no error brings.
func TestCodes_SentencesNameTheirParameters(t *testing.T) {
	t.Parallel()
	c := example()
	c.Name, c.Phone, c.Lookup, c.Zone, c.Services, c.Rooms = "", strings.Repeat("1", 31), "x", "x", nil, slices.Repeat(c.Rooms, 51)
	seen := map[rule.Code]bool{}
	for _, e := range c.Validate() {
		seen[e.Code] = true
		if strings.ContainsAny(e.Reason(), "{}") || e.Reason() == "" {
			t.Errorf("%s %v is written %q", e.Code, e.Params, e.Reason())
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %v", slices.Sorted(maps.Keys(seen)))
	}
}
