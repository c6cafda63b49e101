//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// listening notes what a screen announces, in the order in which it begins.
const listening = `window.said = []; addEventListener("junban-call", (e) => said.push(e.detail.number + " " + e.detail.room))`

// hurry makes the pages of a screen turn ten times as fast.
const hurry = `{ const now = performance.now.bind(performance); performance.now = () => 10 * now() }`

// said waits until a screen has spoken exactly want.
func (p *page) said(want ...string) {
	p.t.Helper()
	p.is("window.said.join(', ')", strings.Join(want, ", "))
}

// TestE2E_AScreenIsPairedAnnouncesAndIsShutOut pairs a screen by its code and calls
// patients. The screen speaks each call once, in order, except undone calls. Strangers
// have filled the clinic's watchers: the desk and the screen have their reserve.
func TestE2E_AScreenIsPairedAnnouncesAndIsShutOut(t *testing.T) {
	t.Parallel()
	s, chrome := start(t, "--max-watchers-per-clinic=20")
	for range 18 {
		programtest.WatchEvents(t, s.URL, "clinic:1234")
	}
	screen := open(t, chrome, "paired", s.URL+"/display", 1920, 1080, before(listening))
	screen.until(of("#code"), func(s string) bool { return len(s) == 7 }, "six digits")
	screen.holds("document.querySelector('.pair svg path').getAttribute('d').length > 100")
	screen.picture("code")
	code := strings.ReplaceAll(screen.text(of("#code")), " ", "")

	desk := open(t, chrome, "screens", s.URL+"/staff#screen="+code, 1280, 1600) // as the QR code has it
	desk.logIn("1234", "demo", programtest.Password)
	desk.holds(fmt.Sprintf("document.querySelector('.screens input[name=code]')?.value === %q", code))
	desk.fill(".screens .add input[name=code]", "000000")
	desk.fill(".screens .add input[name=name]", "1階の待合室")
	if code != "000000" {
		desk.click(".screens .add button[type=submit]")
		desk.says("#problem", "この番号の画面が見つかりません")
	}
	desk.fill(".screens .add input[name=code]", code[:3]+" "+code[3:])
	desk.click(".screens .add button[type=submit]")
	desk.says(".screens .saved", "「1階の待合室」を登録しました")
	desk.says(".screens [data-screen] [data-seen]", "最後の確認")
	desk.holds("[...document.querySelectorAll('.screens button, .screens input:not([type=checkbox]), .screens select')].every(e => e.offsetHeight >= 44)")
	desk.picture("paired")

	screen.shows("header h1", "じゅんばんクリニック")
	screen.holds("document.querySelector('junban-display').dataset.sound === 'locked'")
	screen.says("#sound", "音は止まっています")
	screen.picture("locked")
	c := s.Client()
	c.LogIn(t, "1234", "demo")
	var tickets []string
	for i := range 5 {
		tickets = append(tickets, c.Issue(t, fmt.Sprint("ticket-", i)).Ticket.ID)
	}
	call := func(i int, room string) {
		t.Helper()
		c.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: room, Ticket: tickets[i]}, nil)
	}
	screen.says("#service-1234-1 .waiting", "5")
	call(0, "1")
	screen.shows("#service-1234-1 .number", "1")
	screen.said() // without a tap

	screen.click("#sound")
	screen.holds("document.querySelector('junban-display').dataset.sound === 'on'")
	screen.says("#sound", "チャイムだけ") // a headless browser has no voice
	call(1, "1")
	call(2, "2")
	screen.said("2 第1診察室", "3 第2診察室")
	screen.holds("document.querySelector('.recent .called').textContent === '3' && document.querySelectorAll('.recent li').length >= 2")
	screen.picture("called")

	// A call undone while another is spoken is not announced. After a reload no call is
	// repeated.
	call(3, "1")
	call(4, "2")
	c.OK(t, "POST", "/v1/tickets/"+tickets[4]+"/undo", nil, nil)
	screen.says("#service-1234-1 .waiting", "1")
	screen.holds("![...document.querySelectorAll('.recent .called')].some(e => e.textContent === '5')")
	screen.said("2 第1診察室", "3 第2診察室", "4 第1診察室")
	screen.do(chromedp.Reload())
	screen.shows("header h1", "じゅんばんクリニック")
	screen.holds("document.querySelector('.link.live') !== null && document.querySelector('.recent .called').textContent === '4'")
	screen.click("header")
	screen.holds("document.querySelector('junban-display').dataset.sound === 'on'") // a call before that is silent
	call(4, "2")
	screen.said("5 第2診察室")

	// Without sound, and then shut out.
	desk.click(".screens [data-change]")
	desk.click(".screens .change input[name=sound]")
	desk.click(".screens .change button[type=submit]")
	desk.says(".screens [data-screen] .role", "音なし")

	// The clinic's language, whatever the browser prefers.
	var settings wire.ClinicSettings
	c.OK(t, "GET", "/v1/clinics/1234/settings", nil, &settings)
	settings.Language = "en"
	c.OK(t, "PUT", "/v1/clinics/1234/settings", settings, nil)
	screen.holds("document.documentElement.lang === 'en' && document.querySelector('.link.live') !== null")
	screen.shows("#service-1234-1 .number", "5")
	screen.picture("in English")

	desk.click(".screens [data-drop]")
	desk.says(".screens .ask", "「1階の待合室」の登録を取り消しますか")
	desk.click(".screens [data-yes]")
	desk.holds("!document.querySelector('.screens [data-screen]')")
	screen.says(".pair .plain", "This screen was removed")
	screen.until(of("#code"), func(s string) bool { return len(s) == 7 && s != code[:3]+" "+code[3:] }, "another code")
	screen.holds("!document.querySelector('.service') && localStorage.length === 0")
	screen.picture("shut out")
	desk.click("[data-view=changes]")
	desk.says("[data-changes] li", "画面の名前")
	desk.picture("changes")
}

