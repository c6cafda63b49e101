//go:build unix

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// wall is a television: its clock is three hours wrong, its long timers are quick, and
// it notes what the page's clock shows and whether it asks to stay awake.
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

// TestE2E_AScreenOnTheWallNeedsNobody holds what a screen does by itself: it stays
// awake, loads again when its script did not begin, speaks the clinic's language,
// and shows the server's time from the first moment (U11).
func TestE2E_AScreenOnTheWallNeedsNobody(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	screen := open(t, chrome, "wall", s.url+"/?lang=en", 1280, 720)
	screen.is("(document.cookie = 'junban_lang=en; path=/', 1)", "1") // somebody has read a page in English there
	screen.before(wall)
	screen.do(blocked("*://*:*/assets/display-*.js"), chromedp.Navigate(s.url+"/display/1234"))
	screen.is(lang, "ja")
	screen.holds("document.querySelector('.service') !== null && !document.documentElement.dataset.begun")
	screen.picture("no script")
	screen.do(blocked())
	screen.holds("document.documentElement.dataset.begun === '1'") // by itself
	screen.holds("window.locks > 0")
	screen.holds("document.querySelectorAll('.link.live').length === 1")

	var now wire.Frame
	c := &client{url: s.url}
	c.do(t, "GET", "/v1/services/1234-1/board", nil, nil, &now)
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
