package api

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/queue/clinic"
	"junban/queue/hours"
)

// crawler follows every link of our own pages, and presses every button, as scanners of
// mails do. It types nothing.
type crawler struct {
	w       *world
	seen    map[string]bool
	queue   []string
	pressed int
}

var (
	linked   = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	formed   = regexp.MustCompile(`(?s)<form([^>]*)>(.*?)</form>`)
	anInput  = regexp.MustCompile(`<(?:input|select|textarea)([^>]*)>`)
	anOption = regexp.MustCompile(`(?s)<select[^>]*name="([^"]*)"[^>]*>.*?<option(?: value="([^"]*)")?[^>]*>`)
	aButton  = regexp.MustCompile(`<button([^>]*)>`)
	anAttr   = regexp.MustCompile(`([a-z]+)="([^"]*)"`)
)

func attributes(tag string) map[string]string {
	all := map[string]string{}
	for _, m := range anAttr.FindAllStringSubmatch(tag, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

// read takes the links of a page, and presses its buttons.
func (c *crawler) read(path string, res answer) {
	if !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") {
		return
	}
	text := string(res.body)
	for _, m := range linked.FindAllStringSubmatch(text, -1) {
		base, _ := url.Parse(path)
		to, err := base.Parse(html.UnescapeString(m[1]))
		if err == nil && to.Host == "" && (to.Scheme == "" || to.Scheme == "http") {
			c.visit(to.RequestURI())
		}
	}
	for _, f := range formed.FindAllStringSubmatch(text, -1) {
		c.press(path, attributes(f[1]), f[2], text)
	}
}

// head sends the HEAD of a page.
func (c *crawler) head(path string) {
	res, err := c.w.client.Do(c.w.request(ask{method: http.MethodHead, path: path, loose: true}, nil))
	if err != nil {
		c.w.t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode >= 500 {
		c.w.t.Errorf("HEAD %s: %d, %v", path, res.StatusCode, err)
	}
}

// visit plans a page. Of each page only a few queries are followed.
func (c *crawler) visit(path string) {
	page, query, _ := strings.Cut(path, "?")
	kind := page
	for name := range strings.SplitSeq(query, "&") {
		name, _, _ = strings.Cut(name, "=")
		kind += " " + name
	}
	if c.seen[kind] || strings.HasPrefix(path, "/assets/") && c.seen["/assets/"] {
		return
	}
	c.seen[kind] = true
	c.seen["/assets/"] = c.seen["/assets/"] || strings.HasPrefix(path, "/assets/")
	c.queue = append(c.queue, path)
}

// press sends a form once with each of its buttons, those outside of it included.
func (c *crawler) press(path string, form map[string]string, inside, page string) {
	if c.seen["form "+form["action"]+inside] {
		return
	}
	c.seen["form "+form["action"]+inside] = true
	fields := url.Values{}
	for _, m := range anInput.FindAllStringSubmatch(inside, -1) {
		if a := attributes(m[1]); a["name"] != "" && a["type"] != "radio" && a["type"] != "checkbox" {
			fields.Set(a["name"], a["value"])
		}
	}
	for _, m := range anOption.FindAllStringSubmatch(inside, -1) {
		fields.Set(m[1], html.UnescapeString(m[2]))
	}
	buttons := aButton.FindAllStringSubmatch(inside, -1)
	if form["id"] != "" {
		for _, m := range aButton.FindAllStringSubmatch(page, -1) {
			if attributes(m[1])["form"] == form["id"] {
				buttons = append(buttons, m)
			}
		}
	}
	base, _ := url.Parse(path)
	to, err := base.Parse(form["action"])
	if err != nil {
		c.w.t.Errorf("%s: the form goes to %q", path, form["action"])
		return
	}
	for _, m := range buttons {
		sent := url.Values{}
		for name, values := range fields {
			sent[name] = values
		}
		if b := attributes(m[1]); b["name"] != "" {
			sent.Set(b["name"], b["value"])
		}
		c.pressed++
		if form["method"] == "post" {
			c.read(to.Path, c.w.form(to.RequestURI(), sent))
		} else {
			c.visit(to.Path + "?" + sent.Encode())
		}
	}
}

// TestCrawler_ChangesNothing reads every link of every public page by GET and HEAD, and
// presses every button without typing a cancel code. No version moves, and each booking
// stays (booking.md §2 18 and 19).
func TestCrawler_ChangesNothing(t *testing.T) {
	t.Parallel()
	w := newRealWorld(t, func(c *Config) { c.Demo = true })
	w.bySlot(func(s *clinic.Service) { // a form that a crawler can send without typing
		s.Form.First = clinic.VisitForm{Name: clinic.Optional, Phone: clinic.Optional}
		s.Form.Again = s.Form.First
	})
	w.record(func(c *clinic.Clinic) { c.Services[1].WebCancel = true; c.Services[1].Calendar = &hours.Calendar{} })
	day := w.tomorrow()
	booked := w.issue("1", wire.IssueRequest{Day: day, Slot: "10:00", Patient: wire.Patient{Name: "花子", Phone: "09011112222"}})
	link := "/v1/tickets/" + booked.Ticket.ID
	state := func() (string, any) {
		t.Helper()
		snap, err := w.line.Snapshot(t.Context(), w.clinic.ID)
		if err != nil {
			t.Fatal(err)
		}
		mine := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: link, token: booked.Token}).Ticket
		return mine.State + " " + mine.Slot, snap.Version
	}
	wasState, wasVersion := state()

	c := &crawler{w: w, seen: map[string]bool{}}
	for _, path := range []string{
		"/", "/t", "/lookup", "/lookup?service=" + w.ref("1"), "/c/" + w.number(), "/s/" + w.ref("1"), "/s/" + w.ref("2"),
		"/s/" + w.ref("1") + "/book", "/s/" + w.ref("1") + "/book?day=" + day, "/in/" + w.number(), "/in/" + w.number() + "/sheet",
		"/display", "/display/" + w.number(), "/embed/" + w.ref("1"), "/partner", "/partner/docs", "/partner/sample", "/staff", link,
		"/s/" + w.ref("1") + "/calendar.ics?day=" + day + "&slot=10:00&to=10:30&ticket=" + booked.Ticket.ID,
	} {
		c.visit(path)
	}
	c.read("/lookup", w.form("/lookup", url.Values{"service": {w.ref("1")}, "phone": {"09011112222"}}))
	if !c.seen["/lookup/cancel lang"] && !c.seen["/lookup/cancel"] {
		t.Error("the lookup offers no cancel")
	}
	visited := 0
	for len(c.queue) > 0 && visited < 300 {
		path := c.queue[0]
		c.queue = c.queue[1:]
		visited++
		c.head(path)
		res := w.do(ask{method: http.MethodGet, path: path, loose: true})
		if res.status >= 500 {
			t.Errorf("%s: %d", path, res.status)
		}
		c.read(path, res)
	}
	if visited < 40 || c.pressed < 8 {
		t.Errorf("only %d pages were read, and %d buttons pressed", visited, c.pressed)
	}
	if is, version := state(); is != wasState || version != wasVersion {
		t.Errorf("after the crawler: %s at version %v, before: %s at %v", is, version, wasState, wasVersion)
	}
	if days := get[wire.Days](w, 200, ask{method: "GET", path: "/v1/services/" + w.ref("1") + "/days"}).Days; len(days) < 2 {
		t.Errorf("%d days", len(days))
	}
}
