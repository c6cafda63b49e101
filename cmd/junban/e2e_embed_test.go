//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// homepage serves a page of another site with that in its body.
func homepage(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="ja"><link rel="icon" href="data:,"><title>薬局</title>%s`, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// element is the HTML of the element, with more attributes.
func element(junban, more string) string {
	return fmt.Sprintf(`<script type="module" src="%s/embed/v1.js"></script><junban-board service="1234-1" %s></junban-board>`, junban, more)
}

// withoutScripts makes a tab one whose reader has switched scripts off.
func withoutScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// computed is a style of a part of the element.
func computed(part, property string) string {
	return fmt.Sprintf("getComputedStyle(document.querySelector('junban-board').shadowRoot.querySelector('[part=%s]'))[%q]", part, property)
}

func (p *page) is(expression, want string) {
	p.t.Helper()
	p.until(expression, func(s string) bool { return s == want }, want)
}

func (p *page) contains(expression, want string) {
	p.t.Helper()
	p.until(expression, func(s string) bool { return strings.Contains(s, want) }, want)
}

func TestE2E_TheElementShowsTheFourItemsAndStandsHostileStyle(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	c := client{url: s.url}
	c.issue(t, "one")
	profile := demoClinic()

	const hostile = `<style>
* { display: none !important; visibility: hidden !important; opacity: 0 !important; font: 3px/1 monospace !important; color: red !important;
	text-transform: uppercase !important; letter-spacing: 1em !important; direction: rtl !important }
html, body, junban-board { display: block !important }
section, h2, p, b { position: absolute !important; left: -9999px !important }
</style>`
	p := open(t, chrome, "hostile", homepage(t, hostile+element(s.url, `show="waiting message address hours"`)), 800, 600)
	for _, want := range []string{"内科", "待ち 1組", profile.Address, strings.Fields(profile.Hours)[0]} {
		p.contains(embedded, want)
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
	p.until(embedded, func(s string) bool {
		return strings.Contains(s, "診療時間") && !strings.Contains(s, "待ち 1組") && !strings.Contains(s, profile.Address)
	}, "the hours alone")

	const own = `<style>junban-board { --junban-background: rgb(1, 2, 3); --junban-font: serif } junban-board::part(row) { color: rgb(4, 5, 6) }</style>`
	themed := open(t, chrome, "themed", homepage(t, own+element(s.url, `theme="dark" accent="#8a3b12"`)), 800, 600)
	themed.is(computed("box", "backgroundColor"), "rgb(1, 2, 3)")
	themed.is(computed("box", "color"), "rgb(238, 238, 238)")
	themed.is(computed("box", "fontFamily"), "serif")
	themed.is(computed("row", "color"), "rgb(4, 5, 6)")
	desk := client{url: s.url}
	desk.do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: "a password of mine"}, nil)
	desk.do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": "k"}, wire.CallRequest{Room: "1"}, nil)
	themed.is(computed("number", "color"), "rgb(138, 59, 18)")
	themed.picture("called")
}

// TestE2E_TheElementFindsAWayOrSaysThatThereIsNone has pages whose policy lets no
// socket through, and nothing at all.
func TestE2E_TheElementFindsAWayOrSaysThatThereIsNone(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), nil)
	c := client{url: s.url}
	policy := func(connect string) string {
		return fmt.Sprintf(`<meta http-equiv="Content-Security-Policy" content="connect-src %s">`, connect)
	}
	asks := open(t, chrome, "no-socket", homepage(t, policy(s.url)+element(s.url, "")), 800, 600)
	cut := open(t, chrome, "cut-off", homepage(t, policy("'none'")+element(s.url, "")), 800, 600)
	asks.contains(embedded, "待ち 0組")
	c.issue(t, "one")
	asks.contains(embedded, "待ち 1組")
	cut.contains(embedded, "接続しています")
	cut.contains(embedded, "⚠ 待ち状況を取得できません")
}

func TestE2E_TheFrameIsRightWithAndWithoutScripts(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	c := client{url: s.url}
	c.issue(t, "one")
	frame := fmt.Sprintf(`<iframe src="%s/embed/1234-1?lang=en&amp;show=waiting,hours&amp;theme=dark" width="360" height="400"></iframe>`, s.url)
	p := open(t, chrome, "framed", homepage(t, frame), 800, 600)
	inside := open(t, chrome, "frame", s.url+"/embed/1234-1?lang=en&show=waiting,hours&theme=dark", 360, 400)
	inside.contains(embedded, "Waiting 1 group")
	c.issue(t, "two")
	inside.contains(embedded, "Waiting 2 groups") // live

	plain := open(t, chrome, "frame-plain", "about:blank", 360, 400)
	plain.do(withoutScripts(), chromedp.Navigate(s.url+"/embed/1234-1?lang=en&show=waiting,hours"))
	plain.shows(".waiting", "2 groups")
	plain.is("document.querySelector('noscript meta[http-equiv=refresh]')?.content", "15")
	plain.picture("frame")
	p.picture("frame")

	none := open(t, chrome, "frame-unknown", s.url+"/embed/9999-9", 360, 400)
	none.says(".warning", "この番号の待ち状況はありません")
}

func TestE2E_ASiteThatIsNotAllowedIsToldSo(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	frame := fmt.Sprintf(`<iframe src="%s/embed/1234-1"></iframe>`, s.url)
	allowed := homepage(t, element(s.url, "")+frame)
	refused := homepage(t, element(s.url, "")+frame)

	desk := open(t, chrome, "desk-origins", s.url+"/staff", 1280, 1600)
	login(desk)
	desk.shows("#service-1234-1 .waiting", "0組")
	c := client{url: s.url}
	c.do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: "a password of mine"}, nil)
	var settings wire.ClinicSettings
	c.do(t, "GET", "/v1/clinics/1234/settings", nil, nil, &settings)
	settings.Origins = []string{allowed}
	if status := c.do(t, "PUT", "/v1/clinics/1234/settings", nil, settings, &settings); status != http.StatusOK {
		t.Fatalf("the origins are answered with %d", status)
	}

	yes := open(t, chrome, "allowed", allowed, 800, 600)
	yes.contains(embedded, "待ち 0組")
	no := open(t, chrome, "refused", refused, 800, 600)
	no.contains(embedded, "このサイトには表示できません")
	no.picture("said")
	// What a page of another site shows of a frame that refuses it is the browser's
	// error page, which has no board in it.
	for p, want := range map[*page]string{yes: "true", no: "false"} {
		p.is("(window.frames[0].length === 0 && document.querySelector('iframe') !== null)", "true")
		res, err := http.Get(s.url + "/embed/1234-1")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		policy := res.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "frame-ancestors 'self' "+allowed) || strings.Contains(policy, refused) || res.Header.Get("X-Frame-Options") != "" {
			t.Errorf("want %s: the frame's policy is %q", want, policy)
		}
	}
}

func TestE2E_TheGeneratorsHTMLWorksWhereItIsPasted(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	page := open(t, chrome, "generator", s.url+"/partner", 1280, 1000)
	page.fill("#service", "1234")
	page.click("#choose button[type=submit]")
	page.says(".services", "1234-1 内科")
	page.picture("services")
	page.click(".services a")
	page.contains(embedded, "待ち 0組")
	page.click(`input[name=show][value=hours]`)
	page.click(`input[name=theme][value=dark]`)
	page.contains(`document.querySelector("#element-code").value`, `show="waiting message hours" theme="dark"`)
	page.contains(embedded, "診療時間")
	page.picture("made")
	page.do(chromedp.EmulateViewport(360, 800))
	page.holds("document.documentElement.scrollWidth <= innerWidth")
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
			foreign.contains(embedded, "待ち 0組")
			foreign.is(computed("box", "color"), "rgb(238, 238, 238)")
		} else {
			foreign.contains("document.querySelector('iframe').src", s.url+"/embed/1234-1?")
		}
		foreign.picture("shown")
	}

	plain := open(t, chrome, "generator-plain", "about:blank", 360, 800)
	plain.do(withoutScripts(), chromedp.Navigate(s.url+"/partner?service=1234-1&lang=en&show=address"))
	plain.contains(`document.querySelector("#element-code").value`, `show="address"`)
	plain.do(chromedp.Navigate(s.url + "/partner?service=9999-1"))
	plain.says("#wrong", "見つかりませんでした")
}

// examples are the programs that the documentation shows to a reader.
func examples(t *testing.T, junban string) map[string]string {
	t.Helper()
	res, err := http.Get(junban + "/partner/docs?service=1234-1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`(?s)<pre tabindex="0" data-example="([^"]+)"><code>(.*?)</code></pre>`).FindAllStringSubmatch(string(text), -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

