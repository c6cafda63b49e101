package directory

import (
	"cmp"
	"slices"
	"strings"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// perPage is how many clinics one page of the directory has.
const perPage = 20

// mostSuggested is how many areas and departments the search form suggests.
const mostSuggested = 100

// index is the listed clinics (B02, B04), ready to be searched. It is made once for
// each read of the records, and never changes. An unlisted clinic is not in it. So it
// changes neither the result nor the time of a search.
type index struct {
	Entries     []*entry
	listed      map[clinic.ID]bool
	areas       []string // those of the clinics, the most frequent first
	departments []string
}

type entry struct {
	Clinic      clinic.Clinic
	page        string // all that may be searched, as [typed.Fold] writes it
	area        string // area and address
	departments []string
}

// newIndex makes the index of these clinics. It takes the entries of records that
// have not changed from the index before, which may be nil.
func newIndex(all []clinic.Clinic, before *index) *index {
	x, old := &index{listed: map[clinic.ID]bool{}}, map[string]*entry{}
	if before != nil {
		for _, e := range before.Entries {
			old[e.Clinic.Rev] = e // a rev names one record
		}
	}
	areas, departments := map[string]int{}, map[string]int{}
	for _, c := range all {
		if !c.Listed {
			continue
		}
		e, ok := old[c.Rev]
		if !ok || c.Rev == "" {
			e = newEntry(c)
		}
		for _, d := range c.Departments {
			departments[d]++
		}
		if c.Area != "" {
			areas[c.Area]++
		}
		x.Entries, x.listed[c.ID] = append(x.Entries, e), true
	}
	x.areas, x.departments = frequent(areas), frequent(departments)
	return x
}

func newEntry(c clinic.Clinic) *entry {
	about := append([]string{string(c.ID), c.Name, c.Area, c.Address}, c.Departments...)
	for _, s := range c.Services {
		about = append(about, s.Name)
	}
	e := &entry{Clinic: c, page: typed.Fold(strings.Join(about, "\n")), area: typed.Fold(c.Area + "\n" + c.Address)}
	for _, d := range c.Departments {
		e.departments = append(e.departments, typed.Fold(d))
	}
	return e
}

// frequent are the most frequent of what was counted.
func frequent(count map[string]int) []string {
	var all []string
	for s := range count {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	return all[:min(len(all), mostSuggested)]
}

// wanted is what somebody looks for; what is empty is not asked.
type wanted struct {
	Words      string // each occurs in the clinic's own texts
	Area       string // each of its words stands in the area or the address
	Department string // one of the departments begins so
}

// find returns the entries of the clinics that are wanted, by number.
func (x *index) find(w wanted) []*entry {
	words, area, department := strings.Fields(typed.Fold(w.Words)), strings.Fields(typed.Fold(w.Area)), strings.TrimSpace(typed.Fold(w.Department))
	if len(words) == 0 && len(area) == 0 && department == "" {
		return x.Entries
	}
	var found []*entry
	for _, e := range x.Entries {
		if !hasAll(e.page, words) || !hasAll(e.area, area) {
			continue
		}
		if !slices.ContainsFunc(e.departments, func(d string) bool { return strings.HasPrefix(d, department) }) && department != "" {
			continue
		}
		found = append(found, e)
	}
	return found
}

// hasAll reports whether every word stands in a text.
func hasAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// pageOf cuts the n-th page out of what was found, from 1; what is no page is the
// nearest one.
func pageOf[T any](found []T, n int) (part []T, at, pages int) {
	pages = max(1, (len(found)+perPage-1)/perPage)
	at = min(max(n, 1), pages)
	from := (at - 1) * perPage
	return found[from:min(from+perPage, len(found))], at, pages
}
