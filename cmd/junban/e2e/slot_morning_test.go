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
)

// morningClinic imports a clinic where it is between 8:00 and 9:00. Its first service has
// slots of an hour from 9:00 to 12:00, and patients may come and be called before. It
// returns the desk's client and the clinic's date.
func morningClinic(t *testing.T, s *programtest.Running, id string) (desk *programtest.Client, date string) {
	t.Helper()
	behind := time.Now().UTC().Hour() - 8
	if behind > 12 {
		behind -= 24
	}
	zone := fmt.Sprintf("Etc/GMT%+d", behind)
	desk = importedIn(t, s, zone, id, "  - {id: 1, name: 内科, mode: slot, unit: 人, webCancel: true, slot: {minutes: 60, web: 3, desk: 1, lead: 0, arriveFrom: 720, reach: 720}}\n  - {id: 2, name: 小児科}\n")
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/"+id+"/timetable", nil, &table)
	var week []string
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week = append(week, fmt.Sprintf(`%q:[{"session":"morning","consult":{"from":"09:00","to":"12:00"}}]`, day))
	}
	table.Calendar = json.RawMessage(`{"weekly":{` + strings.Join(week, ",") + `}}`)
	desk.OK(t, "PUT", "/v1/clinics/"+id+"/timetable", table, nil)
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	return desk, time.Now().In(at).Format(time.DateOnly)
}

// TestE2E_AMorningOfASlotClinic plays a morning in two browsers, a phone and a desk, from
// the booking to the end of the visit, in two languages. Other patients arrive before.
func TestE2E_AMorningOfASlotClinic(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	for _, m := range []struct {
		lang, clinic                                                                          string
		none, caution, booked, come, ahead, next, enter, done, called, arrived, over, missing string
	}{
		{
			lang: "ja", clinic: "2060", none: "まだお呼び出しは始まっていません", caution: "現在の時刻ではありません", booked: "予約できました",
			come: "10:00までにお越しください", ahead: "2人", next: "次が", enter: "第1診察室へお入りください", done: "診察は終わりました",
			called: "1人", arrived: "3番 来院 順番 花子", over: "診察中の時間枠", missing: "予約1・来院0・呼出済0・終了0・未来院1",
		},
		{
			lang: "en", clinic: "2061", none: "No calls yet today", caution: "not the present time", booked: "Your booking is made",
			come: "Please come by 10:00", ahead: "2 people", next: "You are next", enter: "Please go to 第1診察室", done: "Your visit is over",
			called: "1 person", arrived: "", over: "slot being seen", missing: "1 booked, 0 arrived, 0 called, 0 seen, 1 missing",
		},
	} {
		t.Run(m.lang, func(t *testing.T) {
			api, date := morningClinic(t, s, m.clinic)
			page := s.URL + "/s/" + m.clinic + "-1?lang=" + m.lang
			phone := open(t, browser(t), "morning-"+m.lang+"-phone", page, 390, 844)
			phone.says("#serving", m.none)
			phone.says("#caution", m.caution)
			phone.do(chromedp.Click("#book"))
			phone.click(fmt.Sprintf(`#days a[data-day="%s"]`, date))
			phone.click(slotInput("10:00"))
			phone.fill("input[name=name]", "順番 花子")
			phone.fill("input[name=phone]", "090-0000-3333")
			phone.picture("form")
			phone.click("#book button[value=check]")
			phone.click("#do button[value=do]")
			phone.says("#booked", m.booked)
			phone.do(chromedp.Click("#page"))
			phone.says(".mine", m.come)
			phone.picture("booked")
			takeMorning := func(slot, name, number string) {
				t.Helper()
				api.OK(t, "POST", "/v1/services/"+m.clinic+"-1/tickets", wire.IssueRequest{Day: date, Slot: slot, Patient: wire.Patient{Name: name, Phone: number}}, nil)
			}
			takeMorning("10:00", "早川", "09000001111")
			takeMorning("09:00", "佐藤", "09000002222")
			takeMorning("11:00", "欠席", "09000004444")

			// The desk receives two patients. The third arrives by the code of the entrance.
			desk := open(t, browser(t), "morning-"+m.lang+"-desk", s.URL+"/staff?lang="+m.lang, 1366, 900)
			desk.logIn(m.clinic, "desk", programtest.Password)
			line := "#service-" + m.clinic + "-1"
			desk.holds("document.querySelectorAll('.ticket.booked[data-ticket]').length === 4")
			for n, digits := range []string{"1111", "2222"} {
				desk.pace()
				desk.fill("#checkin", digits)
				desk.do(chromedp.KeyEvent("\r"))
				desk.holds(fmt.Sprintf("document.querySelectorAll('.ticket.waiting').length === %d", 1+n))
			}
			phone.do(chromedp.Navigate(s.URL + "/in/" + m.clinic + "?lang=" + m.lang))
			phone.click("#arrive")
			desk.says(`[data-slot="10:00"]`, "3")
			desk.holds(`document.querySelectorAll('[data-slot="10:00"] .ticket.waiting').length === 2`)
			desk.picture("arrived")
			phone.do(chromedp.Navigate(page))
			phone.shows("#number", "3")
			phone.says("#ahead", m.ahead)
			phone.picture("waiting")

			// The slot of 9:00 comes first. In that of 10:00 the order is that of arrival. The
			// page follows without a reload.
			next := func() {
				t.Helper()
				desk.pace()
				desk.click(line + fmt.Sprintf(` [data-next="%s-1"]`, m.clinic))
			}
			next()
			phone.says("#serving", "9:00")
			desk.says(`[data-slot="09:00"] header`, m.over)
			next()
			phone.says("#serving", "10:00")
			phone.says("dd.called", m.called)
			phone.says("#ahead", m.next)
			phone.picture("next")
			next()
			phone.says(".todo", m.enter)
			phone.picture("called")
			desk.picture("called")
			desk.click(line + ` .ticket.called [data-act=finish]`)
			phone.shows(".mine .state", m.done)
			phone.fits()
			phone.picture("done")

			// The patient of 11:00 never comes.
			desk.says(`[data-slot="11:00"] .counts`, m.missing)
			desk.fits()
			desk.picture("done")
		})
	}
}
