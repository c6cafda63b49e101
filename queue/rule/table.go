package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"junban/queue/typed"
)

// Kind is what a rule bounds.
type Kind string

// The kinds of rules.
const (
	IsNumber Kind = "number"
	IsText   Kind = "text"
	IsChoice Kind = "choice"
	IsList   Kind = "list"
	IsForm   Kind = "form"
)

// Rule is the rule of one field, as data.
type Rule struct {
	Path        string // such as services[].absence.back
	Kind        Kind
	Least, Most int      // of a number, of a text's characters, of a list's entries; 0 for a list: no maximum
	Values      []string // of a choice
	Optional    bool     // a choice or form may be ""
	Pattern     string   // of a form, if it has one
}

// Row is the rule of one field of a record.
type Row[T any] struct {
	Rule
	check  func(record *T, path string) []Error
	fill   func(record *T)
	within []Rule
}

// Table has the rules of a record, in the order of its fields.
type Table[T any] []Row[T]

// Check returns the errors of a record whose fields are below path, in the table's
// order.
func (t Table[T]) Check(record *T, path string) []Error {
	var errs []Error
	for _, row := range t {
		errs = append(errs, row.check(record, join(path, row.Path))...)
	}
	return errs
}

// Fill sets each field that has a default to it.
func (t Table[T]) Fill(record *T) {
	for _, row := range t {
		if row.fill != nil {
			row.fill(record)
		}
	}
}

// Rules returns the rules of all fields, also of those in lists.
func (t Table[T]) Rules() []Rule {
	var all []Rule
	for _, row := range t {
		if row.Kind != "" {
			all = append(all, row.Rule)
		}
		at := row.Path
		if row.Kind == IsList {
			at += "[]"
		}
		for _, r := range row.within {
			r.Path = join(at, r.Path)
			all = append(all, r)
		}
	}
	return all
}

// Number bounds a whole number. A nil is allowed.
func Number[T any](path string, least, most int, of func(*T) *int) Row[T] {
	return Row[T]{Rule: Rule{Path: path, Kind: IsNumber, Least: least, Most: most}, check: func(t *T, path string) []Error {
		if n := of(t); n != nil && (*n < least || *n > most) {
			return []Error{Wrong(path, Between, "value", *n, "least", least, "most", most)}
		}
		return nil
	}}
}

// NumberOr is [Number] with a default.
func NumberOr[T any](path string, least, most, otherwise int, of func(*T) *int) Row[T] {
	row := Number(path, least, most, of)
	row.fill = func(t *T) { *of(t) = otherwise }
	return row
}

// Text bounds the characters of a text. With a least of 1 it must be there.
func Text[T any](path string, least, most int, of func(*T) *string) Row[T] {
	return text(path, least, most, "", of)
}

// Lines is [Text] that may have line breaks.
func Lines[T any](path string, least, most int, of func(*T) *string) Row[T] {
	return text(path, least, most, "\n", of)
}

func text[T any](path string, least, most int, allowed string, of func(*T) *string) Row[T] {
	return Row[T]{Rule: Rule{Path: path, Kind: IsText, Least: least, Most: most}, check: func(t *T, path string) []Error {
		s := *of(t)
		switch n := utf8.RuneCountInString(s); {
		case n < least:
			return []Error{Wrong(path, Missing)}
		case n > most:
			return []Error{Wrong(path, TooLong, "count", n, "most", most)}
		case strings.ContainsFunc(s, func(r rune) bool { return typed.Refused(r) && !strings.ContainsRune(allowed, r) }):
			return []Error{Wrong(path, Characters)}
		}
		return nil
	}}
}

// Choice allows the values alone.
func Choice[T any](path string, values []string, of func(*T) *string) Row[T] {
	return Row[T]{Rule: Rule{Path: path, Kind: IsChoice, Values: values}, check: func(t *T, path string) []Error {
		if s := *of(t); !slices.Contains(values, s) {
			return []Error{Wrong(path, NotOneOf, "value", s, "values", values)}
		}
		return nil
	}}
}

