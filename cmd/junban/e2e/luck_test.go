//go:build unix

package e2e

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
)

// seen waits until a reader of the page sees a text.
func (p *page) seen(want string) {
	p.t.Helper()
	p.contains("document.body.innerText", want)
}

// isLive waits until the page shows that it is live.
func (p *page) isLive() {
	p.t.Helper()
	p.holds("!!document.querySelector('.link.live') && !document.querySelector('.link.stale, .link.offline')")
}

// strict stands before the program and adds a policy to each of its pages.
func strict(t *testing.T, program, policy string) string {
	t.Helper()
	to, err := url.Parse(program)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Add("Content-Security-Policy", policy)
			return nil
		},
	})
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// TestE2E_APageWhoseScriptsAreBlockedSaysOfWhenItIs opens every page behind a policy
// that blocks scripts. Each number has its time beside it, and a page without function
// shows a notice.
func TestE2E_APageWhoseScriptsAreBlockedSaysOfWhenItIs(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "one")
	blocked := strict(t, s.URL, "script-src 'none'")
	for path, want := range map[string][]string{
		"/s/1234-1":     {"1組", "現在の状況です", "更新を押してください"},
		"/c/1234":       {"1組", "現在の状況です", "更新を押してください"},
		"/display/1234": {"1組", "現在の状況です"},
		"/embed/1234-1": {"1組", "現在の状況です"},
		"/display":      {"JavaScript が必要です"},
		"/t":            {"JavaScript が必要です"},
		"/in/1234":      {"JavaScript が必要です", "窓口にお伝えください"},
	} {
		p := open(t, chrome, "blocked"+strings.ReplaceAll(path, "/", "-"), blocked+path, 360, 740)
		for _, text := range want {
			p.seen(text)
		}
		p.picture("page")
	}
}

// wrong makes a page's clock wrong by window.wrong milliseconds.
func wrong(by time.Duration) string {
	return fmt.Sprintf(`{ const Right = Date; window.wrong = %d;
		window.Date = class extends Right {
			constructor(...parts) { parts.length ? super(...parts) : super(Right.now() + wrong); }
			static now() { return Right.now() + wrong; }
		} }`, by.Milliseconds())
}

// TestE2E_AClockThatIsAYearWrongChangesNothing has phones and screens of another
// year, and sets the clock of one under its open page.
func TestE2E_AClockThatIsAYearWrongChangesNothing(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	c := s.Client()
	zone, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	const off = 365*24*time.Hour + 5*time.Hour
	g := newGate(t, s.URL, nothing, hangs)
	waiting := 0
	for name, by := range map[string]time.Duration{"ahead": off, "behind": -off} {
		chrome := browser(t)
		var pages []*page
		for _, path := range []string{"/s/1234-1", "/c/1234", "/display/1234"} {
			p := open(t, chrome, "year-"+name+strings.ReplaceAll(path, "/", "-"), g.URL+path, 360, 740, before(wrong(by)))
			pages = append(pages, p)
		}
		phone, screen := pages[0], pages[2]
		phone.click(".take button[type=submit]")
		waiting++
		phone.took(fmt.Sprint(waiting))
		phone.do(chromedp.Reload())
		phone.took(fmt.Sprint(waiting)) // the ticket is not one of another day
		c.Issue(t, name)
		waiting++
		for _, p := range pages {
			p.contains("[...document.querySelectorAll('.waiting')].map(e => e.textContent.trim()).join(' ')", fmt.Sprintf("%d組", waiting))
			p.isLive()
		}
		screen.until(of("#clock"), func(said string) bool {
			now := time.Now().In(zone)
			return said == now.Format("15:04") || said == now.Add(-time.Minute).Format("15:04")
		}, "the clinic's time")
		foreign := open(t, chrome, "year-"+name+"-partner", partner(t, g.URL), 800, 600, before(wrong(by)))
		foreign.until(elementText, func(said string) bool {
			return strings.Contains(said, fmt.Sprintf("%d組", waiting)) && !strings.Contains(said, "⚠")
		}, "a board without a warning")
	}

	// Set back by a year after the server's last message: the age is unknown.
	p := open(t, browser(t), "set-back", g.URL+"/s/1234-1", 360, 740, before(wrong(0)))
	p.isLive()
	g.close()
	p.text(fmt.Sprintf("(window.wrong = %d)", -off.Milliseconds()))
	p.says(".link.stale, .link.offline", "表示")
	p.holds("!document.querySelector('.link .age') && !document.querySelector('.refresh').textContent.includes('前に確認')")
	p.says(".board .waiting", fmt.Sprintf("%d組", waiting))
	p.picture("stale")
	g.shut.Store(false)
	p.isLive()
	p.says(".refresh", "前に確認しました")
}

