package api

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"junban/api/wire"
	"junban/queue"
)

// Limits of what people type, in characters.
const (
	maxName    = 60
	maxPhone   = 20
	maxCard    = 20
	maxMessage = 500
	maxCode    = 20
)

// invalid says which field is wrong, and how.
func invalid(field, reason string) error {
	return refuse("field_invalid", "%s %s", field, reason)
}

// text checks what a person typed: trimmed, at most so many characters, and
// nothing in it that does not print, except line breaks where lines are allowed.
func text(field, s string, most int, lines bool) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > most {
		return "", invalid(field, "is too long")
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(lines && r == '\n') {
			return "", invalid(field, "has control characters")
		}
	}
	return s, nil
}

// narrow writes the full-width forms of ASCII as ASCII (L05).
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// fold writes what differs only in width, case or spaces the same way.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(narrow(s))), "")
}

// phone returns a telephone number as digits, perhaps after a plus (L05).
func phone(field, s string) (string, error) {
	if utf8.RuneCountInString(s) > 2*maxPhone {
		return "", invalid(field, "is too long")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-‐‑‒–—―−ー()", r) {
			return -1
		}
		return r
	}, narrow(s))
	if at, ok := strings.CutPrefix(s, "+81"); ok { // from abroad, or from a phone's own address book
		s = "0" + strings.TrimPrefix(at, "0")
	}
	if len(s) > maxPhone {
		return "", invalid(field, "is too long")
	}
	digits := strings.TrimPrefix(s, "+")
	if s != "" && digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", invalid(field, "is not a telephone number")
	}
	return s, nil
}

// reception checks a request for a ticket. The party is bounded by the line, and
// what the desk alone may ask for counts for the desk alone.
func reception(q wire.IssueRequest, channel string) (queue.Request, error) {
	out := queue.Request{Channel: channel, Party: q.PartySize, FirstVisit: q.FirstVisit, Kind: q.Kind}
	if out.Party == 0 {
		out.Party = 1
	}
	if channel == "desk" {
		if q.Number < 0 {
			return queue.Request{}, invalid("number", "is less than 1")
		}
		if q.Ahead != nil && *q.Ahead < 0 {
			return queue.Request{}, invalid("ahead", "is less than 0")
		}
		out.Number, out.Ahead, out.Reason, out.Override = q.Number, q.Ahead, q.Reason, q.Override
	}
	var err error
	if out.Day, err = dayField("day", q.Day); err != nil {
		return queue.Request{}, err
	}
	if out.Session, err = text("session", q.Session, maxSession, false); err != nil {
		return queue.Request{}, err
	}
	if out.Patient.Name, err = text("patient.name", q.Patient.Name, maxName, false); err != nil {
		return queue.Request{}, err
	}
	if out.Patient.Phone, err = phone("patient.phone", q.Patient.Phone); err != nil {
		return queue.Request{}, err
	}
	if out.Patient.CardNumber, err = text("patient.cardNumber", narrow(q.Patient.CardNumber), maxCard, false); err != nil {
		return queue.Request{}, err
	}
	return out, nil
}