// ChoiceOr is [Choice] with a default.
func ChoiceOr[T any](path string, values []string, otherwise string, of func(*T) *string) Row[T] {
	row := Choice(path, values, of)
	row.fill = func(t *T) { *of(t) = otherwise }
	return row
}

// OptionalChoice is [Choice] of a field that may be "".
func OptionalChoice[T any](path string, values []string, of func(*T) *string) Row[T] {
	row := Choice(path, values, of)
	check := row.check
	row.Optional = true
	row.check = func(t *T, path string) []Error {
		if *of(t) == "" {
			return nil
		}
		return check(t, path)
	}
	return row
}

// Form refuses a text that is not of a form, with the code.
func Form[T any](path string, code Code, is func(string) bool, of func(*T) *string) Row[T] {
	return Row[T]{Rule: Rule{Path: path, Kind: IsForm}, check: func(t *T, path string) []Error {
		if s := *of(t); !is(s) {
			return []Error{Wrong(path, code, "value", s)}
		}
		return nil
	}}
}

// FormOr is [Form] with a default.
func FormOr[T any](path string, code Code, otherwise string, is func(string) bool, of func(*T) *string) Row[T] {
	row := Form(path, code, is, of)
	row.fill = func(t *T) { *of(t) = otherwise }
	return row
}

// Pattern is [Form] of a regular expression.
func Pattern[T any](path string, code Code, pattern string, of func(*T) *string) Row[T] {
	row := Form(path, code, regexp.MustCompile(pattern).MatchString, of)
	row.Pattern = pattern
	return row
}

// OptionalForm is [Form] of a field that may be "".
func OptionalForm[T any](path string, code Code, is func(string) bool, of func(*T) *string) Row[T] {
	row := Form(path, code, func(s string) bool { return s == "" || is(s) }, of)
	row.Optional = true
	return row
}

// OptionalPattern is [Pattern] of a field that may be "".
func OptionalPattern[T any](path string, code Code, pattern string, of func(*T) *string) Row[T] {
	row := OptionalForm(path, code, regexp.MustCompile(pattern).MatchString, of)
	row.Pattern = pattern
	return row
}

// Within is a part of a record with a table of its own. The part is not checked where
// of returns nil. Its defaults are not filled.
func Within[T, E any](path string, of func(*T) *E, table Table[E]) Row[T] {
	return Part(path, func(t *T) []Error {
		if part := of(t); part != nil {
			return table.Check(part, "")
		}
		return nil
	}, table.Rules())
}

// IsDate is a check for [Form] with [NotDate].
func IsDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// List bounds the entries of a list, and each entry by its own table. A most of 0 is
// no maximum.
func List[T, E any](path string, least, most int, of func(*T) []E, entries Table[E]) Row[T] {
	return Row[T]{Rule: Rule{Path: path, Kind: IsList, Least: least, Most: most}, within: entries.Rules(), check: func(t *T, path string) []Error {
		var errs []Error
		list := of(t)
		switch n := len(list); {
		case n < least && most == 0:
			errs = append(errs, Wrong(path, Empty))
		case n < least:
			errs = append(errs, Wrong(path, TooFew, "count", n, "least", least, "most", most))
		case most > 0 && n > most:
			errs = append(errs, Wrong(path, TooMany, "count", n, "most", most))
		}
		for i := range list {
			errs = append(errs, entries.Check(&list[i], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return errs
	}}
}

// Part is a part of a record that checks itself. Its errors have paths below it. A
// check returns nothing for a part that is not there.
func Part[T any](path string, check func(*T) []Error, rules []Rule) Row[T] {
	return Row[T]{Rule: Rule{Path: path}, within: rules, check: func(t *T, path string) []Error {
		errs := check(t)
		for i := range errs {
			errs[i].Path = join(path, errs[i].Path)
		}
		return errs
	}}
}

// Itself is the field of a list's entry that is the entry.
func Itself[T any](entry *T) *T { return entry }
