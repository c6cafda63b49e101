package page

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"junban/api/problem"
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
	e := event{
		uid: uid + "@" + strings.NewReplacer("http://", "", "https://", "").Replace(origin), stamp: v.Now, from: from, to: to,
		summary: v.Clinic.Name + " " + svc.Name, location: v.Clinic.Address, url: origin + "/s/" + ref.String(),
		about: ps.Site.Text(lang, "slot.come", "from", from.In(v.Zone).Format("15:04")) + "\n" + ps.Site.Text(lang, "slot.arrival"),
	}
	if v.Clinic.Phone != "" {
		e.about += "\n" + v.Clinic.Name + " " + v.Clinic.Phone
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+ref.String()+`.ics"`)
	h.Set("Vary", "Accept-Language, Cookie")
	_, err = w.Write([]byte(e.encode()))
	return err
}

// event is one entry of a calendar.
type event struct {
	uid                           string
	stamp, from, to               time.Time
	summary, location, url, about string
}

// utcTime is an instant in UTC (RFC 5545 §3.3.5, form 2). A local time with a zone would be
// ambiguous in the hour that a clock repeats.
const utcTime = "20060102T150405Z"

// encode writes the event as a calendar of its own.
func (e event) encode() string {
	var out strings.Builder
	line := func(name, value string) { out.WriteString(folded(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//junban//slot booking//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", e.uid)
	line("DTSTAMP", e.stamp.UTC().Format(utcTime))
	line("DTSTART", e.from.UTC().Format(utcTime))
	line("DTEND", e.to.UTC().Format(utcTime))
	line("SUMMARY", escaped(e.summary))
	if e.location != "" {
		line("LOCATION", escaped(e.location))
	}
	line("DESCRIPTION", escaped(e.about))
	line("URL", e.url)
	line("END", "VEVENT")
	line("END", "VCALENDAR")
	return out.String()
}

var escapes = strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "\\n")

// escaped is a text as a value (RFC 5545 §3.3.11). Control characters are left out: a
// value has none.
func escaped(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\t' {
			return -1
		}
		return r
	}, escapes.Replace(text))
}

// folded breaks a line after at most 75 bytes, between characters, and ends it (§3.1).
func folded(line string) string {
	var out strings.Builder
	width := 0
	for _, r := range line {
		n := utf8.RuneLen(r)
		if width+n > 75 {
			out.WriteString("\r\n ")
			width = 1
		}
		out.WriteRune(r)
		width += n
	}
	return out.String() + "\r\n"
}
