//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
	"junban/cmd/junban/internal/programtest"
	"junban/queue/queuetest"
)

// drawn is the function of a root and texts that stand in it one after the other.
// It returns "in order" when each is drawn right of the one before, or below it.
const drawn = `((root, ...texts) => {
	if (!root) return "nothing there";
	const letters = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	for (let n; (n = walk.nextNode());) for (let i = 0; i < n.data.length; i++) letters.push([n, i]);
	const all = letters.map(([n, i]) => n.data[i]).join("");
	let end = 0, last;
	for (const text of texts) {
		const at = all.indexOf(text, end);
		if (at < 0) return "no " + text + " in " + all;
		end = at + text.length;
		const range = document.createRange();
		range.setStart(...letters[at]);
		range.setEnd(letters[end - 1][0], letters[end - 1][1] + 1);
		const is = range.getBoundingClientRect();
		if (last && last.right > is.left + 1 && is.top < last.top + last.height / 2) return text + " is not after the text before it in " + all;
		last = is;
	}
	return "in order";
})`

// inOrder waits until the texts in an element are drawn in their order.
func (p *page) inOrder(root string, texts ...string) {
	p.t.Helper()
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = fmt.Sprintf("%q", text)
	}
	p.is(drawn+"("+root+", "+strings.Join(quoted, ", ")+")", "in order")
}

// first is the first element that fits a selector.
func first(selector string) string { return fmt.Sprintf("document.querySelector(%q)", selector) }

