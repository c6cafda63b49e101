//go:build unix

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/static"
)

// took waits for the own number, and gives the fragment of the ticket's address.
func (p *page) took(number string) string {
	p.t.Helper()
	p.shows("#number", number)
	return p.text("location.hash")
}

// taken is an answer's body.
func taken(t *testing.T, address string) (*http.Response, []byte) {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, body
}

// gate stands between a browser and the program, as a proxy does. What it
// refuses goes to hold; shut it ends every connection without a word.
type gate struct {
	*httptest.Server
	shut  atomic.Bool
	mu    sync.Mutex
	conns []net.Conn // every one that was accepted; a server forgets its sockets
}

func newGate(t *testing.T, to string, refuses func(*http.Request) bool, hold http.HandlerFunc) *gate {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	forward := &httputil.ReverseProxy{FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}}
	g := &gate{}
	g.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case g.shut.Load():
			panic(http.ErrAbortHandler)
		case refuses(r):
			hold(w, r)
		default:
			forward.ServeHTTP(w, r)
		}
	}))
	g.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateNew {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.conns = append(g.conns, c)
		}
	}
	g.Start()
	t.Cleanup(func() {
		g.close()
		g.Close()
	})
	return g
}

// close cuts what is open and lets nothing through.
func (g *gate) close() {
	g.shut.Store(true)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.conns {
		_ = c.Close() // most are closed already
	}
}

func nothing(*http.Request) bool { return false }

func isWatch(r *http.Request) bool { return r.URL.Path == "/v1/watch" }

func isSocket(r *http.Request) bool { return r.Header.Get("Upgrade") != "" }

func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func badGateway(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }

// TestE2E_ThePatientsPageCanBeInstalled reads what a phone reads before it
// offers that.
func TestE2E_ThePatientsPageCanBeInstalled(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	p := open(t, chrome, "install", s.URL+"/s/1234-1", 360, 740)
	p.holds("!!navigator.serviceWorker.controller") // it serves the page that brought it too
	link := p.text("document.querySelector('link[rel=manifest]').href")
	r, body := taken(t, link)
	if got := r.Header.Get("Content-Type"); got != "application/manifest+json" {
		t.Errorf("the manifest's type is %q", got)
	}
	var m struct {
		Name    string
		Short   string `json:"short_name"`
		Start   string `json:"start_url"`
		Scope   string
		Display string
		Icons   []struct{ Src, Sizes, Type, Purpose string }
	}
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatal(err)
	}
	if m.Name == "" || m.Short == "" || m.Start != "/t?lang=ja" || m.Scope != "/" || m.Display != "standalone" {
		t.Errorf("the manifest is %+v", m)
	}
	purposes := map[string]bool{}
	for _, icon := range m.Icons {
		purposes[icon.Purpose+" "+icon.Sizes] = true
		_, body := taken(t, s.URL+icon.Src)
		config, err := png.DecodeConfig(bytes.NewReader(body))
		if err != nil || fmt.Sprintf("%dx%d", config.Width, config.Height) != icon.Sizes {
			t.Errorf("%s is %dx%d: %v", icon.Src, config.Width, config.Height, err)
		}
	}
	if !purposes["any 192x192"] || !purposes["any 512x512"] || !purposes["maskable 512x512"] {
		t.Errorf("the icons are %v", purposes)
	}
	var findings cdppage.GetAppManifestResult
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		findings, err = cdp.Call(ctx, t, cdppage.GetAppManifest, cdppage.GetAppManifestParams{})
		return err
	}))
	for _, e := range findings.Errors {
		t.Errorf("chromium says of the manifest: %s", e.Message)
	}
}

