//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"junban/api/wire"
)

// week is a timetable that has the same frames on every day, as JSON.
func week(frames string, exceptions ...string) json.RawMessage {
	var days []string
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		days = append(days, fmt.Sprintf("%q:[%s]", day, frames))
	}
	return json.RawMessage(`{"weekly":{` + strings.Join(days, ",") + `},"exceptions":[` + strings.Join(exceptions, ",") + `]}`)
}

// TestE2E_TheTicketSaysWhenToCome books for a session that begins in hours, is on,
// and does not take place.
func TestE2E_TheTicketSaysWhenToCome(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2031", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	timetable := func(calendar json.RawMessage) {
		t.Helper()
		var table wire.Timetable
		desk.OK(t, "GET", "/v1/clinics/2031/timetable", nil, &table)
		table.Calendar = calendar
		var affected wire.Affected // the last timetable closes a date with tickets
		desk.OK(t, "POST", "/v1/clinics/2031/timetable/affected", table, &affected)
		table.Affected = affected.Affected
		desk.OK(t, "PUT", "/v1/clinics/2031/timetable", table, nil)
	}
	timetable(week(`{"session":"afternoon","consult":{"from":"15:00","to":"20:00"},"webOpen":-240}`)) // it is about noon
	phone := open(t, chrome, "advice", s.URL+"/s/2031-1", 390, 844)
	easy := open(t, chrome, "advice-easy", s.URL+"/s/2031-1?lang=ja-x-easy", 390, 844)
	phone.says(".board", "ごろ") // what a ticket taken now would wait
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	phone.shows("#day", "午後 15:00〜")
	phone.says(".mine .todo", "診察は15:00に始まります")
	phone.says(".mine .wait", "15:")
	phone.holds("!document.querySelector('.mine .wait').textContent.includes('分')")
	phone.picture("start")
	easy.click(".take button[type=submit]")
	easy.says(".mine .todo", "15:00に 始(はじ)まります")
	phone.holds("document.querySelector('.mine').classList.contains('wait')") // not near

	timetable(week(`{"session":"afternoon","consult":{"from":"09:00","to":"20:00"}}`))
	phone.says(".mine .todo", "そろそろクリニックへ")
	phone.shows("#day", "午後 09:00〜")
	phone.picture("come")

	day := phone.text("document.querySelector('junban-patient').board.day")
	timetable(week(`{"session":"afternoon","consult":{"from":"09:00","to":"20:00"}}`, fmt.Sprintf(`{"date":%q,"closed":true,"reason":"院長急病"}`, day)))
	phone.says(".mine .todo", "クリニックへお電話ください")
	phone.holds("document.querySelector('.mine .phone a').href === 'tel:0300001234'")
	phone.holds("document.querySelector('.mine [data-go]') === null")
	phone.picture("closed")
}
