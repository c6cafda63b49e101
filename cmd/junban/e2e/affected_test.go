//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// tomorrow returns the clinic's next day, and books a ticket for it at the desk.
func tomorrow(t *testing.T, desk *programtest.Client) (date string, book func(name, phone, session string) wire.Issued) {
	t.Helper()
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	date = time.Now().In(zone).AddDate(0, 0, 1).Format(time.DateOnly)
	return date, func(name, phone, session string) (issued wire.Issued) {
		t.Helper()
		desk.OK(t, "POST", "/v1/services/2005-1/walkins", wire.IssueRequest{Day: date, Session: session, Patient: wire.Patient{Name: name, Phone: phone}}, &issued)
		return issued
	}
}

// TestE2E_ADayIsClosedUnderBookings closes a day that has bookings. The office sees
// them before it saves. The desk lists them with their phone numbers until each is
// cancelled. The ticket's page shows that the day is closed.
func TestE2E_ADayIsClosedUnderBookings(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2005", "  - {id: 1, name: 内科, webCancel: true}\n  - {id: 2, name: 小児科}\n")
	office := open(t, chrome, "closing", s.URL+"/staff", 1280, 1200)
	offering(t, s, desk, office)
	date, book := tomorrow(t, desk)
	one := book("順番 花子", "09011112222", "morning")
	book("順番 太郎", "", "afternoon")

	phone := open(t, chrome, "closed-day", fmt.Sprintf("%s/s/2005-1#%s.%s", s.URL, one.Ticket.ID, one.Token), 390, 844)
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
	english := open(t, chrome, "closed-day-en", fmt.Sprintf("%s/s/2005-1?lang=en#%s.%s", s.URL, one.Ticket.ID, one.Token), 390, 844)
	english.says(".mine", "call the clinic")

	office.click("[data-view=line]")
	office.says("#affected-now h2", "3件")
	office.says("#affected-now", "09033334444")
	office.picture("to call")
	office.click(`#affected-now [data-booking="` + one.Ticket.ID + `"] [data-act=cancel]`)
	office.click(`#affected-now [data-booking="` + one.Ticket.ID + `"] [data-act="cancel-yes"]`)
	office.says("#affected-now h2", "2件")
	office.do(chromedp.Navigate(s.URL + "/staff?lang=en")) // it is not of this page alone
	office.says("#affected-now h2", "(2)")
	office.says("#affected-now", "順番 太郎")
	phone.shows(".mine .state", "受付は取り消されました")

	// The day opens again: no booking is affected any more.
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/2005/timetable", nil, &table)
	table.Calendar = []byte(`{"weekly":{"mon":[{"session":"morning","consult":{"from":"09:00","to":"12:00"}}]}}`)
	if code := desk.Do(t, "PUT", "/v1/clinics/2005/timetable", nil, table, nil); code != 200 {
		t.Errorf("a change that affects nobody else is answered with %d", code)
	}
}

