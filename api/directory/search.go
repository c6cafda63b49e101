package directory

import (
	"net/http"
	"strconv"
	"unicode/utf8"

	"junban/api/problem"
	"junban/queue/clinic"
)

// MaxQuery is the longest search, in characters.
const MaxQuery = 100

// searched is a page of the listed clinics that a request looks for.
type searched struct {
	Want               wanted
	Clinics            []clinic.Clinic
	Total, Page, Pages int
	Areas, Departments []string // of all that are listed
}

func (d *Directory) Search(r *http.Request) (searched, error) {
	want, n, err := wantedOf(r)
	if err != nil {
		return searched{}, err
	}
	x, err := d.Index(r.Context())
	if err != nil {
		return searched{}, err
	}
	all := x.find(want)
	f := searched{Want: want, Total: len(all), Areas: x.areas, Departments: x.departments}
	var page []*entry
	page, f.Page, f.Pages = pageOf(all, n)
	for _, e := range page {
		f.Clinics = append(f.Clinics, e.Clinic)
	}
	return f, nil
}

// wantedOf reads a search and the number of its page; no page is the first one.
func wantedOf(r *http.Request) (want wanted, page int, err error) {
	q := r.URL.Query()
	want = wanted{Words: q.Get("q"), Area: q.Get("area"), Department: q.Get("department")}
	for name, text := range map[string]string{"q": want.Words, "area": want.Area, "department": want.Department} {
		if utf8.RuneCountInString(text) > MaxQuery {
			return wanted{}, 0, problem.Refuse("query_too_long", "%s has more than %d characters", name, MaxQuery)
		}
	}
	if text := q.Get("page"); text != "" {
		if page, err = strconv.Atoi(text); err != nil {
			return wanted{}, 0, problem.InvalidParameter("page", "is not a number")
		}
	}
	return want, page, nil
}
