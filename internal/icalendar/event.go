package icalendar

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Event is one entry of a calendar. Location may be "".
type Event struct {
	UID                           string
	Stamp, From, To               time.Time
	Summary, Location, URL, About string
}

// utcTime is an instant in UTC (RFC 5545 §3.3.5, form 2). A local time with a zone would be
// ambiguous in the hour that a clock repeats.
const utcTime = "20060102T150405Z"

// Encode writes the event as a calendar of its own.
func (e Event) Encode() string {
	var out strings.Builder
	line := func(name, value string) { out.WriteString(folded(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//junban//slot booking//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("BEGIN", "VEVENT")
	line("UID", e.UID)
	line("DTSTAMP", e.Stamp.UTC().Format(utcTime))
	line("DTSTART", e.From.UTC().Format(utcTime))
	line("DTEND", e.To.UTC().Format(utcTime))
	line("SUMMARY", escaped(e.Summary))
	if e.Location != "" {
		line("LOCATION", escaped(e.Location))
	}
	line("DESCRIPTION", escaped(e.About))
	line("URL", e.URL)
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
