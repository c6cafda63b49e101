//go:build unix

package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// TestE2E_ADayIsClosedUnderBookings closes a day on which patients are booked:
// the office sees them before it saves, the desk keeps them in a list with their
// phone numbers until each is cancelled, and the ticket's page reports that the
// day is closed (row U3).
func TestE2E_ADayIsClosedUnderBookings(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), nil)
	desk := imported(t, s, "2005", "  - {id: 1, name: 内科, webCancel: true}\n  - {id: 2, name: 小児科}\n")
	office := open(t, chrome, "closing", s.url+"/staff", 1280, 1200)
	offering(t, s, desk, office)
	zone, err := time.LoadLocation(noonZone())
	if err != nil {
		t.Fatal(err)
	}
	date := time.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
	book := func(name, phone, session string) wire.Issued {
		t.Helper()
		var issued wire.Issued
		desk.ok(t, "POST", "/v1/services/2005-1/walkins", wire.IssueRequest{Day: date, Session: session, Patient: wire.Patient{Name: name, Phone: phone}}, &issued)
		return issued
	}
	one := book("順番 花子", "09011112222", "morning")
	book("順番 太郎", "", "afternoon")

	phone := open(t, chrome, "closed-day", fmt.Sprintf("%s/s/2005-1#%s.%s", s.url, one.Ticket.ID, one.Token), 390, 844)
	phone.shows(".mine .state", "予約をお受けしています")

	office.click("[data-view=timetable]")
	office.click(`.timetable [data-add="exceptions"]`)
	office.choose(".exception input[type=date]", date)
	office.click(".timetable .save button")
	office.says("#affected", "2件の予約")
	office.says("#affected", "09011112222")
	office.says("#affected", "電話番号なし")
	office.picture("asked")
	office.click("[data-affected=no]")
	office.holds("!document.querySelector('#affected')")
	phone.shows(".mine .state", "予約をお受けしています") // nothing was saved

	// A booking that comes between the question and the answer is asked for again.
	office.click(".timetable .save button")
	office.says("#affected", "2件の予約")
	book("順番 次郎", "09033334444", "afternoon")
	office.click("[data-affected=yes]")
	office.says("#affected", "3件の予約")
	office.click("[data-affected=yes]")
	office.shows(".timetable .saved", "保存しました。")
	office.holds("!document.querySelector('#affected')")

	phone.says(".mine", "この日の診療は休みになりました")
	phone.picture("told")
	english := open(t, chrome, "closed-day-en", fmt.Sprintf("%s/s/2005-1?lang=en#%s.%s", s.url, one.Ticket.ID, one.Token), 390, 844)
	english.says(".mine", "call the clinic")

	office.click("[data-view=line]")
	office.says("#affected-now h2", "3件")
	office.says("#affected-now", "09033334444")
	office.picture("to call")
	office.click(`#affected-now [data-booking="` + one.Ticket.ID + `"] [data-act=cancel]`)
	office.click(`#affected-now [data-booking="` + one.Ticket.ID + `"] [data-act="cancel-yes"]`)
	office.says("#affected-now h2", "2件")
	office.do(chromedp.Navigate(s.url + "/staff?lang=en")) // it is not of this page alone
	office.says("#affected-now h2", "(2)")
	office.says("#affected-now", "順番 太郎")
	phone.shows(".mine .state", "受付は取り消されました")

	// The day opens again: nobody is affected any more.
	var table wire.Timetable
	desk.ok(t, "GET", "/v1/clinics/2005/timetable", nil, &table)
	table.Calendar = []byte(`{"weekly":{"mon":[{"session":"morning","consult":{"from":"09:00","to":"12:00"}}]}}`)
	if code := desk.do(t, "PUT", "/v1/clinics/2005/timetable", nil, table, nil); code != 200 {
		t.Errorf("a change that affects nobody else is answered with %d", code)
	}
}
