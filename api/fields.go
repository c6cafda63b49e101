package api

import (
	"unicode/utf8"

	"junban/api/problem"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/typed"
)

// Limits of what people type, in characters.
const (
	maxName    = 60
	maxPhone   = 20
	maxCard    = 20
	maxMessage = 500
	maxCode    = 20
)

// text checks what a person typed: without white space and invisible marks
// around it, at most that many characters, without those of [typed.Refused]
// except line breaks where lines are allowed.
func text(field, s string, most int, lines bool) (string, error) {
	s = typed.Bare(s)
	if utf8.RuneCountInString(s) > most {
		return "", problem.Invalid(field, "is too long")
	}
	for _, r := range s {
		if typed.Refused(r) && !(lines && r == '\n') {
			return "", problem.Invalid(field, typed.Reason)
		}
	}
	return s, nil
}

// phone returns a telephone number as digits, perhaps after a plus (L05, U9).
func phone(field, s string) (string, error) {
	if utf8.RuneCountInString(s) > 4*maxPhone {
		return "", problem.Invalid(field, "is too long")
	}
	number, ok := typed.Phone(s)
	if !ok {
		return "", problem.Invalid(field, "is not a telephone number")
	}
	if len(number) > maxPhone {
		return "", problem.Invalid(field, "is too long")
	}
	return number, nil
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
			return queue.Request{}, problem.Invalid("number", "is less than 1")
		}
		if q.Ahead != nil && *q.Ahead < 0 {
			return queue.Request{}, problem.Invalid("ahead", "is less than 0")
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
	if out.Patient.CardNumber, err = text("patient.cardNumber", typed.Card(q.Patient.CardNumber), maxCard, false); err != nil {
		return queue.Request{}, err
	}
	return out, nil
}
