//go:build unix

package e2e

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"junban/cmd/junban/internal/programtest"
	"junban/internal/pushtest"
	"junban/notify/message"
	"junban/notify/push"
)

// delivered waits until Firefox has decrypted the last push to an endpoint, and its worker
// has handled it.
func delivered(t *testing.T, service *pushtest.Service, endpoint string) {
	t.Helper()
	posts := service.Posts(endpoint)
	if len(posts) == 0 {
		t.Fatal("nothing was posted")
	}
	version := posts[len(posts)-1].Version
	programtest.Eventually(t, "firefox acknowledges the push", func() bool { return service.Ack(version) != 0 })
	if code := service.Ack(version); code != 100 {
		t.Fatalf("firefox refuses the push with code %d", code)
	}
}

// TestE2E_FirefoxReadsWhatWeEncrypt sends from the channel to a real browser.
func TestE2E_FirefoxReadsWhatWeEncrypt(t *testing.T) {
	t.Parallel()
	browser, service := withFirefox(t)
	s := program(t)
	keys, err := push.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	loopback := netip.MustParsePrefix("127.0.0.1/32")
	channel, err := push.New(keys, push.Options{Contact: "mailto:admin@junban.example", Allow: []netip.Prefix{loopback}})
	if err != nil {
		t.Fatal(err)
	}
	p := openFox(t, browser, s.URL, "/s/1234-1")
	var to message.Subscription
	if err := json.Unmarshal([]byte(p.eval(subscribeBy+"("+strconv.Quote(keys.Public())+")")), &to); err != nil {
		t.Fatal(err)
	}
	if err := channel.Validate(to); err != nil {
		t.Fatalf("%+v: %v", to, err)
	}
	send := func(m message.Message) {
		t.Helper()
		m.ID, m.To.Push, m.Stale, m.Tag, m.Path, m.Origin = "1234-261121-nosuchnotice", &to, "変わりました", "tag", "/t", s.URL
		if got := channel.Send(t.Context(), m); got.Outcome != message.Sent {
			t.Fatalf("result %+v", got)
		}
		delivered(t, service, to.Endpoint)
	}
	send(message.Message{Title: "まもなくです", Body: "あと5組", Language: "ja", Until: time.Now().Add(time.Hour)})
	p.until(notices, "まもなくです | あと5組 | tag")
	send(message.Message{Title: "お呼び出し", Body: "第1診察室へ", Language: "ja", Renotify: true, Urgent: true, Until: time.Now().Add(time.Hour)})
	if got := p.until(notices, "お呼び出し | 第1診察室へ | tag"); got != "お呼び出し | 第1診察室へ | tag" {
		t.Errorf("it shows %q", got)
	}
	send(message.Message{Title: "お呼び出し", Body: "第1診察室へ", Language: "ja", Until: time.Now().Add(-time.Hour)})
	p.until(notices, "お呼び出し | 変わりました | tag")

	p.eval("navigator.serviceWorker.ready.then(r => r.active.postMessage({ close: 'tag' }))")
	programtest.Eventually(t, "the page closes its notices", func() bool { return p.eval(notices) == "" })
	p.eval("navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription()).then(s => s.unsubscribe())")
	m := message.Message{Until: time.Now().Add(time.Hour), To: message.Address{Push: &to}}
	programtest.Eventually(t, "the subscription ends", func() bool { return channel.Send(t.Context(), m).Outcome == message.Gone })
}
