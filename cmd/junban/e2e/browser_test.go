//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"junban/cmd/junban/internal/programtest"
	"junban/internal/browsertest"
	"junban/internal/sqldb/sqldbtest"
)

// shared is a browser of this process. The first test starts it and TestMain ends it.
// One browser for each test would cost more than the tests.
type shared struct {
	start sync.Once
	ctx   context.Context
	end   func()
	err   error
}

// The two browsers have one engine. The headless shell takes half the processor
// time. The whole Chromium also has windows, installed apps, settings, and a
// history that keeps pages.
var shell, chromium shared

func TestMain(m *testing.M) {
	programtest.Main(m, shell.close, chromium.close, closeFirefox, sqldbtest.Stop)
}

func (s *shared) close() {
	if s.end != nil {
		s.end()
	}
}

// get starts the browser at that path, and returns the context of its first tab.
func (s *shared) get(path string) (context.Context, error) {
	s.start.Do(func() {
		profile, err := os.MkdirTemp("", "junban")
		if err != nil {
			s.err = err
			return
		}
		ctx, end, err := launch(path, profile)
		s.ctx, s.err = ctx, err
		s.end = func() {
			end()
			os.RemoveAll(profile)
		}
	})
	return s.ctx, s.err
}

// launch starts a headless Chromium of its own on that profile, with the fonts of
// the tests.
func launch(path, profile string) (ctx context.Context, end func(), err error) {
	options, err := browsertest.Options(path, profile, chromedp.Flag("disable-quic", true))
	if err != nil {
		return nil, func() {}, err
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	first, closeFirst := chromedp.NewContext(allocator)
	end = func() {
		_ = chromedp.Cancel(first) // waits for the browser, so that its profile can be removed
		closeFirst()
		cancel()
	}
	return first, end, chromedp.Do(first)
}

// preferring starts a browser of its own, whose reader has set these preferences,
// as JSON.
func preferring(t *testing.T, preferences string) context.Context {
	t.Helper()
	path := browsertest.Find(t, browsertest.Chromium)
	profile := t.TempDir()
	if err := os.Mkdir(filepath.Join(profile, "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "Default", "Preferences"), []byte(preferences), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, end, err := launch(path, profile)
	t.Cleanup(end)
	if err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return ctx
}

// browser returns an empty context of the headless shell, like a new profile. It shares
// no cookies, storage or workers with other tests. It skips the test where there is no
// browser.
func browser(t *testing.T) context.Context {
	t.Helper()
	return shell.fresh(t, browsertest.Find(t, browsertest.Shell, browsertest.Chromium))
}

// wholeBrowser is browser in the whole Chromium, for a test that needs more than
// its pages.
func wholeBrowser(t *testing.T) context.Context {
	t.Helper()
	return chromium.fresh(t, browsertest.Find(t, browsertest.Chromium))
}

func (s *shared) fresh(t *testing.T, path string) context.Context {
	t.Helper()
	first, err := s.get(path)
	if err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	process := chromedp.FromContext(first).Browser
	fresh, err := cdp.Call(t.Context(), process, target.CreateBrowserContext, target.CreateBrowserContextParams{})
	if err != nil {
		t.Fatalf("a fresh context of %s: %v", path, err)
	}
	ctx, cancel := chromedp.NewContext(first, chromedp.WithExistingBrowserContext(fresh.BrowserContextID))
	t.Cleanup(func() {
		cancel()
		_, err := cdp.Call(first, process, target.DisposeBrowserContext, target.DisposeBrowserContextParams(fresh))
		if err != nil {
			t.Errorf("leaving %s: %v", path, err)
		}
	})
	return ctx
}

// page is one tab.
type page struct {
	t    *testing.T
	name string
	ctx  context.Context

	pressed time.Time // when the last key was pressed
}

// pace waits until the desk is ready. Then the desk treats the next click as a new
// action, not as a double click.
func (p *page) pace() {
	p.t.Helper()
	p.holds("(desk => !desk?.guard || !desk.busy && [...desk.guard.acts.values()].every(at => performance.now() - at > 400))(document.querySelector('junban-staff'))")
}

// before runs a script in a tab before any of its pages' own.
func before(script string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})
}

// withoutScripts makes a tab one whose reader has switched scripts off.
func withoutScripts() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

// open opens a tab of its own for each name. The actions set it up before its first
// page.
func open(t *testing.T, browser context.Context, name, url string, width, height int64, actions ...chromedp.Action[chromedp.Void]) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	p := &page{t: t, name: name, ctx: ctx}
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as the context of its first action
		t.Fatalf("%s: %v", name, err)
	}
	p.do(append(actions, chromedp.EmulateViewport(width, height), chromedp.Navigate(url))...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s shows: %s", name, p.text("document.body.innerText"))
		}
	})
	return p
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, programtest.Long)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
}

