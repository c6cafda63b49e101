package api

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"junban/api/directory"
	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// another puts a clinic of a number beside the world's own.
func (w *world) another(number string, change func(*clinic.Clinic)) {
	w.t.Helper()
	c := w.clinic
	c.ID = clinic.ID(number)
	change(&c)
	if err := w.put.PutClinic(w.t.Context(), c, queue.Act{By: clinic.Actor{Kind: "system"}}); err != nil {
		w.t.Fatal(err)
	}
}

func found(d wire.Directory) (numbers []string) {
	for _, c := range d.Clinics {
		numbers = append(numbers, c.Clinic)
	}
	return numbers
}

func TestDirectory_SearchesNameAreaAndDepartmentWhateverTheWidth(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.another("7001", func(c *clinic.Clinic) {
		c.Name, c.Area, c.Departments, c.Listed = "ＡＢＣクリニック", "港区 新橋駅", []string{"内科", "ひふ科"}, true
	})
	w.another("7002", func(c *clinic.Clinic) {
		c.Name, c.Area, c.Address, c.Departments, c.Listed = "みなとｾﾝﾀｰ", "", "横浜市西区", []string{"小児科"}, true
	})
	w.another("7003", func(c *clinic.Clinic) { c.Name, c.Area, c.Listed = "ひみつクリニック", "港区", false })
	for query, want := range map[string][]string{
		"q=abc":               {"7001"},
		"q=ａｂｃ くりにっく":         {"7001"},
		"q=センター":              {"7002"},
		"q=ミナト":               {"7002"},
		"q=７００２":              {"7002"},
		"q=ひみつ":               nil,
		"q=7003":              nil,
		"area=港区":             {"7001"},
		"area=よこはま":           nil,
		"area=横浜":             {"7002"},
		"department=ヒフ":       {"7001"},
		"department=科":        nil,
		"area=港&department=内": {"7001"},
		"area=港&department=小": nil,
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		d := get[wire.Directory](w, 200, ask{method: "GET", path: "/v1/clinics?" + v.Encode()})
		if got := found(d); !slices.Equal(got, want) || d.Total != len(want) {
			t.Errorf("%s finds %v of %d, want %v", query, got, d.Total, want)
		}
	}
	w.refused(400, "query_too_long", ask{method: "GET", path: "/v1/clinics?area=" + strings.Repeat("x", directory.MaxQuery+1)})
	w.refused(400, "field_invalid", ask{method: "GET", path: "/v1/clinics?page=two"})
}

func TestDirectory_IsPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 45 {
		w.another(fmt.Sprint(8000+i), func(c *clinic.Clinic) { c.Name, c.Listed = "山の医院", true })
	}
	seen := map[string]bool{}
	for page, size := range map[int]int{1: 20, 2: 20, 3: 5} {
		d := get[wire.Directory](w, 200, ask{method: "GET", path: fmt.Sprintf("/v1/clinics?q=山の&page=%d", page)})
		if len(d.Clinics) != size || d.Total != 45 || d.Page != page || d.Pages != 3 {
			t.Errorf("page %d: %d clinics, %d in all, page %d of %d", page, len(d.Clinics), d.Total, d.Page, d.Pages)
		}
		for _, n := range found(d) {
			seen[n] = true
		}
	}
	if len(seen) != 45 {
		t.Errorf("the pages have %d clinics, want 45", len(seen))
	}
	for n, want := range map[string]int{"-4": 1, "0": 1, "99": 3} {
		if d := get[wire.Directory](w, 200, ask{method: "GET", path: "/v1/clinics?q=山の&page=" + n, loose: true}); d.Page != want {
			t.Errorf("page %s is page %d, want %d", n, d.Page, want)
		}
	}
	body := w.do(ask{method: "GET", path: "/?q=山の&page=2"}).body
	for _, want := range []string{"page=1", "page=3", "8020", "45件"} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("the second page does not say %q", want)
		}
	}
}