// TestE2E_ATextTurnsNothingBesideIt shows stored texts with direction marks and
// right-to-left names on every page.
func TestE2E_ATextTurnsNothingBesideIt(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	clinic := "id: \"2501\"\nname: קליניקה\nlisted: true\narea: מרכז\ndepartments: [אאא, בבב]\nzone: " + queuetest.Noon() + "\n" +
		"services:\n  - {id: 1, name: 内科外来}\n  - {id: 2, name: שלום}\n" +
		"rooms:\n  - {id: 1, name: 第1診察室, services: [1]}\n  - {id: 2, name: חדר, services: [2]}\n"
	programtest.Must(t, clinic, nil, "--data="+s.Data, "clinic", "import", "-")
	programtest.Must(t, programtest.Password+"\n", nil, "--data="+s.Data, "user", "set", "2501", "desk")

	// What the input check refuses today goes into Redis directly.
	rdb := s.Redis(t)
	const key = "junban:{2501}:"
	turn := func(hash, field string, pairs ...string) {
		t.Helper()
		old, err := rdb.HGet(t.Context(), hash, field).Result()
		if err != nil {
			t.Fatal(err)
		}
		turned := strings.NewReplacer(pairs...).Replace(old)
		if turned == old {
			t.Fatalf("%s of %s has nothing to turn: %s", field, hash, old)
		}
		if err := rdb.HSet(t.Context(), hash, field, turned).Err(); err != nil {
			t.Fatal(err)
		}
	}
	turn(key+"clinic", "record", "内科外来", "内\u202e科外来", "第1診察室", "第1\u202e診察室")
	for _, hash := range []string{"clinic", "desk"} {
		if err := rdb.HSet(t.Context(), key+hash, "rev", "of-an-earlier-version").Err(); err != nil {
			t.Fatal(err)
		}
	}
	staff := deskOf(t, s, "2501", "desk")
	issue := func(service string, p wire.Patient) (i wire.Issued) {
		t.Helper()
		staff.OK(t, "POST", "/v1/services/"+service+"/tickets", wire.IssueRequest{PartySize: 1, Patient: p}, &i)
		return i
	}
	one := issue("2501-1", wire.Patient{Name: "山田花子", Phone: "09012345678", CardNumber: "24680"})
	two := issue("2501-2", wire.Patient{Name: "דוד", Phone: "09087654321", CardNumber: "13579"})
	days, err := rdb.Keys(t.Context(), key+"*:patients").Result()
	if err != nil || len(days) != 1 {
		t.Fatalf("the days with patients are %v, %v", days, err)
	}
	turn(days[0], one.Ticket.ID, "山田花子", "山田\u202e花子", "24680", "\u202e24680")
	staff.OK(t, "PUT", "/v1/services/2501-1/message", wire.MessageRequest{Text: "本日は3時から5時まで"}, nil)
	turn(key+"desk", "1:standing", "3時", "\u202e3時")
	staff.OK(t, "POST", "/v1/services/2501-1/call", wire.CallRequest{Room: "1"}, nil)
	staff.OK(t, "POST", "/v1/services/2501-2/call", wire.CallRequest{Room: "2"}, nil)
	staff.OK(t, "POST", "/v1/tickets/"+two.Ticket.ID+"/recall", wire.ActRequest{}, nil)

	desk := open(t, chrome, "bidi-desk", s.URL+"/staff", 1280, 1600)
	for name, text := range map[string]string{"clinic": "2501", "user": "desk", "password": programtest.Password} {
		desk.fill("input[name="+name+"]", text)
	}
	desk.click("button[type=submit]")
	row := func(of wire.Issued, part string) string { return first(`[data-ticket="` + of.Ticket.ID + `"] ` + part) }
	desk.inOrder(row(one, ""), "1", "山", "田", "花", "子", "0901", "5678", "24", "68", "0")
	desk.inOrder(row(two, ""), "1", "דוד", "0908", "4321", "13", "79")
	desk.inOrder(row(two, ".what > small"), "חדר", "2", "回目")
	desk.inOrder(first("#service-2501-2 h2"), "שלום", "2501", "-2")
	desk.is(first("#service-2501-1 [data-message=standing] textarea")+".value", "本日は3時から5時まで") // so that it can be saved again
	desk.picture("turned")

	phone := open(t, chrome, "bidi-phone", s.URL+"/s/2501-2#"+two.Ticket.ID+"."+two.Token, 390, 1200)
	phone.shows("#number", "1")
	phone.do(chromedp.Navigate(s.URL + "/s/2501-1#" + one.Ticket.ID + "." + one.Token))
	phone.inOrder(first(".mine .todo"), "第", "1", "診", "察", "室")
	phone.inOrder(first(".board .calling li"), "1", "第", "1", "診", "察", "室")
	phone.inOrder(first(".board .message"), "本日", "3", "時", "5", "時")
	phone.inOrder(first(".others .card a"), "קליניקה", "שלום", "1")
	phone.picture("turned")
	phone.do(chromedp.Navigate(s.URL + "/t"))
	phone.inOrder(row(two, "a"), "קליניקה", "שלום", "1")
	phone.inOrder(row(one, "a"), "קליניקה", "内", "科", "外", "来", "1")
	phone.picture("turned-t")

	screen := open(t, chrome, "bidi-screen", s.URL+"/display/2501", 1280, 720)
	screen.inOrder(first("#service-2501-1 .calling li"), "1", "第", "1", "診", "察", "室")
	screen.inOrder(first(".recent"), "שלום", "חדר")
	screen.picture("turned")

	for _, service := range []string{"2501-1", "2501-2"} {
		foreign := open(t, chrome, "bidi-"+service, homepage(t, fmt.Sprintf(
			`<script type="module" src="%s/embed/v1.js"></script><junban-board service="%s"></junban-board>`, s.URL, service)), 800, 600)
		shadow := "document.querySelector('junban-board')?.shadowRoot"
		if service == "2501-1" {
			foreign.inOrder(shadow, "内", "科", "外", "来", "1", "第", "1", "診", "察", "室", "本日", "3", "時", "5")
		} else {
			foreign.inOrder(shadow, "שלום", "1", "חדר")
			for _, part := range []string{"room", "number"} {
				foreign.is(computed(part, "unicodeBidi"), "isolate")
			}
		}
		foreign.picture("turned")
	}

	// The pages that the server writes, as browsers without scripts keep them, and
	// the live ones in their place.
	for name, scripts := range map[string]bool{"live": true, "written": false} {
		p := open(t, chrome, "bidi-"+name, "about:blank", 800, 1200)
		if !scripts {
			p.do(withoutScripts())
		}
		p.do(chromedp.Navigate(s.URL + "/c/2501"))
		if scripts {
			p.holds("document.querySelector('.link.live') !== null")
		}
		p.inOrder(first("#service-2501-1 h2"), "内", "科", "外", "来", "2501", "-1")
		p.inOrder(first("#service-2501-2 h2"), "שלום", "2501", "-2")
		p.inOrder(first("#service-2501-2 .called"), "1", "חדר")
		p.inOrder(first(".clinic"), "2501", "מרכז", "אאא", "בבב")
		p.picture("clinic")
		p.do(chromedp.Navigate(s.URL + "/?q=2501"))
		p.inOrder(first(".clinics li p"), "מרכז", "אאא", "בבב")
		p.do(chromedp.Navigate(s.URL + "/embed/2501-2"))
		if !scripts {
			p.inOrder(first("section"), "שלום", "1", "חדר")
		}
	}
}
