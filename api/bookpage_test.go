package api

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/queue/queuetest"
)

// bySlot puts the first service of the clinic in slot mode: from 09:00 to 11:00 on every
// day, two seats a slot for the web.
func (w *world) bySlot(change ...func(*clinic.Service)) {
	w.t.Helper()
	w.record(func(c *clinic.Clinic) {
		c.Zone = queuetest.Noon() // the web is served
		c.Calendar = &hours.Calendar{Weekly: map[string][]hours.Frame{}}
		for _, d := range hours.Weekdays() {
			c.Calendar.Weekly[d] = []hours.Frame{{Session: "morning", Consult: hours.Span{From: "09:00", To: "11:00"}}}
		}
		s := &c.Services[0]
		s.FillSlotDefaults()
		s.Slot.Web, s.WebCancel = new(2), true
		for _, f := range change {
			f(s)
		}
	})
}

// tomorrow is the clinic's business date of tomorrow.
func (w *world) tomorrow() string {
	w.t.Helper()
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		w.t.Fatal(err)
	}
	return time.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
}

// shown is a page without its HTML entities. It fails where the status is another one.
func (w *world) shown(status int, a answer, has ...string) string {
	w.t.Helper()
	text := html.UnescapeString(string(a.body))
	if a.status != status {
		w.t.Fatalf("status %d, want %d:\n%s", a.status, status, text)
	}
	for _, part := range has {
		if !strings.Contains(text, part) {
			w.t.Errorf("the page lacks %q:\n%s", part, text)
		}
	}
	return text
}

var (
	hiddenKey  = regexp.MustCompile(`name="key" value="([^"]+)"`)
	shownCode  = regexp.MustCompile(`id="code"[^>]*>(\d{6})<`)
	handleOf   = regexp.MustCompile(`name="handle" value="([^"]+)"`)
	offerOf    = regexp.MustCompile(`name="offer" value="([^"]+)"`)
	uidOf      = regexp.MustCompile(`(?s)\r\nUID:(.+?)\r\nDTSTAMP:\d{8}T\d{6}Z\r\n`)
	calendarOf = regexp.MustCompile(`href="(/s/[^"]+calendar\.ics[^"]+)"`)
)

// one is the first group of a pattern in a text.
func (w *world) one(pattern *regexp.Regexp, text string) string {
	w.t.Helper()
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		w.t.Fatalf("no %s in:\n%s", pattern, text)
	}
	return m[1]
}

// TestBookPage_BooksWithoutScripts goes from the calendar to the cancel by links and forms
// alone. A full slot keeps what was typed, and offers the nearest free ones.
func TestBookPage_BooksWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	w.bySlot()
	day, path := w.tomorrow(), "/s/"+w.ref("1")+"/book"
	read := func(path string) answer { return w.do(ask{method: "GET", path: path}) }

	w.shown(200, read("/s/"+w.ref("1")), `href="`+path)
	w.shown(200, read(path), "?day="+day)
	w.shown(200, read(path+"?day="+day), `value="09:00"`, "10:30〜11:00", "○ 空きあり", `name="phone" type="tel"`)
	typed := func(slot, name, phone string) url.Values {
		return url.Values{"day": {day}, "slot": {slot}, "name": {name}, "phone": {phone}, "partySize": {"1"}, "step": {"check"}}
	}
	w.shown(400, w.form(path, typed("", "花子", "")), `value="花子"`, `id="problem"`, "時間帯", "電話番号")
	book := func(slot, name, phone string, status int, has ...string) (string, url.Values) {
		t.Helper()
		fields := typed(slot, name, phone)
		asked := w.shown(200, w.form(path, fields), name, phone, "はい、予約します")
		fields.Set("step", "do")
		fields.Set("key", w.one(hiddenKey, asked))
		return w.shown(status, w.form(path, fields), has...), fields
	}
	done, fields := book("09:30", "花子", "090-1111-2222", 201, "予約できました", "09:30〜10:00", "<svg class=\"qr\"")
	code := w.one(shownCode, done)
	if again := w.shown(201, w.form(path, fields)); w.one(shownCode, again) != code {
		t.Error("a second press makes another booking")
	}
	file := read(w.one(calendarOf, done))
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	start, _ := hours.Instant(day, "09:30", zone)
	events := w.shown(200, file, "BEGIN:VEVENT\r\n", "DTSTART:"+start.UTC().Format("20060102T150405Z")+"\r\n", "END:VCALENDAR\r\n")
	if w.one(uidOf, events) != w.one(uidOf, string(read(w.one(calendarOf, done)).body)) {
		t.Error("the same booking is another event")
	}
	if strings.Contains(events, code) || strings.Contains(events, "花子") || file.header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Errorf("calendar file of type %q:\n%s", file.header.Get("Content-Type"), events)
	}

	book("09:30", "太郎", "090-1111-3333", 201)
	full, fields := book("09:30", "次郎", "090-1111-4444", 409, `value="次郎"`, `value="090-1111-4444"`, "近くの空いている時間帯")
	offer := w.one(offerOf, full)
	var offers []string
	for _, m := range offerOf.FindAllStringSubmatch(full, -1) {
		offers = append(offers, m[1])
	}
	if !slices.IsSorted(offers) || len(offers) != 5 || !strings.HasPrefix(offer, day+" 09:00 ") {
		t.Errorf("offers %q", offers)
	}
	if _, after, _ := strings.Cut(full, offer); strings.Count(full, "いちばん近い") != 1 || !strings.Contains(after[:strings.Index(after, "</button>")], "いちばん近い") {
		t.Errorf("%q is nearest, and not marked so:\n%s", offer, full)
	}
	fields.Set("offer", offer)
	w.shown(200, w.form(path, fields), "次郎", strings.Fields(offer)[1]+"〜")
	book("10:30", "花子", "09011112222", 409, "すでにお済み")

	// The booking is found by its phone number, and cancelled with the code that is typed.
	found := w.shown(200, w.form("/lookup", url.Values{"service": {w.ref("1")}, "phone": {"０９０-1111-2222"}}), "09:30〜10:00", "予約をお受けしています")
	if strings.Contains(found, code) || strings.Contains(found, "花子") {
		t.Errorf("the page tells too much:\n%s", found)
	}
	cancel := url.Values{"service": {w.ref("1")}, "handle": {w.one(handleOf, found)}}
	w.shown(400, w.form("/lookup/cancel", cancel), `id="failed"`)
	cancel.Set("code", "000000")
	w.shown(403, w.form("/lookup/cancel", cancel), `id="failed"`, "取消コードが違います")
	cancel.Set("code", code)
	w.shown(200, w.form("/lookup/cancel", cancel), "予約を取り消しました", `id="again"`)
	book("09:30", "四郎", "090-1111-5555", 201)
}

