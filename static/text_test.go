package static

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"junban/queue/clinic"
)

// deskGroups are the groups of the desk and of the pages for partners' designers,
// in Japanese and English only.
var deskGroups = []string{
	"accuracy", "act", "available", "bookings", "books", "changes", "clinic", "column", "docs", "entry", "field", "generator", "hideable", "hint", "inbox", "insist", "journal", "keys", "marks", "noticeChannel", "noticeColumn", "noticeHint", "noticeKind", "noticeStage", "noticeState", "noticeWhy", "notices", "notified", "reason", "refused",
	"rule", "screens", "settings", "slots", "staff", "status", "timetable", "userRole", "users", "whereabouts", "wrong",
}

func TestLocales_HaveTheSameKeys(t *testing.T) {
	t.Parallel()
	value := regexp.MustCompile(`\{\w+\}`)
	ja := readLocale(t, Japanese)
	withoutPlurals(t, Japanese, ja)
	for _, s := range Languages() {
		texts := readLocale(t, s.Code)
		withoutPlurals(t, s.Code, texts)
		var want []string
		for key := range ja {
			group, _, _ := strings.Cut(key, ".")
			if !slices.Contains(deskGroups, group) || s.Code == Japanese || s.Code == English {
				want = append(want, key)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("keys of %s.json (-want +got):\n%s", s.Code, diff)
		}
		for key, sentence := range texts {
			if strings.TrimSpace(sentence) == "" {
				t.Errorf("%s in %s is empty", key, s.Code)
			}
			want, got := value.FindAllString(ja[key], -1), value.FindAllString(sentence, -1)
			slices.Sort(want)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s in %s takes different values (-ja +%s):\n%s", key, s.Code, s.Code, diff)
			}
		}
	}
	names, err := files.ReadDir("src/locale")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != len(Languages()) {
		t.Errorf("%d locale files for %d languages", len(names), len(Languages()))
	}
}

// withoutPlurals removes all plural forms but "other". It checks that each text
// has exactly the forms of the language for integers.
func withoutPlurals(t *testing.T, lang string, texts map[string]string) {
	t.Helper()
	want := map[string]bool{}
	for n := range 1000 {
		want[category(lang, []any{"n", n})] = true
	}
	found := map[string]map[string]bool{} // key → category
	for key := range maps.Clone(texts) {
		base, form, _ := strings.Cut(key, "_")
		if _, ok := texts[base+"_other"]; !ok || !slices.Contains(slices.Collect(maps.Values(categories)), form) {
			continue
		}
		if found[base] == nil {
			found[base] = map[string]bool{}
		}
		found[base][form] = true
		if form != "other" {
			delete(texts, key)
		}
	}
	if len(found) == 0 {
		t.Errorf("%s.json has no plural forms", lang)
	}
	for base, forms := range found {
		if diff := cmp.Diff(want, forms); diff != "" {
			t.Errorf("plural forms of %s in %s.json (-want +got):\n%s", base, lang, diff)
		}
	}
}

