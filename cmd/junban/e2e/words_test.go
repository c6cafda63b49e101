//go:build unix

package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// lang is the language of a page.
const lang = "document.documentElement.lang"

// blocked lets a tab load nothing that fits the patterns.
func blocked(patterns ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		params := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{}}
		for _, p := range patterns {
			params.URLPatterns = append(params.URLPatterns, &network.BlockPattern{URLPattern: p, Block: true})
		}
		if _, err := cdp.Call(ctx, t, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, network.SetBlockedURLs, params)
		return err
	})
}

// TestE2E_ALanguageIsChosenAndRemembered changes the language under a ticket.
func TestE2E_ALanguageIsChosenAndRemembered(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	phone := open(t, chrome, "words", "about:blank", 360, 740)
	narrow := func(code, name string) {
		if wide := phone.text("document.documentElement.scrollWidth"); wide != "360" {
			t.Errorf("in %s the page is %s px wide on a screen of 360", code, wide)
		}
		phone.picture(name + code)
	}
	for _, code := range []string{"vi", "pt", "ja-x-easy"} { // whose words are long
		phone.do(chromedp.Navigate(s.URL + "/s/1234-1?lang=" + code))
		phone.click(".languages summary")
		phone.until(`document.querySelector(".take button.primary")`, func(s string) bool { return s != "" }, "a form")
		narrow(code, "form-")
	}
	phone.do(chromedp.Navigate(s.URL + "/s/1234-1"))
	phone.shows(".take button.primary", "受付する") // no choice yet
	phone.click(".take button.primary")
	phone.until(`document.querySelector("#number")?.textContent`, func(s string) bool { return s != "" }, "a number")
	number, ticket := phone.text(`document.querySelector("#number").textContent`), phone.text("location.hash")
	if !strings.HasPrefix(ticket, "#1234-1-") {
		t.Fatalf("the address keeps no ticket: %q", ticket)
	}

	for _, c := range []struct{ code, mine string }{
		{"vi", "Số của quý vị"}, {"pt", "Sua senha"}, {"zh-Hans", "您的号码"}, {"ko", "내 접수 번호"}, {"ja-x-easy", "あなたの 番号(ばんごう)"}, {"en", "Your number"},
	} {
		phone.click(".languages summary")
		phone.click(`.languages a[lang="` + c.code + `"]`)
		phone.shows(".mine h2", c.mine)
		phone.shows("#number", number)
		if got := phone.text(lang + " + location.search + location.hash"); got != c.code+"?lang="+c.code+ticket {
			t.Errorf("the page is %q, want %s with its ticket", got, c.code)
		}
		narrow(c.code, "mine-")
	}

	phone.do(chromedp.Navigate(s.URL + "/s/1234-1"))
	phone.shows(".mine h2", "Your number") // this device speaks English from now on
	phone.do(chromedp.Navigate(s.URL + "/?lang=ko"))
	phone.is(lang, "ko")
	phone.do(chromedp.Navigate(s.URL + "/"))
	phone.is(lang, "en")
}

// TestE2E_APageWithoutItsWordsStaysWhatTheServerWrote takes the words away.
func TestE2E_APageWithoutItsWordsStaysWhatTheServerWrote(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	var pages []*page
	for path, says := range map[string]string{"/s/1234-1": "Đang gọi số", "/display/1234": "Đang gọi số", "/in/1234": "Báo đã đến", "/staff": ""} {
		p := open(t, chrome, "wordless"+strings.ReplaceAll(path, "/", "-"), s.URL+path+"?lang=vi", 360, 740, blocked(s.URL+"/assets/*.words.*"))
		p.is(`!document.querySelector("#wordless").hidden`, "true")
		if shown := p.text("document.body.innerText"); !strings.Contains(shown, says) || strings.Contains(shown, "board.") {
			t.Errorf("%s without its words shows:\n%s", path, shown)
		}
		p.picture("blocked")
		pages = append(pages, p)
	}
	for _, p := range pages { // they ask again by themselves, and are whole once the words come
		p.do(blocked())
		p.is(`(document.querySelector("#wordless").hidden && !!window.junbanWords)`, "true")
	}
}

// TestE2E_TheElementSpeaksTheLanguageOfItsPage has the element ask for words,
// and go without.
func TestE2E_TheElementSpeaksTheLanguageOfItsPage(t *testing.T) {
	t.Parallel()
	s, chrome := start(t)
	says := `document.querySelector("junban-board").shadowRoot.textContent`
	p := open(t, chrome, "element", s.URL+"/partner/sample?lang=pt", 800, 600)
	p.contains(says, "Em espera")
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("junban-board").lang = "ko-KR"`))
	p.contains(says, "대기")

	// Nothing is spoken in Japanese during the wait for the language, which here has no
	// end.
	patient := open(t, chrome, "element-patient", homepage(t, `<script>
		window.heard = "";
		const { attachShadow } = Element.prototype, { setTimeout } = window;
		window.setTimeout = (act, ms, ...more) => ms === 1000 ? 0 : setTimeout(act, ms, ...more);
		Element.prototype.attachShadow = function (init) {
			const root = attachShadow.call(this, init);
			new MutationObserver(() => heard += root.textContent).observe(root, { childList: true, subtree: true });
			return root;
		};
	</script>`+element(s.URL, `lang="pt"`)), 800, 600)
	patient.contains("heard", "Em espera")
	patient.holds(`!heard.includes("待ち") && !heard.includes("接続")`)

	// The texts fail before the board arrives. That is not a refusal of the site.
	without := open(t, chrome, "element-wordless", homepage(t, `<script>
		const { WebSocket: Socket } = window;
		window.WebSocket = class extends Socket {
			set onmessage(act) { super.onmessage = (e) => setTimeout(() => act(e), 500); }
		};
	</script>`+element(s.URL, `lang="pt"`)), 800, 600)
	without.do(blocked("*://*:*/embed/v1.json*"), chromedp.Reload())
	without.contains(says, "待ち")
}