// mute accepts a socket or a stream, and never sends a byte.
func mute(w http.ResponseWriter, r *http.Request) {
	if !isSocket(r) {
		w.Header().Set("Content-Type", "text/event-stream")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		return
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Protocol: junban.v1\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	for b := make([]byte, 512); ; {
		if _, err := conn.Read(b); err != nil {
			return
		}
	}
}

// impatient makes a page wait a tenth as long for the first word of a line.
const impatient = `{ const later = window.setTimeout; window.setTimeout = (act, ms, ...more) => later(act, ms === 10000 ? 1000 : ms, ...more); }`

// TestE2E_ALineThatOpensAndNeverSpeaksIsLeft has proxies that take every socket, or
// every stream too, and let no word through.
func TestE2E_ALineThatOpensAndNeverSpeaksIsLeft(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "zero")
	sockets, all := newGate(t, s.URL, isSocket, mute), newGate(t, s.URL, isWatch, mute)
	opened := func(name, url string) *page {
		p := open(t, chrome, name, url, 360, 740, before(impatient))
		return p
	}
	phones := []*page{opened("mute-socket", sockets.URL+"/s/1234-1"), opened("mute-stream", all.URL+"/s/1234-1")}
	wide := []*page{opened("mute-clinic", sockets.URL+"/c/1234"), opened("mute-screen", sockets.URL+"/display/1234")}
	lost := []*page{opened("mute-clinic-stream", all.URL+"/c/1234"), opened("mute-screen-stream", all.URL+"/display/1234")}
	foreign := opened("mute-partner", partner(t, all.URL))
	for i, phone := range phones {
		phone.click(".take button[type=submit]")
		phone.took(fmt.Sprint(i + 2))
	}
	for _, p := range append(phones, wide...) {
		p.isLive()
	}
	c.Issue(t, "later")
	for _, p := range append(phones, wide...) {
		p.contains("[...document.querySelectorAll('.waiting')].map(e => e.textContent.trim()).join(' ')", "4組")
	}
	foreign.contains(elementText, "待ち 4組")
	for _, p := range lost { // what the server painted, and a word that it may be old
		p.contains("[...document.querySelectorAll('.waiting')].map(e => e.textContent.trim()).join(' ')", "1組")
		p.says(".link.stale", "表示が古い可能性があります")
		p.says(".link .age", "最後の確認は")
		p.picture("lost")
	}
}

// lifecycle freezes a tab as a phone does that saves its battery, or wakes it up.
func lifecycle(state cdppage.SetWebLifecycleStateState) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, cdppage.SetWebLifecycleState, cdppage.SetWebLifecycleStateParams{State: state})
		return err
	})
}

// TestE2E_AFrozenPageIsRightWhenItThaws freezes a page, calls its number, and loses
// its line, of which it hears nothing.
func TestE2E_AFrozenPageIsRightWhenItThaws(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2014", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	g := newGate(t, s.URL, nothing, hangs)
	p := open(t, chrome, "frozen", g.URL+"/s/2014-1", 360, 740, before(wrong(0)+`; window.beats = 0; setInterval(() => beats++, 20);
		window.look = (seen) => { window.unseen = !seen; document.dispatchEvent(new Event("visibilitychange")); };
		Object.defineProperty(document, "hidden", { get: () => !!window.unseen })`))
	p.click(".take button[type=submit]")
	p.took("1")
	p.isLive()
	p.text("(document.addEventListener('freeze', () => window.froze = beats), document.addEventListener('resume', () => { window.thawed = beats; window.wrong = 7200e3; look(true); }), look(false))")
	p.do(lifecycle(cdppage.SetWebLifecycleStateStateFrozen))
	desk.OK(t, "POST", "/v1/services/2014-1/call", wire.CallRequest{Room: "2"}, nil)
	g.close()
	time.Sleep(300 * time.Millisecond) // the page does nothing meanwhile
	g.shut.Store(false)
	p.do(lifecycle(cdppage.SetWebLifecycleStateStateActive))
	p.holds("window.froze !== undefined && thawed - froze <= 2")
	p.says(".todo", "第2診察室へお入りください")
	p.isLive()
	p.until("document.title", func(title string) bool { return strings.HasPrefix(title, "● お呼び出し中") }, "called")
}

// battery holds back every timer of a page while battery.low, as phones do that
// save their power.
const battery = `{ window.battery = { low: false };
	for (const name of ["setTimeout", "setInterval"]) {
		const later = window[name];
		window[name] = (act, ms, ...more) => later((...a) => battery.low || act(...a), ms, ...more);
	} }`

