//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// partner serves a homepage on another origin, with a strict policy of its own.
func partner(t *testing.T, junban string) string {
	t.Helper()
	policy := fmt.Sprintf("default-src 'none'; script-src %s; connect-src %s %s", junban, junban, strings.Replace(junban, "http", "ws", 1))
	return homepageUnder(t, policy, element(junban, ""))
}

// elementText is the text inside the element's shadow tree.
const elementText = "document.querySelector('junban-board')?.shadowRoot?.textContent"

// TestE2E_TheDesksClickReachesEveryScreen plays the live loop in a real browser
// against the real program: desk, phone, screen and a foreign homepage.
func TestE2E_TheDesksClickReachesEveryScreen(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "desk", s, 1280, 1600)
	next := `button[data-next="1234-1"][data-room="1"]`
	phone := open(t, chrome, "phone", s.URL+"/s/1234-1", 390, 844)
	screen := open(t, chrome, "screen", s.URL+"/display/1234", 1280, 720)
	foreign := open(t, chrome, "partner", partner(t, s.URL), 800, 600)
	calls := func(n string) {
		t.Helper()
		phone.shows(".board .number", n)
		screen.shows(line+" .number", n)
		screen.says(line+" .room", "第1診察室")
		foreign.until(elementText, func(s string) bool { return strings.Contains(s, n) && strings.Contains(s, "第1診察室") }, n)
	}

	// A walk-in at the desk, with a name that only the desk sees.
	desk.fill(line+" .walkin input[name=name]", "順番 花子")
	desk.click(line + " .walkin button[type=submit]")
	desk.says(line+" .ticket .person", "順番 花子")
	screen.says(line+" .waiting", "1")

	// A patient takes a number from home.
	phone.click(".take button[type=submit]")
	phone.shows("#number", "2")
	phone.says("#ahead", "1")
	mine := desk.text(`[...document.querySelectorAll('.ticket')].at(-1)?.dataset.ticket`)
	act := func(a string) string { return fmt.Sprintf(`[data-ticket="%s"] button[data-act="%s"]`, mine, a) }
	for _, p := range []*page{phone, screen, foreign} {
		if text := p.text("document.documentElement.outerHTML"); strings.Contains(text, "花子") {
			t.Errorf("%s knows the other patient's name", p.name)
		}
	}

	desk.click(next)
	calls("1")
	phone.picture("ahead")
	desk.click(next)
	calls("2")
	phone.says(".todo", "第1診察室")
	for _, p := range []*page{desk, phone, screen, foreign} {
		p.picture("called")
	}

	desk.click(act("absent"))
	screen.shows(line+" .absent", "2")
	phone.says(".todo", "窓口")
	phone.picture("absent")
	desk.click(act("return"))
	phone.says("#ahead", "")
	screen.is("document.querySelectorAll('"+line+" .absent').length", "0")
	desk.click(act("undo")) // the return
	screen.shows(line+" .absent", "2")
	desk.click(act("undo")) // the absence
	calls("2")
	desk.click(act("undo")) // the call: the room shows its former number again
	calls("1")

	// The owner cancels, with the code that this device still shows.
	phone.cancels()
	phone.shows(".mine .state", "受付は取り消されました")
	desk.says(fmt.Sprintf(`[data-ticket="%s"] .state`, mine), "取消")
	phone.picture("cancelled")

	// The server is killed under the pages. The pages show that they are stale, and
	// reconnect.
	kill(t, s)
	for _, p := range []*page{desk, phone, screen} {
		p.is("document.querySelectorAll('.link.stale, .link.offline').length", "1")
		p.holds("!document.querySelector('.link [role=alert]').textContent.includes('最後の確認')") // it changes every second
		p.says(".link .age", "最後の確認は")
		p.picture("lost")
	}
	again := startAgain(t, s)
	live := func(p *page) { p.is("document.querySelectorAll('.link.live').length", "1") }
	live(desk) // its warning has gone, so nothing moves under the pointer
	desk.fill(line+" .walkin input[name=name]", "二人目")
	desk.click(line + " .walkin button[type=submit]")
	desk.click(next)
	calls("3")
	for _, p := range []*page{desk, phone, screen} {
		live(p)
		p.picture("back")
	}
	again.Stop(t)
}

