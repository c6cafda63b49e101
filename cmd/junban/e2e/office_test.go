//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"testing"

	"junban/cmd/junban/internal/programtest"
	"junban/queue/clinic"
	"junban/queue/estimate"
	"junban/queue/lessons"
)

// scored puts scores of past sessions into a server's Redis, the newest first.
func scored(t *testing.T, s *programtest.Running, scores []lessons.Accuracy) {
	t.Helper()
	rdb := s.Redis(t)
	for _, a := range scores {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		if err := rdb.RPush(t.Context(), "junban:{1234}:accuracy", text).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestE2E_TheDeskReadsHowTrueTheEstimatesCame looks at the page before the
// first session is over, and after many.
func TestE2E_TheDeskReadsHowTrueTheEstimatesCame(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "accuracy", s, 1280, 1000)
	desk.click("[data-view=accuracy]")
	desk.says(".accuracy .note", "まだ記録がありません")
	desk.picture("none")

	var scores []lessons.Accuracy
	for i := range 12 {
		for _, session := range []string{"afternoon", "morning"} {
			score := estimate.Score{Buckets: [...]estimate.Bucket{ // 60 calls, 5 min off, 3 min late, 48 within
				{N: 10, Absolute: 10 * 60, Signed: -10 * 30, Covered: 10},
				{}, {N: 20, Absolute: 20 * 180, Signed: 20 * 60, Covered: 18}, {},
				{}, {N: 30, Absolute: 30 * 460, Signed: -30 * 390, Covered: 20},
			}}
			day := clinic.Day(fmt.Sprintf("2026-11-%02d", 20-i))
			scores = append(scores, lessons.Accuracy{Day: day, Session: session, Service: "1", Score: score})
		}
	}
	scored(t, s, scores)
	desk.click("[data-view=line]")
	desk.click("[data-view=accuracy]")
	desk.says(".accuracy .sum", "平均5.0分です。目安より平均3.0分遅く呼んでいます。")
	desk.says(".accuracy .sum", "100回のうち80回")
	desk.shows(".accuracy tbody tr:nth-child(2)", "3〜5 3.0分 1.0分早い 90% 480")
	desk.shows(".accuracy .total", "合計 5.0分 3.0分遅い 80% 1440")
	desk.says(".accuracy .session th", "2026/11/20 金曜日 午後 内科")
	desk.click(".accuracy [data-detail]")
	desk.shows(".accuracy .part:last-child", "前の待ち数 21以上 7.7分 6.5分遅い 67% 30")
	desk.holds("document.querySelectorAll('.accuracy .session').length === 20")
	desk.picture("many")
	desk.click(".accuracy [data-older]")
	desk.holds("document.querySelectorAll('.accuracy .session').length === 24 && !document.querySelector('.accuracy [data-older]')")
	desk.holds("[...document.querySelectorAll('.accuracy button')].every(b => b.offsetHeight >= 44)")

	inEnglish(t, chrome, s, "accuracy", func(p *page) {
		p.says(".accuracy .sum", "Patients were called 3.0 min later than estimated.")
	})
}

// TestE2E_UnsavedSettingsAreNotDroppedSilently turns to another service in the
// midst of typing.
func TestE2E_UnsavedSettingsAreNotDroppedSilently(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "unsaved", s, 1280, 1600)
	typed := `document.querySelector('.settings input[name="comeAt"]')?.value === "9"`
	shown := func(service string) string {
		return fmt.Sprintf(`document.querySelector('[data-settings="%s"]').getAttribute("aria-pressed") === "true"`, service)
	}
	desk.click("[data-view=settings]")
	desk.fill(`.settings input[name="comeAt"]`, "9")
	desk.choose(`.settings select[name="absence.rule"]`, "tail")
	desk.says("[data-preview=absence]", "順番が最後になります。")
	desk.says("[data-preview=board]", "待ち")
	desk.click(`.settings input[name=hide][value=waiting]`)
	desk.holds("!document.querySelector('[data-preview=board] .waiting')")
	desk.picture("previewed")
	desk.click(`[data-settings="1234-2"]`)
	desk.says("#unsaved", "内科に入力した内容は、まだ保存していません")
	desk.picture("asked")
	desk.click("#unsaved [data-keep]")
	desk.holds("!document.querySelector('#unsaved')")
	desk.holds(typed + " && " + shown("1234-1"))
	desk.click(`[data-settings="1234-2"]`)
	desk.click("#unsaved [data-discard]")
	desk.holds("!document.querySelector('#unsaved') && " + shown("1234-2"))
	desk.click(`[data-settings="1234-1"]`) // nothing is typed now
	desk.holds(shown("1234-1") + " && !(" + typed + ")")
}

// TestE2E_NextThatSkipsThoseAwayNeedsNoWarning sets the rule while the first in
// line is not here.
func TestE2E_NextThatSkipsThoseAwayNeedsNoWarning(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.Issue(t, "home")
	desk := openDesk(t, chrome, "skipping", s, 1280, 1600)
	desk.says(line+" .note.warns", "1番の方は、まだ来院していません")
	desk.click("[data-view=settings]")
	desk.click(`.settings input[name=skipAway]`)
	desk.click(".settings button[type=submit]")
	desk.shows(".settings .saved", "保存しました。")
	desk.click("[data-view=line]")
	desk.holds(fmt.Sprintf("document.querySelector('%[1]s .ticket') && !document.querySelector('%[1]s .note.warns')", line))
}
