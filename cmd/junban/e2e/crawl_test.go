//go:build unix

package e2e

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// scanner opens pages and presses what is on them, as a scanner of mails does in a real
// browser. It types nothing. It leaves out the form by which a patient takes a number.
type scanner struct {
	p       *page
	origin  string
	pressed map[string]bool // kind of page and button
	visited map[string]bool // kind of page
	queue   []string
}

const (
	// listed are the buttons of a page, in the order of the document, one a line.
	listed = `[...document.querySelectorAll("button, summary, input[type=submit]")].filter((e) => !e.closest("form.take"))`
	named  = listed + `.map((e) => [e.tagName, e.id, e.name, e.name && e.value, e.textContent.trim().slice(0, 30)].join(" ").replace(/\s+/g, " ")).join("\n")`
	// anyForm makes a browser send forms with empty fields.
	anyForm = `document.querySelectorAll("form").forEach((f) => { f.noValidate = true; })`
	linksOf = `[...document.querySelectorAll("a[href], iframe[src]")].map((e) => e.href || e.src).join("\n")`
	codesOf = `[...document.querySelectorAll("input[name=code], input[name=cancelCode]")].map((e) => e.value).join("")`
)

// kindOf is the address of a page without the values of its query, and without its
// language.
func kindOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	kind := u.Path
	for _, name := range slices.Sorted(maps.Keys(u.Query())) {
		if name != "lang" {
			kind += " " + name
		}
	}
	return kind
}

// plan notes an address of our own, one of each kind. The pages of the demo clinic are like
// those of the test's.
func (s *scanner) plan(address string) {
	if kind := kindOf(address); strings.HasPrefix(address, s.origin) && !s.visited[kind] && !strings.Contains(kind, "/1234") {
		s.visited[kind] = true
		s.queue = append(s.queue, address)
	}
}

// crawl reads all planned pages, those that they link to, and those that their buttons
// lead to.
func (s *scanner) crawl() {
	s.p.t.Helper()
	for n := 0; len(s.queue) > 0 && n < 80; n++ {
		address := s.queue[0]
		s.queue = s.queue[1:]
		if !s.asked(address) {
			continue
		}
		s.p.do(chromedp.Navigate(address))
		s.read()
		s.press(address)
	}
}

// asked sends the GET and the HEAD of an address, as a scanner without a browser does. It
// reports whether it is a page. Browsers download others.
func (s *scanner) asked(address string) (isPage bool) {
	s.p.t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r, err := http.NewRequestWithContext(s.p.t.Context(), method, address, http.NoBody)
		if err != nil {
			s.p.t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			s.p.t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode >= 500 {
			s.p.t.Errorf("%s %s: %d", method, address, answer.StatusCode)
		}
		isPage = strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html")
	}
	return isPage
}

// read plans the links of the page. No field for a code is filled in.
func (s *scanner) read() {
	s.p.t.Helper()
	s.p.is("document.readyState", "complete")
	for link := range strings.SplitSeq(s.p.text(linksOf), "\n") {
		link, _, _ = strings.Cut(link, "#")
		s.plan(link)
	}
	if codes := s.p.text(codesOf); codes != "" {
		s.p.t.Errorf("%s has the code %q filled in", s.p.text("location.href"), codes)
	}
}

// press clicks each button of the page once, also those that appear by it. After a click
// that leaves the page, it comes back.
func (s *scanner) press(address string) {
	s.p.t.Helper()
	kind := kindOf(address)
	for range 40 {
		next := -1
		for i, button := range strings.Split(s.p.text(named), "\n") {
			if button != "" && !s.pressed[kind+": "+button] {
				s.pressed[kind+": "+button], next = true, i
				break
			}
		}
		if next < 0 {
			return
		}
		s.p.text(fmt.Sprintf("(window.here = 1, %s, %s[%d].click())", anyForm, listed, next))
		s.read()
		if s.p.text("window.here") != "1" {
			s.plan(s.p.text("location.href"))
			s.p.do(chromedp.Navigate(address))
			s.p.is("document.readyState", "complete")
		}
	}
}

