//go:build unix

package e2e

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// homepage serves a page of another site with that in its body.
func homepage(t *testing.T, body string) string {
	t.Helper()
	return homepageUnder(t, "", body)
}

// homepageUnder is homepage with a Content-Security-Policy, "" for none.
func homepageUnder(t *testing.T, policy, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if policy != "" {
			w.Header().Set("Content-Security-Policy", policy)
		}
		fmt.Fprintf(w, `<!doctype html><html lang="ja"><link rel="icon" href="data:,"><title>薬局</title>%s`, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// element is the HTML of the element, with more attributes.
func element(junban, more string) string {
	return fmt.Sprintf(`<script type="module" src="%s/embed/v1.js"></script><junban-board service="1234-1" %s></junban-board>`, junban, more)
}

// computed is a style of a part of the element.
func computed(part, property string) string {
	return fmt.Sprintf("getComputedStyle(document.querySelector('junban-board').shadowRoot.querySelector('[part=%s]'))[%q]", part, property)
}

func TestE2E_TheElementShowsTheFourItemsAndStandsHostileStyle(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "one")
	var profile wire.Clinic
	c.Do(t, "GET", "/v1/clinics/1234", nil, nil, &profile)

	const hostile = `<style>
* { display: none !important; visibility: hidden !important; opacity: 0 !important; font: 3px/1 monospace !important; color: red !important;
	text-transform: uppercase !important; letter-spacing: 1em !important; direction: rtl !important }
html, body, junban-board { display: block !important }
section, h2, p, b { position: absolute !important; left: -9999px !important }
</style>`
	p := open(t, chrome, "hostile", homepage(t, hostile+element(s.URL, `show="waiting message address hours"`)), 800, 600)
	for _, want := range []string{"内科", "待ち 1組", profile.Address, strings.Fields(profile.Hours)[0]} {
		p.contains(elementText, want)
	}
	for property, want := range map[string]string{
		"display": "block", "fontSize": "16px", "color": "rgb(34, 34, 34)", "textTransform": "none", "letterSpacing": "normal", "direction": "ltr",
		"visibility": "visible", "position": "static",
	} {
		p.is(computed("box", property), want)
	}
	p.is("getComputedStyle(document.querySelector('junban-board')).opacity", "1")
	p.picture("shown")

	p.text(`document.querySelector('junban-board').setAttribute('show', 'hours')`)
	p.until(elementText, func(s string) bool {
		return strings.Contains(s, "診療時間") && !strings.Contains(s, "待ち 1組") && !strings.Contains(s, profile.Address)
	}, "the hours alone")

	const own = `<style>junban-board { --junban-background: rgb(1, 2, 3); --junban-font: serif } junban-board::part(row) { color: rgb(4, 5, 6) }</style>`
	themed := open(t, chrome, "themed", homepage(t, own+element(s.URL, `theme="dark" accent="#8a3b12"`)), 800, 600)
	themed.is(computed("box", "backgroundColor"), "rgb(1, 2, 3)")
	themed.is(computed("box", "color"), "rgb(238, 238, 238)")
	themed.is(computed("box", "fontFamily"), "serif")
	themed.is(computed("row", "color"), "rgb(4, 5, 6)")
	desk := s.Client()
	desk.LogIn(t, "1234", "demo")
	desk.Do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": "k"}, wire.CallRequest{Room: "1"}, nil)
	themed.is(computed("number", "color"), "rgb(138, 59, 18)")
	themed.picture("called")
}

// TestE2E_TheElementFindsAWayOrSaysThatThereIsNone has pages whose policy lets no
// socket through, and nothing at all.
func TestE2E_TheElementFindsAWayOrSaysThatThereIsNone(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	policy := func(connect string) string {
		return fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="connect-src %s">`, connect)
	}
	asks := open(t, chrome, "no-socket", homepage(t, policy(s.URL)+element(s.URL, "")), 800, 600)
	cut := open(t, chrome, "cut-off", homepage(t, policy("'none'")+element(s.URL, "")), 800, 600)
	asks.contains(elementText, "待ち 0組")
	c.Issue(t, "one")
	asks.contains(elementText, "待ち 1組")
	cut.contains(elementText, "接続しています")
	cut.contains(elementText, "⚠ 待ち状況を取得できません")
}

func TestE2E_TheFrameIsRightWithAndWithoutScripts(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "one")
	frame := fmt.Sprintf(`<iframe src="%s/embed/1234-1?lang=en&amp;show=waiting,hours&amp;theme=dark" width="360" height="400"></iframe>`, s.URL)
	p := open(t, chrome, "framed", homepage(t, frame), 800, 600)
	p.frames(s.URL+"/embed/1234-1", "Waiting 1 group")
	inside := open(t, chrome, "frame", s.URL+"/embed/1234-1?lang=en&show=waiting,hours&theme=dark", 360, 400)
	inside.contains(elementText, "Waiting 1 group")
	c.Issue(t, "two")
	inside.contains(elementText, "Waiting 2 groups") // live

	plain := open(t, chrome, "frame-plain", s.URL+"/embed/1234-1?lang=en&show=waiting,hours", 360, 400, withoutScripts())
	plain.shows(".waiting", "2 groups")
	plain.says("body", "Web reception open") // the element's words for it
	plain.is("document.querySelector('noscript meta[http-equiv=refresh]')?.content", "15")
	plain.picture("frame")
	p.picture("frame")

	narrow := open(t, chrome, "frame-narrow", s.URL+"/embed/1234-1?show=waiting,message,address,hours", 200, 400)
	narrow.contains(elementText, "診療時間")
	narrow.fits()
	narrow.picture("frame")

	none := open(t, chrome, "frame-unknown", s.URL+"/embed/9999-9", 360, 400)
	none.says(".warning", "この番号の待ち状況はありません")
}

func TestE2E_TheGeneratorsHTMLWorksWhereItIsPasted(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	page := open(t, chrome, "generator", s.URL+"/partner", 1280, 1000)
	page.fill("#service", "1234")
	page.click("#choose button[type=submit]")
	page.says(".services", "1234-1 内科")
	page.picture("services")
	page.click(".services a")
	page.contains(elementText, "待ち 0組")
	page.click(`input[name=show][value=hours]`)
	page.click(`input[name=theme][value=dark]`)
	page.contains(`document.querySelector("#element-code").value`, `show="waiting message hours" theme="dark"`)
	page.contains(elementText, "診療時間")
	page.contains(`document.querySelector("#frame-code").value`, `height="600"`) // room for the hours too
	page.picture("made")
	page.do(chromedp.EmulateViewport(360, 800))
	page.fits()
	page.picture("narrow")

	for _, kind := range []string{"element", "frame"} {
		page.click(`button[data-copy="` + kind + `-code"]`)
		page.is(`document.querySelector('button[data-copy="`+kind+`-code"]').nextElementSibling.textContent`, "コピーしました")
		editor := open(t, chrome, "editor-"+kind, homepage(t, "<textarea id=editor></textarea>"), 800, 600)
		editor.click("#editor")
		editor.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Commands: []string{"paste"}})
			return err
		}))
		editor.contains("document.querySelector('#editor').value", "1234-1")
		foreign := open(t, chrome, "pasted-"+kind, homepage(t, editor.text("document.querySelector('#editor').value")), 800, 600)
		if kind == "element" {
			foreign.contains(elementText, "待ち 0組")
			foreign.is(computed("box", "color"), "rgb(238, 238, 238)")
		} else {
			foreign.frames(s.URL+"/embed/1234-1", "待ち 0組")
		}
		foreign.picture("shown")
	}

	plain := open(t, chrome, "generator-plain", s.URL+"/partner?service=1234-1&lang=en&show=address", 360, 800, withoutScripts())
	plain.contains(`document.querySelector("#element-code").value`, `show="address"`)
	plain.do(chromedp.Navigate(s.URL + "/partner?service=9999-1"))
	plain.says("#wrong", "見つかりませんでした")
}
