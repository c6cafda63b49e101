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

// readTexts reads the locale files: two levels, group and key, told apart in
// the code by a dot. A sentence that a language lacks is Japanese in it: tests
// see to it that none is missing, and a page is never without words.
func readTexts() (map[string]map[string]string, error) {
	names, err := fs.Glob(files, "src/locale/*.json")
	if err != nil {
		return nil, fmt.Errorf("list locales: %w", err)
	}
	texts := make(map[string]map[string]string)
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read locale: %w", err)
		}
		var groups map[string]map[string]string
		if err := json.Unmarshal(content, &groups); err != nil {
			return nil, fmt.Errorf("read locale %s: %w", name, err)
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
			return nil, fmt.Errorf("%w: no locale file of %s", errNoText, s.Code)
		}
		whole := maps.Clone(texts[Japanese])
		maps.Copy(whole, texts[s.Code])
		texts[s.Code] = whole
	}
	return texts, nil
}

// Text returns the sentence that the locale file of a language has under a key such
// as "common.queue". Every {name} in it is replaced by the value that follows
// that name in args. Where the sentence has plural forms, such as "unit.people_one",
// the value of {n} chooses one. An unknown language means Japanese, an unknown key
// returns the key itself.
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

// category returns the plural category of the {n} in args, as CLDR has it. The
// scripts ask Intl.PluralRules.
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

// fill replaces each {name} of a sentence by its isolated value, in one pass: a
// value that holds another {name} stays as it is (R6).
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

// isolated puts a text between Unicode isolates where it has letters that are
// written from right to left, or direction marks: it would turn round what stands
// beside it (row S13). The templates write <bdi> where they can. The scripts have
// the same rule in lib/isolated.ts.
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

// when says an instant in its own zone: the time alone on that day, the date
// with it on another one. The scripts say the same.
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

// date says a date with its weekday.
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

// day says a business date with its weekday.
func (s *Site) day(lang, date string) (string, error) {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return "", fmt.Errorf("day: %w", err)
	}
	return s.date(lang, at)
}
