package api

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"junban/api/wire"
	"junban/queue"
)

// maxQuery is the longest search, in characters.
const maxQuery = 100

// listClinics is GET /v1/clinics?q=: the listed ones (B02, B04).
func (s *Server) listClinics(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query().Get("q")
	if utf8.RuneCountInString(q) > maxQuery {
		return refuse("query_too_long", "q has more than %d characters", maxQuery)
	}
	list, err := s.listed(r, q)
	if err != nil {
		return err
	}
	d := wire.Directory{Clinics: []wire.Clinic{}}
	for _, c := range list {
		profile := view{clinic: c}.profile()
		profile.Services = services(c)
		d.Clinics = append(d.Clinics, profile)
	}
	return encode(w, http.StatusOK, d)
}

// listed returns the listed clinics in which every word of q stands somewhere
// in the number, the name, the address or a service's name.
func (s *Server) listed(r *http.Request, q string) ([]queue.Clinic, error) {
	all, err := s.records.clinics(r.Context())
	if err != nil {
		return nil, err
	}
	words := strings.Fields(strings.ToLower(narrow(q)))
	var found []queue.Clinic
	for _, c := range all {
		about := []string{string(c.ID), c.Name, c.Address}
		for _, svc := range c.Services {
			about = append(about, svc.Name)
		}
		page := strings.ToLower(narrow(strings.Join(about, "\n")))
		if c.Listed && !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(page, word) }) {
			found = append(found, c)
		}
	}
	return found, nil
}

// showClinic is GET /v1/clinics/:clinic, listed or not.
func (s *Server) showClinic(w http.ResponseWriter, r *http.Request) error {
	id, err := queue.ParseClinicID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := s.snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	c := v.profile()
	c.Services = services(snap.Clinic)
	for i := range snap.Lines { // in the record's order too
		c.Services[i].DayNotes = dayNotes(&snap.Lines[i])
	}
	c.Message = messages(snap)
	return encode(w, http.StatusOK, c)
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