// curtain stands before the program and hides the line from a screen, not its page.
func curtain(t *testing.T, program string) (string, *atomic.Bool) {
	t.Helper()
	to, err := url.Parse(program)
	if err != nil {
		t.Fatal(err)
	}
	var drawn atomic.Bool
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if drawn.Load() && strings.HasPrefix(r.URL.Path, "/v1/") {
			http.Error(w, "", http.StatusBadGateway)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL, &drawn
}

// TestE2E_AScreenKeepsItsStateOverAnOutageAndAReload pairs a screen whose browser
// keeps nothing but its address, and takes the line away from it.
func TestE2E_AScreenKeepsItsStateOverAnOutageAndAReload(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := imported(t, s, "2009", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	front, drawn := curtain(t, s.URL)
	var p wire.Pairing
	c.OK(t, "POST", "/v1/pairings", nil, &p)
	c.OK(t, "POST", "/v1/clinics/2009/screens", wire.NewScreen{Code: p.Code, ScreenSettings: wire.ScreenSettings{
		Name: "入口", Services: []string{"2009-1"}, Repeat: 1,
	}}, nil)
	c.OK(t, "POST", "/v1/services/2009-1/walkins", wire.IssueRequest{}, nil)
	c.OK(t, "POST", "/v1/services/2009-1/call", wire.CallRequest{Room: "1"}, nil)

	screen := open(t, chrome, "outage", front+"/display#2009."+p.Token, 1920, 1080)
	screen.shows(".number", "1")
	screen.holds("!document.querySelector('#service-2009-2') && document.querySelector('junban-display').dataset.sound === 'off'")
	screen.is(`Object.keys(localStorage).filter(k => k === "junban.display.2009").length`, "1")
	drawn.Store(true)
	screen.do(chromedp.Reload())
	screen.shows(".number", "1")
	screen.says(".link.stale", "表示が古い可能性があります")
	screen.says(".link .age", "最後の確認は")
	screen.says(".as-of", "の表示です")
	screen.holds("document.querySelectorAll('.recent li').length === 1 && !document.querySelector('.calling .new')")
	screen.picture("old")
	drawn.Store(false)
	screen.holds("document.querySelectorAll('.link.live').length === 1 && !document.querySelector('.as-of')")

	// Without any storage the token stands in the address.
	bare := open(t, chrome, "bare", front+"/display", 1080, 1920, before(`Object.defineProperty(window, "localStorage", { get() { throw new Error("denied") } })`))
	bare.until(of("#code"), func(s string) bool { return len(s) == 7 }, "six digits")
	c.OK(t, "POST", "/v1/clinics/2009/screens", wire.NewScreen{Code: bare.text(of("#code")), ScreenSettings: wire.ScreenSettings{
		Name: "廊下", Services: []string{}, Repeat: 1,
	}}, nil)
	bare.shows("#service-2009-1 .number", "1")
	bare.holds(`/^#2009\.[\w-]{43}$/.test(location.hash)`)
	bare.do(chromedp.Reload())
	bare.shows("#service-2009-1 .number", "1")
	bare.picture("bare")
}

// TestE2E_EveryServiceAndMessageIsReachedWithoutScrolling fills screens that lie
// and that stand: no page of them cuts anything off, and each has its turn.
func TestE2E_EveryServiceAndMessageIsReachedWithoutScrolling(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	names := []string{"内科", "小児科", "皮膚科", "耳鼻咽喉科", "眼科", "整形外科", "発熱外来"}
	long := strings.Repeat("本日は大変混み合っております。", 20)
	for _, count := range []int{1, 3, 7} {
		id := fmt.Sprint(2100 + count)
		clinic := fmt.Sprintf("id: %q\nname: みなと総合クリニック\nservices:\n", id)
		rooms := "rooms:\n"
		for i, name := range names[:count] {
			clinic += fmt.Sprintf("  - {id: %d, name: %s, unit: 組}\n", i+1, name)
			rooms += fmt.Sprintf("  - {id: %d, name: 第%d診察室, services: [%d]}\n  - {id: 1%d, name: 処置室%d, services: [%d]}\n", i+1, i+1, i+1, i+1, i+1, i+1)
		}
		programtest.Must(t, clinic+rooms, nil, "--data="+s.Data, "clinic", "import", "-")
		programtest.Must(t, programtest.Password+"\n", nil, "--data="+s.Data, "user", "set", id, "desk")
		desk := deskOf(t, s, id, "desk")
		for i := range count {
			service := fmt.Sprintf("/v1/services/%s-%d", id, i+1)
			walkins := 4
			if i == 0 {
				walkins = 40
			}
			for n := range walkins {
				desk.OK(t, "POST", service+"/walkins", wire.IssueRequest{}, nil)
				if i > 0 || n >= 30 {
					continue
				}
				var called wire.TicketAnswer // many who do not come
				desk.OK(t, "POST", service+"/call", wire.CallRequest{Room: "1"}, &called)
				desk.OK(t, "POST", "/v1/tickets/"+called.Ticket.ID+"/absent", nil, nil)
			}
			desk.OK(t, "POST", service+"/call", wire.CallRequest{Room: fmt.Sprint(i + 1)}, nil)
			if i%2 == 0 {
				desk.OK(t, "POST", service+"/call", wire.CallRequest{Room: fmt.Sprint("1", i+1)}, nil)
			}
			message := "マスクをお着けください。"
			if i == 1 || count == 1 {
				message = long
			}
			desk.OK(t, "PUT", service+"/message", wire.MessageRequest{Text: message}, nil)
		}
		for _, size := range [][2]int64{{1920, 1080}, {1080, 1920}} {
			p := open(t, chrome, fmt.Sprintf("pages-%d-%d", count, size[0]), s.URL+"/display/"+id, size[0], size[1], before(hurry))
			for i := range count {
				p.shows(fmt.Sprintf("#service-%s-%d .waiting", id, i+1), map[bool]string{true: "8組", false: fmt.Sprint(3-(i+1)%2) + "組"}[i == 0])
				if i == 0 || i == 3 || i == 5 {
					p.whole()
					p.picture(fmt.Sprint("service ", i+1))
				}
			}
			if count > 1 {
				p.says(".long .title", "小児科")
			} else {
				p.says(".long .title", "内科")
			}
			p.says(".long .text", "本日は大変混み合っております。")
			p.whole()
			p.picture("message")
			p.says("#service-"+id+"-1 .absent", "30") // the last of many
		}
	}
}

// whole holds what a screen shows to its edges.
func (p *page) whole() {
	p.t.Helper()
	p.holds(`document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth`)
	p.holds(`[...document.querySelectorAll(".services, .service, .recent")].every(e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1)`)
	p.holds(`[...document.querySelectorAll(".service *, .recent *, footer *")].every(e => (b => b.bottom <= innerHeight && b.right <= innerWidth)(e.getBoundingClientRect()))`)
}