// TestBookPage_RefusesWhatIsNotOffered sends what the page never offers.
func TestBookPage_RefusesWhatIsNotOffered(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t)
	w.bySlot()
	path := "/s/" + w.ref("1") + "/book"
	if res := w.do(ask{method: "GET", path: "/s/" + w.ref("2") + "/book"}); res.status != 200 || !strings.Contains(string(res.body), "junban-patient") {
		t.Errorf("a service in order mode: %d", res.status) // the client follows the redirect
	}
	for name, q := range map[string]string{"no date": "?day=x", "the past": "?day=2020-01-01", "far": "?day=2999-01-01", "no week": "?from=zz"} {
		if res := w.do(ask{method: "GET", path: path + q}); res.status != 200 {
			t.Errorf("%s: %d", name, res.status)
		}
	}
	for name, tt := range map[string]struct {
		fields url.Values
		status int
	}{
		"unknown slot": {url.Values{"day": {w.tomorrow()}, "slot": {"09:10"}}, 422},
		"no slot":      {url.Values{"day": {w.tomorrow()}, "slot": {"<b>"}}, 400},
		"beyond":       {url.Values{"day": {"2999-01-01"}, "slot": {"09:00"}}, 409},
		"no key":       {url.Values{"day": {w.tomorrow()}, "slot": {"09:00"}, "key": {""}}, 400},
	} {
		for field, value := range map[string]string{"name": "花子", "phone": "09011112222", "step": "do", "key": "0123456789abcdef" + name[:1]} {
			if !tt.fields.Has(field) {
				tt.fields.Set(field, value)
			}
		}
		if res := w.form(path, tt.fields); res.status != tt.status || !strings.Contains(string(res.body), `value="花子"`) {
			t.Errorf("%s: %d, want %d:\n%s", name, res.status, tt.status, res.body)
		}
	}
	for _, q := range []string{"", "?day=x&slot=09:00&to=09:30", "?day=2026-12-01&slot=09:00&to=08:30", "?day=2026-12-01&slot=49:00&to=50:00"} {
		if res := w.do(ask{method: "GET", path: "/s/" + w.ref("1") + "/calendar.ics" + q}); res.status != 400 {
			t.Errorf("calendar of %q: %d", q, res.status)
		}
	}
	if res := w.form(path, url.Values{"name": {strings.Repeat("a", 20<<10)}}); res.status != 413 {
		t.Errorf("a form that is too long: %d", res.status)
	}
}

// TestPatientPage_AsksWhoTheTicketIsFor holds the form to the rule by which the web refuses
// a ticket without a person: one ticket each, a limit of live bookings, or slot mode.
func TestPatientPage_AsksWhoTheTicketIsFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, tt := range map[string]struct {
		change func(*clinic.Service)
		asks   bool
	}{
		"neither":  {func(*clinic.Service) {}, false},
		"one each": {func(s *clinic.Service) { s.Capacity.OneEach = true }, true},
		"a limit":  {func(s *clinic.Service) { s.Limits.MaxLive = 2 }, true},
	} {
		w.record(func(c *clinic.Clinic) {
			s := &c.Services[0]
			s.Capacity.OneEach, s.Limits.MaxLive = false, 0
			tt.change(s)
		})
		page := w.shown(200, w.do(ask{method: "GET", path: "/s/" + w.ref("1")}))
		status := w.do(w.web("1", wire.IssueRequest{PartySize: 1})).status
		if strings.Contains(page, " identify") != tt.asks || (status == 422) != tt.asks {
			t.Errorf("%s: the form asks: %t, without a person: %d", name, strings.Contains(page, " identify"), status)
		}
	}
}

// TestBookPage_MarksTheChosenDayAlone reads the calendar without a day, and with one. Its
// weeks begin before the first day, so that some cells have no date.
func TestBookPage_MarksTheChosenDayAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.bySlot()
	const mark = `class="chosen"`
	page := "/s/" + w.ref("1") + "/book"
	if text := w.shown(200, w.do(ask{method: "GET", path: page}), `class="month"`); strings.Contains(text, mark) {
		t.Error("a day is marked, and none was chosen")
	}
	if text := w.shown(200, w.do(ask{method: "GET", path: page + "?day=" + w.tomorrow()})); strings.Count(text, mark) != 1 {
		t.Errorf("%d days are marked", strings.Count(text, mark))
	}
}
