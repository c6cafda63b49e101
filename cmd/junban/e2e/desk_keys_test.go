//go:build unix

package e2e

import (
	"context"
	"fmt"
	"testing"

	"junban/cmd/junban/internal/programtest"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestE2E_TheDeskWorksByKeys receives, calls, sees and takes back without a
// pointer, and does nothing while somebody types or holds a key.
func TestE2E_TheDeskWorksByKeys(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "keys", s, 1366, 768)
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
	desk.says("#outcome", "1番")
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
	desk.says("#help", "その番号の部屋に次の方を呼ぶ")
	desk.picture("help")
	desk.press("2") // a digit on the help does nothing
	desk.press("?")
	desk.holds("!document.querySelector('#help')")
	state(three, "待ち")
}

// TestE2E_TwoDesksCallTwoPeople clicks at two desks at the same moment.
func TestE2E_TwoDesksCallTwoPeople(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	one := deskOver(t, chrome, s, "one desk", 3)
	other := open(t, chrome, "another desk", s.URL+"/staff", 1366, 768)
	other.shows(line+" .waiting", "3組")
	pressed := make(chan error, 2)
	for key, desk := range map[string]*page{"1": one, "2": other} {
		go func() { pressed <- chromedp.Do(desk.ctx, chromedp.KeyEvent(key)) }()
	}
	for range 2 {
		if err := <-pressed; err != nil {
			t.Fatal(err)
		}
	}
	for _, desk := range []*page{one, other} {
		desk.shows(line+" .waiting", "1組")
		desk.holds("document.querySelectorAll('" + line + " .ticket.called').length === 2")
		desk.says("#outcome", "完了")
		desk.says("#undo", "U") // each its own
		desk.picture("both called")
	}

	// Each takes back its own act, and the other one stays.
	of := one.text("document.querySelector('#undo').textContent")
	one.press("u")
	one.holds("document.querySelectorAll('" + line + " .ticket.called').length === 1 && !document.querySelector('#undo')")
	if still := other.text("document.querySelector('#undo').textContent"); still == of {
		t.Errorf("both desks would take back %q", of)
	}
	one.press(kb.ArrowDown) // the same key at once again would be a finger that trembles
	one.press("u")          // nothing of its own is left
	one.shows("#outcome", "この窓口から元に戻せる操作はありません。")
	other.holds("document.querySelectorAll('" + line + " .ticket.called').length === 1")
	sameRoom(t, s.Client(), []*page{one, other})
}

// sameRoom has two desks click "next" for the free room at the same moment. One call is
// made, and no visit is finished.
func sameRoom(t *testing.T, c *programtest.Client, desks []*page) {
	t.Helper()
	for i := range 2 {
		c.Issue(t, fmt.Sprintf("more-%d", i))
	}
	free := "[...document.querySelectorAll('[data-room-card] p')].findIndex(p => p.textContent.includes('空室')) + 1"
	key := desks[0].text("String(" + free + ")")
	called := func(n int) string {
		return fmt.Sprintf("document.querySelectorAll('%s .ticket.called').length === %d", line, n)
	}
	for _, desk := range desks {
		desk.shows(line+" .waiting", "4組")
		// Each call waits until both desks have pressed: neither has heard of the other's.
		desk.holds("(real => (window.go = [], window.fetch = (...a) => new Promise(r => window.go.push(r)).then(() => real(...a)), true))(window.fetch)")
		desk.press(key)
		desk.holds("window.go.length === 1")
	}
	for _, desk := range desks {
		desk.holds("(window.go[0](), true)")
	}
	for _, desk := range desks {
		desk.shows(line+" .waiting", "3組")
		desk.holds(called(2))
		desk.holds("!document.querySelector('[data-next]').disabled && !document.querySelector('" + line + " .ticket.done')")
	}
	refused := func(desk *page) bool { return desk.text("String(!!document.querySelector('#problem'))") == "true" }
	if refused(desks[0]) == refused(desks[1]) {
		t.Fatal("of two calls to one room, one is to be refused")
	}
	for _, desk := range desks {
		if !refused(desk) {
			continue
		}
		desk.says("#problem", "ほかの受付が先にこの診察室へ呼び出しました")
		desk.says("#problem", desk.text("document.querySelectorAll('[data-room-card] p')["+key+" - 1].textContent.trim()")) // who is there now
		desk.picture("room changed")
	}
}

// TestE2E_SingleKeysCanBeSwitchedOff turns them off in the help and on in the account.
// Both survive a reload.
func TestE2E_SingleKeysCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := deskOver(t, chrome, s, "letters", 2)
	desk.holds("document.querySelectorAll('kbd').length > 4")
	called := func(n int) string {
		return fmt.Sprintf("document.querySelectorAll('%s .ticket.called').length === %d", line, n)
	}

	desk.press("?")
	desk.click("#help [data-letters]")
	desk.holds("[...document.querySelectorAll('kbd')].map(k => k.textContent).join() === '↑ ↓,Ctrl+Z'") // what still acts
	desk.picture("off")
	desk.click("#help > button")
	desk.holds("!document.querySelector('#help')")
	desk.do(chromedp.Navigate(s.URL + "/staff"))
	desk.shows(line+" .waiting", "2組")
	desk.holds("!document.querySelector('kbd')")
	for _, key := range []string{"1", "u", "w", "/", "?"} {
		desk.press(key)
	}
	desk.press(kb.ArrowDown) // acts, and after all of them
	desk.holds("document.activeElement.dataset.ticket !== undefined && !document.querySelector('#help')")
	desk.holds(called(0))
	desk.click(`[data-next="1234-1"][data-room="1"]`) // the mouse works as before
	desk.holds(called(1))

	desk.click("[data-view=users]")
	desk.click(".users [data-letters]")
	desk.holds("!!document.querySelector('header kbd')")
	desk.picture("account")
	desk.click("[data-view=line]")
	desk.press("2")
	desk.holds(called(2))
}

// deskOver is the desk of the demo clinic, logged in, with n waiting tickets.
func deskOver(t *testing.T, chrome context.Context, s *programtest.Running, name string, waiting int) *page {
	t.Helper()
	c := s.Client()
	for i := range waiting {
		c.Issue(t, fmt.Sprintf("ticket-%d", i))
	}
	desk := openDesk(t, chrome, name, s, 1366, 768)
	desk.shows(line+" .waiting", fmt.Sprintf("%d組", waiting))
	return desk
}
