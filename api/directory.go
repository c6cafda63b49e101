package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"junban/api/problem"
	"junban/api/route"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// maxQuery is the longest search, in characters.
const maxQuery = 100

// listClinics is GET /v1/clinics?q=&area=&department=&page=: the listed ones (B02, B04).
func (s *Server) listClinics(w http.ResponseWriter, r *http.Request) error {
	f, err := s.search(r)
	if err != nil {
		return err
	}
	d := wire.Directory{Clinics: []wire.Clinic{}, Total: f.total, Page: f.page, Pages: f.pages}
	for _, c := range f.clinics {
		profile := view{clinic: c}.profile()
		profile.Services = services(c)
		d.Clinics = append(d.Clinics, profile)
	}
	return route.Encode(w, http.StatusOK, d)
}

// searched is a page of the listed clinics that a request looks for.
type searched struct {
	want               wanted
	clinics            []clinic.Clinic
	total, page, pages int
	areas, departments []string // of all that are listed
}

func (s *Server) search(r *http.Request) (searched, error) {
	want, n, err := wantedOf(r)
	if err != nil {
		return searched{}, err
	}
	x, err := s.records.index(r.Context())
	if err != nil {
		return searched{}, err
	}
	all := x.find(want)
	f := searched{want: want, total: len(all), areas: x.areas, departments: x.departments}
	var page []*entry
	page, f.page, f.pages = pageOf(all, n)
	for _, e := range page {
		f.clinics = append(f.clinics, e.clinic)
	}
	return f, nil
}

// wantedOf reads a search and the number of its page; no page is the first one.
func wantedOf(r *http.Request) (want wanted, page int, err error) {
	q := r.URL.Query()
	want = wanted{words: q.Get("q"), area: q.Get("area"), department: q.Get("department")}
	for name, text := range map[string]string{"q": want.words, "area": want.area, "department": want.department} {
		if utf8.RuneCountInString(text) > maxQuery {
			return wanted{}, 0, problem.Refuse("query_too_long", "%s has more than %d characters", name, maxQuery)
		}
	}
	if text := q.Get("page"); text != "" {
		if page, err = strconv.Atoi(text); err != nil {
			return wanted{}, 0, problem.InvalidParameter("page", "is not a number")
		}
	}
	return want, page, nil
}

// showClinic is GET /v1/clinics/:clinic, listed or not.
func (s *Server) showClinic(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := s.snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	c := v.profile()
	c.Lookup, c.Services = snap.Clinic.LookupRule(), services(snap.Clinic)
	for i := range snap.Lines { // in the record's order too
		c.Services[i].DayNotes = dayNotes(&snap.Lines[i])
	}
	c.Message = messages(snap)
	w.Header().Set("Cache-Control", "private, max-age=60") // of an address and hours, asked for by every page that embeds a board
	return route.Encode(w, http.StatusOK, c)
}

// messages is what the services tell the public now, each sentence once.
func messages(snap *queue.Snapshot) string {
	var all []string
	for _, l := range snap.Lines {
		if m := l.Shown().Text; m != "" && !l.Service.Hides("message") && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return strings.Join(all, "\n")
}