func TestE2E_TheExamplesOfTheDocumentationRun(t *testing.T) {
	t.Parallel()
	for _, program := range []string{redisServer, "curl", "node"} {
		needs(t, program)
	}
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	c := client{url: s.url}
	c.do(t, "POST", "/v1/login", nil, wire.LoginRequest{Clinic: "1234", User: "demo", Password: "a password of mine"}, nil)
	c.issue(t, "one")
	c.issue(t, "two")
	c.do(t, "POST", "/v1/services/1234-1/call", map[string]string{"Idempotency-Key": "k"}, wire.CallRequest{Room: "1"}, nil)
	all := examples(t, s.url)
	var names []string
	for name, text := range all {
		names = append(names, name)
		if strings.Contains(text, "junban.example") {
			t.Errorf("%s is about no server of ours:\n%s", name, text)
		}
	}
	if len(names) != 8 {
		t.Fatalf("the examples are %q", names)
	}

	run := func(script string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail")
		cmd.Stdin = strings.NewReader(script)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s\n%v: %s", script, err, out)
		}
		return string(out)
	}
	out := run(all["board.sh"])
	tag := regexp.MustCompile(`(?i)\netag: (W/"[^"]+")`).FindStringSubmatch(out)
	if !strings.HasPrefix(out, `{"type":"board"`) || !strings.Contains(out, "200 OK") || tag == nil {
		t.Fatalf("curl shows %s", out)
	}
	if out := run(strings.Replace(all["board.sh"], `W/"…"`, tag[1], 1)); !strings.Contains(out, "304 Not Modified") {
		t.Errorf("curl with the ETag shows %s", out)
	}
	if line, _, _ := strings.Cut(run("set +o pipefail; "+all["events.sh"]+" | grep -m1 board"), "\n"); !strings.HasPrefix(line, `data: {"type":"board"`) {
		t.Errorf("curl's stream begins with %s", line)
	}

	for name, want := range map[string]string{"board.js": "内科: 1", "events.js": "1", "socket.js": "1"} {
		p := open(t, chrome, name, homepage(t, `<p id="junban"></p><script>`+all[name]+`</script>`), 800, 600)
		p.is("document.querySelector('#junban').textContent", want)
	}
	p := open(t, chrome, "element.html", homepage(t, all["element.html"]), 800, 600)
	p.contains(embedded, "診療時間")
	p.is(computed("box", "borderTopColor"), "rgb(138, 59, 18)")

	for _, name := range []string{"board.php", "shortcode.php"} {
		php(t, name, all[name])
		for _, url := range regexp.MustCompile(`'(http[^']+)'`).FindAllStringSubmatch(all[name], -1) {
			if res, err := http.Get(url[1]); err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("%s asks %s: %v, %v", name, url[1], res, err)
			}
		}
	}
	for _, size := range []int64{360, 1280} {
		docs := open(t, chrome, fmt.Sprintf("docs-%d", size), s.url+"/partner/docs", size, 900)
		docs.holds("document.documentElement.scrollWidth <= innerWidth")
		docs.picture("page")
	}
}

// php checks what can be told of a PHP file without PHP: its strings and brackets
// close, in their order, and it has no name that it does not set or get. Where PHP
// is installed, that says whether it reads the file.
func php(t *testing.T, name, text string) {
	t.Helper()
	var open []byte
	code := regexp.MustCompile(`'[^']*'|//[^\n]*`).ReplaceAllString(strings.TrimPrefix(text, "<?php"), "''")
	closes := map[byte]byte{')': '(', ']': '[', '}': '{'}
	for _, b := range []byte(code) {
		switch b {
		case '(', '[', '{':
			open = append(open, b)
		case ')', ']', '}':
			if len(open) == 0 || open[len(open)-1] != closes[b] {
				t.Fatalf("%s: a %c closes nothing", name, b)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 || !strings.HasPrefix(text, "<?php\n") || strings.Count(code, "'")%2 != 0 {
		t.Errorf("%s: %q is open at the end", name, open)
	}
	if program, err := exec.LookPath("php"); err == nil {
		cmd := exec.CommandContext(t.Context(), program, "-l")
		cmd.Stdin = bytes.NewBufferString(text)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
}
