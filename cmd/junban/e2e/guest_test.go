//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// guestBooking books a slot as a patient does, and returns the booking.
func guestBooking(t *testing.T, c *programtest.Client, id, day, slot, phone string) wire.Issued {
	t.Helper()
	var got wire.Issued
	c.OK(t, "POST", "/v1/services/"+id+"-1/tickets", wire.IssueRequest{Day: day, Slot: slot, Kind: "a", Patient: wire.Patient{Name: "順番 花子", Phone: phone}}, &got)
	return got
}

// has stores bookings on the device of a page, the newest first.
func (p *page) has(bookings ...wire.Issued) {
	p.t.Helper()
	var list []map[string]string
	for _, b := range bookings {
		list = append(list, map[string]string{"id": b.Ticket.ID, "token": b.Token, "cancelCode": b.CancelCode, "clinic": "みなと医院"})
	}
	text, err := json.Marshal(list)
	if err != nil {
		p.t.Fatal(err)
	}
	p.is(fmt.Sprintf("(localStorage.setItem('junban.tickets', %q), 1)", text), "1")
}

// linkOf is the link to a booking's page.
func linkOf(s *programtest.Running, id string, b wire.Issued) string {
	return s.URL + "/s/" + id + "-1#" + b.Ticket.ID + "." + b.Token
}

// rebooks moves a booking as the desk does.
func rebooks(t *testing.T, desk *programtest.Client, b wire.Ticket, day, slot string) wire.Ticket {
	t.Helper()
	var got wire.TicketAnswer
	desk.OK(t, "POST", "/v1/tickets/"+b.ID+"/rebook", wire.RebookRequest{Day: day, Slot: slot}, &got)
	return got.Ticket
}

// TestE2E_AFamilyArrivesByTheEntranceCode opens the page of the entrance on a phone with
// bookings of the day and of others, in every state that an arrival can meet.
func TestE2E_AFamilyArrivesByTheEntranceCode(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := slotClinicFrom(t, s, "2050", 240) // 14:00: from 10:00; 19:30: from 15:30
	today, tomorrow := dates(t)
	date, next := today.Format(time.DateOnly), tomorrow.Format(time.DateOnly)
	mine := guestBooking(t, desk, "2050", date, "14:00", "09000000001")
	early := guestBooking(t, desk, "2050", date, "19:30", "09000000002")
	other := guestBooking(t, desk, "2050", next, "15:00", "09000000003")
	cancelled := guestBooking(t, desk, "2050", date, "14:30", "09000000004")
	moved := guestBooking(t, desk, "2050", next, "16:00", "09000000005")

	p := open(t, chrome, "entrance", s.URL+"/in/2050", 390, 844)
	p.shows("#none", "この端末には、このクリニックの今日の受付がありません。")
	p.has(other)
	p.do(chromedp.Reload())
	p.says(".kept li", "15:00〜15:30")
	p.shows(".kept .is", "今日の受付ではありません。")
	p.holds("!document.querySelector('#arrive') && !!document.querySelector('#none')")
	p.picture("other-day")

	desk.OK(t, "POST", "/v1/tickets/"+cancelled.Ticket.ID+"/cancel", nil, nil)
	rebooks(t, desk, moved.Ticket, date, "16:00")
	p.has(mine, early, other, cancelled, moved)
	p.do(chromedp.Reload())
	p.says(".kept li:nth-child(1) .day", "14:00〜14:30")
	p.holds("!document.querySelector('.kept .number') && !document.querySelector('#none')")
	p.shows(".kept li:nth-child(3) .is", "今日の受付ではありません。")
	p.shows(".kept li:nth-child(4) .is", "受付は取り消されました")
	p.says(".kept li:nth-child(5) .day", "16:00〜16:30")
	p.picture("before")
	p.click("#arrive")
	p.says("#done", "到着を受け付けました")
	p.shows(".kept li:nth-child(1) .here", "✓ 到着済みです")
	p.contains("document.querySelector('.kept li:nth-child(1) .number').textContent", "番")
	p.says(".kept li:nth-child(1) .day", "14:00〜14:30")
	p.says(".kept li:nth-child(2) .problem", "15:30からです")
	p.holds("!document.querySelector('.kept li:nth-child(2) .number')")
	p.contains("document.querySelector('.kept li:nth-child(5) .number').textContent", "番") // of the ticket that replaced it
	p.fits()
	p.picture("after")

	// Again, after a reload: what has arrived says so, and the early one may be tried again.
	p.do(chromedp.Reload())
	p.shows(".kept li:nth-child(1) .here", "✓ 到着済みです")
	p.click("#arrive")
	p.says(".kept li:nth-child(2) .problem", "15:30からです")

	// The desk cancels the early one while the page is open: the arrival shows why.
	desk.OK(t, "POST", "/v1/tickets/"+early.Ticket.ID+"/cancel", nil, nil)
	p.click("#arrive")
	p.shows(".kept li:nth-child(2) .is", "受付は取り消されました")
	p.holds("!document.querySelector('#arrive') && !document.querySelector('.kept .problem')")
	p.picture("ended")
}

