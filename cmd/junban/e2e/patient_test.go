//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// TestE2E_TheOpeningIsCountedDown watches the web desk open by itself.
func TestE2E_TheOpeningIsCountedDown(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2002", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	var opens time.Time
	openIn := func(d time.Duration) {
		t.Helper()
		opens = time.Now().In(zone).Add(d + time.Minute - 1).Truncate(time.Minute)
		var table wire.Timetable
		desk.OK(t, "GET", "/v1/clinics/2002/timetable", nil, &table)
		frame := fmt.Sprintf(`[{"session":"afternoon","consult":{"from":"%s","to":"20:00"},"webOpen":0}]`, opens.Format("15:04"))
		var week []string
		for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			week = append(week, fmt.Sprintf("%q:%s", day, frame))
		}
		table.Calendar = json.RawMessage(`{"weekly":{` + strings.Join(week, ",") + `}}`)
		desk.OK(t, "PUT", "/v1/clinics/2002/timetable", table, nil)
	}
	openIn(45 * time.Minute)

	phone := open(t, chrome, "opening", s.URL+"/s/2002-1", 390, 844)
	screen := open(t, chrome, "opening-screen", s.URL+"/display/2002", 1920, 1080)
	phone.shows(".board .reception", "受付前")
	phone.says(".opens b", opens.Format("15:04"))
	phone.says("#left", "あと")
	phone.holds("document.querySelector('.take button[type=submit]').disabled")
	phone.fill("input[name=name]", "順番 花子") // the form may be filled in before
	phone.picture("before")
	english := open(t, chrome, "opening-en", s.URL+"/s/2002-1?lang=en", 390, 844)
	english.says("#left", "in ")
	english.picture("before")
	screen.shows("#service-2002-1 .reception", "受付前")
	screen.shows("#service-2002-1 .session", "午後")
	screen.shows("#service-2002-1 .turn", opens.Format("15:04"))
	screen.picture("before")

	// It counts the last seconds, and opens. A busy machine may need longer than
	// those to show them: then it opens once more.
	phone.text("(window.counted = false, new MutationObserver(() => window.counted ||= /あと\\d+秒/.test(document.querySelector('#left')?.textContent ?? '')).observe(document, {subtree: true, childList: true, characterData: true}))")
	for ahead := 20 * time.Second; ; ahead *= 2 {
		openIn(ahead)
		programtest.Eventually(t, "the new opening is shown, or over", func() bool {
			return time.Now().After(opens) || strings.Contains(phone.text(of(".opens b")), opens.Format("15:04"))
		})
		phone.is("document.querySelector('.take button[type=submit]').disabled", "false")
		if phone.text("window.counted") == "true" {
			break
		}
	}
	phone.shows(".board .reception", "○ 受付中")
	phone.shows(".board .turn", "20:00")
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	phone.picture("taken")

	// Closed by the desk until the timetable's next session: another day, with its
	// date.
	desk.OK(t, "PUT", "/v1/services/2002-2/reception", wire.ReceptionRequest{Reception: "closed"}, nil)
	tomorrow := opens.AddDate(0, 0, 1)
	closed := open(t, chrome, "closed", s.URL+"/s/2002-2", 390, 844)
	closed.says(".opens b", fmt.Sprintf("%d月%d日", tomorrow.Month(), tomorrow.Day()))
	closed.holds("document.querySelector('.closed .phone a').href === 'tel:0300001234'")
	closed.picture("another day")
}