// TestE2E_APageWhoseTimersAreHeldBackHearsItsCallAllTheSame stops every timer of a
// page. Frames are still shown at once, and a cut connection is restored when the page
// becomes visible.
func TestE2E_APageWhoseTimersAreHeldBackHearsItsCallAllTheSame(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2015", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	g := newGate(t, s.URL, nothing, hangs)
	p := open(t, chrome, "battery", g.URL+"/s/2015-1", 360, 740, before(battery))
	p.click(".take button[type=submit]")
	p.took("1")
	p.isLive()
	p.text("(battery.low = true)")
	desk.OK(t, "POST", "/v1/services/2015-1/call", wire.CallRequest{Room: "2"}, nil)
	p.until("document.title", func(title string) bool { return strings.HasPrefix(title, "● お呼び出し中") }, "called")
	p.says(".todo", "第2診察室へお入りください")

	g.close()
	p.holds("!document.querySelector('.link.live')")
	id := strings.Split(p.text("location.hash.slice(1)"), ".")[0]
	desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	g.shut.Store(false)
	p.text("document.dispatchEvent(new Event('visibilitychange'))")
	p.says(".todo", "「クリニックに着きました」を押して")
	p.isLive()
}

// tunnel takes a tab offline, or online again.
func tunnel(in bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, network.OverrideNetworkState, network.OverrideNetworkStateParams{
			Offline: in, DownloadThroughput: -1, UploadThroughput: -1,
		})
		return err
	})
}

// TestE2E_ATunnelIsSaidAndLeftAtOnce takes the network from an open page, in which a
// number is called, and gives it back.
func TestE2E_ATunnelIsSaidAndLeftAtOnce(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	chrome := wholeBrowser(t) // goes back to a page that it kept
	s := programtest.Serve(t, t.TempDir(), nil)
	desk := imported(t, s, "2016", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	g := newGate(t, s.URL, nothing, hangs)
	p := open(t, chrome, "tunnel", g.URL+"/s/2016-1", 360, 740)
	p.click(".take button[type=submit]")
	ticket := p.took("1")[1:]
	p.isLive()
	p.do(tunnel(true))
	g.close()
	p.says(".link.offline", "インターネットにつながっていません")
	p.says(".link .age", "最後の確認は")
	p.shows("#number", "1")
	p.picture("in")
	desk.OK(t, "POST", "/v1/services/2016-1/call", wire.CallRequest{Room: "2"}, nil)
	g.shut.Store(false)
	p.do(tunnel(false))
	p.says(".todo", "第2診察室へお入りください")
	p.isLive()

	// Gone on to another page and back by the browser's own button.
	p.do(chromedp.Navigate(g.URL + "/c/2016"))
	p.isLive()
	id := strings.Split(ticket, ".")[0]
	desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	p.text("history.back()")
	p.says(".todo", "「クリニックに着きました」を押して")
	p.isLive()
}

// TestE2E_ABrowserThatKeepsNothingShowsTheNumber has a reader who blocks cookies, with
// which go storage, caches and workers. The desk cannot be used so, and its login
// gives the reason.
func TestE2E_ABrowserThatKeepsNothingShowsTheNumber(t *testing.T) {
	t.Parallel()
	chrome := preferring(t, `{"profile":{"default_content_setting_values":{"cookies":2}}}`)
	s := program(t)
	c := s.Client()
	p := open(t, chrome, "keeps-nothing", s.URL+"/s/1234-1", 360, 740)
	p.is("(() => { try { return localStorage.length } catch (e) { return e.name } })()", "SecurityError")
	p.click(".take button[type=submit]")
	p.took("1")
	p.do(chromedp.Reload())
	p.took("1") // its address has it
	c.Issue(t, "two")
	p.says(".board .waiting", "2組")
	p.isLive()
	list := open(t, chrome, "keeps-nothing-list", s.URL+"/t"+p.text("location.hash"), 360, 740)
	list.shows(".card .number", "1")
	screen := open(t, chrome, "keeps-nothing-screen", s.URL+"/display/1234", 1280, 720)
	screen.shows("#service-1234-1 .waiting", "2組")
	clinic := open(t, chrome, "keeps-nothing-clinic", s.URL+"/c/1234", 360, 740)
	clinic.shows("#service-1234-1 .waiting", "2組")
	for _, p := range []*page{list, screen, clinic} {
		p.holds("!document.querySelector('.link.stale, .link.offline, .problem')")
	}
	desk := openDesk(t, chrome, "keeps-nothing-desk", s, 1366, 768)
	desk.says("#problem", "Cookie をブロック")
	desk.holds("document.querySelector('.login input[name=user]').value === 'demo'")
	desk.picture("blocked cookies")
}
