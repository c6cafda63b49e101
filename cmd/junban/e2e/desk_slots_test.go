//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// slotDeskClinic imports a clinic whose first service is in slot mode, with slots of an hour
// all day on every day. It returns its desk and tomorrow's date.
func slotDeskClinic(t *testing.T, s *programtest.Running) (desk *programtest.Client, tomorrow time.Time) {
	t.Helper()
	desk = imported(t, s, "2006", "  - {id: 1, name: 内科, mode: slot, slot: {minutes: 60, web: 2, desk: 1, reach: 720}}\n  - {id: 2, name: 小児科}\n")
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/2006/timetable", nil, &table)
	var week []string
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week = append(week, fmt.Sprintf(`%q:[{"session":"morning","consult":{"from":"06:00","to":"24:00"}}]`, day))
	}
	table.Calendar = json.RawMessage(`{"weekly":{` + strings.Join(week, ",") + `}}`)
	desk.OK(t, "PUT", "/v1/clinics/2006/timetable", table, nil)
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	return desk, time.Now().In(zone).AddDate(0, 0, 1)
}

// TestE2E_TheDeskWorksBySlots books on the phone, receives by the end of a phone number
// and by a key, moves and edits a booking, and closes a day.
func TestE2E_TheDeskWorksBySlots(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	_, tomorrow := slotDeskClinic(t, s)
	date := tomorrow.Format(time.DateOnly)
	today := tomorrow.AddDate(0, 0, -1).Format(time.DateOnly)
	desk := open(t, chrome, "slots", s.URL+"/staff", 1366, 900)
	desk.logIn("2006", "desk", programtest.Password)
	const at = "#service-2006-1"

	// A booking on the phone; nothing is booked before the question has its yes.
	book := func(day, hour, name, phone string) {
		t.Helper()
		desk.pace()
		desk.click(at + " [data-phone]")
		desk.click(fmt.Sprintf(`.free input[value="%s %s:00"]`, day, hour))
		desk.fill(at+" .phone input[name=name]", name)
		desk.fill(at+" .phone input[name=phone]", phone)
		desk.click(at + " [data-phone-form] button[type=submit]")
		desk.says("[role=alertdialog]", name)
		desk.holds("document.activeElement.dataset.act === 'book-yes'")
		desk.picture("asked")
		desk.click("[data-act=book-yes]")
		desk.says(at+" .phone .note", name)
	}
	book(today, "20", "佐藤", "090-0000-1111")
	book(today, "21", "鈴木", "090-0000-2222")
	book(date, "10", "田中", "090-0000-3333")
	desk.holds("document.querySelectorAll('.ticket.booked[data-ticket]').length === 2")
	desk.picture("booked")

	// Arrival by the end of the phone number, and by the key of the chosen ticket.
	desk.press("i")
	desk.press("1111\r")
	desk.says("#outcome", "1番 来院 佐藤")
	desk.holds(`document.activeElement.id === 'checkin' && document.querySelector('[data-slot="20:00"] .ticket.waiting .number').textContent === '1'`)
	desk.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.ticket.booked').focus()"))
	desk.press("h")
	desk.says(`[data-slot="21:00"] .ticket.waiting .timing`, "早めに来院")
	desk.press("u") // the arrival of 鈴木
	desk.says(`[data-slot="21:00"] .ticket.booked .person`, "鈴木")

	// To another slot, then other details.
	desk.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.ticket.booked').focus()"))
	desk.press("s")
	desk.click(fmt.Sprintf(`.change input[value="%s 22:00"]`, today))
	desk.click("[data-act=change-yes]")
	desk.says(`[data-slot="22:00"] .ticket.booked .person`, "鈴木")
	desk.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.ticket.booked').focus()"))
	desk.press("v")
	desk.choose(".change input[name=partySize]", "2")
	desk.fill(".change textarea[name=memo]", "車椅子")
	desk.click("[data-act=change-yes]")
	desk.says(`[data-slot="22:00"] .ticket.booked`, "メモ（窓口だけ）: 車椅子")
	desk.says(`[data-slot="22:00"] .ticket.booked small`, "2人")

	// A walk-in goes into the slot that the desk chooses; a full one asks.
	desk.choose(at+" .walkin select[name=slot]", "20:00")
	desk.fill(at+" .walkin input[name=name]", "高橋")
	desk.click(at + " .walkin button[type=submit]")
	desk.says(at+" .walkin .ask", "窓口枠はいっぱい")
	desk.pace()
	desk.click(at + " .walkin [data-act=insist]")
	desk.says(`[data-slot="20:00"] .tickets`, "高橋")
	desk.picture("walk-in")

	// The next patient is called by slot, then by arrival.
	desk.pace()
	desk.click(at + ` [data-next="2006-1"]`)
	desk.says(at+" .ticket.called .person", "佐藤")
	desk.says(`[data-slot="20:00"] header`, "診察中の時間枠")

	// Empty slots are folded. The keyboard opens them, and comes to the slot being seen.
	fold := at + ` .fold summary`
	desk.says(fold, "前の時間枠 06:00 – 20:00（14）")
	desk.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('%s').focus()", fold)))
	desk.press("\r")
	desk.holds(`document.querySelector('.fold').open && document.querySelector('[data-slot="06:00"] h4').offsetHeight > 0`)
	desk.click(at + " [data-serving]")
	desk.holds(`document.activeElement === document.querySelector('[data-slot="20:00"] h4')`)
	desk.picture("folded")

	// Tomorrow is closed: first the list with phone numbers, then the yes.
	desk.pace()
	desk.click(at + " [data-close-date]")
	desk.choose(at+" .closing input[name=day]", date)
	desk.click(at + " .closing button[type=submit]")
	desk.says(at+" .closing .who", "09000003333")
	desk.picture("close")
	desk.click("[data-act=close-yes]")
	desk.says(at+" .closing .note", "1件を取り消しました")
	desk.says(at+" .closing .who", "田中")

	inEnglish(t, chrome, s, "line", func(p *page) { p.says(`[data-slot="20:00"] .counts`, "2 booked, 2 arrived, 1 called") })
}