// TestE2E_WhoIsRefusedIsToldWhyAndWhomToPhone fills the web's places.
func TestE2E_WhoIsRefusedIsToldWhyAndWhomToPhone(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2003", "  - {id: 1, name: 内科, unit: 組, capacity: {web: 4, first: 1, few: 2, oneEach: true}}\n"+
		"  - {id: 2, name: 小児科, unit: 組}\n")
	take := func(i wire.IssueRequest) { desk.OK(t, "POST", "/v1/services/2003-1/tickets", i, nil) }
	card := func(number string) wire.Patient { return wire.Patient{CardNumber: number} }
	phone := open(t, chrome, "full", s.URL+"/s/2003-1", 390, 844)
	english := open(t, chrome, "full-en", s.URL+"/s/2003-1?lang=en", 390, 844)
	phone.shows(".board .reception", "○ 受付中")
	phone.click("[data-first]")
	phone.holds("!document.querySelector('input[name=cardNumber]')")
	take(wire.IssueRequest{FirstVisit: true, Patient: card("A-1")})
	for _, p := range []*page{phone, english} {
		p.holds("document.querySelector('#first-full a').href === 'tel:0300001234'")
	}
	phone.says("#first-full", "× はじめて受診する方")
	english.says("#first-full", "first visits")
	english.holds("document.querySelector('[data-first]').disabled")
	phone.picture("no first visits")

	// Each person takes one: the form asks who it is.
	phone.says("#identify", "お一人につき")
	phone.click(".take button[type=submit]")
	phone.holds("document.querySelector('input[name=name]').matches(':required:focus:invalid')")
	phone.holds("document.querySelector('#problem') === null")
	phone.fill("input[name=name]", "順番 花子")
	phone.fill("input[name=phone]", "09011112222")
	phone.click(".take button[type=submit]") // the choice was made before they were full
	phone.says("#problem", "はじめて受診する方")
	phone.holds("document.querySelector('#problem a').href === 'tel:0300001234'")
	english.says("#identify", "Each person")
	english.fill("input[name=cardNumber]", "a-1") // enough by itself
	english.holds("!document.querySelector('input[name=name]').required")
	english.click(".take button[type=submit]")
	english.says("#problem", "has a ticket already")
	english.picture("one each")

	take(wire.IssueRequest{Patient: wire.Patient{Name: "順番 花子", Phone: "090-1111-2222"}})
	phone.shows(".board .reception", "△ 残りわずか")
	phone.click("[data-first]")
	phone.fill("input[name=name]", "順番 花子")
	phone.fill("input[name=phone]", "09011112222")
	phone.click(".take button[type=submit]")
	phone.says("#problem", "すでにお済み")

	take(wire.IssueRequest{Patient: card("A-2")})
	take(wire.IssueRequest{Patient: card("A-3")})
	phone.shows(".board .reception", "× 満員")
	phone.says("#refusal", "定員")
	phone.holds("document.querySelector('.closed .phone a').href === 'tel:0300001234'")
	phone.holds("document.querySelector('form.take').offsetParent === null")
	phone.picture("full")
	english.shows(".board .reception", "× Full")
	english.holds("document.querySelector('.closed .phone a').href === 'tel:0300001234'")
	english.says(".closed .phone", "please call")
	english.picture("full")
	screen := open(t, chrome, "full-screen", s.URL+"/display/2003", 1920, 1080)
	screen.shows("#service-2003-1 .reception", "× 満員")
	screen.picture("full")

	desk.OK(t, "PUT", "/v1/services/2003-1/reception", wire.ReceptionRequest{Reception: "paused"}, nil)
	phone.shows(".board .reception", "停止中")
	phone.says("#refusal", "停止しています")
}

