//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"junban/cmd/junban/internal/programtest"
	"junban/internal/sqldb/sqldbtest"
)

// TestE2E_AnOfficeMorning does in the books what an office does, mostly by keyboard: a
// booking by telephone, its member, a correction, a merge and its undo, the ledger, a file,
// and an erasure. It does so on both databases.
func TestE2E_AnOfficeMorning(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		officeMorning(t)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		officeMorning(t, "--database="+sqldbtest.PostgresURL(t))
	})
}

func officeMorning(t *testing.T, flags ...string) {
	t.Helper()
	s, chrome := start(t, flags...)
	_, tomorrow := slotDeskClinic(t, s)
	date := tomorrow.Format(time.DateOnly)
	name := strings.NewReplacer("/", "-").Replace(t.Name())

	// A booking by telephone at the desk.
	desk := open(t, chrome, name+"-desk", s.URL+"/staff", 1366, 900)
	desk.logIn("2006", "desk", programtest.Password)
	const at = "#service-2006-1"
	desk.click(at + " [data-phone]")
	desk.click(fmt.Sprintf(`.free input[value="%s 10:00"]`, date))
	desk.fill(at+" .phone input[name=name]", "佐藤 花子")
	desk.fill(at+" .phone input[name=phone]", "090-0000-0001")
	desk.click(at + " [data-phone-form] button[type=submit]")
	desk.click("[data-act=book-yes]")
	desk.says(at+" .phone .note", "予約しました")

	// It is found by keyboard, and becomes a member.
	p := open(t, chrome, name, s.URL+"/books", 1366, 900)
	p.holds("!!document.querySelector('#count')")
	p.press("/")
	p.holds("document.activeElement.name === 'text'")
	p.click("[data-days=always]")
	p.says("tbody", "佐藤 花子")
	p.press("/")
	p.fill("[data-search]", "0001")
	p.press("\r")
	p.says("tbody", "佐藤 花子")
	p.shows("#count", "1件")
	p.picture("found")
	p.press(kb.ArrowDown)
	p.holds("document.activeElement.matches('[data-row]')")
	p.press("\r")
	p.says("#booking-title", "佐藤 花子")
	p.says("#booking-title", "10:00")
	p.picture("booking")
	p.press("n")
	p.says("#member-title", "佐藤 花子")
	p.says("tbody", "10:00")

	// The name is corrected.
	p.press("e")
	p.fill("#member-form input[name=name]", "佐藤 華子")
	p.press("\r")
	p.says("#member-title", "佐藤 華子")
	member := p.text("location.hash")
	p.picture("member")

	// The member telephones again: the form begins with what is known.
	p.click("[data-phone]")
	p.holds("document.querySelector('[data-phone-form] input[name=name]').value === '佐藤 華子'")
	p.click(fmt.Sprintf(`.free input[value="%s 11:00"]`, date))
	p.click("[data-phone-form] button[type=submit]")
	p.click("[data-act=book-yes]")
	p.says(".phone .note", "予約しました")
	p.says("section.one tbody", "11:00")
	p.picture("telephone")

	// A second record of the same person is merged into the first, and split again.
	p.press("\x1b")
	p.holds("!!document.activeElement.closest('[data-id]')")
	p.press("n")
	p.fill("#member-form input[name=name]", "佐藤 華子")
	p.fill("#member-form input[name=phone]", "09000000001")
	p.press("\r")
	p.says("#candidates", "佐藤 華子")
	p.do(chromedp.Navigate(s.URL + "/books" + member))
	p.click("[data-act=merge]")
	p.says("[role=alertdialog]", "佐藤 華子")
	p.picture("merge")
	p.click("[data-act=merge-yes]")
	p.says("#merges", "名寄せ")
	p.click("[data-undo]")
	p.says("#merges", "元に戻しました")
	p.says("#candidates", "佐藤 華子")

	// The ledger of tomorrow, as a page and as a file.
	p.press("1")
	p.holds("document.activeElement.matches('[data-search]')")
	p.press("\x1b")
	p.press("l")
	p.holds("!!document.querySelector('#print')")
	p.is(fmt.Sprintf("(e => (e.value = %q, e.dispatchEvent(new Event('change', {bubbles: true})), e.value))(document.querySelector('[name=ledgerDay]'))", date), date)
	p.says(".ledger tbody", "10:00")
	p.says(".ledger tbody", "佐藤 花子")
	p.picture("ledger")
	p.file("#ledger-csv", "佐藤 花子")
	p.press("\x1b")

	// The whole search becomes a file in the background.
	p.click("#csv")
	p.click("#export button[type=submit]")
	p.says("[data-export] .state", "できました")
	p.picture("files")
	p.file("[data-export] a", "佐藤 花子")

	// The person asks to be erased: the number of the member is typed.
	p.do(chromedp.Navigate(s.URL + "/books" + member))
	p.says("#member-title", "佐藤 華子")
	p.click("[data-act=erase]")
	p.fill("#erase input", "1")
	p.picture("erase")
	p.click("[data-act=erase-yes]")
	p.says("#certificate", "消去の証明")
	p.picture("certificate")
	p.press("1")
	p.holds("document.activeElement.matches('[data-search]')")
	p.click("[data-days=always]")
	p.says("tbody", "（消去済み）")
	p.holds("!document.body.textContent.includes('09000000001')")
	p.press("3")
	p.says("[aria-labelledby=files-title]", "証明番号")

	// Who looked at whom.
	p.press("4")
	p.says("[aria-labelledby=accesses-title] tbody", "名寄せ")
	p.fits()
	p.picture("accesses")

	// A narrow window, in English.
	narrow := open(t, chrome, name+"-narrow", s.URL+"/books?lang=en#members", 360, 740)
	narrow.says("[aria-labelledby=members-title] tbody", "佐藤 華子")
	narrow.fits()
	narrow.picture("members")
}

// file reads what a link downloads, which must contain a text.
func (p *page) file(link, want string) {
	p.t.Helper()
	p.is(fmt.Sprintf("(fetch(document.querySelector(%q).href).then(r => r.text()).then(text => window.fetched = text), 'asked')", link), "asked")
	p.contains("window.fetched", want)
}
