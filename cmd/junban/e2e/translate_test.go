//go:build unix

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"junban/api/wire"
)

// rewriting is a script that rewrites the page's text at once and after every change,
// also in shadow trees. The function rewrite gets each text node that is not blank. If
// skip is set, it obeys translate="no".
const rewriting = `(() => {
	const rewrite = %s, skip = %t, roots = [document.body];
	const walk = (n) => {
		if (n.nodeType === 3) return void (n.data.trim() && rewrite(n));
		if (n.nodeType !== 1 || /^(SCRIPT|STYLE|FONT|INPUT|TEXTAREA)$/.test(n.tagName) || (skip && n.translate === false)) return;
		if (n.shadowRoot && !roots.includes(n.shadowRoot)) watch(n.shadowRoot);
		for (const c of [...n.childNodes]) walk(c);
	};
	const observer = new MutationObserver(() => roots.forEach(all));
	const all = (root) => { for (const c of [...root.childNodes]) walk(c); observer.takeRecords(); };
	const watch = (root) => { roots.push(root); observer.observe(root, {childList: true, subtree: true, characterData: true}); all(root); };
	roots.length = 0;
	watch(document.body);
	window.rewritten = (window.rewritten || 0) + 1;
})()`

// What the programs do to a text node.
const (
	// Chrome and Edge: the node leaves the document.
	inFonts = `(n) => {
		const outer = document.createElement("font"), inner = document.createElement("font");
		outer.style.verticalAlign = inner.style.verticalAlign = "inherit";
		inner.textContent = n.data;
		outer.append(inner);
		n.replaceWith(outer);
	}`
	// An extension that translates each paragraph as a copy of it.
	inCopies = `(n) => {
		const p = n.parentNode;
		if (!p.matches || !p.matches("p, li, b, dd, h2, small, span") || p.dataset.copy) return;
		const copy = p.cloneNode(true);
		copy.dataset.copy = "1";
		p.replaceWith(copy);
	}`
	// Firefox: the node stays and has another text.
	inPlace = `(n) => { if (!n.data.endsWith("~")) n.data += "~"; }`
	// An extension that writes digits in another script, also where translate="no" is
	// set.
	inDigits = `(n) => { const d = n.data.replace(/[0-9]/g, (c) => "٠١٢٣٤٥٦٧٨٩"[c]); if (d !== n.data) n.data = d; }`
)

// TestE2E_ACallReachesPagesThatAreTranslated lets programs rewrite the text of
// every live page, the desk among them, and calls numbers. The page of a lookup
// has no script: what a program makes of it stays as it was sent.
func TestE2E_ACallReachesPagesThatAreTranslated(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	c := s.Client()
	c.LogIn(t, "1234", "demo")
	phone := open(t, chrome, "translated", s.URL+"/s/1234-1", 390, 844)
	phone.click(".take button[type=submit]")
	phone.shows("#number", "1")
	id := phone.text("location.hash.slice(1).split('.')[0]")
	mine := open(t, chrome, "translated-t", s.URL+"/t", 390, 844)
	mine.shows(".card .number", "1")
	clinic := open(t, chrome, "translated-clinic", s.URL+"/c/1234", 390, 844)
	screen := open(t, chrome, "translated-screen", s.URL+"/display/1234", 1280, 720)
	foreign := open(t, chrome, "translated-partner", partner(t, s.URL), 800, 600)
	foreign.contains(elementText, "内科")
	desk := openDesk(t, chrome, "translated-desk", s, 1280, 900)
	pages := []*page{phone, mine, clinic, screen, foreign, desk}
	state := `[data-ticket="` + id + `"] .state`
	const line = "#service-1234-1"

	for _, with := range []struct {
		name, rewrite string
		obeys         bool
	}{{"fonts", inFonts, true}, {"rude fonts", inFonts, false}, {"copies", inCopies, false}, {"in place", inPlace, true}} {
		for _, p := range pages {
			if p != foreign {
				p.do(chromedp.Reload())
				p.holds("document.querySelector('.number, .figures') !== null")
			}
		}
		for _, p := range pages {
			p.is("("+fmt.Sprintf(rewriting, with.rewrite, with.obeys)+", 1)", "1")
		}
		phone.picture(with.name)
		for range 2 { // the second time on what was written after the first
			c.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: "1", Ticket: id}, nil)
			phone.says(".mine .todo", "第1診察室")
			phone.shows(".board .number", "1")
			mine.says(".card .todo", "第1診察室")
			clinic.shows(line+" .called .number", "1")
			screen.shows(line+" .calling .number", "1")
			desk.says(state, "呼出中")
			foreign.contains(elementText, "第1診察室")
			phone.picture(with.name + " called")
			screen.picture(with.name + " called")
			desk.picture(with.name + " called")
			c.OK(t, "POST", "/v1/tickets/"+id+"/undo", nil, nil)
			phone.says(".mine .position", "次が")
			phone.holds("document.querySelector('.board .number') === null")
			mine.says(".card .position", "次が")
			clinic.holds("document.querySelector('" + line + " .called .number') === null")
			screen.holds("document.querySelector('" + line + " .calling') === null")
			desk.says(state, "待ち")
			foreign.until(elementText, func(s string) bool { return !strings.Contains(s, "第1診察室") }, "not called")
		}
		for _, p := range []*page{phone, clinic, screen, desk} {
			p.holds("document.querySelectorAll('.link.live').length === 1")
		}
	}

	// The desk acts on what is translated, also on a row that is another element now.
	desk.do(chromedp.Reload())
	desk.holds("document.querySelector('.number') !== null")
	desk.is("("+fmt.Sprintf(rewriting, inFonts, false)+", 1)", "1")
	desk.click(`[data-next="1234-1"][data-room="1"]`)
	desk.says(state, "呼出中")
	phone.says(".mine .todo", "第1診察室")
	desk.click(onTicket(id, "undo"))
	desk.says(state, "待ち")
	desk.picture("acted")

	// Another program alters figures and names: the page shows that, and not that it is
	// live.
	for _, p := range []*page{phone, mine, clinic, screen, desk} {
		p.do(chromedp.Reload())
		p.holds("document.querySelector('.number, .figures') !== null")
		p.is("("+fmt.Sprintf(rewriting, inDigits, false)+", 1)", "1")
	}
	c.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: "1", Ticket: id}, nil) // all show a number
	for _, p := range []*page{phone, clinic, screen, desk} {
		p.says(".link.stale [role=alert]", "書き換えています")
		p.holds("document.querySelectorAll('.link.live').length === 0")
		p.picture("altered")
	}
	mine.says(".card .age", "書き換えています")
}
