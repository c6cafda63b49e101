package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Code is the stable name of what is wrong with a field.
type Code string

// sentences has the English sentence of each code. It is written by package variables
// only.
var sentences = map[Code]string{}

// NewCode makes a code with its sentence, in which {name} stands for the parameter of
// that name. It is for package variables, and panics when the code has a sentence.
func NewCode(name, sentence string) Code {
	c := Code(name)
	if sentences[c] != "" {
		panic("two sentences have the code " + name)
	}
	sentences[c] = sentence
	return c
}

// Codes returns every code, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(sentences)) }

// The codes of the rules of a [Table].
var (
	Between    = NewCode("between", "{value} is not between {least} and {most}")
	Below      = NewCode("below", "{value} is less than {least}")
	Missing    = NewCode("missing", "is missing")
	TooShort   = NewCode("too_short", "is shorter than {least} characters")
	TooLong    = NewCode("too_long", "has {count} characters, at most {most} are allowed")
	Characters = NewCode("characters", "has control characters or direction marks")
	Empty      = NewCode("empty", "is empty")
	TooFew     = NewCode("too_few", "has {count} entries, {least} to {most} are allowed")
	TooMany    = NewCode("too_many", "has {count} entries, at most {most} are allowed")
	NotOneOf   = NewCode("not_one_of", "{value} is not one of {values}")
	UsedTwice  = NewCode("used_twice", "{value} is used twice")
	NotDate    = NewCode("not_date", "{value} is not a date such as 2026-12-30")
	NotPast    = NewCode("not_past", "{value} is not a date of the past")
	NotPhone   = NewCode("not_phone", "{value} is not a telephone number")
	NotMail    = NewCode("not_mail", "{value} is not an email address")
)

// Error describes one invalid field.
type Error struct {
	Path   string // such as services[1].mode
	Code   Code
	Params map[string]any // numbers, texts and lists of texts
}

// Wrong makes an error. The parameters are pairs of a name and a value.
func Wrong(path string, code Code, params ...any) Error {
	e := Error{Path: path, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if e.Params == nil {
			e.Params = map[string]any{}
		}
		e.Params[fmt.Sprint(params[i])] = params[i+1]
	}
	return e
}

// Values returns the values of a type as texts, for a parameter.
func Values[S ~string](all ...S) []string {
	texts := make([]string, len(all))
	for i, v := range all {
		texts[i] = string(v)
	}
	return texts
}

// Error returns the path and the sentence.
func (e Error) Error() string { return e.Path + ": " + e.Reason() }

// Reason returns the sentence of the code. The parameter {value} is what was sent: a
// text is quoted.
func (e Error) Reason() string {
	var pairs []string
	for name, param := range e.Params {
		text := fmt.Sprint(param)
		switch p := param.(type) {
		case []string:
			text = strings.Join(p, ", ")
			if slices.Contains(p, "") {
				text = strings.Join(slices.DeleteFunc(slices.Clone(p), func(v string) bool { return v == "" }), ", ") + " or empty"
			}
		case string:
			if name == "value" {
				text = fmt.Sprintf("%q", p)
			}
		}
		pairs = append(pairs, "{"+name+"}", text)
	}
	return strings.NewReplacer(pairs...).Replace(sentences[e.Code])
}

// Pointer returns the path as a JSON pointer of RFC 6901, such as /services/1/mode.
func (e Error) Pointer() string {
	return "/" + strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(e.Path)
}

// join returns the path of a field below that of its record.
func join(path, field string) string {
	if path == "" || field == "" {
		return path + field
	}
	return path + "." + field
}
