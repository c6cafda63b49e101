//go:build unix

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// overheard counts the announcements of a screen reader: every change in a live region,
// simultaneous ones as one.
const overheard = `{ window.heard = [];
	const region = (n) => (n.nodeType === 1 ? n : n.parentElement)?.closest("[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]");
	new MutationObserver((changes) => {
		const regions = new Set(changes.map((c) => region(c.target)).filter(Boolean));
		for (const r of regions) heard.push(r.textContent.trim().replace(/\s+/g, " "));
	}).observe(document, { subtree: true, childList: true, characterData: true });
}`

// TestE2E_AScreenReaderHearsItsOwnChangesAndNoOthers changes a board fifty times, of
// which seven are the reader's own.
func TestE2E_AScreenReaderHearsItsOwnChangesAndNoOthers(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2017", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	walkin := func() { desk.OK(t, "POST", "/v1/services/2017-1/walkins", wire.IssueRequest{}, nil) }
	for range 6 {
		walkin()
	}
	p := open(t, chrome, "overheard", s.URL+"/s/2017-1", 360, 740, before(overheard))
	p.click(".take button[type=submit]")
	p.took("7")
	p.isLive()
	list := open(t, chrome, "overheard-list", s.URL+"/t", 360, 740, before(overheard))
	list.says(".card .ahead", "6組")
	stranger := open(t, browser(t), "overheard-stranger", s.URL+"/s/2017-1", 360, 740, before(overheard))
	stranger.isLive()
	for _, p := range []*page{p, list, stranger} {
		p.text("(window.heard = [])")
	}

	waiting, own := 7, 0
	for n := range 50 {
		if n%7 == 3 {
			desk.OK(t, "POST", "/v1/services/2017-1/call", wire.CallRequest{Room: "1"}, nil)
			waiting, own = waiting-1, own+1
		} else {
			walkin()
			waiting++
		}
		for _, p := range []*page{p, stranger} {
			p.shows(".board .waiting", fmt.Sprintf("%d組", waiting))
		}
	}
	if own != 7 {
		t.Fatalf("%d of the changes are the reader's own", own)
	}
	p.says(".todo", "第1診察室へお入りください")
	list.says(".todo", "第1診察室へお入りください")
	var want []string
	for ahead := 5; ahead > 0; ahead-- {
		want = append(want, fmt.Sprintf("あなたの前 %d組", ahead))
	}
	want = append(want, "次があなたの順番です", "お呼び出し中です。第1診察室へお入りください。")
	for _, p := range []*page{p, list} {
		got := strings.Split(p.text("heard.join('|')"), "|")
		if len(got) != own {
			t.Errorf("%s says %d things in 50 changes, want %d: %q", p.name, len(got), own, got)
			continue
		}
		for i, text := range want {
			if !strings.HasPrefix(got[i], text) {
				t.Errorf("%s says %q, want %q", p.name, got[i], text)
			}
		}
	}
	if got := stranger.text("heard.length"); got != fmt.Sprint(own) {
		t.Errorf("who has no number hears %s things, want the %d calls: %s", got, own, stranger.text("heard.join('|')"))
	}
}

// walk takes a number at the demo clinic through waiting, near, called, absent,
// returned and cancelled. It checks the page each time.
func walk(t *testing.T, s *programtest.Running, p *page, each func(state string)) {
	t.Helper()
	c := s.Client()
	c.LogIn(t, "1234", "demo")
	for i := range 8 {
		c.Issue(t, fmt.Sprint("walk-", i))
	}
	call := func() { c.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: "1"}, nil) }
	p.do(chromedp.Navigate(s.URL + "/"))
	p.seen("じゅんばんクリニック")
	each("find")
	p.do(chromedp.Navigate(s.URL + "/c/1234"))
	p.isLive()
	each("clinic")
	p.click("#service-1234-1 .go")
	p.isLive()
	each("form")
	p.click(".take button[type=submit]")
	id := strings.Split(p.took("9")[1:], ".")[0]
	p.says("#ahead", "8組")
	each("waiting")
	for range 7 {
		call()
	}
	p.says("#ahead", "1組")
	each("near")
	call()
	call()
	p.says(".todo", "第1診察室")
	each("called")
	c.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	p.says(".todo", "「クリニックに着きました」を押して")
	each("absent")
	p.click("[data-go=arrive]")
	p.says(".todo", "伝わっています")
	each("back")
	c.OK(t, "POST", "/v1/tickets/"+id+"/return", nil, nil)
	p.says("#ahead", "次が")
	p.click(".share summary")
	p.click("#cancel")
	p.holds("!!document.querySelector('svg.code')")
	each("cancelling")
	p.typesCode()
	p.click("form.cancel button[type=submit]")
	p.says(".mine .state", "取り消されました")
	each("cancelled")
	p.do(chromedp.Navigate(s.URL + "/t"))
	p.says(".card .todo", "取り消されました")
	each("list")
}

