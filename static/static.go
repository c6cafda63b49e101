// Package static serves the pages, their scripts and styles, and the element
// that partners embed in their own pages.
//
// All files are embedded in the program, and a name with a hash never changes
// its content. Every text comes from a locale file per language, which the
// scripts share. The package reads no files at run time, sends no requests, and
// knows no clinics: pages receive plain values.
//
// The patients' pages, the screen and the element are available in all
// [Languages]. The desk is in Japanese and English, because the staff share its
// terms with each other and with paper forms. A page loads only the texts of
// its own language. Without them, it shows what the server rendered, reports
// that, and retries.
//
// `go generate ./static` builds dist from src with esbuild's Go API. dist is
// committed, so that `go run` needs only Go; a test compares the hash of the
// sources. The program compresses the files at start, which takes a few
// milliseconds.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"junban/static/internal/manifest"
)

//go:embed dist src/locale src/pages src/partner/examples
var files embed.FS

// Cache times. A file with a hash in its name is immutable. The element keeps
// its name, so it must be revalidated.
const (
	assetAge = 365 * 24 * time.Hour
	embedAge = 5 * time.Minute
)

// versionLength is the number of digits of the sources' hash in the version.
const versionLength = 16

// embedName is the logical name of the element.
const embedName = "embed.js"

// workerName is the logical name of the service worker of the patients' pages.
const workerName = "sw.js"

// Site serves the embedded files. It is immutable and safe for concurrent use.
type Site struct {
	version string
	urls    map[string]string // logical name → URL path
	assets  map[string]*file  // URL path → content
	embed   *file
	worker  *file
	words   map[string]*file             // texts of the element, by language
	texts   map[string]map[string]string // language → key → text
	pages   *template.Template
}

type file struct {
	kind  string // Content-Type
	etag  string
	plain []byte
	gz    []byte // nil if it is not smaller
}

// New returns the site. The first call reads, checks and compresses the
// embedded files; all calls return the same value. An error means that dist is
// invalid.
func New() (*Site, error) { return site() }

var site = sync.OnceValues(read)

func read() (*Site, error) {
	note, err := files.ReadFile("dist/" + manifest.Name)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	var m manifest.Manifest
	if err := json.Unmarshal(note, &m); err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	if len(m.Sources) < versionLength {
		return nil, fmt.Errorf("reading the manifest: invalid hash of sources %q", m.Sources)
	}
	s := &Site{version: m.Sources[:versionLength], urls: make(map[string]string), assets: make(map[string]*file), words: make(map[string]*file)}
	for name, built := range m.Files {
		f, err := open("dist/" + built.Path)
		if err != nil {
			return nil, err
		}
		url := "/" + built.Path
		s.urls[name] = url
		switch name {
		case embedName:
			s.embed = f
		case workerName:
			s.worker = f
		default:
			if lang, ok := embedLanguage(name); ok {
				s.words[lang] = f
			} else {
				s.assets[url] = f
			}
		}
	}
	if s.embed == nil || s.worker == nil || s.words[Japanese] == nil {
		return nil, fmt.Errorf("reading the manifest: %s, its texts or %s are missing", embedName, workerName)
	}
	if s.texts, err = readTexts(); err != nil {
		return nil, err
	}
	if s.pages, err = s.parsePages(); err != nil {
		return nil, err
	}
	return s, nil
}

func open(name string) (*file, error) {
	plain, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("reading a built file: %w", err)
	}
	var small bytes.Buffer
	zip, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compressing %s: %w", name, err)
	}
	if _, err := zip.Write(plain); err != nil {
		return nil, fmt.Errorf("compressing %s: %w", name, err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("compressing %s: %w", name, err)
	}
	sum := sha256.Sum256(plain)
	f := &file{
		kind:  kindOf(name),
		etag:  `"` + hex.EncodeToString(sum[:8]) + `"`,
		plain: plain,
	}
	if small.Len() < len(plain) {
		f.gz = small.Bytes()
	}
	return f, nil
}

// kindOf returns the media type. The tables of machines differ, so it uses
// none.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".png":
		return "image/png"
	}
	return "application/octet-stream"
}

// Version returns 16 characters that identify the sources of the pages.
func (s *Site) Version() string { return s.version }

// URL returns the URL path of a built file by its logical name: "patient.js" →
// "/assets/patient-7F3K2A.js". It returns "" for an unknown name.
func (s *Site) URL(name string) string { return s.urls[name] }

// Assets serves GET and HEAD /assets/*path: built files with hashed names,
// cacheable for a year.
func (s *Site) Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.assets[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", cacheControl(assetAge)+", immutable")
		f.serve(w, r)
	})
}

// Embed serves GET and HEAD /embed/v1.js, the element, and
// /embed/v1.json?lang=, its texts in the nearest language, or else in Japanese.
// Clients revalidate both after five minutes.
func (s *Site) Embed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f := s.embed
		switch path.Base(r.URL.Path) {
		case "v1.js":
		case "v1.json":
			lang := nearest(r.URL.Query().Get("lang"), Languages())
			if f = s.words[lang]; f == nil {
				f = s.words[Japanese]
			}
		default:
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", cacheControl(embedAge))
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		f.serve(w, r)
	})
}

// embedLanguage returns the language of a file with texts of the element, by
// its logical name such as "embed.vi.json".
func embedLanguage(name string) (string, bool) {
	name, isJSON := strings.CutSuffix(name, ".json")
	lang, isEmbed := strings.CutPrefix(name, "embed.")
	return lang, isJSON && isEmbed
}

func cacheControl(age time.Duration) string {
	return "public, max-age=" + strconv.Itoa(int(age.Seconds()))
}

// serve writes the file, compressed if the browser accepts that. The two
// encodings have different ETags.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body, etag := f.plain, f.etag
	if f.gz != nil && takesGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = f.gz, strings.TrimSuffix(f.etag, `"`)+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// takesGzip reports whether an Accept-Encoding header accepts gzip.
func takesGzip(accept string) bool {
	for entry := range strings.SplitSeq(accept, ",") {
		name, params, weighed := strings.Cut(entry, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		if !weighed {
			return true
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(params), "q="), 64)
		return err == nil && q > 0
	}
	return false
}
