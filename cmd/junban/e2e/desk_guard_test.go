//go:build unix

package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// TestE2E_OnePressCallsOnePatient holds keys, types bursts, clicks and taps
// twice, mixes them, and counts the calls at the API. The page's clock
// stands still during each attempt, so a slow machine tries the same thing.
func TestE2E_OnePressCallsOnePatient(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	const waiting = 14
	desk := deskOver(t, chrome, s, "guard", waiting)
	c := s.Client()
	const room1, room2 = line + ` [data-next][data-room="1"]`, line + ` [data-next][data-room="2"]`

	run := func(script string) {
		t.Helper()
		desk.holds("(() => { " + script + "; return true })()")
	}
	calls := 0
	// tries makes one attempt, and compares the number of calls since the last one.
	tries := func(name string, want int, attempt func()) {
		t.Helper()
		run("window.frozen = (window.frozen ?? performance.now()) + 10000; performance.now = () => window.frozen")
		attempt()
		calls += want
		desk.shows(line+" .waiting", fmt.Sprintf("%d組", waiting-calls))
		time.Sleep(300 * time.Millisecond) // a second call would come now
		desk.holds("!document.querySelector('" + line + " [data-next]').disabled")
		var now wire.Frame
		c.Do(t, "GET", "/v1/services/1234-1/board", nil, nil, &now)
		if now.Board == nil || now.Board.Waiting == nil || now.Board.Waiting.Tickets != waiting-calls {
			t.Fatalf("%s: the board is %+v, want %d calls", name, now.Board, calls)
		}
	}
	focus := func(selector string) {
		t.Helper()
		desk.holds(fmt.Sprintf("(e => (e.focus(), document.activeElement === e))(document.querySelector(%q))", selector))
	}
	enter := func(repeats int) {
		t.Helper()
		key := func(kind input.DispatchKeyEventType, repeat bool) {
			desk.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{
					Type: kind, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13, AutoRepeat: &repeat})
				return err
			}))
		}
		key(input.DispatchKeyEventTypeKeyDown, false)
		for range repeats {
			key(input.DispatchKeyEventTypeKeyDown, true)
		}
		key(input.DispatchKeyEventTypeKeyUp, false)
	}
	// types sends keys as a reader does: all in one instant.
	types := func(keys string) string {
		return fmt.Sprintf("[...%q].forEach(k => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: k === '⏎' ? 'Enter' : k, bubbles: true, cancelable: true})))", keys)
	}
	free := "document.activeElement.blur()"

	tries("Enter held on the button", 1, func() { focus(room1); enter(12) })
	tries("Enter twice", 1, func() {
		focus(room1)
		enter(0)
		desk.shows(line+" .waiting", fmt.Sprintf("%d組", waiting-calls-1)) // the answer comes between the two
		desk.holds("!document.querySelector('" + room1 + "').disabled")
		focus(room1)
		enter(0)
		desk.says("#outcome", "2回目は送っていません")
	})
	desk.picture("twice")
	tries("two rooms at once", 1, func() {
		desk.click(room1)
		desk.holds("!document.querySelector('" + room2 + "').disabled")
		run(fmt.Sprintf("document.querySelector('%s').click()", room2))
	})
	tries("a held digit", 1, func() {
		run(free + "; [false, true, true, true].forEach(repeat => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '1', repeat, bubbles: true, cancelable: true})))")
	})
	tries("a digit of a trembling finger", 1, func() { run(free + ";" + types("11")) })
	tries("a card reader", 0, func() {
		run(free + ";" + types("121212⏎"))
		desk.says("#outcome", "読み取り機")
	})
	desk.picture("reader")
	tries("a card reader with equal digits", 0, func() { run(free + ";" + types("1111⏎")) })
	tries("a card reader that sends one digit", 0, func() { run(free + ";" + types("1⏎")) })
	tries("a card reader with letters", 0, func() { run("document.querySelector('[data-ticket]').focus();" + types("CF1")) })
	tries("a card reader over the focused button", 0, func() {
		focus(room1)
		// A character opens the burst, however long the browser takes until Enter.
		run("window.stamp = Object.getOwnPropertyDescriptor(Event.prototype, 'timeStamp'); Object.defineProperty(Event.prototype, 'timeStamp', {configurable: true, get: () => 5})")
		run(types("33"))
		enter(0)
		run("Object.defineProperty(Event.prototype, 'timeStamp', window.stamp)")
	})
	tries("a double tap", 1, func() {
		at := desk.text("(e => (e.scrollIntoView({block: 'center'}), e = e.getBoundingClientRect(), [e.x + e.width / 2, e.y + e.height / 2].join(' ')))(document.querySelector('" + room2 + "'))")
		var x, y float64
		if _, err := fmt.Sscan(at, &x, &y); err != nil {
			t.Fatalf("the button is at %q: %v", at, err)
		}
		for range 2 {
			desk.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				points := []*input.TouchPoint{{X: x, Y: y}}
				if _, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchStart, TouchPoints: points}); err != nil {
					return err
				}
				_, err := cdp.Call(ctx, t, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: input.DispatchTouchEventTypeTouchEnd, TouchPoints: []*input.TouchPoint{}})
				return err
			}))
			desk.holds("!document.querySelector('" + room2 + "').disabled")
		}
	})
	tries("a second tap that meets another button", 1, func() { // as on iOS, where no browser counts clicks
		run(`const tap = s => document.querySelector(s).dispatchEvent(new PointerEvent('click', {pointerType: 'touch', detail: 1, clientX: 50, clientY: 50, bubbles: true, cancelable: true}));
			tap('` + room1 + `'); tap('` + line + ` [data-receive]')`)
		desk.holds("document.activeElement.name !== 'name'")
	})
	tries("a digit and a click", 1, func() {
		run(free + ";" + types("2"))
		desk.shows(line+" .waiting", fmt.Sprintf("%d組", waiting-calls-1))
		desk.holds("!document.querySelector('" + room1 + "').disabled")
		run(fmt.Sprintf("document.querySelector('%s').click()", room1))
	})

	// Digits mean the room's own number, in the service that was used last.
	digits := "[...document.querySelectorAll('[data-digit]')].map(b => b.dataset.next + ':' + b.dataset.room + b.dataset.digit).join()"
	desk.is(digits, "1234-1:11,1234-1:22")
	focus("#service-1234-2 h2")
	desk.until(digits, func(s string) bool { return s == "1234-2:11" || s == "1234-2:11,1234-2:22" }, "the digits of the second service")
	desk.picture("other service")
	tries("a digit of the other service", 0, func() { run(types("1")) })
}
