package hours_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"junban/queue/hours"
	"junban/queue/rule"
)

func TestValidate_SaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	const morning = "{session: morning, consult: {from: 09:00, to: 12:00}}"
	var seven []string
	for i := range 7 {
		seven = append(seven, fmt.Sprintf("{session: evening, consult: {from: 1%d:00, to: 1%d:30}}", i, i))
	}
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"an empty calendar": {"{}", nil},
		"a cutover that is no time": {
			"cutover: 4am",
			[]string{`cutover: "4am" is not a time from 00:00 to 30:00`},
		},
		"a late cutover": {
			"cutover: 06:01",
			[]string{"cutover: 06:01 is later than 06:00"},
		},
		"an unknown weekday": {
			"weekly: {mo: []}\nopen: {holiday: {from: 06:00, to: 12:00}}",
			[]string{
				`weekly: "mo" is not one of sun, mon, tue, wed, thu, fri, sat`,
				`open: "holiday" is not one of sun, mon, tue, wed, thu, fri, sat`,
			},
		},
		"times that are missing or not times": {
			"weekly: {mon: [{session: noon, consult: {to: 9:00}, desk: {from: x, to: y}}]}",
			[]string{
				`weekly.mon[0].session: "noon" is not one of morning, afternoon, evening`,
				"weekly.mon[0].consult.from: is missing",
				`weekly.mon[0].consult.to: "9:00" is not a time from 00:00 to 30:00`,
				`weekly.mon[0].desk.from: "x" is not a time from 00:00 to 30:00`,
				`weekly.mon[0].desk.to: "y" is not a time from 00:00 to 30:00`,
			},
		},
		"an unknown session after a known one": {
			"weekly: {mon: [" + morning + ", {session: noon, consult: {from: 12:00, to: 13:00}}]}",
			[]string{`weekly.mon[1].session: "noon" is not one of morning, afternoon, evening`},
		},
		"a consultation that ends first": {
			"weekly: {tue: [{session: morning, consult: {from: 12:00, to: 12:00}}]}",
			[]string{"weekly.tue[0].consult: ends before it begins"},
		},
		"a consultation outside the date": {
			"weekly: {tue: [{session: evening, consult: {from: 03:00, to: 05:00}}, {session: evening, consult: {from: 26:00, to: 28:01}}]}",
			[]string{
				"weekly.tue[0].consult: begins before the business date, which is 04:00 to 28:00",
				"weekly.tue[1].consult: ends after the business date, which is 04:00 to 28:00",
			},
		},
		"a desk that opens after the end": {
			"weekly: {tue: [{session: morning, consult: {from: 09:00, to: 12:00}, desk: {from: 12:00}}]}",
			[]string{"weekly.tue[0].desk: ends before it begins"},
		},
		"a web window outside the date, and one of nothing": {
			"weekly: {tue: [{session: morning, consult: {from: 09:00, to: 12:00}, webOpen: -301}, {session: afternoon, consult: {from: 13:00, to: 14:00}, webOpen: 30, webClose: -30}, {session: evening, consult: {from: 18:00, to: 20:00}, webClose: 481}]}",
			[]string{
				"weekly.tue[0].webOpen: begins before the business date, which is 04:00 to 28:00",
				"weekly.tue[1].webClose: ends before it begins",
				"weekly.tue[2].webClose: ends after the business date, which is 04:00 to 28:00",
			},
		},
		"an offset beyond all numbers": {
			"weekly: {tue: [{session: morning, consult: {from: 09:00, to: 12:00}, webOpen: 9223372036854775807}]}",
			[]string{"weekly.tue[0].webOpen: begins before the business date, which is 04:00 to 28:00"},
		},
		"a web window outside the web hours": {
			"weekly: {fri: [{session: evening, consult: {from: 24:00, to: 26:00}}]}\nopen: {fri: {from: 06:00, to: 24:00}}",
			[]string{"weekly.fri[0].webOpen: the web window, 24:00 to 26:00, is outside the web hours, 06:00 to 24:00"},
		},
		"sessions that overlap": {
			"weekly: {wed: [{session: afternoon, consult: {from: 11:59, to: 15:00}}, " + morning + "]}",
			[]string{"weekly.wed[0].consult: overlaps weekly.wed[1], which is 09:00 to 12:00"},
		},
		"sessions in the wrong order": {
			"weekly: {wed: [{session: evening, consult: {from: 07:00, to: 08:00}}, " + morning + "]}",
			[]string{"weekly.wed[1].session: evening comes before morning"},
		},
		"too many sessions": {
			"weekly: {wed: [" + strings.Join(seven, ", ") + "]}\nexceptions: [{date: 2026-11-25, reason: 健診}]",
			[]string{"weekly.wed: the day has 7 sessions, at most 6 are allowed"},
		},
		"an extra session over the weekday's": {
			// 2026-11-25 is a Wednesday, 26 a Thursday; its own frames replace the weekday's.
			"weekly: {wed: [" + morning + "]}\nexceptions: [" +
				"{date: 2026-11-25, extra: [{session: morning, consult: {from: 08:00, to: 09:01}}]}, " +
				"{date: 2026-11-26, extra: [" + morning + "]}, " +
				"{date: 2026-12-02, frames: [{session: morning, consult: {from: 07:00, to: 08:00}}], extra: [" + morning + "]}]",
			[]string{"exceptions[0].extra[0].consult: overlaps weekly.wed[0], which is 09:00 to 12:00"},
		},
		"a weekday's mistake, told once": {
			"weekly: {wed: [" + morning + ", " + morning + "]}\nexceptions: [{date: 2026-11-25, extra: [{session: evening, consult: {from: 18:00, to: 19:00}}]}]",
			[]string{"weekly.wed[1].consult: overlaps weekly.wed[0], which is 09:00 to 12:00"},
		},
		"a night that the web serves for once": {
			"exceptions: [{date: 2026-12-31, frames: [{session: evening, consult: {from: 24:00, to: 26:00}}], open: {from: 06:00, to: 28:00}}]",
			nil,
		},
		"exceptions that contradict": {
			"exceptions: [{date: 2026-12-30, closed: true, extra: [" + morning + "]}, {date: 2026-12-30}, {date: 2026-2-3}, {date: 2026-12-31, open: {from: 12:00, to: 11:00}}]",
			[]string{
				`exceptions[2].date: "2026-2-3" is not a date such as 2026-12-30`,
				"exceptions[0].closed: a closed date has no sessions",
				"exceptions[1].date: \"2026-12-30\" is used twice",
				"exceptions[3].open: ends before it begins",
			},
		},
		"a reason that is long, or not text": {
			`exceptions: [{date: 2026-12-30, reason: ` + strings.Repeat("休", 101) + `}, {date: 2026-12-31, reason: "a\tb"}]`,
			[]string{
				"exceptions[0].reason: has 101 characters, at most 100 are allowed",
				"exceptions[1].reason: has control characters or direction marks",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c hours.Calendar
			if err := yaml.UnmarshalWithOptions([]byte(test.text), &c, yaml.Strict()); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, wrong := range c.Validate() {
				got = append(got, wrong.Error())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestValidate_KeepsTwoHundredExceptions(t *testing.T) {
	t.Parallel()
	var c hours.Calendar
	for i := range 200 {
		date := time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		c.Exceptions = append(c.Exceptions, hours.Exception{Date: date, Closed: true})
	}
	if errs := c.Validate(); errs != nil {
		t.Error(errs)
	}
	c.Exceptions = append(c.Exceptions, hours.Exception{Date: "2027-01-01"})
	want := []rule.Error{{Path: "exceptions", Code: "too_many", Params: map[string]any{"count": 201, "most": 200}}}
	if diff := cmp.Diff(want, c.Validate()); diff != "" {
		t.Error(diff)
	}
}

// Any file is refused or has a meaning.
func FuzzCalendar(f *testing.F) {
	for _, text := range []string{
		`{}`,
		`{"cutover":"01:30","weekly":{"sat":[{"session":"evening","consult":{"from":"22:00","to":"25:30"},"webOpen":-60}]},"open":{"sat":{"from":"06:00","to":"25:00"}}}`,
		`{"exceptions":[{"date":"2026-11-01","extra":[{"session":"morning","consult":{"from":"04:00","to":"28:00"}}],"open":{"from":"10:00","to":"11:00"}}]}`,
		`{"weekly":{"sun":[{"session":"x","consult":{},"desk":{"from":"30:00"}}]},"exceptions":[{"date":"0000-00-00"}]}`,
	} {
		f.Add(text, int64(1793512800))
	}
	newYork := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, text string, second int64) {
		var c hours.Calendar
		if json.Unmarshal([]byte(text), &c) != nil {
			return
		}
		const years = 400 * 365 * 24 * 3600
		at := time.Unix(second%years, 0)
		now := c.At(at, newYork)
		if len(c.Validate()) > 0 {
			return
		}
		from, to := c.Bounds(now.Date, newYork)
		if at.Before(from) || !at.Before(to) || !now.Until.After(at) || now.Until.After(to) {
			t.Errorf("%s is of %s, which is %s to %s, until %s", at, now.Date, from, to, now.Until)
		}
		for _, s := range c.Sessions(now.Date, newYork) {
			for _, w := range []hours.Window{s.Consult, s.Desk, s.Web} {
				if !w.Empty() && (w.From.Before(from) || w.To.After(to)) {
					t.Errorf("%s has a window outside its date: %v", s.ID, w)
				}
			}
		}
	})
}
