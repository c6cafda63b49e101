//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// line is the demo's first service on the desk's page.
const line = "#service-1234-1"

// walkin registers somebody at the desk.
func (p *page) walkin(name string) {
	p.t.Helper()
	p.fill(line+" .walkin input[name=name]", name)
	p.click(line + " .walkin button[type=submit]")
	p.holds(fmt.Sprintf("[...document.querySelectorAll('.ticket .person')].some(e => e.textContent.includes(%q))", name))
}

// ticket is the id of the ticket with that number, in the line of a service.
func (p *page) ticket(service string, number int) string {
	p.t.Helper()
	find := fmt.Sprintf("[...document.querySelectorAll('#service-%s .ticket')].find(e => e.querySelector('.number').textContent === '%d')", service, number)
	p.holds("!!" + find)
	return p.text(find + ".dataset.ticket")
}

// onTicket is the selector of a ticket's button.
func onTicket(id, act string) string {
	return fmt.Sprintf(`[data-ticket="%s"] [data-act="%s"]`, id, act)
}

// more opens the rarer actions of a ticket, and clicks one.
func (p *page) more(id, act string) {
	p.t.Helper()
	p.click(fmt.Sprintf(`[data-ticket="%s"] [data-more]`, id))
	p.click(onTicket(id, act))
}

// choose chooses an option of a select.
func (p *page) choose(selector, value string) {
	p.t.Helper()
	p.holds(fmt.Sprintf("(e => e && (e.value = %q, e.dispatchEvent(new Event('input', {bubbles: true})), e.dispatchEvent(new Event('change', {bubbles: true})), e.value === %q))(document.querySelector(%q))", value, value, selector))
}

// press presses a key of the keyboard on the element that has the focus.
func (p *page) press(key string) {
	p.t.Helper()
	p.pace()
	time.Sleep(time.Until(p.pressed.Add(500 * time.Millisecond))) // the same key sooner is a finger that trembles
	p.do(chromedp.KeyEvent(key))
	p.pressed = time.Now()
}

