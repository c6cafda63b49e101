//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
)

// TestE2E_AVisitEndsWithoutMeasure finishes one visit at its end and one later than its
// end. The second is stored as inaccurate.
func TestE2E_AVisitEndsWithoutMeasure(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	one, two := c.Issue(t, "one").Ticket.ID, c.Issue(t, "two").Ticket.ID
	desk := openDesk(t, chrome, "measure", s, 1280, 1000)
	for room, id := range []string{one, two} {
		desk.click(fmt.Sprintf(`[data-next="1234-1"][data-room="%d"]`, room+1))
		desk.click(onTicket(id, "enter"))
		desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, id), "診察中")
	}
	desk.click(onTicket(one, "finish"))
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, one), "終了")
	desk.more(two, "finish-inaccurate")
	desk.says("#outcome", "2番 終了（時間は数えない）")
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, two), "終了")
	desk.picture("finished")
	uncounted := func() map[string]bool {
		t.Helper()
		rdb := s.Redis(t)
		days, err := rdb.Keys(t.Context(), "junban:{1234}:*:tickets").Result()
		if err != nil || len(days) != 1 {
			t.Fatalf("the days with tickets are %v, %v", days, err)
		}
		kept, err := rdb.HGetAll(t.Context(), days[0]).Result()
		if err != nil {
			t.Fatal(err)
		}
		is := map[string]bool{}
		for id, text := range kept {
			var ticket struct{ Inacc bool }
			if err := json.Unmarshal([]byte(text), &ticket); err != nil {
				t.Fatal(err)
			}
			is[id] = ticket.Inacc
		}
		return is
	}
	if is := uncounted(); is[one] || !is[two] {
		t.Errorf("not counted are %v, want %s alone", is, two)
	}

	// Taken back, and finished as usual, it is a measure.
	desk.click(onTicket(two, "undo"))
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, two), "診察中")
	desk.click(onTicket(two, "finish"))
	desk.shows(fmt.Sprintf(`[data-ticket="%s"] .state`, two), "終了")
	if is := uncounted(); is[one] || is[two] {
		t.Errorf("not counted are %v, want none", is)
	}
}

// TestE2E_AWalkInIsReceivedForAKindOfVisit sets two kinds, and receives one
// walk-in of each and one of none.
func TestE2E_AWalkInIsReceivedForAKindOfVisit(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "kinds", s, 1280, 1600)
	desk.holds(fmt.Sprintf("!!document.querySelector('%[1]s .walkin') && !document.querySelector('%[1]s .walkin select[name=kind]')", line)) // nothing to choose yet
	desk.click("[data-view=settings]")
	desk.fill(`.settings input[name="kind.1"]`, "予防接種")
	desk.fill(`.settings input[name="kind.2"]`, "健康診断")
	desk.click(".settings button[type=submit]")
	desk.shows(".settings .saved", "保存しました。")
	desk.click("[data-view=line]")

	marks := func(number int, want string, is bool) {
		t.Helper()
		of := fmt.Sprintf(`document.querySelector('[data-ticket="%s"] small').textContent`, desk.ticket("1234-1", number))
		desk.holds(fmt.Sprintf("%s.includes(%q) === %t", of, want, is))
	}
	kind := line + " .walkin select[name=kind]"
	desk.choose(kind, "2")
	desk.walkin("健診 花子")
	marks(1, "健康診断", true)
	desk.holds(fmt.Sprintf("document.querySelector('%s').value === ''", kind)) // the next one begins with none
	desk.choose(kind, "1")
	desk.walkin("注射 太郎")
	marks(2, "予防接種", true)
	desk.walkin("普段 次郎")
	marks(3, "予防接種", false)
	marks(3, "健康診断", false)
	desk.holds(fmt.Sprintf("!document.querySelector('#service-1234-2 select[name=kind]').textContent.includes(%q)", "健康診断")) // the other service has its own
	desk.picture("received")
}