func TestFind_ByNumberAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.another("7004", func(c *clinic.Clinic) { c.Listed = false })
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for typed, want := range map[string]string{
		"7004": "/c/7004", "７００４": "/c/7004", " 70 04 ": "/c/7004", "7004-1": "/s/7004-1", "７００４−１": "/s/7004-1", "7004ー2": "/s/7004-2",
		"70041": "/s/7004-1", "７００４２": "/s/7004-2", // a keypad of digits alone
	} {
		res := w.do(ask{method: "GET", path: "/find?number=" + url.QueryEscape(typed)})
		if to, _, _ := strings.Cut(res.header.Get("Location"), "?"); res.status != 303 || to != want {
			t.Errorf("%q: %d to %q, want %q", typed, res.status, to, want)
		}
	}
	for typed, want := range map[string]int{"": 400, "123": 400, "七千": 400, "12345": 404, "1234567": 400, "7004-123": 400, "6999": 404, "7004-9": 404, "\xff": 400} {
		res := w.do(ask{method: "GET", path: "/find?number=" + url.QueryEscape(typed)})
		if res.status != want || !bytes.Contains(res.body, []byte(`id="wrong"`)) || !strings.Contains(res.header.Get("Content-Security-Policy"), "script-src") {
			t.Errorf("%q: %d, want %d on the page with the form", typed, res.status, want)
		}
	}
}

func TestUnlisted_IsNowhereButUnderItsNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.another("7007", func(c *clinic.Clinic) {
		c.Name, c.Area, c.Departments, c.Listed = "かくれ里医院", "かくれ里", []string{"かくれ科"}, false
	})
	for _, path := range []string{"/", "/?q=7007", "/robots.txt", "/v1/clinics"} {
		if body := w.do(ask{method: "GET", path: path}).body; bytes.Contains(body, []byte("かくれ里")) || bytes.Contains(body, []byte("かくれ科")) {
			t.Errorf("%s tells of it: %s", path, body)
		}
	}
	for _, path := range []string{"/c/7007", "/s/7007-1", "/display/7007"} {
		res := w.do(ask{method: "GET", path: path})
		if res.status != 200 || !bytes.Contains(res.body, []byte("かくれ里医院")) || !strings.Contains(res.header.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("%s: %d, robots %q", path, res.status, res.header.Get("X-Robots-Tag"))
		}
	}
	if res := w.do(ask{method: "GET", path: "/c/" + w.number()}); res.header.Get("X-Robots-Tag") != "" {
		t.Error("a listed clinic is kept from search engines")
	}
}

func TestTake_AFirstVisitGoesWhereTheServiceSaysAndACardHasItsForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.another(w.number(), func(c *clinic.Clinic) {
		c.Card = clinic.Card{Least: 4, Most: 6}
		c.Services = slices.Clone(c.Services)
		c.Services[0].First = clinic.FirstByDesk
	})
	take := func(service, key string, q wire.IssueRequest) ask {
		return ask{method: "POST", path: "/v1/services/" + w.ref(service) + "/tickets", key: someKey + key, body: q}
	}
	w.refused(409, "first_visit_desk", take("1", "a", wire.IssueRequest{FirstVisit: true}))
	get[wire.Issued](w, 201, take("2", "b", wire.IssueRequest{FirstVisit: true}))
	get[wire.Issued](w, 201, ask{method: "POST", path: "/v1/services/" + w.ref("1") + "/walkins", cookie: w.login(), body: wire.IssueRequest{FirstVisit: true, Patient: wire.Patient{CardNumber: "A-1"}}})
	for i, number := range []string{"123", "1234567", "A-1234", "12 34"} {
		w.refused(422, "card_number", take("1", fmt.Sprint("c", i), wire.IssueRequest{Patient: wire.Patient{CardNumber: number}}))
	}
	for i, number := range []string{"1234", "１２３４５６", ""} {
		get[wire.Issued](w, 201, take("1", fmt.Sprint("d", i), wire.IssueRequest{Patient: wire.Patient{CardNumber: number}}))
	}
	profile := get[wire.Clinic](w, 200, ask{method: "GET", path: "/v1/clinics/" + w.number()})
	if s := profile.Services[0]; s.FirstVisit != "desk" || s.Card == nil || *s.Card != (wire.Card{Least: 4, Most: 6}) || profile.Services[1].FirstVisit != "button" {
		t.Errorf("the profile says %+v", profile.Services)
	}
}