// TestE2E_TheDeskRunsTheLine does with the line what a desk does on a real day.
func TestE2E_TheDeskRunsTheLine(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	inOrder(t, s)
	c := s.Client()
	home := c.Issue(t, "home").Ticket.ID
	desk := openDesk(t, chrome, "running", s, 1280, 1600)
	desk.walkin("窓口 一郎")
	desk.walkin("窓口 二郎")
	one, two := desk.ticket("1234-1", 2), desk.ticket("1234-1", 3)
	state := func(id, want string) {
		t.Helper()
		desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, id), want)
	}
	presence := func(id, want string) {
		t.Helper()
		desk.shows(fmt.Sprintf(`[data-ticket="%s"] .presence`, id), want)
	}

	// A patient who has not arrived is called only after a question.
	presence(home, "未来院")
	presence(one, "院内")
	desk.says(line+" .note", "1番の方は、まだ来院していません")
	desk.click(onTicket(home, "call"))
	desk.says(fmt.Sprintf(`[data-ticket="%s"] .ask`, home), "まだ来院していません")
	desk.picture("not arrived")
	desk.holds(`document.activeElement.dataset.act === "call-no"`) // the keyboard stands on the safe answer
	desk.press("\x1b")
	desk.holds(fmt.Sprintf(`!document.querySelector('[data-ticket="%s"] .ask')`, home))
	state(home, "待ち")
	desk.click(onTicket(home, "arrive-here"))
	presence(home, "院内")
	desk.more(home, "arrive-out")
	presence(home, "外出中")
	desk.says(line+" .note", "外出中")

	// Two are moved ahead of it. Patients see the reason.
	desk.more(two, "move")
	desk.picture("moving")
	desk.click(onTicket(two, "move-yes"))
	desk.shows(line+" .tickets.line .number", "3")
	desk.says(line+" .note", "順番が前後します")
	desk.click(onTicket(two, "undo"))
	desk.shows(line+" .tickets.line .number", "1")

	// Seen, sent to an exam, and back.
	desk.click(onTicket(one, "call"))
	state(one, "呼出中")
	desk.click(onTicket(one, "enter"))
	state(one, "診察中")
	desk.click(onTicket(one, "exam"))
	state(one, "検査中")
	desk.picture("exam")
	desk.click(onTicket(one, "resume"))
	state(one, "待ち")

	// Into the other line, under its own number.
	desk.more(one, "transfer")
	desk.click(onTicket(one, "transfer-1234-2"))
	desk.says(fmt.Sprintf(`#service-1234-2 [data-ticket="%s"] small`, one), "内科の番号")
	desk.click(`#service-1234-2 ` + onTicket(one, "call"))
	state(one, "呼出中")
	desk.shows(line+" .room .other", "小児科") // whose patient is in the room
	desk.click(`#service-1234-2 ` + onTicket(one, "undo"))
	state(one, "待ち")
	desk.click(`#service-1234-2 ` + onTicket(one, "undo"))
	desk.ticket("1234-1", 2)

	// A room on a break calls no patient, on every panel of the room.
	room := line + ` [data-room-card="1"]`
	desk.click(room + " [data-rest]")
	desk.picture("break")
	desk.click(room + ` [data-duty=break][data-minutes="30"]`)
	desk.says(room+" .duty", "休憩中")
	desk.holds(fmt.Sprintf("document.querySelectorAll('button[data-room=\"1\"]:disabled').length === 2 && !document.querySelector('%s [data-room=\"2\"]').disabled", line))
	desk.picture("resting")
	desk.click(room + " [data-duty=on]")
	desk.holds(fmt.Sprintf("!document.querySelector('%s [data-room=\"1\"]').disabled", line))

	// Who does not come at all.
	desk.more(home, "no_show")
	desk.click(onTicket(home, "no_show-yes"))
	state(home, "来院なし")
	desk.click(onTicket(home, "undo"))
	state(home, "待ち")

	// An urgent case goes first.
	desk.click(line + " .walkin summary")
	desk.fill(line+" .walkin input[name=position]", "1")
	desk.walkin("急患 三郎")
	desk.shows(line+" .tickets.line .number", "4")
	desk.says(line+" .note", "急患のため")
	desk.picture("urgent")
	desk.holds("[...document.querySelectorAll('main button, main select, main summary, main input:not([type=checkbox])')].every(e => e.offsetHeight === 0 || e.offsetHeight >= 44)")

	english := open(t, chrome, "running-en", s.URL+"/staff?lang=en", 1280, 1600)
	english.says(line+" .note", "an urgent case")
	english.picture("urgent")
	narrow := open(t, chrome, "running-narrow", s.URL+"/staff", 390, 844)
	narrow.says(line+" .note", "急患のため")
	narrow.fits()
	narrow.picture("urgent")
}

