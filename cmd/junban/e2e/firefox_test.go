//go:build unix

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/cmd/junban/internal/programtest"
	"junban/internal/firefoxtest"
	"junban/internal/pushtest"
)

// firefox is the Firefox of this process with its push service: one takes long to start.
var firefox struct {
	start   sync.Once
	browser *firefoxtest.Firefox
	service *pushtest.Service
	err     error
}

func closeFirefox() {
	if firefox.browser != nil {
		firefox.browser.Close()
	}
	if firefox.service != nil {
		firefox.service.Close()
	}
}

// withFirefox returns the Firefox and its push service.
func withFirefox(t *testing.T) (*firefoxtest.Firefox, *pushtest.Service) {
	t.Helper()
	path := firefoxtest.Find(t)
	firefox.start.Do(func() {
		firefox.service = pushtest.NewService()
		firefox.browser, firefox.err = firefoxtest.Start(path, firefox.service.Socket())
	})
	if firefox.err != nil {
		t.Fatalf("starting firefox: %v", firefox.err)
	}
	return firefox.browser, firefox.service
}

// foxPage is a page in Firefox.
type foxPage struct {
	t   *testing.T
	tab *firefoxtest.Tab
}

// openFox opens a page whose origin may show notifications.
func openFox(t *testing.T, f *firefoxtest.Firefox, origin, path string) *foxPage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), programtest.Long)
	defer cancel()
	if err := f.Grant(ctx, "notifications", origin); err != nil {
		t.Fatal(err)
	}
	tab, err := f.Open(ctx, origin+path)
	if err != nil {
		t.Fatal(err)
	}
	p := &foxPage{t, tab}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), programtest.Long)
		defer cancel()
		if folder := os.Getenv("JUNBAN_TEST_PICTURES"); folder != "" {
			if png, err := tab.Picture(ctx); err == nil {
				_ = os.WriteFile(filepath.Join(folder, "firefox.png"), png, 0o644)
			}
		}
		if t.Failed() {
			text, _ := tab.Eval(ctx, "document.body.innerText")
			t.Logf("firefox shows: %s", text)
		}
		_ = tab.Close(ctx) // some are closed already
	})
	return p
}

// eval evaluates an expression to a text.
func (p *foxPage) eval(expression string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), programtest.Long)
	defer cancel()
	s, err := p.tab.Eval(ctx, expression)
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

// until waits until an expression's text contains want, and returns it.
func (p *foxPage) until(expression, want string) string {
	p.t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		got := p.eval(expression)
		if strings.Contains(got, want) {
			return got
		}
		if time.Since(start) > programtest.Long {
			p.t.Fatalf("firefox: %s is %q, want %q", expression, got, want)
		}
	}
}

// notices are the notifications that the browser shows, one per line, sorted: title, body, tag.
const notices = `navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.map(n => n.title + " | " + n.body + " | " + n.tag).sort().join("\n"))`

// subscribeBy subscribes a page with a key, and leaves the address in JSON.
const subscribeBy = `(async key => {
	await navigator.serviceWorker.register("/sw.js");
	const { pushManager } = await navigator.serviceWorker.ready;
	const s = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })).toJSON();
	return JSON.stringify({ endpoint: s.endpoint, p256dh: s.keys.p256dh, auth: s.keys.auth });
})`
