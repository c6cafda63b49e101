package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

var errNoText = errors.New("no such text")

// readTexts reads the locale files. Keys have the form group.key. A text that a
// language lacks is in Japanese; tests ensure that none is missing.
func readTexts() (map[string]map[string]string, error) {
	names, err := fs.Glob(files, "src/locale/*.json")
	if err != nil {
		return nil, fmt.Errorf("listing the locale files: %w", err)
	}
	texts := make(map[string]map[string]string)
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading a locale file: %w", err)
		}
		var groups map[string]map[string]string
		if err := json.Unmarshal(content, &groups); err != nil {
			return nil, fmt.Errorf("reading the locale file %s: %w", name, err)
		}
		flat := make(map[string]string)
		for group, sentences := range groups {
			for key, sentence := range sentences {
				flat[group+"."+key] = sentence
			}
		}
		texts[strings.TrimSuffix(path.Base(name), ".json")] = flat
	}
	for _, s := range Languages() {
		if texts[s.Code] == nil {
			return nil, fmt.Errorf("%w: no locale file for %s", errNoText, s.Code)
		}
		whole := maps.Clone(texts[Japanese])
		maps.Copy(whole, texts[s.Code])
		texts[s.Code] = whole
	}
	return texts, nil
}

// Text returns the text with a key such as "common.queue" in a language. args are
// pairs of names and values, which replace each {name}. If the text has plural
// forms, such as "unit.people_one", the value of {n} selects one. An unknown
// language is treated as Japanese. For an unknown key, it returns the key.
func (s *Site) Text(lang, key string, args ...any) string {
	sentence, err := s.text(lang, key, args...)
	if err != nil {
		return key
	}
	return sentence
}

func (s *Site) text(lang, key string, args ...any) (string, error) {
	sentences, ok := s.texts[lang]
	if !ok {
		sentences = s.texts[Japanese]
	}
	sentence, ok := sentences[key]
	if !ok {
		sentence, ok = sentences[key+"_"+category(lang, args)]
	}
	if !ok {
		sentence, ok = sentences[key+"_other"]
	}
	if !ok {
		return "", fmt.Errorf("%w: %q", errNoText, key)
	}
	return fill(sentence, args), nil
}

// category returns the CLDR plural category of {n} in args. The scripts use
// Intl.PluralRules.
func category(lang string, args []any) string {
	for i := 1; i < len(args); i += 2 {
		if n, ok := args[i].(int); ok && args[i-1] == "n" {
			return categories[plural.Cardinal.MatchPlural(language.Make(lang), n, 0, 0, 0, 0)]
		}
	}
	return "other"
}

var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// fill replaces each {name} of a text by its isolated value. A single pass
// leaves a {name} within a value as it is.
func fill(sentence string, args []any) string {
	pairs := make([]string, len(args)&^1)
	for i := range pairs {
		if pairs[i] = fmt.Sprint(args[i]); i%2 == 0 {
			pairs[i] = "{" + pairs[i] + "}"
		} else {
			pairs[i] = isolated(pairs[i])
		}
	}
	return strings.NewReplacer(pairs...).Replace(sentence)
}

// isolated wraps a text with right-to-left letters or direction marks in
// Unicode isolates. Otherwise it would reorder the text around it.
// Templates use <bdi> where possible. lib/isolated.ts has the same rule.
func isolated(text string) string {
	turns := strings.ContainsFunc(text, func(r rune) bool {
		p, _ := bidi.LookupRune(r)
		c := p.Class()
		return c == bidi.R || c == bidi.AL || unicode.Is(unicode.Bidi_Control, r)
	})
	if !turns {
		return text
	}
	return "\u2068" + text + "\u2069"
}

// when formats an instant in its own zone. On the given day it is the time
// only, else the date and time. The scripts use the same format.
func (s *Site) when(lang string, at time.Time, day string) (string, error) {
	clock := at.Format("15:04")
	if at.Format(time.DateOnly) == day {
		return clock, nil
	}
	date, err := s.date(lang, at)
	if err != nil {
		return "", err
	}
	return s.text(lang, "date.at", "date", date, "time", clock)
}

// date formats a date with its weekday.
func (s *Site) date(lang string, at time.Time) (string, error) {
	month, err := s.text(lang, fmt.Sprintf("date.m%d", at.Month()))
	if err != nil {
		return "", err
	}
	weekday, err := s.text(lang, fmt.Sprintf("date.w%d", at.Weekday()))
	if err != nil {
		return "", err
	}
	return s.text(lang, "date.text", "month", month, "day", at.Day(), "weekday", weekday)
}

// day formats a business date with its weekday.
func (s *Site) day(lang, date string) (string, error) {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", fmt.Errorf("day: %w", err)
	}
	return s.date(lang, at)
}

// Isolated returns a text in Unicode isolates where it has right-to-left letters, for
// text that goes elsewhere than into a page.
func Isolated(text string) string { return isolated(text) }

// Count returns a number with its unit, 人 or 組: "14組", "14 groups".
func (s *Site) Count(lang string, n int, unit string) string {
	sentence, err := s.count(lang, n, unit)
	if err != nil {
		return fmt.Sprint(n)
	}
	return sentence
}

// Date returns a date with its weekday, and the time of day where there is one: "15:04".
func (s *Site) Date(lang string, at time.Time, clock string) string {
	date, err := s.date(lang, at)
	if err != nil {
		return at.Format(time.DateOnly)
	}
	if clock == "" {
		return date
	}
	return s.Text(lang, "date.at", "date", date, "time", clock)
}

// Session returns the name of a session by its id, such as "morning-2".
func (s *Site) Session(lang, id string) string {
	name, err := s.sessionName(lang, id)
	if err != nil {
		return id
	}
	return name
}
