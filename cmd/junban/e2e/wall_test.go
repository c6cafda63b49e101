//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// wall is a television. Its clock is three hours wrong and its long timers are fast. It
// records the page's clock and its wake lock.
const wall = `{
	const now = Date.now.bind(Date), later = window.setTimeout;
	Date.now = () => now() + 3 * 3600e3;
	window.setTimeout = (f, ms, ...a) => later(f, ms < 30000 ? ms : ms / 60, ...a);
	window.locks = 0;
	Object.defineProperty(navigator, "wakeLock", {value: {request: (type) => { window.locks += type === "screen"; return Promise.resolve({}) }}});
	window.clocks = new Set();
	new MutationObserver(() => { const e = document.querySelector("#clock, header .clock"); if (e && e.textContent.trim()) clocks.add(e.textContent.trim()) })
		.observe(document, {childList: true, subtree: true, characterData: true});
}`

// TestE2E_AScreenOnTheWallNeedsNobody tests an unattended screen. It stays awake, and
// reloads if its script did not start. It has the clinic's language, and shows the
// server's time at once.
func TestE2E_AScreenOnTheWallNeedsNobody(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	screen := open(t, chrome, "wall", s.URL+"/?lang=en", 1280, 720)
	screen.is("(document.cookie = 'junban_lang=en; path=/', 1)", "1") // somebody has read a page in English there
	screen.do(before(wall), blocked("*://*:*/assets/display-*.js"), chromedp.Navigate(s.URL+"/display/1234"))
	screen.is(lang, "ja")
	screen.holds("document.querySelector('.service') !== null && !document.documentElement.dataset.begun")
	screen.picture("no script")
	screen.do(blocked())
	screen.holds("document.documentElement.dataset.begun === '1'") // by itself
	screen.holds("window.locks > 0")
	screen.holds("document.querySelectorAll('.link.live').length === 1")

	var now wire.Frame
	c := s.Client()
	c.Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &now)
	right := now.At.Time
	fits := func(clock string) bool {
		for d := -3; d <= 3; d++ { // minutes that the test may take
			if right.Add(time.Duration(d)*time.Minute).Format("15:04") == clock {
				return true
			}
		}
		return false
	}
	shown := screen.text("[...clocks].join(' ')")
	if shown == "" {
		t.Error("no clock was shown")
	}
	for _, clock := range strings.Fields(shown) {
		if !fits(clock) {
			t.Errorf("the screen has shown %s at %s", clock, right.Format("15:04"))
		}
	}
	screen.picture("begun")
}

// TestE2E_AScreenWhoseScriptCannotBeReadLoadsAgain serves a script that the browser
// cannot parse. The screen shows the server's HTML with its time, and reloads until the
// script runs.
func TestE2E_AScreenWhoseScriptCannotBeReadLoadsAgain(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var broken atomic.Bool
	var loads atomic.Int64
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/display/1234" && r.Header.Get("Sec-Fetch-Mode") == "navigate" {
			loads.Add(1)
		}
		if broken.Load() && strings.HasPrefix(r.URL.Path, "/assets/display-") && strings.HasSuffix(r.URL.Path, ".js") {
			w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
			fmt.Fprint(w, "class Page { of = #the future }")
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	c := s.Client()
	c.Issue(t, "one")

	broken.Store(true)
	screen := open(t, chrome, "unread", front.URL+"/display/1234", 1280, 720, before(wall+`window.unread = 0; addEventListener("error", (e) => { window.unread += /SyntaxError/.test(e.message) });`))
	screen.holds("window.unread === 1 && !document.documentElement.dataset.begun")
	screen.shows("header h1", "じゅんばんクリニック")
	screen.says(".service .waiting", "1")
	screen.says(".link.stale", "現在の状況です") // it shows the age
	screen.picture("written")
	programtest.Eventually(t, "the screen loads again by itself, twice", func() bool { return loads.Load() > 2 })
	screen.holds("window.unread === 1 && !document.documentElement.dataset.begun")
	c.Issue(t, "two") // what it shows is never older than its last load
	screen.says(".service .waiting", "2")
	broken.Store(false)
	screen.holds("document.documentElement.dataset.begun === '1' && document.querySelectorAll('.link.live').length === 1")
	screen.says(".service .waiting", "2")
}
