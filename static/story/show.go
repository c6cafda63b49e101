package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"

	"junban/api/wire"
	"junban/static"
)

//go:embed page.js embed.html hostile.css index.html
var files embed.FS

// show serves the stories. Each has its own host name. On any other host, the
// address of a page names its story, and its requests have a cookie. So a
// browser can open all stories on one site, which is much cheaper for it.
type show struct {
	site    *static.Site
	list    []Story
	byName  map[string]Story
	pages   *template.Template
	hostile []byte
	script  []byte
}

func newShow(site *static.Site, list []Story) *show {
	s := &show{
		site: site, list: list, byName: make(map[string]Story), pages: template.Must(template.ParseFS(files, "*.html")),
		hostile: must(fs.ReadFile(files, "hostile.css")), script: must(fs.ReadFile(files, "page.js")),
	}
	for _, story := range list {
		s.byName[story.Name] = story
	}
	return s
}

// must returns the content of an embedded file.
func must(content []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return content
}

func (s *show) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	story, ok := s.byName[named(r)]
	switch {
	case strings.HasPrefix(r.URL.Path, "/assets/"):
		s.site.Assets().ServeHTTP(w, r)
	case story.Framed != nil && r.URL.Path == "/embed/"+medicine:
		s.page(w, r, story, story.Framed)
	case strings.HasPrefix(r.URL.Path, "/embed/"):
		s.site.Embed().ServeHTTP(w, r)
	case r.URL.Path == "/hostile.css":
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(s.hostile)
	case r.URL.Path == "/manifest.webmanifest":
		s.site.WebManifest(static.Language(r)).ServeHTTP(w, r)
	case !ok:
		s.index(w, r)
	case r.URL.Path == "/story.js":
		s.tell(w, story)
	case r.URL.Path == "/v1/watch":
		watch(w, r, story)
	case strings.HasPrefix(r.URL.Path, "/v1/"):
		answer(w, r, story)
	case r.URL.Path != "/": // a service worker would intercept requests
		http.NotFound(w, r)
	default:
		s.page(w, r, story, story.Page)
	}
}

// chosen is the name of the query parameter and the cookie with a story's name.
const chosen = "story"

// named returns the name of a request's story.
func named(r *http.Request) string {
	if name := r.URL.Query().Get(chosen); name != "" {
		return name
	}
	if c, err := r.Cookie(chosen); err == nil {
		return c.Value
	}
	name, _, _ := strings.Cut(r.Host, ".")
	return name
}

// tell writes the script that sets up a page for its story.
func (s *show) tell(w http.ResponseWriter, story Story) {
	facts, err := json.Marshal(map[string]any{
		"now": now.UnixMilli(), "offline": story.Offline, "lost": story.Lost.Milliseconds(), "kept": story.Kept.Milliseconds(),
		"storage": story.Storage, "query": story.Query, "fragment": story.Fragment, "steps": story.Steps, "hurried": story.Hurried, "loud": story.Loud, "push": story.Push,
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Cache-Control", "no-store") // the content depends on the story
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	fmt.Fprintf(w, "%s\ntell(%s);\n", s.script, facts)
}

// page writes a page of the story with the policy of the program. If page is
// nil, it writes a partner's homepage.
func (s *show) page(w http.ResponseWriter, r *http.Request, story Story, page func(lang string) static.Page) {
	var html bytes.Buffer
	var err error
	policy := static.Policy(r.Host)
	if story.Framed != nil {
		policy = strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1) + "; frame-src 'self'"
	}
	if page == nil {
		home := *story.Foreign
		home.Lang = static.Language(r)
		err = s.pages.ExecuteTemplate(&html, "embed.html", home)
	} else {
		err = s.site.Render(&html, page(static.Language(r)))
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if story.NoScript {
		policy = strings.Replace(policy, "script-src 'self'", "script-src 'none'", 1)
	}
	text := strings.Replace(html.String(), "<head>", "<head>\n<script src=\"/story.js\"></script>", 1)
	if story.Wordless {
		text = strings.ReplaceAll(text, ".words.", ".no-words.") // browsers cache loaded texts
	}
	if r.URL.Query().Get(chosen) != "" {
		http.SetCookie(w, &http.Cookie{Name: chosen, Value: story.Name})
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

// index lists the stories, grouped by page.
func (s *show) index(w http.ResponseWriter, r *http.Request) {
	type group struct {
		Name    string
		Stories []Story
	}
	view := struct {
		Style, Port string
		Groups      []group
	}{Style: s.site.URL("index.css")}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		view.Port = port
	}
	for _, story := range s.list {
		name, _, _ := strings.Cut(story.Name, "-")
		if n := len(view.Groups); n == 0 || view.Groups[n-1].Name != name {
			view.Groups = append(view.Groups, group{Name: name})
		}
		g := &view.Groups[len(view.Groups)-1]
		g.Stories = append(g.Stories, story)
	}
	var html bytes.Buffer
	if err := s.pages.ExecuteTemplate(&html, "index.html", view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(html.Bytes())
}

// answer responds to an API request of the story.
func answer(w http.ResponseWriter, r *http.Request, story Story) {
	value, ok := story.Answers[r.Method+" "+r.URL.Path]
	if !ok {
		value = refusal(http.StatusNotFound, "not_found")
	}
	if story.Line == Dead && !ok {
		value = refusal(http.StatusServiceUnavailable, "unavailable")
	}
	status, kind := http.StatusOK, "application/json"
	if p, refused := value.(wire.Problem); refused {
		status, kind = p.Status, "application/problem+json"
	}
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
