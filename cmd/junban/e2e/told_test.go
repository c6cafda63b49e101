//go:build unix

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
)

// TestE2E_WhatTheClinicSaysReachesEveryScreen sets messages, stops reception and closes
// the day at the desk. Phone, screen and a partner homepage show it.
func TestE2E_WhatTheClinicSaysReachesEveryScreen(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	api := imported(t, s, "2006", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	desk := open(t, chrome, "told-desk", s.URL+"/staff", 1280, 1600)
	for field, value := range map[string]string{"clinic": "2006", "user": "desk", "password": programtest.Password} {
		desk.fill("input[name="+field+"]", value)
	}
	desk.click("button[type=submit]")
	phone := open(t, chrome, "told", s.URL+"/s/2006-1", 390, 844)
	english := open(t, chrome, "told-en", s.URL+"/s/2006-1?lang=en", 390, 844)
	screen := open(t, chrome, "told-screen", s.URL+"/display/2006", 1280, 720)
	foreign := open(t, chrome, "told-partner", partner(t, s.URL), 800, 600)
	foreign.text("document.querySelector('junban-board').setAttribute('service', '2006-1')")
	const at = "#service-2006-1 "
	everywhere := func(want string) {
		t.Helper()
		phone.says(".board", want)
		english.says(".board", want)
		screen.says(strings.TrimSpace(at), want)
		foreign.contains(elementText, want)
	}
	nowhere := func(text string) {
		t.Helper()
		without := func(s string) bool { return s != "" && !strings.Contains(s, text) }
		for _, p := range []*page{phone, english, screen} {
			p.until("document.body.innerText", without, "nothing of "+text)
		}
		foreign.until(elementText, without, "nothing of "+text)
	}

	// The standing message, a temporary one over it, and that one taken away.
	desk.fill(at+"form[data-message=standing] textarea", "保険証をお持ちください。")
	desk.click(at + "form[data-message=standing] button[type=submit]")
	everywhere("保険証をお持ちください。")
	desk.fill(at+"form[data-message=temporary] textarea", "エレベーターは点検中です。")
	desk.click(at + "form[data-message=temporary] button[type=submit]")
	everywhere("エレベーターは点検中です。")
	nowhere("保険証をお持ちください。")
	phone.says(".message .until", "まで")
	english.says(".message .until", "until")
	phone.picture("message")
	desk.click(at + "form[data-message=temporary] button[type=button]")
	everywhere("保険証をお持ちください。")
	nowhere("エレベーターは点検中です。")

	// A stop with a ready-made reason, then one in the desk's own words.
	desk.choose(at+".reception select[name=reason]", "urgent")
	desk.click(at + "button[data-reception=paused]")
	phone.shows(".closed .why", "理由：急患対応のため")
	english.shows(".closed .why", "Reason: An emergency is being treated")
	screen.says(at+".figures .remark", "急患対応のため")
	foreign.contains(elementText, "急患対応のため")
	for _, p := range []*page{desk, phone, screen, foreign} {
		p.picture("stopped")
	}
	desk.fill(at+".reception input[name=other]", "機器の点検のため")
	desk.click(at + "button[data-reception=closed]")
	everywhere("機器の点検のため")
	nowhere("急患対応のため")
	desk.click(at + "button[data-reception=open]")
	nowhere("機器の点検のため")
	phone.shows(".board .reception", "○ 受付中")

	// The day is closed in the timetable.
	var board wire.Frame
	api.OK(t, "GET", "/v1/services/2006-1/board", nil, &board)
	var table wire.Timetable
	api.OK(t, "GET", "/v1/clinics/2006/timetable", nil, &table)
	table.Calendar = json.RawMessage(fmt.Sprintf(`{"exceptions":[{"date":%q,"closed":true,"reason":"臨時休診"}]}`, board.Board.Day))
	api.OK(t, "PUT", "/v1/clinics/2006/timetable", table, nil)
	phone.shows(".board .daynote", "本日は休診です（臨時休診）")
	english.shows(".board .daynote", "Today: closed (臨時休診)")
	screen.shows(at+".daynote", "本日は休診です（臨時休診）")
	foreign.contains(elementText, "本日は休診です（臨時休診）")
	for _, p := range []*page{phone, english, screen, foreign} {
		p.picture("closed")
	}
}

// TestE2E_WhoWasHereAndMissesTheCallSaysThatHeIsBack waits in the clinic, does not
// hear the call, and comes back.
func TestE2E_WhoWasHereAndMissesTheCallSaysThatHeIsBack(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2007", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	for _, c := range []struct{ service, lang, here, press, told, waits string }{
		{"2007-1", "ja", "院内でお待ちです", "「戻りました」を押して", "お戻りは窓口に伝わっています", "お待ちいただいています"},
		{"2007-2", "en", "You are at the clinic", "press “I am back”", "The desk knows that you are back", "You are in the line"},
	} {
		phone := open(t, chrome, "here-"+c.lang, s.URL+"/s/"+c.service+"?lang="+c.lang, 390, 844)
		phone.click(".take button[type=submit]")
		phone.shows("#number", "1")
		id := phone.text("location.hash.slice(1).split('.')[0]")
		phone.click("button[data-go=arrive]")
		phone.says(".presence", c.here)
		desk.OK(t, "POST", "/v1/services/"+c.service+"/call", wire.CallRequest{Room: "1"}, nil)
		desk.OK(t, "POST", "/v1/tickets/"+id+"/absent", nil, nil)
		phone.says(".todo", c.press)
		if said := phone.text("document.body.innerText"); strings.Contains(said, c.told) {
			t.Errorf("nobody has said that he is back, and the page does: %s", said)
		}
		phone.picture("absent")
		phone.click("button[data-go=back]")
		phone.says(".todo", c.told)
		desk.OK(t, "POST", "/v1/tickets/"+id+"/return", nil, nil)
		phone.shows(".mine .state", c.waits)
		phone.picture("waits again")
	}
}