// TestE2E_AMovedBookingLeadsOn moves a booking of tomorrow to other days while its page is
// open, and before it is opened again. The owner keeps access and the cancel code.
func TestE2E_AMovedBookingLeadsOn(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := slotClinic(t, s, "2051")
	today, tomorrow := dates(t)
	next, after := tomorrow.Format(time.DateOnly), today.AddDate(0, 0, 2).Format(time.DateOnly)
	mine := guestBooking(t, desk, "2051", next, "15:00", "09000000001")

	p := open(t, chrome, "moved", linkOf(s, "2051", mine), 390, 844)
	p.says("#slot", "15:00〜15:30")
	p.is("(document.title = 'same', 1)", "1") // a reload would lose it
	list := open(t, chrome, "moved-list", s.URL+"/t", 390, 844)
	list.says(".card .day", "15:00〜15:30")
	list.says(".card .todo", "時間帯の始まりに")

	// While both pages are open.
	second := rebooks(t, desk, mine.Ticket, after, "16:30")
	p.says("#slot", "16:30〜17:00")
	p.says("#rebooked", "日時を変更しました")
	p.says("#day", fmt.Sprintf("%d日", today.AddDate(0, 0, 2).Day()))
	p.contains("location.hash", second.ID)
	p.holds("!document.body.innerText.includes('取り消されました')")
	p.picture("open")
	list.says(".card .day", "16:30〜17:00")
	list.holds("document.querySelectorAll('.card').length === 1")
	list.picture("moved")

	// The old link, and the device's own list, after one more move.
	third := rebooks(t, desk, second, next, "18:00")
	p.contains("location.hash", third.ID)
	fresh := open(t, chrome, "moved-link", linkOf(s, "2051", mine), 390, 844)
	fresh.says("#slot", "18:00〜18:30")
	fresh.contains("location.hash", third.ID)
	fresh.holds("JSON.parse(localStorage['junban.tickets']).length === 1")
	other := open(t, browser(t), "moved-other", linkOf(s, "2051", mine), 390, 844) // another device, without the code
	other.says("#slot", "18:00〜18:30")
	other.says("#rebooked", "日時を変更しました")

	// Without scripts the booking is found by its phone number, and cancelled with the same code.
	plain := open(t, chrome, "moved-plain", s.URL+"/s/2051-1", 390, 844, withoutScripts())
	plain.do(chromedp.Click(".lost a"))
	plain.fill("input[name=phone]", "09000000001")
	plain.do(chromedp.Click(".lookup button"))
	plain.says("#found", "18:00〜18:30")
	plain.holds("document.querySelectorAll('#found .one').length === 1")
	plain.do(chromedp.Click("#found summary"))
	plain.fill("#found input[name=code]", mine.CancelCode)
	plain.do(chromedp.Click("#found button.danger"))
	plain.says("#cancelled", "取り消しました")
	p.shows(".mine .state", "受付は取り消されました")
	list.says(".card .todo", "受付は取り消されました")
}

// TestE2E_AClosedDateIsExplained closes a date with a booking whose page is open.
func TestE2E_AClosedDateIsExplained(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := slotClinic(t, s, "2052")
	_, tomorrow := dates(t)
	next := tomorrow.Format(time.DateOnly)
	mine := guestBooking(t, desk, "2052", next, "15:00", "09000000001")
	p := open(t, chrome, "closed", linkOf(s, "2052", mine), 390, 844)
	p.says("#slot", "15:00〜15:30")
	var list wire.Affected
	path := "/v1/services/2052-1/days/" + next
	desk.OK(t, "GET", path+"/bookings", nil, &list)
	desk.OK(t, "POST", path+"/close", wire.CloseDateRequest{Affected: list.Affected}, nil)
	p.says(".mine", "クリニックの都合で取り消されました")
	p.says(".mine .todo", "予約しなおして")
	p.picture("page")
}
