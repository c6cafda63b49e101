//go:build unix

package e2e

import (
	"fmt"
	"testing"

	"junban/api/wire"
)

// TestE2E_WhatIsPastedAtTheDesk pastes phone numbers with invisible marks and notes, a
// name with direction marks, and a right-to-left name.
func TestE2E_WhatIsPastedAtTheDesk(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := openDesk(t, chrome, "pasted", s, 1366, 768)
	value := func(name, text string) {
		t.Helper()
		desk.holds(fmt.Sprintf("(e => (e.value = %q, e.value.length > 0))(document.querySelector('%s .walkin input[name=%s]'))", text, line, name))
	}
	issue := func() {
		t.Helper()
		desk.click(line + " .walkin button[type=submit]")
	}
	desk.holds("!!document.querySelector('.walkin')")
	value("name", "\u2068محمد\u2069")
	value("phone", "\u202a０９０−１２３４．５６７８\u202c")
	value("cardNumber", "\u200e００12３")
	issue()
	desk.shows(".ticket .person", "محمد / 09012345678 / 00123")
	desk.holds("(parts => parts.length === 3 && parts.every((p, i) => i === 0 || p.getBoundingClientRect().left > parts[i - 1].getBoundingClientRect().left || p.getBoundingClientRect().top > parts[i - 1].getBoundingClientRect().top))([...document.querySelectorAll('.ticket .person bdi')])")
	desk.picture("right to left")

	for name, text := range map[string]string{"phone": "090-1234-5678（お母さま）火曜は不在のため必ずご自宅へ 03-1234-5678 まで", "name": "山田\u202e花子"} {
		value(name, text)
		issue()
		desk.says("#problem", "お確かめください")
		desk.says("#problem", map[string]string{"phone": "電話番号", "name": "お名前"}[name])
		desk.holds(fmt.Sprintf("document.querySelector('%s .walkin input[name=%s]').value === %q", line, name, text)) // whole
		desk.picture("refused " + name)
		desk.holds(fmt.Sprintf("(e => (e.value = '', true))(document.querySelector('%s .walkin input[name=%s]'))", line, name))
		desk.click("#problem button:last-of-type")
	}

	// The same person in another spelling has one number.
	c := s.Client()
	c.LogIn(t, "1234", "demo")
	var rules wire.Settings
	c.Do(t, "GET", "/v1/services/1234-1/settings", nil, nil, &rules)
	rules.Capacity.OneEach = true
	c.Do(t, "PUT", "/v1/services/1234-1/settings", nil, rules, nil)
	first := wire.IssueRequest{Patient: wire.Patient{Name: "ﾔﾏﾀﾞ ﾊﾅｺ", Phone: "0081-90-8765-4321"}}
	if code := c.Do(t, "POST", "/v1/services/1234-1/tickets", map[string]string{"Idempotency-Key": "first-spelling-000001"}, first, nil); code != 201 {
		t.Fatalf("the first spelling is answered with %d", code)
	}
	phone := open(t, chrome, "pasting", s.URL+"/s/1234-1", 390, 844)
	phone.holds("!!document.querySelector('.take input[name=phone]')")
	phone.holds("(f => (f.name.value = 'やまだ　はなこ', f.phone.value = '+81 90ｰ8765ｰ4321', true))(document.querySelector('.take').elements)")
	phone.click(".take button[type=submit]")
	phone.says("#problem", "すでに")
	phone.holds("(f => (f.name.value = '花\u202e子', f.phone.value = '090', true))(document.querySelector('.take').elements)")
	phone.click(".take button[type=submit]")
	phone.says("#problem", "お名前")
	phone.holds("document.querySelector('.take input[name=name]').value === '花\u202e子'")

	// The number box takes full-width digits.
	desk.fill("#find", "１")
	desk.press("\r")
	desk.holds("document.activeElement.querySelector('.number')?.textContent === '1'")
}
