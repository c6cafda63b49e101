package api

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// form posts a form of one of our own pages.
func (w *world) form(path string, fields url.Values) answer {
	w.t.Helper()
	return w.do(ask{method: "POST", path: path, body: fields.Encode(), header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}})
}

// TestLookupPage_KeepsWhatWasTyped asks the page for what is not there, and for what
// cannot be asked.
func TestLookupPage_KeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, tt := range map[string]struct {
		fields url.Values
		status int
		shows  []string
	}{
		"no number":      {url.Values{"service": {w.ref("1")}, "number": {"x<y"}, "phoneEnd": {"1234"}}, 400, []string{`id="wrong"`, `value="x&lt;y"`, `value="1234"`}},
		"no proof":       {url.Values{"service": {w.ref("1")}, "number": {"1"}}, 400, []string{`id="wrong"`, `value="1"`}},
		"no such ticket": {url.Values{"service": {w.ref("1")}, "number": {"７"}, "phoneEnd": {"1234"}}, 200, []string{`id="none"`, `value="７"`}},
		"no service":     {url.Values{"service": {"zz"}, "number": {"1"}, "phoneEnd": {"1234"}}, 404, []string{`id="wrong"`, `value="zz"`}},
	} {
		res := w.form("/lookup", tt.fields)
		if res.status != tt.status || !strings.HasPrefix(res.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s", name, res.status, res.header.Get("Content-Type"))
		}
		for _, want := range tt.shows {
			if !bytes.Contains(res.body, []byte(want)) {
				t.Errorf("%s: the page lacks %s:\n%s", name, want, res.body)
			}
		}
	}
	if res := w.do(ask{method: "POST", path: "/lookup", body: strings.Repeat("a", 5<<10)}); res.status != 413 {
		t.Errorf("a form that is too long: %d", res.status)
	}
}

// TestLookupPage_TakesNoCodeFromALink types no cancel code for anybody who opens a link.
func TestLookupPage_TakesNoCodeFromALink(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.do(ask{method: "GET", path: "/lookup?service=" + w.ref("1") + "&number=7&cancelCode=123456"})
	if res.status != 200 || !bytes.Contains(res.body, []byte(`value="7"`)) || bytes.Contains(res.body, []byte("123456")) {
		t.Errorf("%d:\n%s", res.status, res.body)
	}
}

// TestFrame_MayStandInAFile: frame-ancestors * does not match the scheme file:.
func TestFrame_MayStandInAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	res := w.do(ask{method: "GET", path: "/embed/" + w.ref("1")})
	if policy := res.header.Get("Content-Security-Policy"); res.status != 200 || policy == "" || strings.Contains(policy, "frame-ancestors") || res.header.Get("X-Frame-Options") != "" {
		t.Errorf("%d, policy %q, X-Frame-Options %q", res.status, policy, res.header.Get("X-Frame-Options"))
	}
}
