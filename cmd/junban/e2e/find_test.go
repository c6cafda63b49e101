//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// town imports a clinic with what people look for, and logs its desk in.
func town(t *testing.T, s *programtest.Running, id, name, more, services string) *programtest.Client {
	t.Helper()
	clinic := fmt.Sprintf("id: %q\nname: %s\nphone: 03-0000-1234\naddress: 東京都港区みなと1-2-3\nzone: %s\n%s\nservices:\n%s"+
		"rooms:\n  - {id: 1, name: 第1診察室, services: [1]}\n", id, name, queuetest.Noon(), more, services)
	programtest.Must(t, clinic, nil, "--data="+s.Data, "clinic", "import", "-")
	programtest.Must(t, programtest.Password+"\n", nil, "--data="+s.Data, "user", "set", id, "desk")
	return deskOf(t, s, id, "desk")
}

// TestE2E_AClinicIsFoundWithoutJavaScript searches the list and types numbers in a
// browser without scripts. It reaches the live figures of an unlisted clinic.
func TestE2E_AClinicIsFoundWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	town(t, s, "3001", "みなとクリニック", "listed: true\narea: 港区\ndepartments: [内科, 皮膚科]", "  - {id: 1, name: 内科}\n")
	town(t, s, "3002", "やまて小児科", "listed: true\narea: 横浜市\ndepartments: [小児科]", "  - {id: 1, name: 小児科}\n")
	hidden := town(t, s, "3003", "かくれ里医院", "area: 港区\ndepartments: [内科]", "  - {id: 1, name: 内科, unit: 組}\n")
	var one wire.Issued
	hidden.OK(t, "POST", "/v1/services/3003-1/walkins", wire.IssueRequest{}, &one)
	hidden.OK(t, "POST", "/v1/services/3003-1/walkins", wire.IssueRequest{}, nil)
	hidden.OK(t, "POST", "/v1/services/3003-1/call", wire.CallRequest{Room: "1"}, nil)

	p := open(t, chrome, "find", s.URL+"/", 360, 800, withoutScripts())
	listed := func(want ...string) {
		t.Helper()
		p.is("[...document.querySelectorAll('.clinics b')].map(e => e.textContent).join()", strings.Join(want, ","))
	}
	// searched waits for the result page of a search, because the page before it may
	// look the same.
	searched := func(field, words string) {
		t.Helper()
		p.holds(fmt.Sprintf("document.readyState === 'complete' && new URLSearchParams(location.search).get(%q) === %q", field, words))
	}
	listed("じゅんばんクリニック", "みなとクリニック", "やまて小児科")
	p.fits()
	p.picture("list")
	p.fill("input[name=q]", "ミナトくり")
	p.click(".search button")
	searched("q", "ミナトくり")
	listed("みなとクリニック")
	p.fill("input[name=q]", "かくれ")
	p.click(".search button")
	searched("q", "かくれ")
	listed()
	p.says("#clinics", "4けたの番号でさがしてください")
	p.picture("nothing")
	p.click(".search .row a")
	p.holds("document.readyState === 'complete' && new URLSearchParams(location.search).get('q') === null")
	p.fill("input[name=area]", "よこはま")
	p.click(".search button")
	searched("area", "よこはま")
	listed()
	p.fill("input[name=area]", "横浜")
	p.fill("input[name=department]", "小児")
	p.click(".search button")
	searched("department", "小児")
	listed("やまて小児科")

	p.fill("#number", "３９９９")
	p.click(".bynumber button")
	searched("number", "３９９９")
	p.says("#wrong", "見つかりませんでした")
	p.holds("document.querySelector('#number').value === '３９９９'")
	p.picture("unknown")
	p.fill("#number", "３００３")
	p.click(".bynumber button")
	p.shows("h1", "かくれ里医院")
	p.shows("#service-3003-1 .called .number", "1")
	p.shows("#service-3003-1 .waiting", "1組")
	p.shows("#service-3003-1 .reception", "○ 受付中")
	p.holds("document.querySelector('.phone a').href === 'tel:0300001234'")
	p.says(".map", "地図")
	p.fits()
	p.picture("clinic")
	p.click("#service-3003-1 .go")
	p.is("location.pathname", "/s/3003-1")
}

