package static

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"junban/static/internal/manifest"
)

func newSite(t *testing.T) *Site {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func readManifest(t *testing.T) manifest.Manifest {
	t.Helper()
	note, err := files.ReadFile("dist/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var m manifest.Manifest
	if err := json.Unmarshal(note, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDist_IsUpToDate(t *testing.T) {
	t.Parallel()
	got, err := manifest.Hash(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if want := readManifest(t).Sources; got != want {
		t.Errorf("dist was built from other sources: run go generate ./static")
	}
}

func TestDist_NamesNoOtherHost(t *testing.T) {
	t.Parallel()
	address := regexp.MustCompile(`(?:https?:|wss?:)?//[A-Za-z0-9-]+\.[A-Za-z]`)
	err := fs.WalkDir(files, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		for _, found := range address.FindAllString(string(content), -1) {
			t.Errorf("%s names %s", name, found)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVendored_MatchesItsChecksum(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"vendor/lit/lit.js", "vendor/design-tokens/tokens.css", "story/testdata/axe/axe.min.js"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		note, err := os.ReadFile(path.Dir(file) + "/SHA256")
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if want := hex.EncodeToString(sum[:]) + "  " + path.Base(file) + "\n"; string(note) != want {
			t.Errorf("SHA256 is %q, but that of %s is %q", note, file, want)
		}
	}
}

func TestLockfile_HasNoRegistryURLs(t *testing.T) {
	t.Parallel()
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(lock), `"resolved"`) {
		t.Error("package-lock.json contains registry URLs")
	}
}

func TestAssets_AreCacheableForAYear(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name := range readManifest(t).Files {
		if _, words := embedLanguage(name); words || name == embedName || name == workerName {
			continue
		}
		answer := get(s.Assets(), s.URL(name), nil)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("GET %s = %d", s.URL(name), answer.StatusCode)
		}
		if got := answer.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("Cache-Control of %s = %q", name, got)
		}
	}
}

func TestAssets_UnknownNameIsNotFound(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, path := range []string{"/assets/", "/assets/none.js", "/assets/../manifest.json", "/embed/v1.js"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		s.Assets().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "" {
			t.Errorf("GET %s = %d, Cache-Control %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

func TestAssets_CompressedFormHasTheSameContent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	url := s.URL("patient.js")
	plain := get(s.Assets(), url, nil)
	small := get(s.Assets(), url, http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	if small.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" {
		t.Fatalf("encodings %q and %q", plain.Header.Get("Content-Encoding"), small.Header.Get("Content-Encoding"))
	}
	if small.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Error("both encodings have the same ETag")
	}
	zip, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	want, err := io.ReadAll(plain.Body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(unzipped)); diff != "" {
		t.Error("the compressed form differs")
	}
}

func TestAssets_CompressOnlyIfAccepted(t *testing.T) {
	t.Parallel()
	cases := map[string]bool{
		"":                    false,
		"gzip":                true,
		"GZIP":                true,
		"deflate, gzip;q=1.0": true,
		"gzip;q=0":            false,
		"gzip; q=0.000":       false,
		"gzip;q=0.001":        true,
		"gzip;q=nonsense":     false,
		"identity":            false,
		"xgzip":               false,
	}
	for accept, want := range cases {
		if got := takesGzip(accept); got != want {
			t.Errorf("takesGzip(%q) = %t, want %t", accept, got, want)
		}
	}
}

func TestEmbed_AllowsEveryOriginAndRevalidates(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	answer := get(s.Embed(), "/embed/v1.js", nil)
	want := map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Cross-Origin-Resource-Policy": "cross-origin",
		"Cache-Control":                "public, max-age=300",
		"Content-Type":                 "text/javascript; charset=utf-8",
		"X-Content-Type-Options":       "nosniff",
	}
	got := make(map[string]string)
	for name := range want {
		got[name] = answer.Header.Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	again := get(s.Embed(), "/embed/v1.js", http.Header{"If-None-Match": {answer.Header.Get("ETag")}})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("GET with its ETag = %d, want 304", again.StatusCode)
	}
}

func TestEmbed_TextsAreInTheNearestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	cases := map[string]string{
		"vi": "Đang chờ", "pt-BR": "Em espera", "zh-CN": "等候", "ja-x-easy": "待(ま)っている 人", "EN": "Waiting",
		"ja": "待ち", "fr": "待ち", "": "待ち", strings.Repeat("x", 5000): "待ち",
	}
	for lang, want := range cases {
		answer := get(s.Embed(), "/embed/v1.json?lang="+lang, nil)
		var got map[string]map[string]string
		if err := json.NewDecoder(answer.Body).Decode(&got); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		if got["embed"]["waiting"] != want || answer.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("in %.20q the text is %q, want %q; headers %v", lang, got["embed"]["waiting"], want, answer.Header)
		}
		if got["stop"]["crowded"] == "" || got["dayNote"]["note"] == "" || got["slot"]["caution"] == "" || len(got) != 4 {
			t.Errorf("in %.20q the element gets %v", lang, got)
		}
	}
	if answer := get(s.Embed(), "/embed/v1.css", nil); answer.StatusCode != http.StatusNotFound || answer.Header.Get("Cache-Control") != "" {
		t.Errorf("GET /embed/v1.css = %d", answer.StatusCode)
	}
}

func get(h http.Handler, path string, header http.Header) *http.Response {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header = header.Clone()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}
