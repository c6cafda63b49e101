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

// offering logs a desk in to a clinic with a morning and an afternoon session on every
// day. By the office's form it opens bookings of the first service for two days ahead,
// with numbers at opening.
func offering(t *testing.T, s *programtest.Running, desk *programtest.Client, office *page) {
	t.Helper()
	var table wire.Timetable
	desk.OK(t, "GET", "/v1/clinics/2005/timetable", nil, &table)
	var week []string
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week = append(week, fmt.Sprintf(`%q:[{"session":"morning","consult":{"from":"09:00","to":"12:00"}},`+
			`{"session":"afternoon","consult":{"from":"15:00","to":"18:00"}}]`, day))
	}
	table.Calendar = json.RawMessage(`{"weekly":{` + strings.Join(week, ",") + `}}`)
	desk.OK(t, "PUT", "/v1/clinics/2005/timetable", table, nil)

	office.logIn("2005", "desk", programtest.Password)
	office.holds("document.querySelector('#service-2005-1 .walkin') && !document.querySelector('.walkin [name=later]')")
	office.click("[data-view=settings]")
	office.fill(`.settings input[name="booking.days"]`, "2")
	office.choose(`.settings select[name="booking.numbers"]`, "opening")
	office.click(".settings button[type=submit]")
	office.shows(".settings .saved", "保存しました。")
	office.click("[data-view=line]")
}

// booked is the button of a booking in the desk's list.
func booked(act string) string { return `.bookings [data-act="` + act + `"]` }

// TestE2E_ADayToComeIsBookedFromThePhone goes from the office's rule to the
// booking, to the desk's list, and back to the phone.
func TestE2E_ADayToComeIsBookedFromThePhone(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2005", "  - {id: 1, name: 内科, webCancel: true, capacity: {web: 2, first: 1, few: 1}}\n  - {id: 2, name: 小児科}\n")
	office := open(t, chrome, "booking-desk", s.URL+"/staff", 1280, 1200)
	offering(t, s, desk, office)
	desk.OK(t, "PUT", "/v1/services/2005-1/reception", wire.ReceptionRequest{Reception: "closed"}, nil)
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().In(zone).AddDate(0, 0, 1)
	day := fmt.Sprintf("%d月%d日", tomorrow.Month(), tomorrow.Day())
	date := tomorrow.Format(time.DateOnly)
	morning, afternoon := date+" morning", date+" afternoon"
	var first wire.Issued
	desk.OK(t, "POST", "/v1/services/2005-1/tickets", wire.IssueRequest{FirstVisit: true, Day: date, Session: "morning"}, &first)
	option := func(value string) string {
		return fmt.Sprintf("document.querySelector('.take select[name=day] option[value=\"%s\"]')", value)
	}

	// Today's web desk is closed: the days to come are what is left to choose.
	plain := open(t, chrome, "booking-none", s.URL+"/s/2005-2", 390, 844)
	phone := open(t, chrome, "booking", s.URL+"/s/2005-1", 390, 844)
	phone.holds("document.querySelector('input[name=later][value=\"\"]').disabled && document.querySelector('input[name=later][value=\"1\"]').checked")
	phone.until(option(afternoon)+".textContent", func(s string) bool { return strings.HasPrefix(s, day) && strings.HasSuffix(s, "午後 15:00〜 ○") }, day)
	phone.until(option(morning)+".textContent", func(s string) bool { return strings.HasSuffix(s, "午前 09:00〜 △ 残りわずか") }, "few")
	phone.says(".take .small", "番号は当日にお渡しします")
	phone.click("[data-first]")
	phone.holds(option(morning) + `.disabled && ` + option(morning) + `.textContent.includes("× 満員") && !` + option(afternoon) + `.disabled`)
	phone.picture("first visits are full")
	phone.click("[data-first]")
	phone.holds("!" + option(morning) + ".disabled")
	phone.choose(".take select[name=day]", afternoon)
	phone.fill("input[name=name]", "順番 花子")
	phone.picture("chosen")
	phone.click(".take button[type=submit]")

	said := func(p *page, when, state string) {
		t.Helper()
		p.says("#day", when)
		p.shows(".mine .state", state)
		p.holds("!document.querySelector('#number') && !document.querySelector('#ahead') && !document.querySelector('.mine [data-go]')")
	}
	said(phone, day, "予約をお受けしています")
	phone.says("#day", "午後")
	phone.says("#today", "の待ち状況") // the board is of another day than the booking
	phone.says(".mine", "番号は当日にお渡しします")
	phone.says(".mine .todo", "当日、順番が近づいたら")
	phone.picture("booked")
	phone.do(chromedp.Navigate(s.URL + "/s/2005-1")) // without the link: the device knows it
	said(phone, day, "予約をお受けしています")
	english := open(t, chrome, "booking-en", phone.text("location.origin + location.pathname + '?lang=en' + location.hash"), 390, 844)
	said(english, tomorrow.Format("2 January"), "You have a booking")
	english.says(".mine", "You get your number on that day")
	english.picture("booked")
	plain.holds("document.querySelector('.take') && !document.querySelector('input[name=later]')")

	// The desk finds it (another one is gone by then), cancels it, takes that back, and cancels it again.
	desk.OK(t, "POST", "/v1/tickets/"+first.Ticket.ID+"/cancel", nil, nil)
	office.click("[data-bookings]")
	office.says("[data-booking]", "順番 花子")
	office.says("[data-booking]", day)
	office.says("[data-booking]", "番号は当日")
	cancel := func() {
		t.Helper()
		office.click(booked("cancel"))
		office.says(".bookings [role=alert]", "予約を取り消してよいですか")
		office.click(booked("cancel-yes"))
		office.says(".bookings .cancelled", "取り消しました")
	}
	cancel()
	phone.shows(".mine .state", "受付は取り消されました")
	office.click(booked("undo"))
	office.holds("document.querySelectorAll('[data-booking]').length === 1 && !document.querySelector('.bookings .cancelled')")
	phone.shows(".mine .state", "予約をお受けしています")
	cancel()
	office.picture("cancelled")
	for _, p := range []*page{phone, english} {
		p.holds("!!document.querySelector('.mine.over')")
	}
	phone.shows(".mine .state", "受付は取り消されました")
	english.shows(".mine .state", "Your ticket was cancelled")

	// Somebody at the desk books too, and the web's place is left.
	office.click("#service-2005-1 .walkin input[name=later]")
	office.choose("#service-2005-1 .walkin select[name=day]", afternoon)
	office.fill("#service-2005-1 .walkin input[name=name]", "窓口 太郎")
	office.click("#service-2005-1 .walkin button[type=submit]")
	office.says("#service-2005-1 .walkin [role=status]", day)
	office.says("[data-booking]", "窓口 太郎")
	office.holds("!document.querySelector('.walkin select[name=day]')")
	office.picture("booked")

	// Who wants the last place, and is too late for it, sees it go.
	other := open(t, chrome, "booking-late", s.URL+"/s/2005-1?lang=en", 390, 844)
	other.do(chromedp.Evaluate[chromedp.Void]("localStorage.clear()"), chromedp.Navigate(s.URL+"/s/2005-1?lang=en&again"))
	other.choose(".take select[name=day]", afternoon)
	for range 2 {
		desk.OK(t, "POST", "/v1/services/2005-1/tickets", wire.IssueRequest{Day: date, Session: "afternoon"}, nil)
	}
	other.click(".take button[type=submit]")
	other.says("#problem", "No online places left")
	other.holds(option(afternoon) + `.disabled && ` + option(afternoon) + `.textContent.includes("× full")`)
	other.picture("full")
}