// cut is what of a page is beyond its edge, or does not fit into what holds it.
const cut = `(() => {
	const wide = document.documentElement.clientWidth, faults = [];
	if (document.documentElement.scrollWidth > wide) faults.push("the page is " + document.documentElement.scrollWidth + " px wide");
	for (const e of document.querySelectorAll("body *")) {
		if (!e.checkVisibility() || e.closest(".spoken, svg, option, noscript, script")) continue;
		const r = e.getBoundingClientRect();
		const name = e.tagName + "." + e.className + " " + JSON.stringify(e.textContent.trim().slice(0, 20));
		if (r.right > wide + 1 || r.left < -1) faults.push("beyond the page: " + name);
		if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline" && !(e.tagName === "INPUT" && e.readOnly)) faults.push("too narrow: " + name);
		if (e.scrollHeight > e.clientHeight + 1 && e.clientHeight > 0 && /hidden|clip/.test(getComputedStyle(e).overflowY)) faults.push("too low: " + name);
	}
	return faults.join("\n");
})()`

// TestE2E_LettersOfTwiceTheSizeFitOnANarrowPhone reads with the browser's letters set
// to 200 %, on 360 px.
func TestE2E_LettersOfTwiceTheSizeFitOnANarrowPhone(t *testing.T) {
	t.Parallel()
	chrome := preferring(t, `{"webkit":{"webprefs":{"default_font_size":32,"default_fixed_font_size":26}}}`)
	s := program(t)
	p := open(t, chrome, "double", "about:blank", 360, 740)
	walk(t, s, p, func(state string) {
		p.is("getComputedStyle(document.body).fontSize", "32px") // a page that is just being replaced has none
		if faults := p.text(cut); faults != "" {
			t.Errorf("%s:\n%s", state, faults)
		}
		p.picture(state)
	})
}

// media makes a tab one whose reader has asked for that.
func media(name, value string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}})
		return err
	})
}

// TestE2E_ChosenColoursTakeNoMeaningAway uses forced colours. Controls have an edge,
// the bar is visible, and the code is black on white.
func TestE2E_ChosenColoursTakeNoMeaningAway(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	p := open(t, chrome, "forced", "about:blank", 360, 740, media("forced-colors", "active"))
	walk(t, s, p, func(state string) {
		p.holds("matchMedia('(forced-colors: active)').matches")
		edges := `[...document.querySelectorAll("button, input:not([type=radio]):not([type=checkbox]):not([type=hidden]), select, .mine, .card")].filter(e => e.checkVisibility())
			.filter(e => (s => s.borderTopStyle === "none" || s.borderTopWidth === "0px" || s.borderTopColor === s.backgroundColor)(getComputedStyle(e))).map(e => e.outerHTML.slice(0, 80)).join("\n")`
		if bare := p.text(edges); bare != "" {
			t.Errorf("%s: without an edge:\n%s", state, bare)
		}
		if state == "near" {
			if done, left := p.bar(); done == left {
				t.Errorf("the bar is %v from one end to the other", done)
			}
		}
		if code := p.text(`(e => e && ["rect", "path"].map(n => getComputedStyle(e.querySelector(n)).fill).join())(document.querySelector("svg.code"))`); code != "" && code != "rgb(255, 255, 255),rgb(0, 0, 0)" {
			t.Errorf("%s: the code is drawn in %s", state, code)
		}
		p.picture(state)
	})
}

// bar is the colour of the page's progress near its beginning, and near its end.
func (p *page) bar() (done, left color.Color) {
	p.t.Helper()
	var x, y, w, h int
	at := p.text(`(b => [b.left + scrollX, b.top + scrollY, b.width, b.height].map(Math.round).join(" "))(document.querySelector("progress").getBoundingClientRect())`)
	if _, err := fmt.Sscan(at, &x, &y, &w, &h); err != nil {
		p.t.Fatalf("the bar is at %q: %v", at, err)
	}
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(shot))
	if err != nil {
		p.t.Fatal(err)
	}
	return picture.At(x+w/8, y+h/2), picture.At(x+w-w/16, y+h/2)
}

// TestE2E_NothingMovesForWhoAskedForThat looks for what is animated while numbers are
// called. A late sentence for browsers without scripts does not shift the layout.
func TestE2E_NothingMovesForWhoAskedForThat(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	const moving = `window.moved = []; for (const type of ["animationstart", "transitionrun"]) addEventListener(type, (e) => moved.push(type + " " + (e.animationName || e.propertyName)), true)`
	const moved = `moved.filter((m) => m !== "animationstart late").concat(document.getAnimations().filter((a) => a.animationName !== "late").map(String)).join()`
	still := media("prefers-reduced-motion", "reduce")
	p := open(t, chrome, "still", "about:blank", 360, 740, before(moving), still)
	screen := open(t, chrome, "still-screen", s.URL+"/display/1234", 1280, 720, before(moving), still)
	walk(t, s, p, func(state string) {
		if seen := p.text(moved); seen != "" {
			t.Errorf("%s: %s", state, seen)
		}
	})
	screen.holds("!!document.querySelector('#service-1234-1')")
	screen.holds(moved + " === ''")

	p.do(media("prefers-reduced-motion", "no-preference"), chromedp.Navigate(strictPage(t, s.URL)))
	p.contains("moved.join()", "animationstart late") // the only thing that moves: what comes late
}

// strictPage is a page whose script never begins.
func strictPage(t *testing.T, program string) string {
	t.Helper()
	return strict(t, program, "script-src 'none'") + "/s/1234-1"
}
