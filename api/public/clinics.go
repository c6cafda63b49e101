package public

import (
	"net/http"
	"slices"
	"strings"

	"junban/api/route"
	"junban/api/view"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// listClinics is GET /v1/clinics?q=&area=&department=&page=: the listed ones (B02, B04).
func (p *Public) listClinics(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Directory.Search(r)
	if err != nil {
		return err
	}
	d := wire.Directory{Clinics: []wire.Clinic{}, Total: f.Total, Page: f.Page, Pages: f.Pages}
	for _, c := range f.Clinics {
		profile := view.View{Clinic: c}.Profile()
		profile.Services = view.Services(c)
		d.Clinics = append(d.Clinics, profile)
	}
	return route.Encode(w, http.StatusOK, d)
}

// showClinic is GET /v1/clinics/:clinic, listed or not.
func (p *Public) showClinic(w http.ResponseWriter, r *http.Request) error {
	id, err := clinic.ParseID(r.PathValue("clinic"))
	if err != nil {
		return err
	}
	snap, v, err := p.Clinics.Snapshot(r.Context(), id)
	if err != nil {
		return err
	}
	c := v.Profile()
	c.Lookup, c.Services = snap.Clinic.LookupRule(), view.Services(snap.Clinic)
	for i := range snap.Lines { // in the record's order too
		c.Services[i].DayNotes = view.DayNotes(&snap.Lines[i])
		view.WriteBooking(&c.Services[i], snap.Lines[i].Service)
	}
	c.Message = messages(snap)
	w.Header().Set("Cache-Control", "private, max-age=60") // of an address and hours, asked for by every page that embeds a board
	return route.Encode(w, http.StatusOK, c)
}

// messages are the public messages of the services now, each once.
func messages(snap *queue.Snapshot) string {
	var all []string
	for _, l := range snap.Lines {
		if m := l.Shown().Text; m != "" && !l.Service.Hides("message") && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return strings.Join(all, "\n")
}
