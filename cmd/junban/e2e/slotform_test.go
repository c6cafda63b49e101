//go:build unix

package e2e

import "testing"

// TestE2E_AServiceIsTurnedToSlots reads the seats of a week while the settings are
// typed, saves them, and cannot change the mode of a service with a ticket.
func TestE2E_AServiceIsTurnedToSlots(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	inOrder(t, s)
	desk := openDesk(t, chrome, "slotform", s, 1280, 2400)
	desk.walkin("花子")
	desk.click("[data-view=timetable]")
	desk.click(".timetable [data-begin]")
	desk.click(".timetable button[type=submit]")
	desk.shows(".timetable .saved", "保存しました。")

	desk.click("[data-view=settings]")
	desk.click(`[data-settings="1234-2"]`)
	desk.holds(`document.querySelector('[data-settings="1234-2"]').ariaPressed === "true"`)
	desk.holds(`document.querySelector('.settings input[name="comeAt"]') && !document.querySelector('.settings input[name="slot.minutes"]')`)
	desk.choose(".settings select[name=mode]", "slot")
	desk.holds(`!document.querySelector('.settings input[name="comeAt"]')`)
	sum := "[data-preview=seats] strong"
	desk.shows(sum, "1週間で、ネット 264・窓口 132（時間枠 66）")
	desk.fill(`.settings input[name="slot.minutes"]`, "20")
	desk.shows(sum, "1週間で、ネット 396・窓口 198（時間枠 99）")
	desk.click(".settings [data-add=seats]")
	desk.choose(`.settings [data-seats="0"] label:nth-last-of-type(2) input`, "1")
	desk.shows(sum, "1週間で、ネット 342・窓口 162（時間枠 99）")
	desk.picture("form")
	desk.fill(`.settings input[name="slot.minutes"]`, "21")
	desk.shows("[data-preview=seats] p + p", "すべての項目が正しく入ると、枠数が出ます。")
	desk.click(".settings button[type=submit]")
	desk.says(`.settings label:has(input[name="slot.minutes"]) .wrong`, "5 の倍数")
	desk.fill(`.settings input[name="slot.minutes"]`, "20")
	desk.click(".settings button[type=submit]")
	desk.shows(".settings .saved", "保存しました。")
	desk.holds(`document.querySelector('.settings input[name="limits.maxLive"]').value === "3"`)
	desk.click("[data-view=changes]")
	desk.says(".changes ol", "方式：順番予約 → 時間帯予約")

	desk.click("[data-view=settings]")
	desk.click(`[data-settings="1234-1"]`)
	desk.holds(`document.querySelector('[data-settings="1234-1"]').ariaPressed === "true"`) // until then it is the other form
	desk.choose(".settings select[name=mode]", "slot")
	desk.click(".settings button[type=submit]")
	desk.says("#affected", "方式は変えられません")
	desk.says("#affected ol", "花子")
	desk.picture("kept")
	desk.click("#affected [data-affected=no]")
	desk.holds(`!document.querySelector("#affected")`)

	inEnglish(t, chrome, s, "settings", func(p *page) {
		p.click(`[data-settings="1234-2"]`)
		p.shows("[data-preview=seats] strong", "In a week: 342 on the web, 162 at the desk, in 99 slots")
	})
}
