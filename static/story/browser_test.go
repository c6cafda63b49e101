package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"junban/internal/browsertest"
	"junban/static"
)

// long is the patience with a browser on a machine that has other work.
const long = time.Minute

// profile is an empty folder for a browser. What a dying browser still writes
// into it must not fail a test: it is removed until it stays away.
func profile(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "junban-story-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for until := time.Now().Add(10 * time.Second); os.RemoveAll(folder) != nil && time.Now().Before(until); {
			time.Sleep(50 * time.Millisecond)
		}
	})
	return folder
}

// browser starts a headless Chromium with an empty profile, for which every host
// is on that port: an address that a page shows is the same each time.
func browser(t *testing.T, port string) context.Context {
	t.Helper()
	path := browsertest.Find(t, browsertest.Shell, browsertest.Chromium)
	options, err := browsertest.Options(path, profile(t),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-features", "PreloadTopChromeWebUI,WebUIReloadButton,InitialWebUI,Translate,BackForwardCache,ProactivelySwapBrowsingInstance,SpareRendererForSitePerProcess,IsolateOrigins,site-per-process"),
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1:"+port), chromedp.Flag("no-proxy-server", true),
		// A frame is drawn once all of it is painted.
		chromedp.Flag("run-all-compositor-stages-before-draw", true), chromedp.Flag("disable-new-content-rendering-timeout", true), chromedp.Flag("disable-checker-imaging", true),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	first, closeFirst := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(first) // waits for the browser, so that its profile can be removed
		closeFirst()
	})
	if err := chromedp.Do(first); err != nil {
		t.Fatalf("starting chromium: %v", err)
	}
	return first
}

// serve serves the stories and returns the port.
func serve(t *testing.T, list []Story) string {
	t.Helper()
	site, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: newShow(site, list), ReadHeaderTimeout: long}
	go s.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = s.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// tab is one tab of the browser.
type tab struct{ ctx context.Context }

// openTab opens one with a device of its own. In it a script runs first on every
// page: one that is as long as axe costs more to be sent to each.
func openTab(t *testing.T, browser context.Context, script string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	// The tab lives as long as the context of its first act.
	if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		// Nobody here asks for nodes or rules: the browser need not tell of them.
		if _, err := cdp.Call(ctx, t, css.Disable, cdp.Empty{}); err != nil {
			return err
		}
		if _, err := cdp.Call(ctx, t, dom.Disable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	})); err != nil {
		t.Fatalf("opening a tab: %v", err)
	}
	return tab{ctx}
}

func (b tab) do(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, long)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// ask evaluates an expression, a promise too, to a value.
func ask[T any](b tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, long)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// visit opens a story and waits until it shows what it is about.
func (b tab) visit(s Story, lang string) error {
	url := fmt.Sprintf("http://junban.localhost/?lang=%s&%s=%s", lang, chosen, s.Name)
	if err := b.do(chromedp.Navigate(url)); err != nil {
		return err
	}
	host, inner, deep := strings.Cut(s.Shows, " >>> ")
	shown := fmt.Sprintf("document.querySelector(%q)", host)
	if deep {
		shown += fmt.Sprintf("?.shadowRoot?.querySelector(%q)", inner)
	}
	if _, err := ask[bool](b, fmt.Sprintf(still, shown)); err != nil {
		return fmt.Errorf("it never shows %s: %w", s.Shows, err)
	}
	return nil
}

// still waits until a page and those that it frames have done their steps, have
// their answers, show what they are about, have their fonts and are painted; and
// then nothing in them moves any more.
const still = `new Promise((done) => {
	const all = () => [window, ...[...document.querySelectorAll("iframe")].flatMap((f) => f.contentDocument?.defaultView ?? [])];
	const stories = () => all().flatMap((w) => w.story ?? []);
	const later = window.story?.later ?? setTimeout;
	let calm = 0;
	const look = () => {
		const busy = stories().some((s) => s.steps > 0 || s.calls > 0);
		const there = all().every((w) => w.document.readyState === "complete" && w.document.fonts.status === "loaded");
		calm = !busy && there && %s ? calm + 1 : 0;
		if (calm === 0) return later(look, 10); // a frame costs more
		if (calm <= 2) return requestAnimationFrame(look);
		const sheet = new CSSStyleSheet();
		sheet.replaceSync("* { caret-color: transparent !important; animation: none !important; transition: none !important }");
		document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
		for (const s of stories()) s.freeze();
		window.stop();
		scrollTo(0, 0);
		done(true);
	};
	look();
})`

// repainted waits until the page as it is now is painted.
const repainted = `new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() => true)`

// scheme makes the reader one who likes it "light" or "dark", and waits until the
// page is painted so.
func (b tab) scheme(name string) error {
	err := b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
	if err != nil {
		return err
	}
	_, err = ask[bool](b, repainted)
	return err
}

// resize gives the page another viewport.
func (b tab) resize(f frame) error {
	return b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(f.width), Height: int64(f.height), DeviceScaleFactor: 1,
		})
		return err
	}))
}

// picture is the whole page as a PNG, its width times scale.
func (b tab) picture(width, height int, scale float64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(b.ctx, long)
	defer cancel()
	yes := true
	var png []byte
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		shot, err := cdp.Call(ctx, t, page.CaptureScreenshot, page.CaptureScreenshotParams{
			Clip:                  &page.Viewport{Width: float64(width), Height: float64(height), Scale: scale},
			CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes,
		})
		png = shot.Data
		return err
	}))
	return png, err
}