// TestE2E_AScannerChangesNothing lets a scanner read every page that needs no login, and
// press every button without typing, with scripts and without (booking.md §2 18 and 19). No
// act is logged, and the bookings stay.
func TestE2E_AScannerChangesNothing(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := slotClinic(t, s, "2060")
	_, tomorrow := dates(t)
	next := tomorrow.Format(time.DateOnly)
	mine := guestBooking(t, desk, "2060", next, "15:00", "09000000001")
	type state struct {
		ticket      string
		today, then wire.Acts
		board       string
	}
	now := func() (is state) {
		t.Helper()
		ticket, status := desk.Show(t, mine)
		is.ticket = fmt.Sprintf("%d %s %s %s", status, ticket.State, ticket.Slot, ticket.Presence)
		desk.OK(t, "GET", "/v1/clinics/2060/acts", nil, &is.today)
		desk.OK(t, "GET", "/v1/clinics/2060/acts?day="+next, nil, &is.then)
		var frame wire.Frame
		desk.OK(t, "GET", "/v1/services/2060-1/board", nil, &frame)
		is.board = fmt.Sprintf("%s %d", frame.Epoch, frame.Version)
		return is
	}
	was := now()
	link := linkOf(s, "2060", mine)
	pages := []string{
		"/?lang=ja", "/t", "/c/2060", "/s/2060-1", "/s/2060-2", "/s/2060-1/book", "/s/2060-1/book?day=" + next, "/lookup?service=2060-1",
		"/in/2060", "/in/2060/sheet", "/embed/2060-1",
	}
	scan := func(p *page) *scanner {
		c := &scanner{p: p, origin: s.URL, pressed: map[string]bool{}, visited: map[string]bool{}}
		for _, path := range pages {
			c.plan(s.URL + path)
		}
		c.crawl()
		return c
	}

	// With scripts: the link of the mail opens the ticket first, and the device then has it.
	p := open(t, chrome, "scanner", link, 390, 844)
	p.says("#slot", "15:00〜15:30")
	p.has(mine)
	c := &scanner{p: p, origin: s.URL, pressed: map[string]bool{}, visited: map[string]bool{}}
	c.read()
	c.press(link)
	for _, button := range []string{"BUTTON cancel", "はい、取り消します", "SUMMARY"} {
		if !strings.Contains(fmt.Sprint(c.pressed), button) {
			t.Errorf("%q was not pressed on the page of the ticket: %v", button, c.pressed)
		}
	}
	c = scan(p)
	if len(c.visited) < 12 || len(c.pressed) < 12 {
		t.Errorf("only %d kinds of pages, %d buttons", len(c.visited), len(c.pressed))
	}

	// Without scripts: also what a lookup has found.
	plain := open(t, chrome, "scanner-plain", s.URL+"/lookup?service=2060-1", 390, 844, withoutScripts())
	plain.fill("input[name=phone]", "09000000001")
	plain.do(chromedp.Click(".lookup button"))
	plain.says("#found", "15:00〜15:30")
	found := &scanner{p: plain, origin: s.URL, pressed: map[string]bool{}, visited: map[string]bool{}}
	found.read()
	plain.text(fmt.Sprintf("(%s, document.querySelector('#found button.danger').click())", anyForm))
	plain.says("#failed", "")
	if c = scan(plain); len(c.visited) < 12 || len(c.pressed) < 8 {
		t.Errorf("only %d kinds of pages, %d buttons", len(c.visited), len(c.pressed))
	}

	is := now()
	if is.ticket != was.ticket || is.board != was.board || len(is.today.Acts) != len(was.today.Acts) || len(is.then.Acts) != len(was.then.Acts) || !strings.HasPrefix(is.ticket, "200 booked 15:00") {
		t.Errorf("after the scanner %+v\nbefore it %+v", is, was)
	}

	// The person cancels with the code that is typed.
	p.has(mine) // the scanner has removed it from the list of this device
	p.do(chromedp.Navigate(link))
	p.shows(".mine .state", "予約をお受けしています")
	p.cancels()
	p.shows(".mine .state", "受付は取り消されました")
}
