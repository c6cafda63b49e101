//go:build unix

package main

import (
	"fmt"
	"net/http"
	"testing"

	"junban/api/wire"
	"junban/queue"
)

// TestE2E_TheDeskUndoesAFlood lets one network take many numbers. The desk sees it,
// looks at the names, keeps one and cancels the rest; then the numbers jump, the web
// desk pauses by itself and the desk opens it again (S4).
func TestE2E_TheDeskUndoesAFlood(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"}, "--trusted-proxies=127.0.0.1")
	c := client{url: s.url}
	taken := 0
	take := func(address, name string) int {
		t.Helper()
		taken++
		header := map[string]string{"Idempotency-Key": longKey(fmt.Sprint(taken)), "X-Forwarded-For": address}
		return c.do(t, "POST", "/v1/services/1234-1/tickets", header, wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: name}}, nil)
	}
	take("192.0.2.1", "花子")
	for n := range 23 {
		if status := take(fmt.Sprintf("2001:db8:7:%x::1", n), fmt.Sprint("あ", n)); status != http.StatusCreated {
			t.Fatalf("number %d of the network is answered with %d", n, status)
		}
	}
	take("192.0.2.2", "太郎")

	desk := open(t, chrome, "flood", s.url+"/staff", 1366, 768)
	login(desk)
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
	patient := open(t, chrome, "patient", s.url+"/s/1234-1", 360, 740)
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