// TestE2E_TheDeskScansArrivals reads the QR codes of bookings with a scanner. It types the
// text of the code and Enter, as a keyboard does.
func TestE2E_TheDeskScansArrivals(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	api, tomorrow := slotDeskClinic(t, s)
	date, today := tomorrow.Format(time.DateOnly), tomorrow.AddDate(0, 0, -1)
	now := today.Format("15") + ":00" // it takes arrivals until ten minutes after its end
	book := func(day, slot, name string) string {
		t.Helper()
		var issued wire.Issued
		api.OK(t, "POST", "/v1/services/2006-1/bookings", wire.IssueRequest{
			PartySize: 1, Day: day, Slot: slot, Override: true, Patient: wire.Patient{Name: name, Phone: "090-0000-1111"},
		}, &issued)
		return s.URL + "/s/2006-1#" + issued.Ticket.ID + "." + issued.Token
	}
	onTime, early := book(today.Format(time.DateOnly), now, "佐藤"), book(today.Format(time.DateOnly), "22:00", "鈴木")
	late, wrong := book(today.Format(time.DateOnly), "06:00", "高橋"), book(date, "10:00", "田中")
	desk := open(t, chrome, "scan", s.URL+"/staff", 1366, 900)
	desk.logIn("2006", "desk", programtest.Password)
	desk.holds("document.querySelectorAll('.ticket.booked[data-ticket]').length === 3")
	scan := func(code string) {
		t.Helper()
		desk.pace()
		desk.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('#checkin').focus()"))
		desk.press(code + "\r")
	}
	row := func(slot, name, want string) {
		t.Helper()
		desk.until(fmt.Sprintf(`[...document.querySelectorAll('[data-slot="%s"] .ticket.waiting')].map(x => x.textContent).join()`, slot),
			func(text string) bool { return strings.Contains(text, name) && strings.Contains(text, want) }, name+" "+want)
	}

	scan(onTime)
	desk.says("#outcome", "1番 来院 佐藤")
	row(now, "佐藤", "院内")
	desk.holds("!document.querySelector('.ticket.waiting .timing') && document.activeElement.id === 'checkin' && document.activeElement.value === ''")
	scan(early)
	desk.says("#outcome", "2番 来院 鈴木")
	row("22:00", "鈴木", "早めに来院")
	desk.pace()
	desk.click(`#service-2006-1 [data-next="2006-1"]`) // from now on a slot is being seen
	desk.says(".ticket.called .person", "佐藤")
	scan(late)
	desk.says("#outcome", "3番 来院 高橋")
	row(now, "高橋", "遅れて来院") // at the end of the slot being seen
	desk.picture("arrived")

	// Another day, the same code twice, and a code of nothing: each is explained, and nothing changes.
	scan(wrong)
	desk.says("#outcome", fmt.Sprintf("%d月%d日", tomorrow.Month(), tomorrow.Day()))
	desk.says("#outcome", "今日の来院受付はできません")
	scan(early)
	desk.says("#outcome", "もう来院しています：2番 鈴木")
	desk.holds("document.activeElement.id === 'checkin'") // for the next code
	scan("https://example.com/")
	desk.says("#outcome", "今日の予約に見つかりません")
	desk.holds("document.querySelectorAll('.ticket.waiting[data-ticket]').length === 2 && document.querySelectorAll('.ticket.booked[data-ticket]').length === 0")
}