// TestE2E_ThePageIsRightWithoutJavaScript reads the pages as a browser without
// scripts does: right at once, and refreshed by itself.
func TestE2E_ThePageIsRightWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "one")
	c.Issue(t, "two")
	p := open(t, chrome, "plain", s.URL+"/s/1234-1", 390, 844, withoutScripts())
	waiting := func(n string) {
		t.Helper()
		p.is("document.querySelector('.board .waiting')?.textContent.trim()", n)
	}
	waiting("2組")
	p.says(".note", "JavaScript を有効にする")
	p.picture("patient")
	if refresh := p.text("document.querySelector('noscript meta[http-equiv=refresh]')?.content"); refresh != "15" {
		t.Errorf("the page refreshes after %q seconds", refresh)
	}
	c.Issue(t, "three")
	waiting("3組") // without any action
}

// TestE2E_ADoubleClickCallsOne clicks twice as people do who double-click
// everything: the first answer is there before the second click.
func TestE2E_ADoubleClickCallsOne(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	for i := range 30 {
		c.Issue(t, fmt.Sprintf("ticket-%d", i))
	}
	desk := openDesk(t, chrome, "narrow", s, 320, 640)
	desk.shows("#service-1234-1 .waiting", "30組")
	desk.fits()
	desk.holds("(e => e.clientHeight < innerHeight && e.scrollHeight > e.clientHeight)(document.querySelector('.tickets.line'))")
	desk.picture("long line")

	const next = `document.querySelector('button[data-next="1234-1"][data-room="1"]')`
	at := desk.text("(e => (e.scrollIntoView({block: 'center'}), e = e.getBoundingClientRect(), [e.x + e.width / 2, e.y + e.height / 2].join(' ')))(" + next + ")")
	var x, y float64
	if _, err := fmt.Sscan(at, &x, &y); err != nil {
		t.Fatalf("the button is at %q: %v", at, err)
	}
	// The page's clock stands still between the two, however long they take.
	desk.text("(window.frozen = performance.now(), performance.now = () => window.frozen)")
	desk.do(chromedp.MouseClickXY(x, y))
	desk.shows(".tickets.inside .number", "1")
	desk.holds("!" + next + ".disabled")
	desk.do(chromedp.MouseClickXY(x, y, chromedp.ClickCount(2)))
	desk.holds("!" + next + ".disabled")
	desk.shows("#service-1234-2 .other", "内科") // whose patient is in the room
	desk.picture("called")
	var now wire.Frame
	c.Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &now)
	if now.Board == nil || len(now.Board.Calling) != 1 || now.Board.Calling[0].Number != 1 {
		t.Errorf("two clicks call %+v, want number 1", now.Board)
	}
	desk.text("(window.frozen += 10000)") // longer than the double-click guard of the desk
	desk.do(chromedp.MouseClickXY(x, y))  // a later click is a new action
	desk.shows(".tickets.inside .number", "2")
}

// TestE2E_AWrongLinkLeavesTheOwnTicketAlone opens another patient's link and an invalid
// link on a phone that has its own ticket.
func TestE2E_AWrongLinkLeavesTheOwnTicketAlone(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	other := c.Issue(t, "other")
	phone := open(t, chrome, "links", s.URL+"/s/1234-1", 390, 844)
	phone.click(".take button[type=submit]")
	phone.shows("#number", "2")
	phone.click("#cancel")
	phone.do(chromedp.Navigate(s.URL + "/s/1234-1#" + other.Ticket.ID + "." + other.Token))
	phone.shows("#number", "1")
	phone.holds("document.querySelector('form.cancel') === null") // the question was about the other one
	third := c.Issue(t, "third")
	phone.do(chromedp.Navigate(s.URL + "/s/1234-1#" + third.Ticket.ID + "." + strings.Repeat("A", 22)))
	phone.says("#problem", "見つかりませんでした")
	phone.shows("#number", "2")
	phone.holds("document.querySelector('#code') === null") // a page that was opened without its link does not show its code
	phone.picture("own again")

	foreign := open(t, chrome, "unknown", partner(t, s.URL), 800, 600)
	shows := func(service, want string) {
		t.Helper()
		foreign.text(fmt.Sprintf("document.querySelector('junban-board').setAttribute('service', %q)", service))
		foreign.contains(elementText, want)
	}
	shows("9999-9", "この番号の待ち状況はありません")
	foreign.picture("refused")
	shows("", "この番号の待ち状況はありません")
	shows("1234-1", "3組")
}
