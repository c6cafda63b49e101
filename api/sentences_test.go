package api

import (
	"cmp"
	"encoding/json"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"junban/api/wire"
	"junban/static"
)

// Groups of sentences for problems in the locale files.
const (
	forScripts = "problem" // the scripts of patients' pages and displays show them
	forPages   = "mishap"  // only pages that the server writes show them, and the desk
	forDesk    = "refused" // only the desk page shows them
)

// notCodes are the keys of these groups that are no code of the contract.
var notCodes = map[string][]string{forScripts: {"unknown", "network", "field"}, forPages: {"title"}, forDesk: {}}

// sentences are those for problems: language → group → code → sentence.
func sentences(t *testing.T) map[string]map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]map[string]string{}
	for _, l := range static.Languages() {
		text, err := os.ReadFile(filepath.Join("..", "static", "src", "locale", l.Code+".json"))
		if err != nil {
			t.Fatal(err)
		}
		groups := map[string]map[string]string{}
		if err := json.Unmarshal(text, &groups); err != nil {
			t.Fatal(err)
		}
		all[l.Code] = groups
	}
	return all
}

// TestProblems_HaveASentenceInEachLanguageOfThePagesThatShowThem walks every code of
// openapi.yaml. The rule is beside [problem.Table].
func TestProblems_HaveASentenceInEachLanguageOfThePagesThatShowThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	codes := enum(readSpec(t), "Problem", "code")
	all := sentences(t)
	for _, code := range codes {
		var in []string
		for _, group := range []string{forScripts, forPages, forDesk} {
			if _, ok := all[static.Japanese][group][code]; ok {
				in = append(in, group)
			}
		}
		if len(in) != 1 {
			t.Errorf("%s has a sentence in the groups %v, want one", code, in)
			continue
		}
		for _, l := range static.Languages() {
			ofDesk := l.Code == static.Japanese || l.Code == static.English
			said := strings.TrimSpace(all[l.Code][in[0]][code])
			if said == "" && (ofDesk || in[0] != forDesk) {
				t.Errorf("%s has no sentence in %s", code, l.Code)
			}
			if in[0] == forDesk {
				continue
			}
			var page strings.Builder
			if err := w.api.site.Render(&page, static.ErrorPage{Lang: l.Code, Code: code}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(page.String(), html.EscapeString(said)) {
				t.Errorf("the page in %s does not show %q for %s", l.Code, said, code)
			}
		}
	}
	for lang, groups := range all {
		for group, others := range notCodes {
			for key := range groups[group] {
				if !slices.Contains(codes, key) && !slices.Contains(others, key) {
					t.Errorf("%s.%s in %s is no code of openapi.yaml", group, key, lang)
				}
			}
		}
	}
}

// behindLogin are the operations that need a login, and the codes that only they may
// answer with.
var behindLogin struct {
	sync.Once
	requests []*regexp.Regexp // of method and path
	only     map[string]string
}

func readDesk(t *testing.T) {
	param := regexp.MustCompile(`\\\{\w+\\\}`)
	for path, methods := range readSpec(t).Paths.Map() {
		for method, op := range methods.Operations() {
			if slices.Contains(op.Tags, "staff") {
				path := param.ReplaceAllString(regexp.QuoteMeta(path), `[^/]+`)
				behindLogin.requests = append(behindLogin.requests, regexp.MustCompile(`^`+method+` `+path+`(\?.*)?$`))
			}
		}
	}
	behindLogin.only = sentences(t)[static.Japanese][forDesk]
}

// checkAudience fails the test when a route without a login answers with a problem of
// the desk. Only the desk page has a sentence for that.
func (w *world) checkAudience(a ask, got answer) {
	w.t.Helper()
	if !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
		return
	}
	var p wire.Problem
	if err := json.Unmarshal(got.body, &p); err != nil {
		w.t.Errorf("%s %s: %v", a.method, a.path, err)
		return
	}
	behindLogin.Do(func() { readDesk(w.t) })
	asked := func(r *regexp.Regexp) bool { return r.MatchString(cmp.Or(a.method, "GET") + " " + a.path) }
	if _, ok := behindLogin.only[p.Code]; !ok || strings.Contains(a.path, "topic=staff:") || slices.ContainsFunc(behindLogin.requests, asked) {
		return
	}
	w.t.Errorf("%s %s answers with %s, which has a sentence for the desk page alone", a.method, a.path, p.Code)
}

// notInOffice are the codes of fields that no form of the office can get. The form shows
// the sentence "look" for them.
var notInOffice = []string{
	"too_short", "not_clinic_number", "not_service_number", "not_kind_id", "not_time_zone", "service_unknown",
	"not_phone", "not_phone_end", "not_mail", "not_past", "not_number", "not_ticket", "not_user_name", "not_within_year", "not_with", "either_or",
	"want_unknown", "not_push", "not_proven", "mail_refused",
}

// TestFields_HaveASentenceInTheLanguagesOfTheOffice walks every code of a field.
func TestFields_HaveASentenceInTheLanguagesOfTheOffice(t *testing.T) {
	t.Parallel()
	codes := slices.DeleteFunc(enum(readSpec(t), "FieldError", "code"), func(c string) bool { return slices.Contains(notInOffice, c) })
	slices.Sort(codes)
	all := sentences(t)
	for _, lang := range []string{static.Japanese, static.English} {
		written := slices.Sorted(maps.Keys(all[lang]["wrong"]))
		if written = slices.DeleteFunc(written, func(key string) bool { return key == "look" }); !slices.Equal(written, codes) {
			t.Errorf("the sentences in %s are\n%v\nthe codes are\n%v", lang, written, codes)
		}
	}
}
