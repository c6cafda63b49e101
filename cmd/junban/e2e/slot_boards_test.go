//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"junban/api/wire"
)

// slotScreens are the pages that show a board to passers-by, each open in one language.
type slotScreens struct {
	lang           string
	clinic, screen *page
	element, frame *page
	label, caution string
}

// sees waits until every screen shows the slot being seen: its time, of how many, and how
// many of them are called.
func (s slotScreens) sees(slot, booked, called string) {
	for _, p := range []*page{s.clinic, s.screen} {
		p.shows("#service-2050-1 .serving", slot)
		p.shows("#service-2050-1 .booked", booked)
		p.shows("#service-2050-1 dd.called:not(:has(.number))", called)
		p.says("#service-2050-1 .caution", s.caution)
	}
	for _, p := range []*page{s.element, s.frame} {
		p.contains(elementText, s.label+" "+slot)
		p.is("document.querySelector('junban-board').shadowRoot.querySelector('[part=booked]')?.textContent", booked)
		p.is("document.querySelector('junban-board').shadowRoot.querySelector('[part=called]')?.textContent", called)
		p.contains(elementText, s.caution)
	}
}

// seesNone waits until no screen shows a slot being seen, nor its caution.
func (s slotScreens) seesNone() {
	for _, p := range []*page{s.clinic, s.screen} {
		p.holds("document.querySelector('#service-2050-1') && !document.querySelector('.serving, .booked, .caution')")
	}
	for _, p := range []*page{s.element, s.frame} {
		p.holds("document.querySelector('junban-board').shadowRoot?.querySelector('[part=reception]') && !document.querySelector('junban-board').shadowRoot.querySelector('[part=serving], [part=booked], [part=caution]')")
	}
}

