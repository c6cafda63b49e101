package static

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// The colours around an installed page. A test compares them with the design
// tokens.
const (
	groundLight = "#f2f2f2"
	groundDark  = "#000000"
)

// theme returns the colour around a page in a colour scheme, "light" or "dark".
func theme(scheme string) string {
	if scheme == "dark" {
		return groundDark
	}
	return groundLight
}

// webManifest has the members of the W3C Web Application Manifest that are
// used.
type webManifest struct {
	ID              string         `json:"id"`
	Lang            string         `json:"lang"`
	Name            string         `json:"name"`
	ShortName       string         `json:"short_name"`
	StartURL        string         `json:"start_url"`
	Scope           string         `json:"scope"`
	Display         string         `json:"display"`
	BackgroundColor string         `json:"background_color"`
	ThemeColor      string         `json:"theme_color"`
	Icons           []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

// WebManifest serves GET and HEAD /manifest.webmanifest. The installed app
// starts at the list of tickets. The manifest is the same for all users, and
// must not name a ticket.
func (s *Site) WebManifest(lang string) http.Handler {
	m := webManifest{
		ID: "/t", Lang: lang, Name: s.Text(lang, "app.name"), ShortName: s.Text(lang, "app.short"),
		StartURL: "/t?lang=" + lang, Scope: "/", Display: "standalone", BackgroundColor: groundLight, ThemeColor: groundLight,
		Icons: []manifestIcon{
			{Src: s.URL("icon192.png"), Sizes: "192x192", Type: "image/png", Purpose: "any"},
			{Src: s.URL("icon512.png"), Sizes: "512x512", Type: "image/png", Purpose: "any"},
			{Src: s.URL("mask512.png"), Sizes: "512x512", Type: "image/png", Purpose: "maskable"},
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := json.Marshal(m)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/manifest+json")
		h.Set("Cache-Control", "no-cache")
		h.Set("Vary", "Accept-Language")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

// Worker serves GET and HEAD /sw.js, the service worker of the patients' pages.
// Browsers must revalidate it. Its own policy, not that of a page, limits its
// requests.
func (s *Site) Worker() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; connect-src 'self'")
		s.worker.serve(w, r)
	})
}
