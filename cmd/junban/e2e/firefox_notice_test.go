//go:build unix

package e2e

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/firefoxtest"
)

// press clicks the first element that fits, once it is there and enabled.
func (p *foxPage) press(selector string) {
	p.t.Helper()
	p.until("(e => { if (!e || e.disabled) return 'not yet'; e.click(); return 'pressed'; })(document.querySelector('"+selector+"'))", "pressed")
}

// choose selects a value of a list, as a reader does.
func (p *foxPage) choose(selector, value string) {
	p.t.Helper()
	p.until("(e => { if (!e) return 'not yet'; e.value = '"+value+"'; e.dispatchEvent(new Event('change')); return 'chosen'; })(document.querySelector('"+selector+"'))", "chosen")
}

// wants reads what a ticket's owner asked for, and what was sent.
func wants(t *testing.T, s *programtest.Running, ticket, token string) wire.Wants {
	t.Helper()
	var got wire.Wants
	if status := s.Client().Do(t, "GET", "/v1/tickets/"+ticket+"/wants", map[string]string{"Authorization": "Bearer " + token}, nil, &got); status != 200 {
		t.Fatalf("reading the wants: status %d", status)
	}
	return got
}

// clickNotice clicks on the notification that has this text.
func clickNotice(t *testing.T, browser *firefoxtest.Firefox, text string) {
	t.Helper()
	programtest.Eventually(t, "a click on "+text, func() bool {
		err := browser.Click(t.Context(), text)
		if err != nil && !errors.Is(err, firefoxtest.ErrNoNotification) {
			t.Fatal(err)
		}
		return err == nil
	})
}

// tabOf waits for the only tab of an address.
func tabOf(t *testing.T, browser *firefoxtest.Firefox, url string) *foxPage {
	t.Helper()
	var found []*firefoxtest.Tab
	programtest.Eventually(t, "a tab of "+url, func() bool {
		tabs, err := browser.Tabs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found = tabs[url]
		return len(found) > 0
	})
	if len(found) != 1 {
		t.Errorf("%d tabs of %s are open", len(found), url)
	}
	return &foxPage{t, found[0]}
}

// TestE2E_APhoneInThePocketIsTold takes a number in a real Firefox and asks to be notified.
// The page is closed then. The desk calls others until the patient is to set out, and calls
// the patient. Both notices arrive by web push, encrypted, with the text of that moment. A
// click on the first opens the patient's tickets, a click on the second that same page.
func TestE2E_APhoneInThePocketIsTold(t *testing.T) {
	t.Parallel()
	browser, service := withFirefox(t)
	s := program(t, "--push-allow=127.0.0.1/32", "--push-contact=mailto:admin@junban.example")
	desk := imported(t, s, "2041", "  - {id: 1, name: 内科, unit: 組}\n  - {id: 2, name: 小児科, unit: 組}\n")
	for range 8 {
		desk.OK(t, "POST", "/v1/services/2041-1/walkins", wire.IssueRequest{}, nil)
	}
	p := openFox(t, browser, s.URL, "/s/2041-1")
	p.press(".take button[type=submit]")
	p.until("document.querySelector('#number')?.textContent", "9")
	ticket, token, _ := strings.Cut(strings.TrimPrefix(p.eval("location.hash"), "#"), ".")
	p.press("#tell-me")
	p.choose("select[name=travel]", "0")
	p.choose("select[name=ahead]", "5")
	p.press("#save-wants")
	p.until("document.querySelector('.wants [data-channel=push] .next')?.textContent", "5組")
	address := p.eval("navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription()).then(s => s.endpoint)")
	watch := openFox(t, browser, s.URL, "/") // no page of patients
	if err := p.tab.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	watch.until(notices, "受け付けました")

	call := func() {
		t.Helper()
		desk.OK(t, "POST", "/v1/services/2041-1/call", wire.CallRequest{Room: "1"}, nil)
	}
	for range 3 {
		call()
	}
	if got := watch.until(notices, "あと5組"); !strings.Contains(got, "まもなく") || !strings.Contains(got, "みなと医院") || strings.Contains(got, "\n") {
		t.Errorf("firefox shows %q", got)
	}
	clickNotice(t, browser, "あと5組")
	list := tabOf(t, browser, s.URL+"/t")
	list.until("document.querySelector('.card .number')?.textContent", "9")
	if err := watch.tab.Show(t.Context()); err != nil {
		t.Fatal(err)
	}
	list.until("document.hasFocus()", "false")
	for range 6 {
		call()
	}
	if got := watch.until(notices, "第1診察室"); strings.Contains(got, "内科") || strings.Contains(got, "\n") {
		t.Errorf("firefox shows %q", got)
	}
	clickNotice(t, browser, "第1診察室")
	list.until("document.hasFocus()", "true")
	tabOf(t, browser, s.URL+"/t") // the same one
	desk.OK(t, "POST", "/v1/tickets/"+ticket+"/absent", nil, nil)
	watch.until(notices, "ご不在でした")

	told := func(kind string) bool {
		return slices.ContainsFunc(wants(t, s, ticket, token).Notices, func(n wire.TicketNotice) bool { return n.Kind == kind && n.ShownAt != nil })
	}
	for _, kind := range []string{"confirm", "approach", "call", "missed"} {
		programtest.Eventually(t, kind+" is reported as shown", func() bool { return told(kind) })
	}
	urgencies := []string{}
	for _, post := range service.Posts(address) {
		urgencies = append(urgencies, post.Header.Get("Urgency"))
		if len(post.Body) > 2000 || post.Header.Get("Topic") == "" {
			t.Errorf("a push of %d bytes with %v", len(post.Body), post.Header)
		}
	}
	if !slices.Equal(urgencies, []string{"normal", "high", "high", "normal"}) {
		t.Errorf("the urgencies are %v", urgencies)
	}
	if log := s.Log.String(); strings.Contains(log, address) || strings.Contains(log, token) {
		t.Error("the server's log has the address or the token in it")
	}

	// Back on the page, the notices of the ticket are closed.
	again := openFox(t, browser, s.URL, "/s/2041-1#"+ticket+"."+token)
	programtest.Eventually(t, "the page closes its notices", func() bool { return again.eval(notices) == "" })
	again.until("document.querySelector('.told')?.textContent", "お呼び出し")
}
