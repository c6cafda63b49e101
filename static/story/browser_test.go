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

// testTimeout limits a wait for the browser on a busy machine.
const testTimeout = time.Minute

// profile returns an empty folder for a browser. It is removed repeatedly at
// the end, because an exiting browser may still write to it.
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

// browser starts a headless Chromium with an empty profile. It resolves every
// host to the port, so that the addresses on a page are always the same.
func browser(t *testing.T, port string) context.Context {
	t.Helper()
	path := browsertest.Find(t, browsertest.Shell, browsertest.Chromium)
	options, err := browsertest.Options(path, profile(t),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-features", "PreloadTopChromeWebUI,WebUIReloadButton,InitialWebUI,Translate,BackForwardCache,ProactivelySwapBrowsingInstance,SpareRendererForSitePerProcess,IsolateOrigins,site-per-process"),
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("host-resolver-rules", "MAP * 127.0.0.1:"+port), chromedp.Flag("no-proxy-server", true),
		// These flags delay a screenshot until the page is painted completely.
		chromedp.Flag("run-all-compositor-stages-before-draw", true), chromedp.Flag("disable-new-content-rendering-timeout", true), chromedp.Flag("disable-checker-imaging", true),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	first, closeFirst := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		_ = chromedp.Cancel(first) // waits for the browser to exit
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
	s := &http.Server{Handler: newShow(site, list), ReadHeaderTimeout: testTimeout}
	go s.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { _ = s.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// tab is a tab of the browser.
type tab struct{ ctx context.Context }

// openTab opens a tab with its own storage. A script runs first on every page;
// sending one as long as axe with each call would take longer.
func openTab(t *testing.T, browser context.Context, script string) tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	// The tab lives as long as the context of its first action.
	if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		// The tests use no nodes or rules, so the browser need not report
		// them.
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
	ctx, cancel := context.WithTimeout(b.ctx, testTimeout)
	defer cancel()
	return chromedp.Do(ctx, actions...)
}

// ask evaluates an expression, which may be a promise, and returns its value.
func ask[T any](b tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, testTimeout)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// visit opens a story and waits until its subject is visible.
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
		return fmt.Errorf("waiting for %s: %w", s.Shows, err)
	}
	return nil
}

// still waits until a page and its frames have completed their steps and
// requests. They also show their subject, and are painted with their fonts.
// Then it freezes them.
const still = `new Promise((done) => {
	const all = () => [window, ...[...document.querySelectorAll("iframe")].flatMap((f) => f.contentDocument?.defaultView ?? [])];
	const stories = () => all().flatMap((w) => w.story ?? []);
	const later = window.story?.later ?? setTimeout;
	let calm = 0;
	const look = () => {
		const busy = stories().some((s) => s.steps > 0 || s.calls > 0);
		const there = all().every((w) => w.document.readyState === "complete" && w.document.fonts.status === "loaded");
		calm = !busy && there && %s ? calm + 1 : 0;
		if (calm === 0) return later(look, 10); // a frame takes longer
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

// repainted waits until the present page is painted.
const repainted = `new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)).then(() => true)`

// scheme sets the colour scheme, "light" or "dark", and waits until the page is
// painted.
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

// resize sets the viewport.
func (b tab) resize(f frame) error {
	return b.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(f.width), Height: int64(f.height), DeviceScaleFactor: 1,
		})
		return err
	}))
}

// picture returns a PNG of the whole page, with its width multiplied by scale.
func (b tab) picture(width, height int, scale float64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(b.ctx, testTimeout)
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
