//go:build unix

package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestE2E_TheDeskWorksByKeys receives, calls, sees and takes back without a
// pointer, and does nothing while somebody types or holds a key.
func TestE2E_TheDeskWorksByKeys(t *testing.T) {
	t.Parallel()
	needs(t, redisServer)
	chrome := browser(t)
	s := serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=a password of mine"})
	desk := open(t, chrome, "keys", s.url+"/staff", 1366, 768)
	login(desk)
	desk.holds("!!document.querySelector('.walkin')")

	// A walk-in by keys alone; digits and letters in a field are text.
	for n := 1; n <= 3; n++ {
		desk.press("w")
		desk.holds("document.activeElement.name === 'name'")
		desk.press("1u")
		desk.holds("document.activeElement.value === '1u'")
		desk.press("\r")
		desk.shows(line+" .walkin .note .number", fmt.Sprint(n))
		desk.holds("document.activeElement.name !== 'name'")
	}
	desk.holds("document.querySelectorAll('.ticket.called').length === 0")
	one, two, three := desk.ticket("1234-1", 1), desk.ticket("1234-1", 2), desk.ticket("1234-1", 3)
	state := func(id, want string) {
		t.Helper()
		desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, id), want)
	}

	// The next one under a digit; two keys for any act; the keyboard stays on its ticket.
	desk.press("1")
	state(one, "呼出中")
	desk.says("#told", "1番")
	desk.picture("called")
	desk.press("/")
	desk.press("1\r")
	desk.holds(fmt.Sprintf("document.activeElement.dataset.ticket === %q", one))
	desk.press("e")
	state(one, "診察中")
	desk.holds(fmt.Sprintf("document.activeElement.closest('[data-ticket]')?.dataset.ticket === %q", one))

	// Taken back, one act after the other.
	desk.press("u")
	state(one, "呼出中")
	desk.press("/")
	desk.press("2\r")
	desk.press("d")
	desk.holds(fmt.Sprintf(`!!document.querySelector('[data-ticket="%s"] .danger')`, two)) // asked first
	desk.press("\x1b")
	state(two, "待ち")

	// A held key acts once.
	desk.holds("document.querySelector('[data-room=\"2\"]').disabled === false")
	for _, held := range []string{"false", "true", "true", "true"} {
		desk.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '2', repeat: %s, bubbles: true, cancelable: true}))", held)))
	}
	state(two, "呼出中")
	state(three, "待ち")

	desk.press("?")
	desk.says("#help", "その部屋の次の方を呼ぶ")
	desk.picture("help")
	desk.press("2") // a digit on the help does nothing
	desk.press("?")
	desk.holds("!document.querySelector('#help')")
	state(three, "待ち")
}