// text evaluates an expression to a text; "" when it cannot.
func (p *page) text(expression string) string {
	ctx, cancel := context.WithTimeout(p.ctx, programtest.Long)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+" ?? '')"))
	if err != nil {
		return ""
	}
	return s
}

// of is the text of the first element that fits a selector.
func of(selector string) string {
	return fmt.Sprintf("document.querySelector(%q)?.textContent.trim()", selector)
}

// shows waits until the element's text is exactly want.
func (p *page) shows(selector, want string) {
	p.t.Helper()
	p.until(of(selector), func(s string) bool { return strings.Join(strings.Fields(s), " ") == want }, want)
}

// says waits until the element's text contains want.
func (p *page) says(selector, want string) {
	p.t.Helper()
	p.contains(of(selector), want)
}

// is waits until an expression's text is exactly want.
func (p *page) is(expression, want string) {
	p.t.Helper()
	p.until(expression, func(s string) bool { return s == want }, want)
}

// contains waits until an expression's text contains want.
func (p *page) contains(expression, want string) {
	p.t.Helper()
	p.until(expression, func(s string) bool { return strings.Contains(s, want) }, want)
}

// holds waits until an expression is true.
func (p *page) holds(expression string) {
	p.t.Helper()
	p.is("("+expression+")", "true")
}

// until waits until an expression's text fits.
func (p *page) until(expression string, fits func(string) bool, want string) {
	p.t.Helper()
	var got string
	pause := 5 * time.Millisecond
	for start := time.Now(); ; pause = min(2*pause, 50*time.Millisecond) { // most is there at once; to ask often slows the rest
		if got = p.text(expression); fits(got) {
			return
		}
		if time.Since(start) > programtest.Long {
			p.t.Fatalf("%s: %s is %q, want %q", p.name, expression, got, want)
		}
		time.Sleep(pause)
	}
}

// fits waits until nothing is wider than the window.
func (p *page) fits() {
	p.t.Helper()
	p.holds("document.documentElement.scrollWidth <= innerWidth")
}

// click clicks the first element that fits, once it is there and enabled.
func (p *page) click(selector string) {
	p.t.Helper()
	p.is(fmt.Sprintf("(e => e && !e.disabled)(document.querySelector(%q))", selector), "true")
	if strings.Contains(selector, "data-") {
		p.pace()
	}
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill types into a field, over what is there.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	field := fmt.Sprintf("document.querySelector(%q)", selector)
	p.is(fmt.Sprintf("(e => e && !e.disabled && (e.focus(), e.select(), document.activeElement === e))(%s)", field), "true")
	p.do(chromedp.KeyEvent(text))
	p.is(field+".value", text)
}

// picture saves a screenshot in the folder of JUNBAN_TEST_PICTURES, if it is set.
func (p *page) picture(name string) {
	p.t.Helper()
	folder := os.Getenv("JUNBAN_TEST_PICTURES")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("%s: %v", p.name, err)
	}
	if err := os.WriteFile(filepath.Join(folder, p.name+"-"+name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// cancels cancels the ticket on the page, with the code that the page shows.
func (p *page) cancels() {
	p.t.Helper()
	p.click("#cancel")
	p.typesCode()
	p.click("form.cancel button[type=submit]")
}

// typesCode types the cancel code that the page shows. The field is empty before: a
// crawler that presses the buttons cancels nothing.
func (p *page) typesCode() {
	p.t.Helper()
	p.holds("document.querySelector('input[name=cancelCode]').value === ''")
	p.holds("/\\d{6}/.test(document.querySelector('#code').textContent)")
	p.fill("input[name=cancelCode]", p.text("document.querySelector('#code').textContent.match(/\\d{6}/)[0]"))
}