// readLocale returns the content of a locale file, without Japanese defaults.
func readLocale(t *testing.T, lang string) map[string]string {
	t.Helper()
	content, err := files.ReadFile("src/locale/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var groups map[string]map[string]string
	if err := json.Unmarshal(content, &groups); err != nil {
		t.Fatal(err)
	}
	flat := make(map[string]string)
	for group, sentences := range groups {
		for key, sentence := range sentences {
			flat[group+"."+key] = sentence
		}
	}
	return flat
}

// A public page with a group of the desk would show it in Japanese in Vietnamese,
// for example.
func TestLocales_PublicPagesUseNoTextsOfTheDesk(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("src/*/texts.ts")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob("src/pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	taken := regexp.MustCompile(`text \$?\.Lang "(\w+)\.|\b(\w+)\b,`)
	looked := 0
	for _, name := range append(sources, pages...) {
		if strings.Contains(name, "staff") || strings.Contains(name, "books") || strings.HasSuffix(name, "/partner.html") || strings.HasSuffix(name, "/docs.html") || strings.HasSuffix(name, "/inbox.html") {
			continue
		}
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range taken.FindAllStringSubmatch(string(content), -1) {
			looked++
			if slices.Contains(deskGroups, found[1]+found[2]) {
				t.Errorf("%s uses %s", name, found[0])
			}
		}
	}
	if looked < 50 {
		t.Errorf("only %d groups were found", looked)
	}
}

func TestLocales_NameTheKindsAndChannelsOfNotices(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{Japanese, English} {
		texts := readLocale(t, lang)
		for group, values := range map[string][]string{"noticeKind": clinic.NoticeKinds, "noticeHint": clinic.NoticeKinds, "noticeChannel": clinic.NoticeChannels} {
			for _, v := range values {
				if texts[group+"."+v] == "" {
					t.Errorf("%s.json has no %s of %s", lang, group, v)
				}
			}
		}
	}
}

func TestLocales_NameWhatAClinicMayHide(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{Japanese, English} {
		texts := readLocale(t, lang)
		for _, figure := range clinic.Hideable {
			if texts["hideable."+figure] == "" {
				t.Errorf("%s.json has no label for %s", lang, figure)
			}
		}
	}
}

// The tests of the scripts use the same file.
func TestTexts_ServerMatchesTheScripts(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("src/testing/counters.json")
	if err != nil {
		t.Fatal(err)
	}
	var said map[string]map[string]string
	if err := json.Unmarshal(content, &said); err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	at := time.Date(2026, 11, 21, 17, 30, 0, 0, time.UTC)
	for _, l := range Languages() {
		got := make(map[string]string)
		say := func(name string, sentence string, err error) {
			if err != nil {
				t.Errorf("%s in %s: %v", name, l.Code, err)
			}
			got[name] = sentence
		}
		number, err := s.text(l.Code, "unit.number", "n", 23)
		say("number", number, err)
		for name, n := range map[string]int{"no": 0, "one": 1, "many": 14} {
			people, err := s.count(l.Code, n, "人")
			say(name+" people", people, err)
			tickets, err := s.count(l.Code, n, "組")
			say(name+" tickets", tickets, err)
		}
		delete(got, "no tickets")
		clock, err := s.wait(l.Code, Board{WaitLow: 160, WaitHigh: 190, WaitAt: "15:00"})
		say("clock", clock, err)
		hostile, err := s.text(l.Code, "board.of", "service", "{numbers}{service}", "numbers", 1)
		say("hostile", hostile, err)
		date, err := s.date(l.Code, at)
		say("date", date, err)
		later, err := s.when(l.Code, at, "2026-11-20")
		say("later", later, err)
		today, err := s.when(l.Code, at, "2026-11-21")
		say("today", today, err)
		note, err := s.dayNote(l.Code, DayNote{From: "2026-11-21", To: "2026-12-01", Closed: true, Reason: "改装"}, "2026-11-21")
		say("closed", note, err)
		guests, err := s.numbers(l.Code, []int{24}, []Guest{{Number: 3, Of: "小児科"}})
		say("guests", guests, err)
		if diff := cmp.Diff(said[l.Code], got); diff != "" {
			t.Errorf("in %s (-counters.json +server):\n%s", l.Code, diff)
		}
	}
}

func TestText_InsertsValues(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if got, want := s.Text(English, "board.range", "low", 25, "high", 40), "about 25–40 min"; got != want {
		t.Errorf("Text = %q, want %q", got, want)
	}
	if got, want := s.Text("fr", "unit.people", "n", 7), "7人"; got != want {
		t.Errorf("Text in an unknown language = %q, want %q", got, want)
	}
	if got, want := s.Text(English, "no.such"), "no.such"; got != want {
		t.Errorf("Text of an unknown key = %q, want %q", got, want)
	}
}

func TestPolicy_IncludesWebSocketsOfValidHostsOnly(t *testing.T) {
	t.Parallel()
	if got := Policy("junban.example:8080"); !strings.Contains(got, "connect-src 'self' ws://junban.example:8080 wss://junban.example:8080;") {
		t.Errorf("Policy = %q", got)
	}
	for _, host := range []string{"", "a; script-src *", "a\r\nb", "a b", strings.Repeat("a", 256)} {
		if got := Policy(host); !strings.Contains(got, "connect-src 'self';") {
			t.Errorf("Policy(%q) = %q", host, got)
		}
	}
}
