//go:build unix

package e2e

import (
	"fmt"
	"testing"
)

// TestE2E_TheDeskReadsWhoDidWhat has two users and a patient act on three devices, and
// then reads the journal.
func TestE2E_TheDeskReadsWhoDidWhat(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "home")
	desk := openDesk(t, chrome, "acts", s, 1280, 1000)
	desk.click("[data-view=users]")
	desk.fill(".users .add input[name=name]", "花子")
	desk.click(".users .add button[type=submit]")
	desk.says("#made", "このパスワードは今だけ表示します")
	password := desk.text("document.querySelector('#made code').textContent")
	desk.click("[data-view=line]")
	desk.walkin("窓口 一郎")
	desk.walkin("窓口 二郎")
	desk.walkin("窓口 三郎")
	one, two := desk.ticket("1234-1", 2), desk.ticket("1234-1", 3)
	desk.click(onTicket(one, "call"))
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, one), "呼出中")

	other := open(t, browser(t), "hers", s.URL+"/staff", 1280, 1000)
	other.logIn("1234", "花子", password)
	other.more(two, "move")
	other.click(onTicket(two, "move-yes"))
	other.shows(line+" .tickets.line .number", "3")
	other.click(onTicket(one, "absent"))
	other.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, one), "不在")

	row := func(n int) string { return fmt.Sprintf(".journal tbody tr:nth-child(%d)", n) }
	acts := func(p *page, want ...string) {
		t.Helper()
		for i, said := range want {
			p.says(row(i+1), said)
		}
	}
	by := func(n int, want string) {
		t.Helper()
		desk.says(row(n)+" td:nth-child(4)", want)
	}
	desk.click("[data-view=acts]")
	acts(desk, "不在", "順番を変更（急患のため）", "呼び出し（第1診察室）", "受付", "受付", "受付", "受付")
	by(1, "花子")
	by(2, "花子")
	by(3, "demo")
	by(7, "患者さん")
	desk.says(row(1)+" td:nth-child(2)", "2番")
	desk.says(row(2)+" td:nth-child(2)", "3番")
	desk.holds("!document.querySelector('[data-journal=all]') && !document.querySelector('.journal').textContent.includes('窓口 一郎')")
	desk.holds("[...document.querySelectorAll('.journal button')].every(b => b.offsetHeight >= 44)")
	desk.picture("all")

	// One number alone: from the list, and from the line.
	desk.click(row(2) + " [data-of]")
	desk.shows("#journal", "3番の操作")
	acts(desk, "順番を変更（急患のため）", "受付")
	desk.holds("document.querySelectorAll('.journal tbody tr').length === 2")
	desk.click("[data-journal=all]")
	desk.shows("#journal", "今日の操作")
	desk.click("[data-view=line]")
	desk.more(one, "acts")
	desk.shows("#journal", "2番の操作")
	acts(desk, "不在", "呼び出し（第1診察室）", "受付")
	desk.holds("document.querySelectorAll('.journal tbody tr').length === 3 && document.activeElement.id === 'journal'")
	desk.picture("of one")

	// What comes meanwhile is there when it is asked for, and what is older a part at a time.
	for i := range 60 {
		c.Issue(t, fmt.Sprint("home-", i))
	}
	desk.click("[data-journal=all]")
	desk.holds("document.querySelectorAll('.journal tbody tr').length === 50")
	desk.says(row(1)+" td:nth-child(2)", "64番")
	desk.click("[data-journal=more]")
	desk.holds("document.querySelectorAll('.journal tbody tr').length > 66 && !document.querySelector('[data-journal=more]')")
	desk.says(row(61), "不在")

	inEnglish(t, chrome, s, "acts", func(p *page) {
		p.says(row(1), "Registered")
		p.says(row(1), "Patient")
	})
}
