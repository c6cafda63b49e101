package page

import (
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"junban/api/problem"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/hours"
	"junban/static"
)

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
		return problem.Invalid("slot", hours.NotTime, "value", q.Get("slot"), "most", "48:00")
	}
	to, ok := hours.Instant(day, hours.Clock(q.Get("to")), v.Zone)
	if !ok || !to.After(from) {
		return problem.Invalid("to", hours.NotTime, "value", q.Get("to"), "most", "48:00")
	}
	uid := fmt.Sprintf("%s-%s-%s", ref, day, q.Get("slot"))
	if id, err := queue.ParseTicketID(q.Get("ticket")); err == nil && id.Ref() == ref {
		uid = string(id)
	}
	lang := static.Language(r)
	origin := ps.Peers.Origin(r)
	e := event{
		uid: uid + "@" + strings.NewReplacer("http://", "", "https://", "").Replace(origin), stamp: v.Now, from: from, to: to, zone: v.Clinic.Zone,
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
	_, err = w.Write([]byte(e.encode(v.Zone)))
	return err
}

// event is one entry of a calendar.
type event struct {
	uid                           string
	stamp, from, to               time.Time
	zone                          string // "Asia/Tokyo"
	summary, location, url, about string
}

const localTime = "20060102T150405"

// encode writes the event with the rules of its zone.
func (e event) encode(zone *time.Location) string {
	var out strings.Builder
	line := func(name, value string) { out.WriteString(folded(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//junban//slot booking//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VTIMEZONE")
	line("TZID", e.zone)
	for _, o := range observances(e.from.In(zone), e.to.In(zone)) {
		kind := "STANDARD"
		if o.daylight {
			kind = "DAYLIGHT"
		}
		line("BEGIN", kind)
		line("DTSTART", o.onset)
		line("TZOFFSETFROM", offset(o.before))
		line("TZOFFSETTO", offset(o.after))
		line("TZNAME", o.name)
		line("END", kind)
	}
	line("END", "VTIMEZONE")
	line("BEGIN", "VEVENT")
	line("UID", e.uid)
	line("DTSTAMP", e.stamp.UTC().Format(localTime)+"Z")
	line("DTSTART;TZID="+e.zone, e.from.In(zone).Format(localTime))
	line("DTEND;TZID="+e.zone, e.to.In(zone).Format(localTime))
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

// observance is a stretch of a zone with one offset.
type observance struct {
	onset         string // local time of its beginning, by the offset before it
	before, after int    // seconds east of UTC
	name          string
	daylight      bool
}

// observances are the stretches of a zone in which an event begins and ends.
func observances(from, to time.Time) (all []observance) {
	for at := from; ; {
		name, after := at.Zone()
		start, end := at.ZoneBounds()
		o := observance{onset: "19700101T000000", before: after, after: after, name: name, daylight: at.IsDST()}
		if !start.IsZero() {
			_, o.before = start.Add(-time.Second).Zone()
			o.onset = start.UTC().Add(time.Duration(o.before) * time.Second).Format(localTime)
		}
		all = append(all, o)
		if end.IsZero() || end.After(to) {
			return all
		}
		at = end
	}
}

func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	return fmt.Sprintf("%s%02d%02d", sign, seconds/3600, seconds/60%60)
}

// escaped is a text as a value.
func escaped(text string) string {
	return strings.NewReplacer("\\", "\\\\", ";", "\\;", ",", "\\,", "\r\n", "\\n", "\n", "\\n", "\r", "").Replace(text)
}

// folded breaks a line after at most 75 bytes, between characters, and ends it.
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