// TestE2E_EveryScreenShowsTheSlotBeingSeen turns a service to slots while its clinic page,
// a screen, an element and a frame are open. Patients book, arrive and are called. No page
// is loaded again.
func TestE2E_EveryScreenShowsTheSlotBeingSeen(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2050", "  - {id: 1, name: 内科}\n  - {id: 2, name: 小児科}\n")
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/2050/timetable", nil, &table)
	daily := `[{"session":"afternoon","consult":{"from":"14:00","to":"16:00"}}]`
	table.Calendar = json.RawMessage(fmt.Sprintf(`{"weekly":{"mon":%[1]s,"tue":%[1]s,"wed":%[1]s,"thu":%[1]s,"fri":%[1]s,"sat":%[1]s,"sun":%[1]s}}`, daily))
	desk.OK(t, "PUT", "/v1/clinics/2050/timetable", table, nil)

	all := []slotScreens{
		{lang: "ja", label: "現在診察中の時間帯", caution: "現在の時刻ではありません"},
		{lang: "en", label: "Now seeing patients of", caution: "not the present time"},
	}
	for i := range all {
		x := &all[i]
		x.clinic = open(t, chrome, "slot-clinic-"+x.lang, s.URL+"/c/2050?lang="+x.lang, 390, 844)
		x.screen = open(t, chrome, "slot-screen-"+x.lang, s.URL+"/display/2050?sound=off&lang="+x.lang, 1920, 1080)
		board := fmt.Sprintf(`<script type="module" src="%s/embed/v1.js"></script><junban-board service="2050-1" lang="%s"></junban-board>`, s.URL, x.lang)
		x.element = open(t, chrome, "slot-element-"+x.lang, homepage(t, board), 800, 600)
		x.frame = open(t, chrome, "slot-frame-"+x.lang, s.URL+"/embed/2050-1?lang="+x.lang, 360, 400)
		x.clinic.holds("document.querySelector('.link.live') && document.querySelector('#service-2050-1 .go').getAttribute('href') === '/s/2050-1?lang=" + x.lang + "'")
		x.screen.holds("document.querySelector('.link.live') !== null")
		x.seesNone()
		for _, p := range []*page{x.clinic, x.screen, x.element, x.frame} {
			p.is("(window.stays = 'yes')", "yes")
		}
	}

	// The service is turned to slots.
	var set wire.Settings
	settings := func(change func()) {
		t.Helper()
		desk.OK(t, "GET", "/v1/services/2050-1/settings", nil, &set)
		change()
		desk.OK(t, "PUT", "/v1/services/2050-1/settings", set, nil)
	}
	two := 2
	settings(func() { set.Mode, set.Slot.Web, set.Slot.Lead, set.Slot.Reach = "slot", &two, 0, 720 })
	for _, x := range all {
		x.clinic.holds("document.querySelector('#service-2050-1 .go').getAttribute('href') === '/s/2050-1/book?lang=" + x.lang + "'")
		x.clinic.holds("document.querySelector('#service-2050-2 .go').getAttribute('href') === '/s/2050-2?lang=" + x.lang + "'")
		x.clinic.holds("[...document.querySelectorAll('#service-2050-1 .today li')].map((l) => l.textContent.trim().slice(0, 5)).join() === '14:00,14:30,15:00,15:30'")
		x.seesNone() // before the first call
	}

	// Three patients book and arrive. The one of the later slot is there first.
	today, _ := dates(t)
	date := today.Format(time.DateOnly)
	var ids []string
	for i, slot := range []string{"14:30", "14:00", "14:00"} {
		var issued wire.Issued
		desk.OK(t, "POST", "/v1/services/2050-1/tickets", wire.IssueRequest{
			Day: date, Slot: slot, Patient: wire.Patient{Name: "順番 花子", Phone: fmt.Sprintf("0900000111%d", i)},
		}, &issued)
		ids = append(ids, issued.Ticket.ID)
		desk.OK(t, "POST", "/v1/tickets/"+issued.Ticket.ID+"/arrive", wire.ArriveRequest{Presence: "here"}, nil)
	}
	all[0].clinic.says("#service-2050-1 .today", "14:00 × 満員")
	all[1].clinic.says("#service-2050-1 .today", "14:00 × full")
	for _, x := range all {
		x.seesNone()
	}

	// They are called by slot, and in it by arrival.
	next := func() { t.Helper(); desk.OK(t, "POST", "/v1/services/2050-1/call", wire.CallRequest{Room: "1"}, nil) }
	next()
	all[0].sees("14:00〜14:30", "2人", "1人")
	all[1].sees("14:00–14:30", "2 people", "1 person")
	all[0].screen.shows("#service-2050-1 .calling .number", "2")
	next()
	all[0].sees("14:00〜14:30", "2人", "2人")
	all[1].sees("14:00–14:30", "2 people", "2 people")
	next()
	all[0].sees("14:30〜15:00", "1人", "1人")
	all[1].sees("14:30–15:00", "1 person", "1 person")
	for _, x := range all {
		x.clinic.fits()
		for _, p := range []*page{x.clinic, x.screen, x.element, x.frame} {
			p.picture("serving")
		}
	}
	desk.OK(t, "POST", "/v1/tickets/"+ids[0]+"/undo", nil, nil)
	all[0].sees("14:00〜14:30", "2人", "2人")

	// The same page without scripts, and then hidden by the office.
	plain := open(t, chrome, "slot-clinic-plain", s.URL+"/c/2050?lang=en", 320, 700, withoutScripts())
	plain.shows("#service-2050-1 .serving", "14:00–14:30")
	plain.says("#service-2050-1 .caution", "not the present time")
	plain.says("#service-2050-1 .today", "14:00 × full")
	plain.holds("document.querySelector('#service-2050-1 .go').getAttribute('href') === '/s/2050-1/book?lang=en'")
	plain.fits()
	settings(func() { set.Hide = append(set.Hide, "slots") })
	for _, x := range all {
		x.seesNone()
		x.clinic.holds("document.querySelector('#service-2050-1 .go').getAttribute('href') === '/s/2050-1/book?lang=" + x.lang + "'")
		for _, p := range []*page{x.clinic, x.screen, x.element, x.frame} {
			p.is("window.stays", "yes")
		}
	}
}
