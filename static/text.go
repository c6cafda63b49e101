package static

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// The languages of the pages. Japanese is the one that is used when nothing
// else is asked for.
const (
	Japanese = "ja"
	English  = "en"
)

var errNoText = errors.New("no such text")

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 256

// readTexts reads the locale files: two levels, group and key, told apart in
// the code by a dot.
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
	return texts, nil
}

// Text is the sentence that the locale file of a language has under a key such
// as "patient.title"; every {name} in it is replaced by the value that follows
// that name in args. An unknown language means Japanese, an unknown key gives
// the key itself.
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
		return "", fmt.Errorf("%w: %q", errNoText, key)
	}
	for i := 0; i+1 < len(args); i += 2 {
		sentence = strings.ReplaceAll(sentence, fmt.Sprintf("{%v}", args[i]), fmt.Sprint(args[i+1]))
	}
	return sentence, nil
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

// Language chooses the language of an answer: ?lang= first, then the first
// language of Accept-Language that we speak, then Japanese. An answer that
// depends on it needs Vary: Accept-Language.
func Language(r *http.Request) string {
	if lang := r.URL.Query().Get("lang"); lang == Japanese || lang == English {
		return lang
	}
	accept := r.Header.Get("Accept-Language")
	for entry := range strings.SplitSeq(accept[:min(len(accept), maxAccept)], ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(entry), ";")
		primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
		if primary == Japanese || primary == English {
			return primary
		}
	}
	return Japanese
}

func otherLanguage(lang string) string {
	if lang == English {
		return Japanese
	}
	return English
}
