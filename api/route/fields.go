package route

import (
	"time"
	"unicode/utf8"

	"junban/api/problem"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// Limits of what people type, in characters.
const (
	MaxName    = 60
	MaxPhone   = 20
	MaxCard    = 20
	MaxMessage = 500
	MaxCode    = 20
)

// Text checks what a person typed: without white space and invisible marks
// around it, at most that many characters, without those of [typed.Refused]
// except line breaks where lines are allowed.
func Text(field, s string, most int, lines bool) (string, error) {
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

// Phone returns a telephone number as digits, perhaps after a plus (L05, U9).
func Phone(field, s string) (string, error) {
	if utf8.RuneCountInString(s) > 4*MaxPhone {
		return "", problem.Invalid(field, "is too long")
	}
	number, ok := typed.Phone(s)
	if !ok {
		return "", problem.Invalid(field, "is not a telephone number")
	}
	if len(number) > MaxPhone {
		return "", problem.Invalid(field, "is too long")
	}
	return number, nil
}

// DayField is a business date in the form 2026-11-21, or "".
func DayField(name, value string) (clinic.Day, error) {
	if value == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, value); err != nil {
		return "", problem.Invalid(name, "is not a date such as 2026-11-21")
	}
	return clinic.Day(value), nil
}
