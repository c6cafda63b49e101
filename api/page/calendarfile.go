package page

import (
	"fmt"
	"net/http"
	"strings"

	"junban/api/problem"
	"junban/internal/icalendar"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/static"
)

// latestSlot is the latest time of a business date.
const latestSlot = "30:00"

// calendarFile is /s/:service/calendar.ics, a slot as an event (RFC 5545). It has
// nothing of a patient, and neither token nor code: calendars are shared.
func (ps *Pages) calendarFile(w http.ResponseWriter, r *http.Request) error {
	ref, err := clinic.ParseRef(r.PathValue("service"))
	if err != nil {
		return err
	}
	v, svc, err := ps.Clinics.ViewService(r.Context(), ref)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	day := q.Get("day")
	from, ok := hours.Instant(day, hours.Clock(q.Get("slot")), v.Zone)
	if !ok {
		return problem.Invalid("slot", hours.NotTime, "value", q.Get("slot"), "most", latestSlot)
	}
	to, ok := hours.Instant(day, hours.Clock(q.Get("to")), v.Zone)
	if !ok || !to.After(from) {
		return problem.Invalid("to", hours.NotTime, "value", q.Get("to"), "most", latestSlot)
	}
	uid := fmt.Sprintf("%s-%s-%s", ref, day, q.Get("slot"))
	if id, err := queue.ParseTicketID(q.Get("ticket")); err == nil && id.Ref() == ref {
		uid = string(id)
	}
	lang := static.Language(r)
	origin := ps.Peers.Origin(r)
	e := icalendar.Event{
		UID: uid + "@" + strings.NewReplacer("http://", "", "https://", "").Replace(origin), Stamp: v.Now, From: from, To: to,
		Summary: v.Clinic.Name + " " + svc.Name, Location: v.Clinic.Address, URL: origin + "/s/" + ref.String(),
		About: ps.Site.Text(lang, "slot.come", "from", from.In(v.Zone).Format("15:04")) + "\n" + ps.Site.Text(lang, "slot.arrival"),
	}
	if v.Clinic.Phone != "" {
		e.About += "\n" + v.Clinic.Name + " " + v.Clinic.Phone
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+ref.String()+`.ics"`)
	h.Set("Vary", "Accept-Language, Cookie")
	_, err = w.Write([]byte(e.Encode()))
	return err
}