// TestE2E_TheClinicsPageIsLive shows a clinic's services while its desk works.
func TestE2E_TheClinicsPageIsLive(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	week := "calendar:\n  weekly:\n"
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat"} {
		week += "    " + day + `: [{session: morning, consult: {from: "09:00", to: "12:30"}}, {session: afternoon, consult: {from: "12:30", to: "23:00"}}]` + "\n"
	}
	desk := town(t, s, "3004", "みなとクリニック", week+"area: 港区\ndepartments: [内科]\nhours: 予約優先です。", "  - {id: 1, name: 内科, unit: 組}\n")
	desk.OK(t, "PUT", "/v1/services/3004-1/reception", wire.ReceptionRequest{Reception: "open"}, nil)
	p := open(t, chrome, "clinic", s.URL+"/c/3004", 1280, 900)
	p.shows("#service-3004-1 .waiting", "0組")
	p.holds("document.querySelectorAll('.week tbody tr').length === 7 && document.querySelectorAll('.week .today').length === 1")
	p.says(".week", "午前 09:00–12:30")
	p.says(".week", "休診") // on Sunday
	desk.OK(t, "POST", "/v1/services/3004-1/walkins", wire.IssueRequest{}, nil)
	desk.OK(t, "POST", "/v1/services/3004-1/walkins", wire.IssueRequest{}, nil)
	p.shows("#service-3004-1 .waiting", "2組")
	desk.OK(t, "POST", "/v1/services/3004-1/call", wire.CallRequest{Room: "1"}, nil)
	p.shows("#service-3004-1 .called .number", "1")
	p.says("#service-3004-1 .called", "第1診察室")
	p.picture("live")
	desk.OK(t, "PUT", "/v1/services/3004-1/message", wire.MessageRequest{Text: "発熱の方はお電話ください"}, nil)
	desk.OK(t, "PUT", "/v1/services/3004-1/reception", wire.ReceptionRequest{Reception: "paused", Reason: "crowded"}, nil)
	p.says("#service-3004-1 .reception", "停止中")
	p.says("#service-3004-1 .reception", "混雑のため")
	p.says("#service-3004-1 .message", "発熱の方は")
	p.picture("paused")
	phone := open(t, chrome, "clinic-phone", s.URL+"/c/3004?lang=en", 360, 800)
	phone.says("#service-3004-1 .message", "発熱の方は")
	phone.fits()
	phone.picture("paused")
}

// TestE2E_TheFormStaysWhileTheLineMoves types into the form while the board changes
// above it. It takes a number for a first visit, and reaches the end of online
// reception.
func TestE2E_TheFormStaysWhileTheLineMoves(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := town(t, s, "3005", "みなとクリニック", "card: {least: 4, most: 6}",
		"  - {id: 1, name: 内科, unit: 組, comeAt: 2}\n")
	p := open(t, chrome, "form", s.URL+"/s/3005-1", 360, 740)
	p.shows(".board .waiting", "0組")
	p.holds("document.querySelector('.board').compareDocumentPosition(document.querySelector('form.take')) === Node.DOCUMENT_POSITION_FOLLOWING")
	p.says("label:nth-last-of-type(1)", "数字4–6けたです")
	p.fill("input[name=cardNumber]", "123")
	p.click(".take button[type=submit]")
	p.holds("document.querySelector('input[name=cardNumber]').matches(':focus:invalid')")
	p.fill("input[name=name]", "順番")
	for n := range 3 { // the board changes, and more is typed into the same field
		desk.OK(t, "POST", "/v1/services/3005-1/walkins", wire.IssueRequest{}, nil)
		p.shows(".board .waiting", fmt.Sprintf("%d組", n+1))
		p.do(chromedp.KeyEvent("x"))
	}
	p.holds("document.querySelector('input[name=name]') === document.activeElement && document.activeElement.value === '順番xxx'")
	p.holds("document.querySelector('input[name=cardNumber]').value === '123'")
	p.picture("typing")

	p.click("[data-first]")
	p.shows(".take h2", "はじめて来院される方")
	p.holds("!document.querySelector('input[name=cardNumber]') && document.querySelector('input[name=name]').value === '順番xxx'")
	p.picture("first visit")
	p.click(".take button[type=submit]")
	p.shows("#number", "4")
	p.shows("#come-at", "前があと2組になったら、クリニックへお越しください。")
	p.picture("come at")
	desk.OK(t, "POST", "/v1/services/3005-1/call", wire.CallRequest{Room: "1"}, nil)
	p.says(".todo", "そろそろクリニックへお越しください")
	p.holds("!document.querySelector('#come-at')")

	var set wire.Settings
	desk.OK(t, "GET", "/v1/services/3005-1/settings", nil, &set)
	set.FirstVisit = "desk"
	desk.OK(t, "PUT", "/v1/services/3005-1/settings", set, nil)
	other := open(t, browser(t), "form-desk", s.URL+"/s/3005-1", 360, 740)
	other.says("#first-desk", "お電話か窓口で")
	other.holds("document.querySelector('#first-desk a').href === 'tel:0300001234' && !document.querySelector('[data-first]')")
	other.picture("first visits at the desk")
	desk.OK(t, "PUT", "/v1/services/3005-1/reception", wire.ReceptionRequest{Reception: "paused", Reason: "doctor"}, nil)
	other.says("#refusal", "停止しています")
	other.holds("document.querySelector('.closed .phone a').href === 'tel:0300001234' && document.querySelector('form.take').offsetParent === null")
	other.picture("paused")
}
