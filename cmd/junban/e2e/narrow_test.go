//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// inView holds when an element stands whole in the window, and has the focus or
// holds what has it.
func (p *page) inView(selector string) {
	p.t.Helper()
	p.holds(fmt.Sprintf(`(e => { if (!e) return false; const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight && r.height > 0 })(document.querySelector(%q))`, selector))
}

func (p *page) focused(selector string) {
	p.t.Helper()
	p.holds(fmt.Sprintf("document.activeElement?.matches(%q)", selector))
}

// TestE2E_ResultsAreInViewOnANarrowPhone takes and cancels at 360×740, also with
// refusals. The cancel code is typed with spaces, and another visitor of the page
// does not see it.
func TestE2E_ResultsAreInViewOnANarrowPhone(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	imported(t, s, "2032", "  - {id: 1, name: 内科, unit: 組, webCancel: true, kinds: [{id: a, name: 発熱}, {id: b, name: けが}], capacity: {oneEach: true}}\n  - {id: 2, name: 小児科, unit: 組}\n")
	phone := open(t, chrome, "narrow", s.URL+"/s/2032-1", 360, 740)
	take := func() {
		t.Helper()
		phone.fill("input[name=cardNumber]", "777")
		phone.is("(document.querySelector('select[name=kind]').value = 'a', 1)", "1")
		phone.click(".take button[type=submit]")
	}
	take()
	phone.shows("#number", "1")
	phone.inView("#number")
	phone.focused(".mine")
	phone.picture("taken")

	phone.click("#another")
	take()
	phone.says("#problem", "すでにお済み")
	phone.inView("#problem")
	phone.focused("#problem")
	phone.holds("document.querySelector('select[name=kind]').value === 'a' && document.querySelector('input[name=cardNumber]').value === '777'") // nothing typed is lost
	phone.picture("refused")

	tablet := open(t, chrome, "tablet", s.URL+"/s/2032-1", 360, 740) // the same device, without the link
	tablet.shows("#number", "1")
	tablet.holds("document.querySelector('#code') === null")
	tablet.click("#cancel")
	tablet.holds("document.querySelector('input[name=cancelCode]').value === ''")
	tablet.fill("input[name=cancelCode]", "000000")
	tablet.click("form.cancel button[type=submit]")
	tablet.says("#problem", "取消コードが違います")
	tablet.inView("#problem")
	tablet.focused("#problem")
	tablet.picture("wrong code")

	code := phone.text("document.querySelector('#code').textContent.match(/\\d+/)[0]")
	if len(code) != 6 {
		t.Fatalf("the code is %q", code)
	}
	wide := strings.Map(func(r rune) rune { return r - '0' + '０' }, code[:3])
	tablet.fill("input[name=cancelCode]", wide+" "+code[3:])
	tablet.click("form.cancel button[type=submit]")
	tablet.shows(".mine .state", "受付は取り消されました")
	tablet.inView(".mine .state")
	tablet.focused(".mine")
	tablet.picture("cancelled")

	// A phone's keypad has digits alone.
	tablet.do(chromedp.Navigate(s.URL + "/"))
	tablet.fill("#number", "２０３２２")
	tablet.click("form.bynumber button[type=submit]")
	tablet.shows("h1", "小児科")

	plain := open(t, chrome, "plain-mine", s.URL+"/t", 360, 740, withoutScripts())
	plain.says("junban-tickets", "JavaScript")
	plain.do(chromedp.Navigate(s.URL + "/in/2032"))
	plain.says("junban-arrive", "窓口")
	plain.inView("junban-arrive p")
	plain.picture("in")

	// The way back to a lost page needs no script.
	c := s.Client()
	c.OK(t, "POST", "/v1/services/1234-1/tickets", wire.IssueRequest{Patient: wire.Patient{Phone: "090-1111-2222"}}, nil)
	c.OK(t, "POST", "/v1/services/1234-1/tickets", wire.IssueRequest{Patient: wire.Patient{Phone: "090-3333-4444"}}, nil)
	for _, from := range []string{"/", "/s/1234-1", "/c/1234"} {
		plain.do(chromedp.Navigate(s.URL + from))
		plain.holds("document.querySelector('a[href^=\"/lookup?\"]') !== null")
	}
	plain.click(`a[href^="/lookup?"]`)
	plain.shows("h1", "受付の確認")
	plain.fill("input[name=number]", "２")
	plain.fill("input[name=phoneEnd]", "４４４４")
	plain.picture("lookup")
	plain.click("form.lookup button[type=submit]")
	plain.says("#found h2", "2番")
	plain.says("#found .ahead", "1組")
	plain.says("#found .todo", "そろそろクリニックへ")
	plain.inView("#found")
	plain.picture("found")
	plain.holds("document.querySelector('input[name=phoneEnd]').value === ''") // on a shared device
	plain.fill("input[name=number]", "77")
	plain.fill("input[name=phoneEnd]", "４４４４")
	plain.click("form.lookup button[type=submit]")
	plain.says("#none", "見つかりませんでした")
	plain.fill("input[name=number]", "ab")
	plain.click("form.lookup button[type=submit]")
	plain.says("#wrong", "入力の内容を")
	plain.holds("document.querySelector('input[name=number]').value === 'ab' && document.querySelector('input[name=phoneEnd]').value === '４４４４'")
}