// TestE2E_ASessionIsShortenedUnderBookings shortens a session that has bookings. Every
// browser of the desk lists them until each patient was contacted or the booking
// cancelled. A clinic file that closes the day is refused with a list of the other
// bookings, unless the operator accepts it.
func TestE2E_ASessionIsShortenedUnderBookings(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	const services = "  - {id: 1, name: 内科, webCancel: true, booking: {days: 2}}\n  - {id: 2, name: 小児科}\n"
	desk := imported(t, s, "2005", strings.Replace(services, ", booking: {days: 2}", "", 1))
	office := open(t, chrome, "shortening", s.URL+"/staff", 1280, 1200)
	offering(t, s, desk, office)
	date, book := tomorrow(t, desk)
	one, two := book("順番 花子", "09011112222", "morning"), book("順番 太郎", "09033334444", "morning")
	book("順番 次郎", "09055556666", "afternoon")

	office.click("[data-view=timetable]")
	office.click(`.timetable [data-add="exceptions"]`)
	office.choose(".exception input[type=date]", date)
	office.click(".exception .check input")
	office.click(`.timetable [data-add="exceptions[0].frames"]`)
	office.click(`.timetable [data-add="exceptions[0].frames"]`)
	office.choose(`[data-frame="exceptions[0].frames[0]"] .span input:last-of-type`, "11:00")
	office.click(".timetable .save button")
	office.says("#affected", "2件の予約")
	office.says("#affected", "09033334444")
	office.picture("asked")
	office.click("[data-affected=yes]")
	office.shows(".timetable .saved", "保存しました。")

	second := open(t, browser(t), "second-desk", s.URL+"/staff", 1280, 1200)
	second.logIn("2005", "desk", programtest.Password)
	office.click("[data-view=line]")
	of := func(i wire.Issued, act string) string {
		return fmt.Sprintf("#affected-now [data-booking=%q] [data-act=%q]", i.Ticket.ID, act)
	}
	for _, p := range []*page{office, second} {
		p.says("#affected-now h2", "（2件）")
		p.says("#affected-now", "09011112222")
		p.says("#affected-now", "09033334444")
		p.says("#affected-now", "09:00〜11:00")
		p.holds("!document.querySelector('#affected-now').textContent.includes('次郎')")
	}
	office.picture("to call")
	office.click(of(one, "contacted"))
	office.says("#affected-now h2", "（1件）")
	office.says("#affected-now", "連絡済みにしました")
	office.picture("told")
	second.says("#affected-now h2", "（1件）") // without an action
	office.click(of(one, "untell"))
	office.says("#affected-now h2", "（2件）")
	office.click(of(one, "contacted"))
	office.says("#affected-now h2", "（1件）")
	second.says("#affected-now h2", "（1件）")
	second.click(of(two, "cancel"))
	second.click(of(two, "cancel-yes"))
	second.holds("!document.querySelector('#affected-now')")
	office.holds("!document.querySelector('#affected-now') || document.querySelector('#affected-now h2').textContent.includes('（0件）')")
	phone := open(t, browser(t), "told-patient", fmt.Sprintf("%s/s/2005-1#%s.%s", s.URL, one.Ticket.ID, one.Token), 390, 844)
	phone.shows(".mine .state", "予約をお受けしています")

	// A file closes the day.
	file := fmt.Sprintf("id: \"2005\"\nname: みなと医院\nphone: 03-0000-1234\nzone: %s\nservices:\n%s"+
		"rooms:\n  - {id: 1, name: 第1診察室, services: [1, 2]}\n  - {id: 2, name: 第2診察室, services: [1, 2]}\n"+
		"calendar:\n  weekly:\n    mon: &day\n      - {session: morning, consult: {from: \"09:00\", to: \"12:00\"}}\n"+
		"      - {session: afternoon, consult: {from: \"15:00\", to: \"18:00\"}}\n    tue: *day\n    wed: *day\n    thu: *day\n    fri: *day\n    sat: *day\n    sun: *day\n"+
		"  exceptions:\n    - {date: %q, closed: true, reason: 臨時休診}\n", queuetest.Noon(), services, date)
	var before, after wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/2005/timetable", nil, &before)
	code, stdout, stderr := programtest.Result(t, file, nil, "--data="+s.Data, "clinic", "import", "-")
	if code != 1 || stdout != "" {
		t.Errorf("the import exits with %d: %s", code, stdout)
	}
	for _, want := range []string{
		"2005 みなと医院: 2 tickets lose all or part of their session", "SERVICE", "nothing was imported: 2 live tickets of 1 clinics", "--accept-affected",
		"2005-1   -       " + date + "  morning    09011112222  順番 花子", "2005-1   -       " + date + "  afternoon  09055556666  順番 次郎",
	} {
		if !strings.Contains(stderr, want) {
			t.Errorf("the import does not write %q:\n%s", want, stderr)
		}
	}
	desk.OK(t, "GET", "/v1/clinics/2005/timetable", nil, &after)
	if before.Rev != after.Rev {
		t.Error("a refused import has changed the record")
	}
	if code, _, stderr := programtest.Result(t, file, nil, "--data="+s.Data, "clinic", "list", "--accept-affected"); code != 2 {
		t.Errorf("the flag of another command exits with %d: %s", code, stderr)
	}
	code, stdout, stderr = programtest.Result(t, file, nil, "--data="+s.Data, "clinic", "import", "--accept-affected", "-")
	if code != 0 || !strings.Contains(stdout, "imported 2005") || !strings.Contains(stderr, "順番 花子") {
		t.Errorf("the import that accepts it exits with %d: %s%s", code, stdout, stderr)
	}
	for _, p := range []*page{office, second} {
		p.says("#affected-now h2", "（2件）") // the patient was contacted about shorter hours, not about this
		p.says("#affected-now", "休みになった時間帯")
		p.says("#affected-now", "順番 次郎")
	}
	second.picture("closed by a file")
	phone.says(".mine", "この日の診療は休みになりました")
	if code, _, stderr := programtest.Result(t, file, nil, "--data="+s.Data, "clinic", "import", "-"); code != 0 || strings.Contains(stderr, "順番") {
		t.Errorf("the same file again exits with %d: %s", code, stderr)
	}
}
