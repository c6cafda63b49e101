//go:build unix

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"junban/cmd/junban/internal/programtest"
)

// pushes delivers texts to the worker of a page, as a push service would.
type pushes struct {
	p      *page
	origin string
	id     serviceworker.RegistrationID
}

// newPushes allows a page notifications, and finds its worker.
func newPushes(p *page, origin string) *pushes {
	p.t.Helper()
	found := make(chan serviceworker.RegistrationID, 100)
	if err := chromedp.Listen(p.ctx, func(e any) {
		if e, ok := e.(*serviceworker.EventWorkerRegistrationUpdated); ok {
			for _, r := range e.Registrations {
				if strings.HasPrefix(r.ScopeURL, origin+"/") && !r.IsDeleted {
					found <- r.RegistrationID
				}
			}
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		own := chromedp.FromContext(ctx)
		if _, err := cdp.Call(ctx, own.Browser, cdpbrowser.SetPermission, cdpbrowser.SetPermissionParams{
			Permission: &cdpbrowser.PermissionDescriptor{Name: "notifications"}, Setting: cdpbrowser.PermissionSettingGranted, Origin: origin, BrowserContextID: own.BrowserContextID,
		}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, serviceworker.Enable, cdp.Empty{})
		return err
	}))
	select {
	case id := <-found:
		return &pushes{p, origin, id}
	case <-time.After(programtest.Long):
		p.t.Fatal("the page has no worker")
		return nil
	}
}

// deliver delivers a text.
func (d *pushes) deliver(text string) {
	d.p.t.Helper()
	d.p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: d.origin, RegistrationID: d.id, Data: text})
		return err
	}))
}

// deliverUntil delivers a text until the notifications are these: title, body and tag, one
// per line, sorted. Chromium deletes a notification that a page asks for in the moment
// before its display. So the page asks rarely, and the text is delivered again.
func (d *pushes) deliverUntil(text, want string) {
	d.p.t.Helper()
	programtest.Eventually(d.p.t, fmt.Sprintf("%s: the notifications are %q", d.p.name, want), func() bool {
		d.deliver(text)
		for range 10 {
			time.Sleep(time.Second) // between questions; it proves nothing
			if d.shown() == want {
				return true
			}
		}
		return false
	})
}

// shown returns the notifications of the question before, and asks again.
func (d *pushes) shown() string {
	return d.p.text(fmt.Sprintf("(%s.then(t => window.notices = t), window.notices)", notices))
}

// shows waits until the notifications are these.
func (d *pushes) shows(want string) {
	d.p.t.Helper()
	programtest.Eventually(d.p.t, fmt.Sprintf("%s: the notifications are %q", d.p.name, want), func() bool {
		time.Sleep(200 * time.Millisecond)
		return d.shown() == want
	})
}

// TestE2E_TheWorkerShowsEveryPush delivers pushes while the server answers, refuses, is
// silent and is gone. The worker always shows one notification.
func TestE2E_TheWorkerShowsEveryPush(t *testing.T) {
	t.Parallel()
	chrome := preferring(t, "{}") // a private window shows no notifications
	s := program(t)
	var mu sync.Mutex
	var answer http.HandlerFunc
	reported := []string{}
	g := newGate(t, s.URL, func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/notices/") }, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		now := answer
		if r.Method == http.MethodPost {
			reported = append(reported, r.URL.Path)
		}
		mu.Unlock()
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		now(w, r)
	})
	answers := func(with http.HandlerFunc) {
		mu.Lock()
		defer mu.Unlock()
		answer = with
	}
	says := func(over bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"title":"いま","body":"あと2組","tag":"x","path":"/t","over":%v}`, over)
		}
	}
	p := open(t, chrome, "pushed", g.URL+"/s/1234-1", 360, 740)
	p.holds("!!navigator.serviceWorker.controller && !!document.querySelector('.link.live')")
	d := newPushes(p, g.URL)
	p.holds("Notification.permission === 'granted'")
	text := func(tag string, until time.Time) string {
		b, err := json.Marshal(map[string]any{
			"web_push": 8030, "mutable": true,
			"notification": map[string]any{"title": "送信時", "body": "あと5組", "lang": "ja", "tag": tag, "navigate": g.URL + "/t", "renotify": true,
				"data": map[string]any{"id": "1234-261121-" + tag, "until": until.UnixMilli(), "stale": "変わりました"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	later, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	step := func(what, want string, with http.HandlerFunc, pushed string) {
		t.Helper()
		answers(with)
		p.name = what
		d.deliverUntil(pushed, want)
		p.text("navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.forEach(n => n.close()))")
		d.shows("")
	}
	step("fresh", "いま | あと2組 | fresh", says(false), text("fresh", later))
	step("over", "送信時 | 変わりました | over", says(true), text("over", later))
	step("unknown", "送信時 | あと5組 | unknown", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, text("unknown", later))
	step("silent", "送信時 | あと5組 | silent", hangs, text("silent", later))
	step("half", "送信時 | あと5組 | half", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"title":`) }, text("half", later))
	step("unreadable", "順番 / Your turn | ページを開いて確かめてください。 Please open the page. | ", hangs, "{")
	step("empty", "順番 / Your turn | ページを開いて確かめてください。 Please open the page. | ", hangs, "")
	programtest.Eventually(t, "each shown notice is reported", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(slices.Compact(slices.Clone(reported)), " ") == "/v1/notices/1234-261121-fresh/shown /v1/notices/1234-261121-over/shown /v1/notices/1234-261121-unknown/shown "+
			"/v1/notices/1234-261121-silent/shown /v1/notices/1234-261121-half/shown"
	})

	p.name = "pushed"

	// A later notice of the ticket replaces the one before, and its page closes both.
	answers(says(false))
	d.deliverUntil(text("same", later), "いま | あと2組 | same")
	answers(says(true))
	d.deliverUntil(text("same", later), "送信時 | 変わりました | same")
	d.deliverUntil(text("other", later), "送信時 | 変わりました | other\n送信時 | 変わりました | same")
	p.text("navigator.serviceWorker.ready.then(r => r.active.postMessage({ close: 'same' }))")
	d.shows("送信時 | 変わりました | other")
	p.text("navigator.serviceWorker.ready.then(r => r.active.postMessage({ close: 'other' }))")
	d.shows("")

	g.close()
	step("offline", "送信時 | あと5組 | offline", nil, text("offline", later))
	step("offline and late", "送信時 | 変わりました | late", nil, text("late", past))
}