// TestE2E_OfflineThePageShowsItsLastStateAndItsAge takes a number, loses the
// network, and opens the pages again.
func TestE2E_OfflineThePageShowsItsLastStateAndItsAge(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "one")
	g := newGate(t, s.URL, nothing, hangs)
	p := open(t, chrome, "offline", g.URL+"/s/1234-1", 360, 740)
	p.click(".take button[type=submit]")
	link := g.URL + "/s/1234-1" + p.took("2")
	p.holds("!!document.querySelector('.link.live') && !!navigator.serviceWorker.controller")
	p.holds("(caches.match('/s/1234-1').then(r => window.kept = !!r), caches.match('/t').then(r => window.list = !!r), window.kept && window.list)")
	c.Issue(t, "three") // the page as it was fetched is older than what it heard
	p.says(".board .waiting", "3組")

	g.close()
	for range 2 {
		p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(link))
		p.holds("document.documentElement.hasAttribute('data-kept')")
		p.shows("#number", "2")
		p.says("#ahead", "1組")
		p.says(".board .waiting", "3組")
		p.says(".link.stale .age, .link.offline .age", "最後の確認は")
	}
	p.picture("kept")
	keys := p.text("(caches.keys().then(n => Promise.all(n.map(k => caches.open(k).then(c => c.keys())))).then(k => window.names = k.flat().map(r => r.url).join(' ')), window.names)")
	p.until("window.names", func(names string) bool { keys = names; return names != "" }, "what is kept")
	if strings.Contains(keys, "/v1/") || strings.Contains(keys, "#") || strings.Contains(keys, "?") {
		t.Errorf("kept are %s", keys)
	}
	p.do(chromedp.Navigate(g.URL + "/t"))
	p.shows(".card .number", "2")
	p.says(".card .age", "最後の確認は")
	p.picture("kept list")

	g.shut.Store(false)
	c.Issue(t, "four")
	p.do(chromedp.Navigate(link))
	p.says(".board .waiting", "4組")
	p.holds("!!document.querySelector('.link.live')")
}

// TestE2E_AFamilyHasItsTicketsInOnePage takes two numbers of one service on one phone,
// and shares one of them.
func TestE2E_AFamilyHasItsTicketsInOnePage(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2011", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	p := open(t, chrome, "family", s.URL+"/s/2011-1", 360, 740)
	p.click(".take button[type=submit]")
	first := p.took("1")
	p.holds("document.querySelector('form.take') === null")
	p.click("#another")
	p.click(".take button[type=submit]")
	second := p.took("2")
	p.says(".others .card .number", "1")
	p.do(chromedp.Navigate(s.URL + "/s/2011-2"))
	p.says(".others", "内科")
	p.click(".take button[type=submit]") // another service's tickets hide no form
	p.took("1")
	p.holds("document.querySelectorAll('.others .card').length === 2")
	p.picture("others")

	p.click("#all")
	p.holds("document.querySelectorAll('.card').length === 3")
	p.says("main", "みなと医院 小児科")
	p.picture("list")
	mine := func(fragment string) string {
		return fmt.Sprintf("[data-ticket=%q]", strings.Split(fragment[1:], ".")[0])
	}
	desk.OK(t, "POST", "/v1/services/2011-1/call", wire.CallRequest{Room: "1"}, nil)
	p.says(mine(first)+" .todo", "第1診察室へお入りください")
	p.says(mine(second)+" .ahead", "次があなた")
	p.until("document.title", func(title string) bool { return strings.HasPrefix(title, "● お呼び出し中") }, "called")
	p.picture("called")

	// The link and its code, of one of them.
	p.do(chromedp.Navigate(s.URL + "/s/2011-1" + second))
	p.took("2")
	p.click(".share summary")
	link := p.text("document.querySelector('#link').value")
	if link != s.URL+"/s/2011-1"+second {
		t.Errorf("the link is %s", link)
	}
	_, path, err := static.Code(link)
	if err != nil {
		t.Fatal(err)
	}
	p.is("document.querySelector('svg.code path')?.getAttribute('d')", path)
	p.picture("hand on")
	if token := strings.Split(second, ".")[1]; strings.Contains(s.Log.String(), token) {
		t.Error("the server's log has the token in it")
	}
	other := open(t, browser(t), "other phone", link, 360, 740)
	other.took("2")
	other.do(chromedp.Navigate(s.URL + "/t"))
	other.shows(".card .number", "2")
	other.click(".remove")
	other.says("#none", "受付がありません")
	other.picture("none")
}