// TestE2E_WhoWasAbsentSaysThatHeIsBack goes out, misses the call, and comes back.
func TestE2E_WhoWasAbsentSaysThatHeIsBack(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2004", "  - {id: 1, name: 内科, unit: 組, webCancel: true, absence: {rule: back_n, back: 2, thenTail: true, maxCalls: 3}}\n"+
		"  - {id: 2, name: 小児科, unit: 組}\n")
	phone := open(t, chrome, "absent", s.URL+"/s/2004-1", 390, 844)
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	phone.says(".rule", "順番が2つ後ろになります")
	phone.says(".rule", "3回お呼びしても")
	phone.picture("issued")
	id := phone.text("location.hash.slice(1).split('.')[0]")
	for range 3 {
		desk.OK(t, "POST", "/v1/services/2004-1/walkins", wire.IssueRequest{}, nil)
	}
	presence := func(want string) {
		t.Helper()
		var now wire.TicketAnswer
		desk.OK(t, "GET", "/v1/tickets/"+id, nil, &now)
		if now.Ticket.Presence != want {
			t.Errorf("the desk sees the presence %q, want %q", now.Ticket.Presence, want)
		}
	}

	// The code at the entrance.
	phone.do(chromedp.Navigate(s.URL + "/in/2004"))
	phone.shows(".kept .number", "1番")
	phone.picture("entrance")
	phone.click("#arrive")
	phone.says("#done", "到着を受け付けました")
	phone.says(".kept .here", "到着済み")
	presence("here")
	phone.picture("arrived")
	desk.OK(t, "POST", "/v1/services/2004-1/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
	phone.do(chromedp.Reload())
	phone.says(".kept .todo", "第1診察室") // a called number is not merely "arrived"
	phone.holds("document.querySelector('.kept .here') === null")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/undo", nil, nil)
	phone.do(chromedp.Navigate(s.URL + "/s/2004-1"))
	phone.says(".presence", "院内でお待ちです")
	phone.says(".todo", "院内でお待ちください")
	phone.click("button[data-go=leave]")
	phone.says(".presence", "外出中です")
	presence("out")

	desk.OK(t, "POST", "/v1/services/2004-1/call", wire.CallRequest{Room: "1"}, nil)
	phone.says(".todo", "第1診察室")
	phone.picture("called")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	phone.says(".todo", "戻りました")
	phone.says(".rule", "2回目からは")
	phone.picture("absent")
	phone.click("button[data-go=back]")
	phone.says(".todo", "伝わっています")
	presence("here")
	phone.picture("back")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/return", nil, nil)
	phone.says("#ahead", "2組")

	// Called three times without coming.
	desk.OK(t, "POST", "/v1/services/2004-1/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
	for range 2 {
		desk.OK(t, "POST", "/v1/tickets/"+id+"/recall", nil, nil)
	}
	desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	phone.shows(".mine .state", "受付は終了しました")
	phone.says(".mine", "いらっしゃいませんでした")
	phone.picture("no show")

	stranger := open(t, browser(t), "stranger", s.URL+"/in/2004", 390, 844)
	stranger.says("#none", "受付がありません")
	stranger.picture("entrance")
}

// TestE2E_ALateAnswerReplacesNoNewerState delays the response to an act of the owner
// until the desk has acted too. The page keeps the newest frame.
func TestE2E_ALateAnswerReplacesNoNewerState(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	s := programtest.Serve(t, t.TempDir(), nil)
	desk := imported(t, s, "2004", "  - {id: 1, name: 内科, unit: 組, absence: {rule: back_n, back: 2, maxCalls: 3}}\n  - {id: 2, name: 小児科}\n")
	var issued wire.Issued
	desk.OK(t, "POST", "/v1/services/2004-1/walkins", wire.IssueRequest{}, &issued)
	phone := open(t, browser(t), "late", fmt.Sprintf("%s/s/2004-1#%s.%s", s.URL, issued.Ticket.ID, issued.Token), 390, 844, before(`(() => {
		const real = window.fetch;
		window.fetch = async (...request) => {
			const answer = await real(...request);
			if (String(request[0]).endsWith("/arrive")) await new Promise((release) => (window.release = release));
			return answer;
		};
	})()`))
	phone.shows("#number", "1")
	desk.OK(t, "POST", "/v1/services/2004-1/call", wire.CallRequest{Room: "1"}, nil)
	phone.says(".todo", "第1診察室")
	desk.OK(t, "POST", "/v1/tickets/"+issued.Ticket.ID+"/absent", nil, nil)
	phone.click("button[data-go=back]")
	phone.says(".todo", "伝わっています") // by the line: the answer is held up
	phone.holds("typeof window.release === 'function'")
	desk.OK(t, "POST", "/v1/tickets/"+issued.Ticket.ID+"/return", nil, nil)
	phone.says("#ahead", "次が")
	phone.holds("document.querySelector('button[data-go]').disabled")
	phone.text("window.release()")
	phone.holds("!document.querySelector('button[data-go]').disabled") // the answer was taken
	phone.says("#ahead", "次が")
}

// TestE2E_WhatIsUnusualIsTold puts a room on a break, and sends a patient to an exam
// and to another line. It moves an urgent patient to the front.
func TestE2E_WhatIsUnusualIsTold(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2005", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	phone := open(t, chrome, "unusual", s.URL+"/s/2005-1", 390, 844)
	english := open(t, chrome, "unusual-en", s.URL+"/s/2005-2?lang=en", 390, 844)
	screen := open(t, chrome, "unusual-screen", s.URL+"/display/2005", 1920, 1080)
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	phone.says("#ahead", "次が")
	id := phone.text("location.hash.slice(1).split('.')[0]")
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	until := time.Now().In(zone).Add(30 * time.Minute).Truncate(time.Minute)

	desk.OK(t, "PUT", "/v1/clinics/2005/rooms/2/duty", wire.DutyRequest{Duty: "break", Until: &until}, nil)
	rest := "第2診察室：休憩中（" + until.Format("15:04") + "まで）"
	phone.shows(".board .resting", rest)
	screen.shows("#service-2005-2 .resting", rest)
	english.shows(".board .resting", "第2診察室: on a break (until "+until.Format("15:04")+")")
	english.click(".take button[type=submit]")
	english.shows("#number", "1")

	front := 0
	var urgent wire.Issued
	desk.OK(t, "POST", "/v1/services/2005-1/walkins", wire.IssueRequest{Ahead: &front, Reason: "urgent"}, &urgent)
	phone.says("#ahead", "1組")
	phone.says(".mine .unusual", "急患の方")
	screen.says("#service-2005-1 .unusual", "急患の方")
	phone.picture("urgent")
	desk.OK(t, "POST", "/v1/services/2005-2/walkins", wire.IssueRequest{Ahead: &front, Reason: "urgent"}, &urgent)
	english.says("#ahead", "1 group")
	english.says(".mine .unusual", "an urgent patient goes first")
	english.picture("urgent")

	// To the exam and back, then to the children's line.
	desk.OK(t, "POST", "/v1/services/2005-1/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
	desk.OK(t, "POST", "/v1/tickets/"+id+"/exam", nil, nil)
	phone.shows(".mine .state", "検査中です")
	phone.says(".todo", "院内でお待ちください")
	phone.picture("exam")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/resume", nil, nil)
	phone.shows(".mine .state", "お待ちいただいています")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/transfer", wire.TransferRequest{Service: "2005-2"}, nil)
	phone.says(".moved", "小児科")
	phone.picture("transferred")
	english.shows(".board .line", "2, 1 / 1 of 内科") // two have the number 1
	desk.OK(t, "POST", "/v1/services/2005-2/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
	desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
	screen.shows("#service-2005-2 .absent", "内科の方 1")
	foreign := open(t, chrome, "unusual-partner", partner(t, s.URL), 800, 600)
	foreign.text("document.querySelector('junban-board').setAttribute('service', '2005-2')")
	foreign.contains(elementText, "呼出時不在 1人")
	desk.OK(t, "POST", "/v1/tickets/"+id+"/return", nil, nil)
	desk.OK(t, "POST", "/v1/services/2005-2/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
	screen.says("#service-2005-2 .of", "内科の方")
	english.says(".of", "of 内科")
	screen.picture("unusual")
	english.picture("unusual")
	phone.says(".todo", "第1診察室")

	if status := desk.Do(t, "GET", "/in/9999", nil, nil, nil); status != http.StatusNotFound {
		t.Errorf("the entrance of no clinic answers %d", status)
	}
}