// TestE2E_TheDeskSetsTheRules sets a bound, goes over it, meets another desk's
// change, keeps a timetable, and reads who changed what.
func TestE2E_TheDeskSetsTheRules(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "setting", s, 1280, 1600)
	desk.click("[data-view=settings]")
	desk.picture("settings")
	desk.fill(`.settings input[name="capacity.desk"]`, "1")
	desk.fill(`.settings input[name="numbers.start"]`, "20")
	desk.fill(`.settings input[name="numbers.webFrom"]`, "5")
	desk.click(".settings button[type=submit]")
	desk.says(`.settings label:has(input[name="numbers.webFrom"]) .wrong`, "窓口の番号が残りません")
	desk.holds(`document.querySelector('.settings input[name="capacity.desk"]').value === "1"`) // what was typed is still there
	desk.picture("wrong")
	desk.fill(`.settings input[name="numbers.start"]`, "0")
	desk.fill(`.settings input[name="numbers.webFrom"]`, "0")
	desk.choose(`.settings select[name="absence.rule"]`, "tail")
	desk.click(`.settings input[name=skipAway]`)
	desk.click(".settings button[type=submit]")
	desk.shows(".settings .saved", "保存しました。")

	// Another desk was faster: nothing of it is lost.
	other := s.Client()
	other.LogIn(t, "1234", "demo")
	var theirs wire.Settings
	other.Do(t, "GET", "/v1/services/1234-1/settings", nil, nil, &theirs)
	if theirs.Absence.Rule != "tail" || !theirs.SkipAway || theirs.Capacity.Desk == nil || *theirs.Capacity.Desk != 1 {
		t.Errorf("the settings are %+v", theirs)
	}
	theirs.Note = "ほかの窓口から"
	other.Do(t, "PUT", "/v1/services/1234-1/settings", nil, theirs, &theirs)
	desk.fill(`.settings input[name="comeAt"]`, "7")
	desk.click(".settings button[type=submit]")
	desk.says("#conflict", "ほかの人が先に")
	desk.picture("conflict")
	desk.click("#conflict button")
	desk.holds(`document.querySelector('.settings input[name=note]').value === "ほかの窓口から"`)

	// The bound holds, unless the desk insists.
	desk.fill(`.settings input[name="comeAt"]`, "9")
	desk.click("[data-view=line]")
	desk.walkin("一人目")
	desk.says(line+" .figures .full", "1 / 1")
	desk.fill(line+" .walkin input[name=name]", "二人目")
	desk.click(line + " .walkin button[type=submit]")
	desk.says(line+" .walkin .ask", "窓口枠（1）がいっぱいです")
	desk.picture("over")
	desk.click(line + " [data-act=insist]")
	desk.says(line+" .walkin .note", "枠を超えています")
	desk.says(line+" .figures .full", "2 / 1")

	// A week, a holiday, and what cannot be.
	desk.click("[data-view=timetable]")
	desk.says(".timetable", "まだ登録されていません")
	desk.click(".timetable [data-begin]")
	desk.click(`.timetable [data-add="exceptions"]`)
	desk.choose(".exception input[type=date]", "2031-01-01")
	desk.shows(".timetable .week tbody:nth-of-type(6)", "土曜日 午前 09:00–12:00 ネット受付 08:00–11:30 変える")
	desk.click("[data-edit=mon]")
	desk.click(`[data-add="weekly.mon"]`)
	desk.choose(`[data-frame="weekly.mon[2]"] [role=group] input`, "17:00")
	desk.click(".timetable button[type=submit]")
	desk.says(`[data-frame="weekly.mon[2]"] .wrong`, "重なっています")
	desk.picture("timetable wrong")
	desk.choose(`[data-frame="weekly.mon[2]"] [role=group] input`, "1830") // as it is typed in a hurry
	desk.click(".timetable button[type=submit]")
	desk.shows(".timetable .saved", "保存しました。")
	desk.picture("timetable")
	var week wire.Timetable
	other.Do(t, "GET", "/v1/clinics/1234/timetable", nil, nil, &week)
	if got := string(week.Calendar); !strings.Contains(got, `"date":"2031-01-01"`) || !strings.Contains(got, `"from":"18:30"`) {
		t.Errorf("the timetable is %s", got)
	}

	// The desk overrides the timetable, and returns to it.
	desk.click("[data-view=line]")
	desk.click(line + " [data-reception=paused]")
	desk.says(line+" .reception", "手動で変更しています")
	desk.click(line + " [data-reception=auto]")
	desk.holds(fmt.Sprintf(`document.querySelector('%s [data-reception=auto]').getAttribute("aria-pressed") === "true"`, line))
	desk.picture("line")

	// What was typed and not saved is still there.
	desk.click("[data-view=settings]")
	desk.holds(`document.querySelector('.settings input[name="comeAt"]').value === "9"`)
	desk.click("[data-view=changes]")
	desk.says(".changes", "診療時間を作成")
	desk.says(".changes", "診療時間 月曜日：休診 → 午前 09:00–12:00（ネット受付 08:00〜11:30）、午後 15:00–18:00")
	desk.says(".changes", "診療時間 2031/01/01：（いつもどおり） → 休診")
	desk.says(".changes", "内科: 呼び出しに不在だった方：数えて後ろへ（3つ後ろなど） → 最後尾へ")
	desk.says(".changes", "利用者「demo」を追加：管理者")
	desk.picture("changes")

	for _, view := range []string{"settings", "timetable", "changes"} {
		inEnglish(t, chrome, s, view, func(p *page) {
			p.holds(fmt.Sprintf("document.querySelector('.office.%s')?.querySelectorAll('input, li').length > 0", view))
		})
	}
}