// TestE2E_AChangeIsToldOnceByTitleAndBuzz counts what the phone was asked to do.
func TestE2E_AChangeIsToldOnceByTitleAndBuzz(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2012", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	for range 8 {
		desk.OK(t, "POST", "/v1/services/2012-1/walkins", wire.IssueRequest{}, nil)
	}
	p := open(t, chrome, "buzz", s.URL+"/s/2012-1", 360, 740, before("window.buzzed = []; navigator.vibrate = (p) => buzzed.push(p.length) > 0"))
	p.click(".take button[type=submit]")
	p.took("9")
	titled := func(want string) {
		t.Helper()
		p.until("document.title", func(title string) bool { return strings.HasPrefix(title, want) }, want)
	}
	titled("（あと8）")
	p.holds("buzzed.join() === ''")
	for i := range 8 {
		desk.OK(t, "POST", "/v1/services/2012-1/call", wire.CallRequest{Room: "1"}, nil)
		if i < 7 {
			titled(fmt.Sprintf("（あと%d）", 7-i))
		}
	}
	titled("（次です）")
	p.holds("buzzed.join() === '3'") // once, however often it came nearer
	p.says(".todo", "そろそろ")
	p.holds("document.querySelector('progress').value === 8 && document.querySelector('progress').max === 8")
	desk.OK(t, "POST", "/v1/services/2012-1/call", wire.CallRequest{Room: "1"}, nil)
	titled("● お呼び出し中")
	p.holds("buzzed.join() === '3,5'")
	p.do(chromedp.Reload())
	p.click(".share summary") // a page that was touched may buzz
	titled("● お呼び出し中")
	desk.OK(t, "POST", "/v1/services/2012-1/walkins", wire.IssueRequest{}, nil)
	p.says(".board .waiting", "1組")
	p.holds("buzzed.join() === ''")
	id := strings.Split(p.text("location.hash.slice(1)"), ".")[0]
	desk.OK(t, "POST", "/v1/tickets/"+id+"/recall", nil, nil)
	p.says(".mine", "2回目")
	p.holds("buzzed.join() === '5'")
}

// TestE2E_BadLuckLeavesTheNumberOnThePage meets what phones and the networks
// between do to a page.
func TestE2E_BadLuckLeavesTheNumberOnThePage(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	n := 0
	for name, tc := range map[string]struct {
		script  string
		refuses func(*http.Request) bool
		hold    http.HandlerFunc
	}{
		"storage is refused": {
			script:  "for (const s of ['localStorage', 'sessionStorage']) Object.defineProperty(window, s, { get() { throw new DOMException('refused', 'SecurityError'); } })",
			refuses: nothing, hold: hangs,
		},
		"the clock is a year behind": {
			script:  "{ const now = Date.now; Date.now = () => now() - 365 * 86400e3 }",
			refuses: nothing, hold: hangs,
		},
		"no socket ever opens":    {refuses: isSocket, hold: hangs},
		"sockets are not allowed": {refuses: isSocket, hold: badGateway},
		"no line stays open":      {refuses: isWatch, hold: badGateway},
	} {
		p := open(t, chrome, name, newGate(t, s.URL, tc.refuses, tc.hold).URL+"/s/1234-1", 360, 740, before(tc.script))
		n++
		p.click(".take button[type=submit]")
		p.took(fmt.Sprint(n))
		p.do(chromedp.Reload())
		p.shows("#number", fmt.Sprint(n))
		c.Issue(t, fmt.Sprintf("walkin-%d", n))
		n++
		p.says(".board .waiting", fmt.Sprintf("%d組", n)) // by whichever way is left
		p.holds("!!document.querySelector('.link.live')")
	}

	blocked := newGate(t, s.URL, func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, ".js") }, badGateway)
	p := open(t, chrome, "no script", blocked.URL+"/s/1234-1", 360, 740)
	p.says(".board .waiting", fmt.Sprintf("%d組", n))
	p.says(".asof", "現在の状況です")
	p.says(".asof", "更新を押してください")
	p.picture("no script")
	c.Issue(t, "later")
	p.holds("document.querySelector('.asof a').checkVisibility({visibilityProperty: true})") // once it is sure that no script begins
	p.click(".asof a")
	p.says(".board .waiting", fmt.Sprintf("%d組", n+1))
}

// TestE2E_TwoHoursInAPocketAreMadeGoodAtOnce cuts the line of a hidden page for
// two hours of its clock, and looks at it again.
func TestE2E_TwoHoursInAPocketAreMadeGoodAtOnce(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2013", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	g := newGate(t, s.URL, nothing, hangs)
	p := open(t, chrome, "pocket", g.URL+"/s/2013-1", 360, 740, before(`{ const now = Date.now; window.pocket = { hidden: false, slept: 0 };
		Date.now = () => now() + pocket.slept;
		Object.defineProperty(document, "hidden", { get: () => pocket.hidden }); }`))
	p.click(".take button[type=submit]")
	p.took("1")
	p.holds("!!document.querySelector('.link.live')")
	p.text("(pocket.hidden = true, document.dispatchEvent(new Event('visibilitychange')))")
	g.close()
	p.holds("!document.querySelector('.link.live')")
	desk.OK(t, "POST", "/v1/services/2013-1/call", wire.CallRequest{Room: "2"}, nil)
	g.shut.Store(false)
	p.text("(pocket.slept = 7200e3, pocket.hidden = false, document.dispatchEvent(new Event('visibilitychange')))")
	p.says(".todo", "第2診察室へお入りください")
	p.holds("!!document.querySelector('.link.live')")
}