// TestE2E_TheDeskChangesBookingsInOrder moves a booking of order mode to another day,
// edits it, and edits a ticket that waits today.
func TestE2E_TheDeskChangesBookingsInOrder(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2005", "  - {id: 1, name: 内科, webCancel: true, capacity: {web: 2, first: 1, few: 1}}\n  - {id: 2, name: 小児科}\n")
	office := open(t, chrome, "booking-change", s.URL+"/staff", 1280, 1200)
	offering(t, s, desk, office)
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().In(zone).AddDate(0, 0, 1)
	date, after := tomorrow.Format(time.DateOnly), tomorrow.AddDate(0, 0, 1)
	var mine, walked wire.Issued
	desk.OK(t, "POST", "/v1/services/2005-1/tickets", wire.IssueRequest{PartySize: 1, Day: date, Session: "morning", Patient: wire.Patient{Name: "順番 花子"}}, &mine)
	desk.OK(t, "POST", "/v1/services/2005-1/walkins", wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: "受付 太郎"}}, &walked)
	office.click("[data-bookings]")
	office.says("[data-booking]", "順番 花子")
	office.click(booked("rebook"))
	office.says(".change", "から変更")
	office.holds(fmt.Sprintf(`!document.querySelector('.change option[value="%s morning"]')`, date)) // its own day
	office.choose(".change select[name=day]", after.Format(time.DateOnly)+" afternoon")
	office.picture("move")
	office.click("[data-act=change-yes]")
	office.says("[data-booking]", fmt.Sprintf("%d月%d日", after.Month(), after.Day()))
	office.says("[data-booking]", "午後")
	office.holds("document.querySelectorAll('[data-booking]').length === 1")

	// Twice as many people, and a phone number.
	office.pace()
	office.click(booked("edit"))
	office.choose(".change input[name=partySize]", "2")
	office.fill(".change input[name=phone]", "090-1234-5678")
	office.picture("edit")
	office.click("[data-act=change-yes]")
	office.says("[data-booking]", "2人")
	office.says("[data-booking]", "09012345678")

	// The same of a ticket that waits today, by the key.
	office.pace()
	office.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('.ticket.waiting').focus()"))
	office.press("v")
	office.says(".tickets .change", "受付の内容")
	office.choose(".change input[name=partySize]", "3")
	office.click("[data-act=change-yes]")
	office.says(".ticket.waiting small", "3人")
}
