// Package static is what a browser gets from us: the pages, their scripts and
// styles, and the element that partners put into pages of their own.
//
// It promises that everything served is embedded in the program, that a name
// with a hash in it never changes its content, and that every sentence comes
// from one locale file per language, shared with the scripts. It never reads a
// disk at run time, never asks another host for anything, and knows no clinic:
// the pages get plain values and say them.
//
// Who comes to a clinic reads what he reads best: the pages of patients, the
// screen on the wall and the element for partners are in all of [Languages]. The
// desk is in Japanese and English: those who work there share its words with each
// other and with the paper around them, and a wrong word there calls the wrong
// patient. A page brings the words of its own language in a file of their own;
// without them it stays what the server wrote, says so, and asks again.
//
// dist is built from src by `go generate ./static` with esbuild's Go API and is
// committed, so that `go run` needs nothing but Go; a test recomputes the hash
// of the sources. Compression happens once, when the program starts: a few
// milliseconds, and no binary files in the repository.
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

// Cache times of the two kinds of file. A hashed name may be kept for a year;
// the embed keeps its name for ever, so that its content must be asked for again.
const (
	assetAge = 365 * 24 * time.Hour
	embedAge = 5 * time.Minute
)

// versionLength is how much of the digest of the sources tells two builds apart.
const versionLength = 16

// embedName is the logical name of the element for partners.
const embedName = "embed.js"

// workerName is the logical name of the service worker of the patients' pages.
const workerName = "sw.js"

// Site serves the embedded files. It never changes, and is safe for concurrent
// use.
type Site struct {
	version string
	urls    map[string]string // logical name → path on the server
	assets  map[string]*file  // path on the server → content
	embed   *file
	worker  *file
	words   map[string]*file             // of the element for partners, by language
	texts   map[string]map[string]string // language → key → sentence
	pages   *template.Template
}

type file struct {
	kind  string // Content-Type
	etag  string
	plain []byte
	gz    []byte // nil where it would not be smaller
}

// New returns the site of this program. The first call reads, checks and
// compresses the embedded files; all calls return the same site. An error means
// that the program was built from a broken dist.
func New() (*Site, error) { return site() }

var site = sync.OnceValues(read)

func read() (*Site, error) {
	note, err := files.ReadFile("dist/" + manifest.Name)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	var m manifest.Manifest
	if err := json.Unmarshal(note, &m); err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	if len(m.Sources) < versionLength {
		return nil, fmt.Errorf("read manifest: its sources are %q", m.Sources)
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
		return nil, fmt.Errorf("read manifest: no %s in it, no words for it or no %s", embedName, workerName)
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
		return nil, fmt.Errorf("read built file: %w", err)
	}
	var small bytes.Buffer
	zip, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	if _, err := zip.Write(plain); err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
	}
	if err := zip.Close(); err != nil {
		return nil, fmt.Errorf("compress %s: %w", name, err)
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

// kindOf does not ask the machine's own table of types, which differs.
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

// Version tells the pages of this program from those of another: 16 characters
// that change with whatever the pages are made of.
func (s *Site) Version() string { return s.version }

// URL is the path on the server of a built file, by its logical name:
// "patient.js" → "/assets/patient-7F3K2A.js". An unknown name gives "".
func (s *Site) URL(name string) string { return s.urls[name] }

// Assets serves GET and HEAD /assets/*path: built files under hashed names, to
// be kept for a year. Everything else is 404, without a body of its own.
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

// Embed serves GET and HEAD of what foreign pages take, under names that never
// change, to be asked for again after five minutes: /embed/v1.js, the element,
// and /embed/v1.json?lang=, its sentences in the nearest language to a tag, which
// is Japanese where no close language is available. Everything else is 404.
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

// embedLanguage is the language of the element's sentences in a file, by its
// logical name "embed.vi.json".
func embedLanguage(name string) (string, bool) {
	name, isJSON := strings.CutSuffix(name, ".json")
	lang, isEmbed := strings.CutPrefix(name, "embed.")
	return lang, isJSON && isEmbed
}

func cacheControl(age time.Duration) string {
	return "public, max-age=" + strconv.Itoa(int(age.Seconds()))
}

// serve writes the file, compressed where the browser takes that. The two forms
// have two ETags, as they have two bodies.
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

// takesGzip reports whether an Accept-Encoding names gzip without forbidding it.
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
