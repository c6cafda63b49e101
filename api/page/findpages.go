package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"junban/api/directory"
	"junban/api/problem"
	"junban/api/route"
	"junban/api/view"
	"junban/queue/clinic"
	"junban/static"
)

// indexPage is /: the listed clinics, searched.
func (ps *Pages) indexPage(w http.ResponseWriter, r *http.Request) error {
	return ps.renderIndex(w, r, http.StatusOK, static.IndexPage{})
}

// renderIndex adds the directory to the answer about a number.
func (ps *Pages) renderIndex(w http.ResponseWriter, r *http.Request, status int, p static.IndexPage) error {
	f, err := ps.Directory.Search(r)
	if err != nil {
		return err
	}
	want := f.Want
	p.Lang, p.Demo = static.Language(r), ps.Demo
	p.Words, p.Area, p.Department, p.Areas, p.Departments = want.Words, want.Area, want.Department, f.Areas, f.Departments
	p.Total, p.Page, p.Pages = f.Total, f.Page, f.Pages
	for _, c := range f.Clinics {
		p.Clinics = append(p.Clinics, static.IndexClinic{Clinic: string(c.ID), Name: c.Name, Area: c.Area, Departments: c.Departments})
	}
	turn := func(to int) string {
		if to < 1 || to > f.Pages {
			return ""
		}
		q := url.Values{"lang": {p.Lang}, "page": {strconv.Itoa(to)}}
		for name, text := range map[string]string{"q": want.Words, "area": want.Area, "department": want.Department} {
			if text != "" {
				q.Set(name, text)
			}
		}
		return "/?" + q.Encode()
	}
	p.Previous, p.Next = turn(f.Page-1), turn(f.Page+1)
	return ps.renderAs(w, r, status, p)
}

var (
	numbering = regexp.MustCompile(`^([0-9]{4})(?:-?([0-9]{1,2}))?$`)
)

// findPage is /find?number=: from a clinic's number, or a 情報番号, to its page
// (B03). Full-width digits are digits too.
func (ps *Pages) findPage(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("number")
	typed = typed[:min(len(typed), directory.MaxQuery)]
	number := route.Number(typed)
	wrong := func(status int, what string) error {
		return ps.renderIndex(w, r, status, static.IndexPage{Number: strings.ToValidUTF8(typed, ""), Wrong: what})
	}
	m := numbering.FindStringSubmatch(number)
	if m == nil {
		return wrong(http.StatusBadRequest, "malformed")
	}
	if m[2] != "" {
		number = m[1] + "-" + m[2] // the keypad of a phone may have no hyphen
	}
	to, err := ps.numbered(r, m[1], number)
	switch {
	case errors.As(err, &problem.Problem{}):
		return wrong(http.StatusTooManyRequests, "many")
	case errors.Is(err, clinic.ErrNoClinic), errors.Is(err, clinic.ErrNoService):
		return wrong(http.StatusNotFound, "unknown")
	case err != nil:
		return err
	}
	http.Redirect(w, r, to+"?lang="+static.Language(r), http.StatusSeeOther)
	return nil
}

// numbered is the page of a number that a clinic or a service has.
func (ps *Pages) numbered(r *http.Request, id, number string) (string, error) {
	if err := ps.Limits.AuthorizeLookup(r, clinic.ID(id)); err != nil {
		return "", err
	}
	if number == id {
		_, err := ps.Clinics.Record(r.Context(), clinic.ID(id))
		return "/c/" + id, err
	}
	ref, err := clinic.ParseRef(number)
	if err == nil {
		_, _, err = ps.Clinics.Service(r.Context(), ref)
	}
	return "/s/" + number, err
}

// clinicPage is /c/:clinic, listed or not.
func (ps *Pages) clinicPage(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := ps.Clinics.Snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	state := v.Boards(snap)
	f, err := v.Frame(snap, view.ClinicTopic(id), state)
	if err != nil {
		return err
	}
	unlisted(w, snap.Clinic)
	c, of := snap.Clinic, names(snap.Clinic)
	p := static.ClinicPage{
		Lang: static.Language(r), Clinic: string(id), Name: c.Name, Area: c.Area, Departments: c.Departments, Address: c.Address, Phone: c.Phone,
		Hours: c.Hours, Week: sevenDays(c, snap.Day, v.Zone), Today: string(snap.Day), Names: of, At: v.At(snap.At).Format("15:04"), Initial: json.RawMessage(f.Body),
	}
	if c.Address != "" {
		p.Map = "https://www.google.com/maps/search/?" + url.Values{"api": {"1"}, "query": {c.Address}}.Encode()
	}
	for _, b := range state.Boards {
		p.Boards = append(p.Boards, static.NewBoard(b, of))
	}
	for _, n := range ps.News(r.Context(), v, newsOnPage) {
		p.News = append(p.News, static.ClinicNews{Title: n.Title, Body: n.Body, Date: n.At.Format(time.DateOnly)})
	}
	return ps.render(w, r, p)
}

// newsOnPage is how many news a clinic's page shows.
const newsOnPage = 3

// weekLong is how many days of the timetable a clinic's page shows.
const weekLong = 7

// sevenDays is the clinic's timetable from a day on, with the dates that differ.
func sevenDays(c clinic.Clinic, from clinic.Day, zone *time.Location) (week []static.WeekDay) {
	if c.Calendar == nil {
		return nil
	}
	first, err := time.Parse(time.DateOnly, string(from))
	if err != nil {
		return nil
	}
	for i := range weekLong {
		date := first.AddDate(0, 0, i).Format(time.DateOnly)
		d := static.WeekDay{Date: date}
		for _, s := range c.Calendar.Sessions(date, zone) {
			d.Sessions = append(d.Sessions, static.WeekSession{
				Name: s.Kind, From: s.Consult.From.Format("15:04"), To: s.Consult.To.Format("15:04"),
				Next: s.Consult.To.Format(time.DateOnly) > date && s.Consult.To.Format("15:04") != "00:00",
			})
		}
		for _, n := range c.Calendar.Notes(date, date) {
			d.Reason = n.Reason
		}
		week = append(week, d)
	}
	return week
}

// unlisted keeps a page of a clinic that is not listed out of search engines (B04).
func unlisted(w http.ResponseWriter, c clinic.Clinic) {
	if !c.Listed {
		w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	}
}

// robots is /robots.txt: search engines may have the pages of the listed clinics. It
// names no clinic. Pages of unlisted clinics carry their own noindex header.
func (ps *Pages) robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("User-agent: *\nDisallow: /v1/\nDisallow: /staff\nDisallow: /in/\nDisallow: /display/\nDisallow: /find\nDisallow: /lookup\n"))
	return err
}
