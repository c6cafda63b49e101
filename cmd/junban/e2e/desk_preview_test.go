//go:build unix

package e2e

import (
	"regexp"
	"strconv"
	"testing"
)

// TestE2E_WhatPatientsWillReadStandsBesideWhatIsTyped types a bound, a note on the
// hours and messages. Before saving, it reads the preview of the patient's page.
func TestE2E_WhatPatientsWillReadStandsBesideWhatIsTyped(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "previews", s, 1280, 1600)
	desk.click("[data-view=settings]")
	marks := "[data-preview=marks] dl"
	desk.shows(marks, "ネット枠に制限がない間は ○ 受付中")
	desk.fill(`.settings input[name="capacity.few"]`, "3")
	desk.fill(`.settings input[name="capacity.web"]`, "20")
	desk.shows(marks, "残り4以上 ○ 受付中 残り1〜3 △ 残りわずか 残り0 × 満員")
	desk.picture("marks")
	desk.fill(`.settings input[name="capacity.web"]`, "1")
	desk.click(".settings button[type=submit]")
	desk.shows(".settings .saved", "保存しました。")

	desk.click("[data-view=clinic]")
	desk.fill(".clinic textarea[name=hours]", "木曜の午後は休診です")
	desk.shows("[data-preview=hours] .hours", "木曜の午後は休診です")

	desk.click("[data-view=line]")
	standing, temporary := line+" [data-message=standing]", line+" [data-message=temporary]"
	desk.fill(standing+" textarea", "マスクをお願いします")
	desk.says(standing+" .preview .message", "マスクをお願いします")
	desk.click(standing + " button[type=submit]")
	desk.holds("!document.querySelector('[data-preview=message]')") // it is what patients read now
	desk.fill(temporary+" textarea", "検査のため遅れています")
	desk.says(temporary+" .preview .message", "検査のため遅れています")
	foreseen := desk.text(of(temporary + " .preview .until"))
	desk.picture("messages")
	desk.click(temporary + " button[type=submit]")
	desk.holds("!document.querySelector('[data-preview=message]')")

	phone := open(t, chrome, "previewed", s.URL+"/s/1234-1", 390, 844)
	phone.shows(".message p", "検査のため遅れています")
	phone.shows(".board .reception", "△ 残りわずか") // one left, as it was foreseen
	is := phone.text(of(".message .until"))
	if later := (minuteIn(t, is) - minuteIn(t, foreseen) + 24*60) % (24 * 60); later > 5 {
		t.Errorf("it stands %q, and was to stand %q", is, foreseen)
	}
}

// minuteIn is the first time of day in a text, in minutes.
func minuteIn(t *testing.T, text string) int {
	t.Helper()
	parts := regexp.MustCompile(`(\d\d):(\d\d)`).FindStringSubmatch(text)
	if parts == nil {
		t.Fatalf("%q says no time", text)
	}
	h, _ := strconv.Atoi(parts[1])
	m, _ := strconv.Atoi(parts[2])
	return 60*h + m
}
