//go:build unix

package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue"
	"junban/queue/queuetest"
)

// TestE2E_TheDeskUndoesAFlood lets one network take many numbers. The desk sees the
// flood, reads the names, keeps one and cancels the rest. Then a surge pauses the web
// desk, and the desk reopens it.
func TestE2E_TheDeskUndoesAFlood(t *testing.T) {
	t.Parallel()
	s, chrome := start(t, "--trusted-proxies=127.0.0.1")
	c := s.Client()
	taken := 0
	take := func(address, name string) int {
		t.Helper()
		taken++
		header := map[string]string{"Idempotency-Key": programtest.Key(fmt.Sprint(taken)), "X-Forwarded-For": address}
		return c.Do(t, "POST", "/v1/services/1234-1/tickets", header, wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: name}}, nil)
	}
	take("192.0.2.1", "花子")
	for n := range 23 {
		if status := take(fmt.Sprintf("2001:db8:7:%x::1", n), fmt.Sprint("あ", n)); status != http.StatusCreated {
			t.Fatalf("number %d of the network is answered with %d", n, status)
		}
	}
	take("192.0.2.2", "太郎")

	desk := openDesk(t, chrome, "flood", s, 1366, 768)
	desk.shows(line+" .waiting", "25組")
	desk.says(".marks .warns", "同じ発信元からネット受付が23件あります。")
	desk.holds("[...document.querySelectorAll('" + line + " .ticket small')].filter(e => e.textContent.includes('同じ発信元 23件')).length === 23")
	desk.click(".marks [data-look]")
	desk.holds("document.querySelectorAll('.marks li').length === 23")
	desk.says(".marks li", "あ0")
	desk.click(".marks li input")
	desk.shows("[data-cancel-marked]", "チェックした22件を取り消す")
	desk.picture("marks")
	desk.click("[data-cancel-marked]")
	desk.shows(".marks [role=status]", "22件を取り消しました。")
	desk.shows(line+" .waiting", "3組")
	desk.holds("!document.querySelector('[data-look]')")
	desk.click("[data-view=acts]")
	desk.says(".journal table", "同じ発信元からの受付22件をまとめて取消")

	desk.click("[data-view=clinic]")
	desk.fill(".clinic input[name=autoPause]", "5")
	desk.click(".clinic button[type=submit]")
	desk.shows(".clinic .saved", "保存しました。")
	desk.click("[data-view=line]")
	given := 0
	for ; given <= queue.DefaultBounds.NewSurge; given++ {
		if take(fmt.Sprintf("198.51.%d.%d", given/250, 1+given%250), "") != http.StatusCreated { // one network alone is no surge
			break
		}
	}
	if given != queue.DefaultBounds.NewSurge {
		t.Errorf("the web desk pauses after %d numbers", given)
	}
	desk.says(line+" .surge", "自動で一時停止しました")
	desk.says(line+" .reception", "自動で停止しました")
	desk.holds("!document.querySelector('" + line + " .reception').textContent.includes('手動')")
	desk.picture("surge")
	patient := open(t, chrome, "patient", s.URL+"/s/1234-1", 360, 740)
	patient.says("body", "短時間に申し込みが集中したため。お電話でお問い合わせください")
	desk.click(line + " [data-reopen]")
	desk.holds("!document.querySelector('" + line + " .surge')")
	desk.click(line + ` [data-reception="paused"]`)
	desk.says(line+" .reception", "手動で変更しています")
	desk.click(line + ` [data-reception="auto"]`)
	desk.holds("!document.querySelector('" + line + " .reception').textContent.includes('手動')")
	desk.holds(fmt.Sprintf("document.querySelector('%s .walkin input[name=number]').max === '%d'", line, queue.MostNumber))
	if status := take("192.0.2.9", ""); status != http.StatusCreated {
		t.Errorf("after it was opened again a number is answered with %d", status)
	}
}

// TestE2E_TheDeskUndoesAFloodOfBookings lets one network book many numbers of a day to
// come. The desk keeps one booking and cancels the rest of that day with one action.
// Bookings of other networks and days stay.
func TestE2E_TheDeskUndoesAFloodOfBookings(t *testing.T) {
	t.Parallel()
	s, chrome := start(t, "--trusted-proxies=127.0.0.1")
	client := imported(t, s, "2005", "  - {id: 1, name: 内科}\n  - {id: 2, name: 小児科}\n")
	desk := open(t, chrome, "flood-of-bookings", s.URL+"/staff", 1280, 1200)
	offering(t, s, client, desk)
	zone, err := time.LoadLocation(queuetest.Noon())
	if err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().In(zone).AddDate(0, 0, 1)
	taken := 0
	book := func(address, name string, at time.Time) {
		t.Helper()
		taken++
		header := map[string]string{"Idempotency-Key": programtest.Key(fmt.Sprint(taken)), "X-Forwarded-For": address}
		q := wire.IssueRequest{PartySize: 1, Day: at.Format(time.DateOnly), Patient: wire.Patient{Name: name}}
		if status := client.Do(t, "POST", "/v1/services/2005-1/tickets", header, q, nil); status != http.StatusCreated {
			t.Fatalf("the booking of %s is answered with %d", name, status)
		}
	}
	for n := range 6 {
		book(fmt.Sprintf("2001:db8:7:%x::1", n), fmt.Sprint("あ", n), tomorrow)
	}
	book("192.0.2.1", "順番 花子", tomorrow)
	for n := range 2 {
		book(fmt.Sprintf("2001:db8:7:%x::1", n), fmt.Sprint("い", n), tomorrow.AddDate(0, 0, 1))
	}

	day := fmt.Sprintf("%d月%d日", tomorrow.Month(), tomorrow.Day())
	rows := func(n int) string { return fmt.Sprintf("document.querySelectorAll('[data-booking]').length === %d", n) }
	desk.click("[data-bookings]")
	desk.holds(rows(9))
	desk.says(".bookings .marks", day)
	desk.says(".bookings .marks", "同じ発信元から6件")
	desk.holds("[...document.querySelectorAll('[data-booking] small')].filter(e => e.textContent.includes('同じ発信元 6件')).length === 6")
	desk.click(".bookings [data-look]")
	desk.holds("document.querySelectorAll('.bookings .marks li').length === 6")
	desk.says(".bookings .marks li", "あ0")
	desk.click(".bookings .marks li input")
	desk.shows(".bookings [data-cancel-marked]", "チェックした5件を取り消す")
	desk.picture("marks")
	desk.click(".bookings [data-cancel-marked]")
	desk.shows(".bookings .marks [role=status]", "5件を取り消しました。")
	desk.holds(rows(4))
	desk.holds("!document.querySelector('.bookings [data-look]')")
	for _, name := range []string{"順番 花子", "あ0", "い0", "い1"} {
		desk.holds(fmt.Sprintf("[...document.querySelectorAll('[data-booking]')].some(e => e.textContent.includes('%s'))", name))
	}
}
