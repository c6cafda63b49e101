//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// slotClinic imports a clinic whose first service is in slot mode, with slots in the
// afternoon and the evening of every day. It logs the desk in. The entrance code works
// from noon on for all of them.
func slotClinic(t *testing.T, s *programtest.Running, id string) *programtest.Client {
	t.Helper()
	return slotClinicFrom(t, s, id, 720)
}

// slotClinicFrom is slotClinic with the minutes before a slot from which the entrance code
// works for it.
func slotClinicFrom(t *testing.T, s *programtest.Running, id string, arriveFrom int) *programtest.Client {
	t.Helper()
	desk := imported(t, s, id, "  - id: 1\n    name: 内科\n    mode: slot\n    webCancel: true\n    maxParty: 3\n    capacity: {few: 1}\n    slot: {web: 2, desk: 2, lead: 0, reach: 720, arriveFrom: "+strconv.Itoa(arriveFrom)+"}\n"+
		"    booking: {days: 20}\n    kinds: [{id: a, name: かぜ・発熱}, {id: b, name: 予防接種}]\n"+
		"    form: {first: {kana: required, birth: required, sex: optional, symptoms: optional, consent: required}}\n  - {id: 2, name: 小児科}\nlookup: phone\n")
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/"+id+"/timetable", nil, &table)
	var week []string
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week = append(week, fmt.Sprintf(`%q:[{"session":"afternoon","consult":{"from":"14:00","to":"17:00"}},{"session":"evening","consult":{"from":"18:00","to":"20:00"}}]`, day))
	}
	table.Calendar = json.RawMessage(`{"weekly":{` + strings.Join(week, ",") + `}}`)
	desk.OK(t, "PUT", "/v1/clinics/"+id+"/timetable", table, nil)
	return desk
}

// dates are the clinic's dates of today and tomorrow.
func dates(t *testing.T) (today, tomorrow time.Time) {
	t.Helper()
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	today = time.Now().In(zone)
	return today, today.AddDate(0, 0, 1)
}

// slotInput is the choice of a slot.
func slotInput(slot string) string {
	return fmt.Sprintf(`#times input[name=slot][value="%s"]`, slot)
}

// takeSlot books a slot as another patient does.
func takeSlot(t *testing.T, c *programtest.Client, id, day, slot, phone string) {
	t.Helper()
	c.OK(t, "POST", "/v1/services/"+id+"-1/tickets", wire.IssueRequest{Day: day, Slot: slot, Kind: "a", Patient: wire.Patient{Name: "別の方", Phone: phone}}, nil)
}

// TestE2E_ASlotIsBookedKeptAndCancelled books a slot of today on a phone while other
// patients book too, arrives, and cancels another booking with the typed code.
func TestE2E_ASlotIsBookedKeptAndCancelled(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := slotClinic(t, s, "2040")
	today, tomorrow := dates(t)
	date, next := today.Format(time.DateOnly), tomorrow.Format(time.DateOnly)

	phone := open(t, chrome, "slot", s.URL+"/s/2040-1", 390, 844)
	phone.says("#serving", "まだお呼び出しは始まっていません")
	phone.says("#caution", "現在の時刻ではありません")
	phone.says(".today", "○ 空きあり")
	phone.picture("service")
	phone.do(chromedp.Click("#book"))
	phone.holds("document.querySelectorAll('#days a[data-day]').length >= 20")
	phone.fits()
	phone.picture("calendar")
	phone.fill("input[name=name]", "順番 花子")
	phone.click(fmt.Sprintf(`#days a[data-day="%s"]`, date))
	phone.holds("document.querySelector('" + slotInput("16:00") + "') && document.querySelector('input[name=name]').value === '順番 花子'")
	phone.click(slotInput("16:00"))
	phone.choose("select[name=kind]", "a")
	phone.choose("select[name=partySize]", "2")
	phone.fill("input[name=phone]", "090-0000-1111")
	phone.picture("form")

	// Two other patients take the last seats while the form is open.
	takeSlot(t, desk, "2040", date, "16:00", "09000002222")
	phone.says("li:has("+strings.TrimPrefix(slotInput("16:00"), "#times ")+")", "△ 残りわずか")
	phone.holds("document.querySelector('" + slotInput("16:00") + "').checked")
	phone.click("#book button[value=check]")
	phone.says("#check", "順番 花子")
	phone.says("#check", "2人")
	phone.picture("check")
	takeSlot(t, desk, "2040", date, "16:00", "09000003333")
	phone.click("#do button[value=do]")
	phone.says("#problem", "満員")
	phone.holds("document.querySelectorAll('#offers button').length === 5")
	phone.holds("document.querySelector('input[name=name]').value === '順番 花子' && document.querySelector('select[name=partySize]').value === '2'")
	phone.fits()
	phone.picture("full")
	phone.do(chromedp.Click("#offers button"))
	phone.says("#check #slot", "〜")
	slot := phone.text("document.querySelector('#do input[name=slot]').value")
	phone.click("#do button[value=do]")
	phone.says("#booked", "予約できました")
	phone.says("#booked", slot)
	code := phone.text("document.querySelector('#code').textContent.trim()")
	phone.fits()
	phone.picture("done")

	// The page of the booking: before the arrival without a number, then with one.
	phone.do(chromedp.Click("#page"))
	phone.shows(".mine .state", "予約をお受けしています")
	phone.says("#slot", slot+"〜")
	phone.says("#cancel-until", slot)
	phone.holds("!document.querySelector('#number')")
	phone.picture("booked")
	phone.do(chromedp.Navigate(s.URL + "/t"))
	phone.says(".card .day", slot+"〜")
	phone.do(chromedp.Navigate(s.URL + "/in/2040"))
	phone.picture("entrance")
	phone.click("#arrive")
	phone.says("#done", "到着を受け付けました")
	phone.holds("document.querySelector('.kept .number').textContent.includes('1')")
	phone.picture("arrived")
	phone.do(chromedp.Navigate(s.URL + "/s/2040-1"))
	phone.shows("#number", "1")
	phone.says("#ahead", "次が")
	phone.picture("waiting")

	// The desk calls it: the board shows its slot.
	desk.OK(t, "POST", "/v1/services/2040-1/call", wire.CallRequest{Room: "1", Ticket: phone.text("document.querySelector('junban-patient') && JSON.parse(localStorage['junban.tickets'])[0].id")}, nil)
	phone.says(".todo", "第1診察室")
	phone.says("#serving", slot+"〜")
	phone.picture("called")

	// A booking of tomorrow for a child, from the same device, cancelled there.
	phone.do(chromedp.Navigate(s.URL + "/s/2040-1/book?day=" + next))
	phone.click(slotInput("18:30"))
	phone.choose("select[name=kind]", "b")
	phone.fill("input[name=name]", "順番 太郎")
	phone.fill("input[name=phone]", "090-0000-1111")
	phone.click("#book button[value=check]")
	phone.click("#do button[value=do]")
	phone.says("#booked", "18:30〜19:00")
	second := phone.text("document.querySelector('#code').textContent.trim()")
	if second == code || len(second) != 6 {
		t.Errorf("the cancel codes are %q and %q", code, second)
	}
	phone.do(chromedp.Click("#page"))
	phone.says("#slot", "18:30〜19:00")
	phone.says(".others", "内科")
	phone.picture("family")
	phone.cancels()
	phone.shows(".mine .state", "受付は取り消されました")
	phone.says(".mine .todo", "予約しなおして")
	phone.picture("cancelled")
}