// cutter stands before the program and loses the answers of every cancel.
type cutter struct {
	URL string

	mu      sync.Mutex
	cancels []string // the Idempotency-Key of each
	boards  int      // reads of a board
	watches int
}

func cutting(t *testing.T, program string) *cutter {
	t.Helper()
	to, err := url.Parse(program)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
	}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		lost := strings.HasSuffix(r.URL.Path, "/cancel")
		switch {
		case lost:
			c.cancels = append(c.cancels, r.Header.Get("Idempotency-Key"))
		case strings.HasSuffix(r.URL.Path, "/board"):
			c.boards++
		case r.URL.Path == "/v1/watch":
			c.watches++
		}
		c.mu.Unlock()
		if lost {
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	c.URL = s.URL
	return c
}

func (c *cutter) seen() (cancels []string, boards, watches int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.cancels), c.boards, c.watches
}

// TestE2E_ACancelWhoseAnswersAreLostHappensOnce loses every response to a cancel. Each
// try carries the same key, and the page shows the ticket's final state.
func TestE2E_ACancelWhoseAnswersAreLostHappensOnce(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	desk := imported(t, s, "2008", "  - {id: 1, name: 内科, unit: 組, webCancel: true}\n  - {id: 2, name: 小児科, unit: 組}\n")
	c := cutting(t, s.URL)
	phone := open(t, chrome, "lost-cancel", c.URL+"/s/2008-1", 390, 844)
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	id := phone.text("location.hash.slice(1).split('.')[0]")

	// Looking at once: the board is fetched, and the page connects again.
	phone.says(".refresh", "確認しました")
	phone.holds("document.querySelectorAll('.link.live').length === 1")
	_, boards, watches := c.seen()
	phone.click("#refresh")
	phone.holds("document.querySelectorAll('.link.live').length === 1 && !document.querySelector('#refresh').disabled")
	if _, b, w := c.seen(); b != boards+1 || w != watches+1 {
		t.Errorf("a refresh reads %d boards and dials %d lines, want one of each", b-boards, w-watches)
	}

	phone.cancels()
	phone.shows(".mine .state", "受付は取り消されました")
	phone.is("document.querySelector('.take button[type=submit]')?.disabled", "false")
	phone.holds("document.querySelector('#problem') === null")
	phone.picture("cancelled")
	keys, _, _ := c.seen()
	if len(keys) < 2 || len(slices.Compact(slices.Clone(keys))) != 1 || keys[0] == "" {
		t.Errorf("the tries carry the keys %q, want the same for all", keys)
	}

	// Taken back by the desk, the next question is another act.
	desk.OK(t, "POST", "/v1/tickets/"+id+"/undo", nil, nil)
	phone.shows(".mine .state", "お待ちいただいています")
	phone.cancels()
	phone.shows(".mine .state", "受付は取り消されました")
	if again, _, _ := c.seen(); slices.Contains(keys, again[len(again)-1]) {
		t.Error("another question has the key of the first one")
	}
}
