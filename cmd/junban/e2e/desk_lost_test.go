//go:build unix

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestE2E_APressWhoseAnswerIsLostActsOnce loses every response to a click, and clicks
// again when the connection is back.
func TestE2E_APressWhoseAnswerIsLostActsOnce(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := deskOver(t, chrome, s, "lost", 3)
	desk.holds("(real => (window.real = real, window.fetch = (...a) => real(...a).then(() => { throw new TypeError('lost') }), true))(window.fetch)")
	desk.press("1")
	desk.says("#outcome", "送信中")
	desk.press("1")                                              // while it is in progress: a message, no request
	desk.says("#problem", "いまは「第1診察室：1番」です。 もう一度送っても二重にはなりません。") // the line lives, and knows
	desk.picture("unknown")
	desk.holds("(window.fetch = window.real, true)")
	desk.press("1")
	desk.holds("!document.querySelector('#problem')")
	desk.says("#outcome", "1番")
	desk.holds("document.querySelectorAll('" + line + " .ticket.called').length === 1")
	desk.shows(line+" .waiting", "2組")
	desk.press("2") // the outcome is known: another click is another act
	desk.shows(line+" .waiting", "1組")
}

// TestE2E_APressOverABrokenLineIsSettled cuts the connection during a click. It reads
// the desk's message at each step until the act is done, once.
func TestE2E_APressOverABrokenLineIsSettled(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := deskOver(t, chrome, s, "broken", 3)
	desk.press("2")
	desk.shows(line+" .waiting", "2組")
	cut := func() {
		t.Helper()
		kill(t, s)
		desk.holds("!document.querySelector('.link.live')")
	}
	mend := func() {
		t.Helper()
		s = startAgain(t, s)
		desk.holds("!!document.querySelector('.link.live')")
	}
	called := func(n int) string {
		return fmt.Sprintf("document.querySelectorAll('%s .ticket.called').length === %d", line, n)
	}

	cut()
	desk.press("1")
	desk.says("#outcome", "通信が切れています")
	desk.says("#problem", "届いたかどうか分かりません。 通信が戻りしだい、ここでお知らせします。")
	desk.press("2") // one thing at a time
	desk.says("#problem", "先に「もう一度送る」か「閉じる」")
	desk.click("[data-view=changes]") // what cannot be read wipes no doubt
	desk.holds("!document.querySelector('[data-view=line]').disabled")
	desk.says("#problem", "届いたかどうか分かりません")
	desk.click("[data-view=line]")
	desk.press("u") // would take back another act than the one in doubt
	desk.holds("document.querySelector('#undo').disabled")
	desk.picture("cut")
	mend()
	desk.says("#problem", "いまは「第1診察室：空室」です。") // plainly not done
	desk.holds(called(1))
	desk.picture("back")
	desk.press("1")
	desk.holds("!document.querySelector('#problem')")
	desk.holds(called(2))
	desk.shows(line+" .waiting", "1組")

	// What was lost long ago is not offered again: the line has moved on.
	one := desk.ticket("1234-1", 2)
	desk.press("/")
	desk.press("2\r")
	cut()
	desk.press("e")
	desk.says("#problem", "ここでお知らせします")
	desk.do(chromedp.Evaluate[chromedp.Void]("(now => { Date.now = () => now() + 61000 })(Date.now.bind(Date))"))
	mend()
	desk.says("#problem", "いまは「2番：呼出中」です。 一覧を見て、必要ならあらためて操作してください。")
	desk.holds("document.querySelectorAll('#problem button').length === 1")
	desk.click("#problem button")
	desk.click(onTicket(one, "enter"))
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, one), "診察中")
}
