package route

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"junban/api/problem"
	"junban/queue/clinic"
	"junban/queue/rule"
	"junban/queue/typed"
)

// Limits of what people type, in characters.
const (
	MaxName    = 60
	maxPhone   = 20
	MaxCard    = 20
	MaxMessage = 500
	MaxMail    = 254 // in bytes too: only ASCII is accepted
	MaxCode    = 20
)

// Text checks a typed text. It cuts white space and invisible marks around it, and
// refuses longer texts and the characters of [typed.Refused]. Line breaks are allowed
// where lines is set.
func Text(field, s string, most int, lines bool) (string, error) {
	s = typed.Bare(s)
	if n := utf8.RuneCountInString(s); n > most {
		return "", problem.Invalid(field, rule.TooLong, "count", n, "most", most)
	}
	for _, r := range s {
		if typed.Refused(r) && !(lines && r == '\n') {
			return "", problem.Invalid(field, rule.Characters)
		}
	}
	return s, nil
}

// Phone returns a telephone number as digits, perhaps after a plus (L05).
func Phone(field, s string) (string, error) {
	if n := utf8.RuneCountInString(s); n > 4*maxPhone {
		return "", problem.Invalid(field, rule.TooLong, "count", n, "most", maxPhone)
	}
	number, ok := typed.Phone(s)
	if !ok {
		return "", problem.Invalid(field, problem.NotPhone, "value", s)
	}
	if n := len(number); n > maxPhone {
		return "", problem.Invalid(field, rule.TooLong, "count", n, "most", maxPhone)
	}
	return number, nil
}

// DayField is a business date in the form 2026-11-21, or "".
func DayField(field, value string) (clinic.Day, error) {
	if value != "" && !rule.IsDate(value) {
		return "", problem.Invalid(field, rule.NotDate, "value", value)
	}
	return clinic.Day(value), nil
}

// DayParameter is [DayField] for a parameter of the query.
func DayParameter(r *http.Request, name string) (clinic.Day, error) {
	value := r.URL.Query().Get(name)
	if value != "" && !rule.IsDate(value) {
		return "", problem.InvalidParameter(name, "is not a date such as 2026-11-21")
	}
	return clinic.Day(value), nil
}

// DaysAtOnce is how many days a range may have.
const DaysAtOnce = 100

// DayRange reads from= and to= of the query, both included. Without from it begins today,
// without to it ends that number of days after today, or after from where that is later. ranged
// reports whether the request has one of them.
func DayRange(r *http.Request, today clinic.Day, days int) (from, to clinic.Day, ranged bool, err error) {
	if from, err = DayParameter(r, "from"); err != nil {
		return "", "", false, err
	}
	if to, err = DayParameter(r, "to"); err != nil {
		return "", "", false, err
	}
	ranged = from != "" || to != ""
	if from = cmp.Or(from, today); to == "" {
		to = max(from, today.Add(days))
	}
	switch {
	case to < from:
		err = problem.InvalidParameter("to", "is before from")
	case to > from.Add(DaysAtOnce-1):
		err = problem.InvalidParameter("to", fmt.Sprintf("is more than %d days after from", DaysAtOnce-1))
	}
	return from, to, ranged, err
}

var (
	spaces = regexp.MustCompile(`\s+`)
	dashes = regexp.MustCompile(`[‐‑‒–—―−ーｰ]`)
)

// Number is a number as it was meant when it was typed.
func Number(typed string) string {
	return dashes.ReplaceAllString(spaces.ReplaceAllString(norm.NFKC.String(typed), ""), "-")
}

// Code is the normal form of a cancel code. Blanks, dashes and invisible marks
// are removed, and full-width digits become ASCII.
func Code(s string) string {
	return strings.ReplaceAll(dashes.ReplaceAllString(typed.Name(s), "-"), "-", "")
}