// TestE2E_ASlotIsBookedWithoutScripts goes from the search of the clinic to the cancel in a
// browser without scripts, in English.
func TestE2E_ASlotIsBookedWithoutScripts(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	slotClinic(t, s, "2041")
	_, tomorrow := dates(t)
	next := tomorrow.Format(time.DateOnly)
	p := open(t, chrome, "slot-plain", s.URL+"/?lang=en", 320, 700, withoutScripts())
	p.fill("#number", "2041-1")
	p.do(chromedp.Click("form[action^='/find'] button"))
	p.says("h1", "内科")
	p.says("#caution", "not the present time")
	p.fits()
	p.picture("service")
	p.do(chromedp.Click("#book"))
	p.says("#days h2", "Choose a day")
	p.fits()
	p.picture("calendar")
	p.do(chromedp.Click(fmt.Sprintf(`#days a[data-day="%s"]`, next)))
	p.says("#times", "14:00–14:30")
	p.fits()
	p.do(chromedp.Click("button[value=first]"))
	p.holds("document.querySelector('input[name=kana]') && !document.querySelector('input[name=cardNumber]')")
	p.do(chromedp.Click(slotInput("14:30")))
	p.is("(document.querySelector('select[name=kind]').value = 'b', 1)", "1")
	p.fill("input[name=name]", "Hanako Junban")
	p.fill("input[name=phone]", "090-0000-4444")
	p.fill("input[name=kana]", "ジュンバン ハナコ")
	p.is("(document.querySelector('input[name=birth]').value = '1990-01-31', 1)", "1")
	p.do(chromedp.Click("input[name=consent]"))
	p.picture("form")
	p.do(chromedp.Click("#book button[value=check]"))
	p.says("#check", "Hanako Junban")
	p.picture("check")
	p.do(chromedp.Click("#do button[value=do]"))
	p.says("#booked", "Your booking is made")
	code := p.text("document.querySelector('#code').textContent.trim()")
	p.fits()
	p.picture("done")

	p.do(chromedp.Navigate(s.URL + "/lookup?service=2041-1&lang=en"))
	p.fill("input[name=phone]", "09000004444")
	p.do(chromedp.Click(".lookup button"))
	p.says("#found", "14:30–15:00")
	p.holds("!document.body.innerText.includes('Hanako')")
	p.do(chromedp.Click("#found summary"))
	p.fits()
	p.picture("found")
	p.fill("#found input[name=code]", "000000")
	p.do(chromedp.Click("#found button.danger"))
	p.says("#failed", "wrong")
	p.fill("input[name=phone]", "09000004444")
	p.do(chromedp.Click(".lookup button"))
	p.says("#found", "14:30–15:00")
	p.do(chromedp.Click("#found summary"))
	p.holds("document.querySelector('#found input[name=code]').value === ''")
	p.fill("#found input[name=code]", code)
	p.do(chromedp.Click("#found button.danger"))
	p.says("#cancelled", "cancelled")
	p.picture("cancelled")
	p.do(chromedp.Click("#again"))
	p.says("#days h2", "Choose a day")
}
