package api

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	randv2 "math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"junban/api/notice"
	"junban/api/wire"
	"junban/notify/inbox"
	"junban/notify/mail"
	"junban/notify/message"
	"junban/notify/push"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// mails keeps the mails that a server sends.
type mails struct {
	mu   sync.Mutex
	sent []message.Message // guarded by mu
	next message.Outcome   // guarded by mu; of the next mails, "" is Sent
}

// Send keeps a mail.
func (m *mails) Send(_ context.Context, letter message.Message) message.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next != "" {
		return message.Result{Outcome: m.next, Answer: "554 5.1.1 <" + letter.To.Mail + "> unknown"}
	}
	m.sent = append(m.sent, letter)
	return message.Result{Outcome: message.Sent}
}

func (m *mails) answer(o message.Outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.next = o
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// code is the one of the newest mail, which is to that address.
func (m *mails) code(t *testing.T, to string) string {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.sent) == 0 || m.sent[len(m.sent)-1].To.Mail != to {
		t.Fatalf("no mail to %s among %d", to, len(m.sent))
	}
	return sixDigits.FindString(m.sent[len(m.sent)-1].Text)
}

// testNotices are what a test's server offers: push, mail and the demo's inbox.
func testNotices(box notice.Outbox) *notice.Notices {
	return &notice.Notices{
		Outbox: box, PushKey: "BKey", Mail: &mails{}, MailFrom: "mail.example", Inbox: &inbox.Inbox{},
		ValidPush: func(s message.Subscription) error { return push.Validate(s) }, ValidMail: mail.ValidAddress,
	}
}

// noticeWorld is a server on Redis with its outbox, and a patient's ticket.
type noticeWorld struct {
	*world
	box    *outbox.Store
	mails  *mails
	mail   string // an address that no other test has: its limit is of all nodes
	ticket wire.Issued
}

func newNoticeWorld(t *testing.T, change ...func(*Config)) *noticeWorld {
	t.Helper()
	n := &noticeWorld{mail: strings.ToLower(rand.Text()[:8]) + "hanako12@example.jp"}
	n.world = newRealWorld(t, append(change, func(c *Config) {
		n.box, n.mails = c.Outbox.(*outbox.Store), c.Notices.Mail.(*mails)
	})...)
	n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1, Patient: wire.Patient{Name: "順番 花子", Phone: "09012345678"}})
	return n
}

func (n *noticeWorld) wantsPath() string { return "/v1/tickets/" + n.ticket.Ticket.ID + "/wants" }

// TestOrigin_OfLinksIsNotTheHostOfARequest names another host, as a stranger may. The
// links of mails, which have tokens, do not lead there.
func TestOrigin_OfLinksIsNotTheHostOfARequest(t *testing.T) {
	t.Parallel()
	for _, fixed := range []string{"https://junban.example", ""} {
		var box *outbox.Store
		w := newRealWorld(t, func(c *Config) {
			box, c.Notices.Origin = c.Outbox.(*outbox.Store), fixed
		})
		n := &noticeWorld{world: w, ticket: w.issue("1", wire.IssueRequest{PartySize: 1, Patient: person(1)})}
		forged := func(a ask) {
			t.Helper()
			a.header = http.Header{"Content-Type": {"application/json"}, "X-Forwarded-Host": {"other.example"}}
			body, err := json.Marshal(a.body)
			if err != nil {
				t.Fatal(err)
			}
			r := w.request(a, bytes.NewReader(body))
			r.Host = "other.example"
			res, err := w.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			if res.Body.Close(); res.StatusCode != http.StatusOK {
				t.Fatalf("%s %s: status %d", a.method, a.path, res.StatusCode)
			}
		}
		want := cmp.Or(fixed, "http://other.example")
		push := aDevice(t, "https://push.example/"+w.number())
		forged(n.put(wire.NewWant{Channel: "push", Push: push, Language: "ja"}))
		forged(ask{method: "POST", path: "/v1/clinics/" + w.number() + "/follow", body: wire.FollowRequest{Push: push, Language: "ja", Consent: wire.ConsentVersion}})
		id, err := queue.ParseTicketID(n.ticket.Ticket.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := box.Wants(t.Context(), id); err != nil || len(kept) != 1 || kept[0].Origin != want {
			t.Errorf("the origin is to be %q: wants %+v, error %v", want, kept, err)
		}
		if kept, _, err := box.FollowersPage(t.Context(), clinic.ID(w.number()), 0, 10); err != nil || len(kept) != 1 || kept[0].Origin != want {
			t.Errorf("the origin is to be %q: followers %+v, error %v", want, kept, err)
		}
	}
}

// put asks for wants of the ticket.
func (n *noticeWorld) put(wants ...wire.NewWant) ask {
	if wants == nil {
		wants = []wire.NewWant{}
	}
	return ask{method: "PUT", path: n.wantsPath(), token: n.ticket.Token, body: wire.WantsRequest{Consent: wire.ConsentVersion, Wants: wants}}
}

// prove proves a mail address by its code.
func (n *noticeWorld) prove(to string) string {
	n.t.Helper()
	p := get[wire.Proof](n.world, 200, ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}})
	if p.From != "mail.example" {
		n.t.Errorf("the mail comes from %q", p.From)
	}
	return get[wire.Proven](n.world, 200, ask{method: "POST", path: "/v1/proofs/" + p.Proof, body: wire.ProofCode{Code: n.mails.code(n.t, to)}}).Proven
}

// aDevice is a subscription of a browser at an endpoint.
func aDevice(t *testing.T, endpoint string) *wire.PushSubscription {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return &wire.PushSubscription{Endpoint: endpoint, P256DH: b64(key.PublicKey().Bytes()), Auth: b64(make([]byte, 16))}
}

const testEndpoint = "https://push.example/send/abcdefSECRET"

func problemIn(t *testing.T, body []byte) (p wire.Problem) {
	t.Helper()
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// silent checks that no answer and no log has an address.
func (n *noticeWorld) silent(texts ...string) {
	n.t.Helper()
	for _, text := range append(texts, n.log.String()) {
		for _, address := range []string{"hanako12", "SECRET"} {
			if strings.Contains(text, address) {
				n.t.Errorf("an address is in %s", text)
			}
		}
	}
}

func TestWants_AreReplacedAndStoppedInOneRequest(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	for range 40 { // so that the patient is not to come at once
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1})
	}
	look := ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}
	if got := get[wire.Wants](n.world, 200, look); !slices.Equal(got.Channels, []string{"push", "mail", "inbox"}) || got.Travel != 20 || len(got.Wants) != 0 || got.Tag == "" || !got.News {
		t.Errorf("offered: %+v", got)
	}
	proven := n.prove(n.mail)
	travel := 30
	got := get[wire.Wants](n.world, 200, n.put(
		wire.NewWant{Channel: "push", Push: aDevice(t, testEndpoint), Language: "ja"},
		wire.NewWant{Channel: "mail", Mail: n.mail, Proven: proven, Travel: &travel, Ahead: 3, Kinds: []string{"call", "approach"}, Language: "en"},
	))
	if len(got.Wants) != 2 || got.Wants[0].Channel != "push" || got.Wants[0].Travel != 20 {
		t.Fatalf("wanted: %+v", got.Wants)
	}
	mail := got.Wants[1]
	if mail.Address != "…12@…" || mail.Travel != 30 || mail.Ahead != 3 || !slices.Equal(mail.Kinds, []string{"call", "approach"}) || mail.Next == nil || mail.Next.Ahead != 3 || mail.Next.Minutes == nil || *mail.Next.Minutes != 30 {
		t.Errorf("wanted by mail: %+v, next %+v", mail, mail.Next)
	}
	kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID))
	if err != nil || len(kept) != 2 {
		t.Fatalf("kept: %+v %v", kept, err)
	}
	if w := kept[1]; w.Address.Mail != n.mail || w.Token != n.ticket.Token || w.Consent != wire.ConsentVersion || w.At.IsZero() || w.Origin != n.url {
		t.Errorf("kept: %+v", w)
	}
	if kept[0].Token != "" {
		t.Error("a push has the ticket's token")
	}
	// Another device changes the order and the travel time, and knows no address.
	got = get[wire.Wants](n.world, 200, n.put(
		wire.NewWant{Channel: "mail", ID: mail.ID, Travel: &travel, Language: "ja"}, wire.NewWant{Channel: "push", ID: got.Wants[0].ID, Language: "ja"},
	))
	if kept, err = n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 2 || kept[0].Address.Mail != n.mail || kept[1].Address.Endpoint != testEndpoint {
		t.Errorf("after another device: %+v %v, answer %+v", kept, err, got.Wants)
	}
	text := string(n.do(look).body)
	n.silent(text)
	stop := ask{method: "PUT", path: n.wantsPath(), token: n.ticket.Token, body: wire.WantsRequest{Wants: []wire.NewWant{}}}
	for range 2 {
		if got := get[wire.Wants](n.world, 200, stop); len(got.Wants) != 0 {
			t.Errorf("stopped: %+v", got.Wants)
		}
	}
	if kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 0 {
		t.Errorf("kept after the stop: %+v %v", kept, err)
	}
}

func TestWants_NeedTheTicketsToken(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	other := n.issue("1", wire.IssueRequest{PartySize: 1})
	for _, method := range []string{"GET", "PUT"} {
		body := wire.WantsRequest{Wants: []wire.NewWant{}}
		n.refused(401, "token_required", ask{method: method, path: n.wantsPath(), body: body})
		n.refused(403, "token_wrong", ask{method: method, path: n.wantsPath(), token: other.Token, body: body})
	}
	n.refused(401, "token_required", ask{method: "GET", path: n.wantsPath(), cookie: n.login()})
}

func TestWants_BadInputIsRefusedByItsField(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	proven := n.prove(n.mail)
	inbox := func(name string) wire.NewWant {
		return wire.NewWant{Channel: "inbox", Inbox: name, Language: "ja"}
	}
	minutes := 15
	offCurve := aDevice(t, testEndpoint)
	offCurve.P256DH = base64.RawURLEncoding.EncodeToString(append([]byte{4}, make([]byte, 64)...))
	short := aDevice(t, testEndpoint)
	short.Auth = "AAAA"
	nine := make([]wire.NewWant, 9)
	for i := range nine {
		nine[i] = inbox(string(rune('a' + i)))
	}
	pushed := func(s *wire.PushSubscription) []wire.NewWant {
		return []wire.NewWant{{Channel: "push", Push: s, Language: "ja"}}
	}
	mailed := func(to, proven string) []wire.NewWant {
		return []wire.NewWant{{Channel: "mail", Mail: to, Proven: proven, Language: "ja"}}
	}
	with := func(change func(*wire.NewWant)) []wire.NewWant {
		w := inbox("a")
		change(&w)
		return []wire.NewWant{w}
	}
	for name, tt := range map[string]struct {
		wants         []wire.NewWant
		pointer, code string
	}{
		"nine":                      {nine, "/wants", "too_many"},
		"twice":                     {[]wire.NewWant{inbox("a"), inbox("a")}, "/wants/1/channel", "used_twice"},
		"twice, in capitals":        {append(mailed(n.mail, proven), mailed(strings.ToUpper(n.mail), proven)...), "/wants/1/channel", "used_twice"},
		"an unknown channel":        {with(func(w *wire.NewWant) { w.Channel = "fax" }), "/wants/0/channel", "not_one_of"},
		"no subscription":           {pushed(nil), "/wants/0/push", "missing"},
		"loopback":                  {pushed(aDevice(t, "https://127.0.0.1/SECRET")), "/wants/0/push", "not_push"},
		"a private address":         {pushed(aDevice(t, "https://10.1.2.3/SECRET")), "/wants/0/push", "not_push"},
		"metadata":                  {pushed(aDevice(t, "https://169.254.169.254/SECRET")), "/wants/0/push", "not_push"},
		"loopback in IPv6":          {pushed(aDevice(t, "https://[::1]/SECRET")), "/wants/0/push", "not_push"},
		"plain http":                {pushed(aDevice(t, "http://push.example/SECRET")), "/wants/0/push", "not_push"},
		"another port":              {pushed(aDevice(t, "https://push.example:8443/SECRET")), "/wants/0/push", "not_push"},
		"user info":                 {pushed(aDevice(t, "https://a:b@push.example/SECRET")), "/wants/0/push", "not_push"},
		"2 KiB of endpoint":         {pushed(aDevice(t, testEndpoint+strings.Repeat("a", 2048))), "/wants/0/push", "not_push"},
		"a key off the curve":       {pushed(offCurve), "/wants/0/push", "not_push"},
		"a short auth":              {pushed(short), "/wants/0/push", "not_push"},
		"no mail":                   {mailed("", proven), "/wants/0/mail", "missing"},
		"a line break in the mail":  {mailed("hanako12@example.jp\r\nBcc: x@example.jp", proven), "/wants/0/mail", "characters"},
		"bidi marks in the mail":    {mailed("hanako12\u202e@example.jp", proven), "/wants/0/mail", "characters"},
		"two dots in the mail":      {mailed("hanako12..x@example.jp", proven), "/wants/0/mail", "not_mail"},
		"a mail that is not proven": {mailed(n.mail, ""), "/wants/0/proven", "not_proven"},
		"the proof of another mail": {mailed("taro@example.jp", proven), "/wants/0/proven", "not_proven"},
		"a forged proof":            {mailed(n.mail, strings.Repeat("A", 43)), "/wants/0/proven", "not_proven"},
		"an unknown want":           {with(func(w *wire.NewWant) { w.ID = "zzz" }), "/wants/0/id", "want_unknown"},
		"no inbox":                  {with(func(w *wire.NewWant) { w.Inbox = "" }), "/wants/0/inbox", "missing"},
		"a long inbox":              {with(func(w *wire.NewWant) { w.Inbox = strings.Repeat("あ", 41) }), "/wants/0/inbox", "too_long"},
		"bidi marks in the inbox":   {with(func(w *wire.NewWant) { w.Inbox = "a\u2066b" }), "/wants/0/inbox", "characters"},
		"15 minutes":                {with(func(w *wire.NewWant) { w.Travel = &minutes }), "/wants/0/travel", "not_one_of"},
		"11 ahead":                  {with(func(w *wire.NewWant) { w.Ahead = 11 }), "/wants/0/ahead", "between"},
		"-1 ahead":                  {with(func(w *wire.NewWant) { w.Ahead = -1 }), "/wants/0/ahead", "between"},
		"an unknown kind":           {with(func(w *wire.NewWant) { w.Kinds = []string{"call", "joke"} }), "/wants/0/kinds/1", "not_one_of"},
		"news":                      {with(func(w *wire.NewWant) { w.Kinds = []string{"news"} }), "/wants/0/kinds/0", "not_one_of"},
		"a kind twice":              {with(func(w *wire.NewWant) { w.Kinds = []string{"call", "call"} }), "/wants/0/kinds/1", "used_twice"},
		"an unknown language":       {with(func(w *wire.NewWant) { w.Language = "tlh" }), "/wants/0/language", "not_one_of"},
	} {
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1}) // each has its own limit
		res := n.refused(400, "field_invalid", n.put(tt.wants...))
		if p := problemIn(t, res.body); len(p.Errors) != 1 || p.Errors[0].Pointer != tt.pointer || p.Errors[0].Code != tt.code {
			t.Errorf("%s: %s", name, res.body)
		}
		n.silent(string(res.body))
	}
	body := n.put(inbox("a"))
	body.body = wire.WantsRequest{Wants: []wire.NewWant{inbox("a")}}
	if p := problemIn(t, n.refused(400, "field_invalid", body).body); p.Errors[0].Pointer != "/consent" {
		t.Errorf("without consent: %+v", p)
	}
	if kept, err := n.box.Wants(t.Context(), queue.TicketID(n.ticket.Ticket.ID)); err != nil || len(kept) != 0 {
		t.Errorf("kept: %+v %v", kept, err)
	}
}

func TestWants_OfAClinicThatSendsNothing(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	c := n.clinic
	c.Notices = clinic.Notices{Channels: []string{"push", "mail"}, Off: []string{"call", "news"}}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	if got := get[wire.Wants](n.world, 200, ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}); !slices.Equal(got.Channels, []string{"inbox"}) || slices.Contains(got.Kinds, "call") || got.News {
		t.Errorf("offered: %+v", got)
	}
	n.refused(503, "mail_unavailable", ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: n.mail, Language: "ja"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: "/v1/clinics/" + n.number() + "/follow", body: wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: "1"}})
}

// change writes the clinic's record.
func (n *noticeWorld) change(c clinic.Clinic) error {
	err := n.world.put.PutClinic(n.t.Context(), c, queue.Act{})
	if err == nil {
		_, err = n.api.clinics.Refresh(n.t.Context(), c.ID)
	}
	return err
}

func TestWants_OfATicketThatIsOver(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	n.act(n.login(), n.ticket.Ticket.ID, "cancel")
	n.refused(409, "state_forbids", n.put(wire.NewWant{Channel: "inbox", Inbox: "a", Language: "ja"}))
	get[wire.Wants](n.world, 200, n.put())
}

func TestProof_FiveTriesThenAnother(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	request := ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: n.mail, Language: "en"}}
	p := get[wire.Proof](n.world, 200, request)
	code := n.mails.code(t, n.mail)
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	give := func(code string) ask {
		return ask{method: "POST", path: "/v1/proofs/" + p.Proof, body: wire.ProofCode{Code: code}}
	}
	n.refused(400, "field_invalid", give(""))
	for range outbox.ProofTries {
		n.refused(403, "wrong_code", give(wrong))
	}
	n.refused(429, "proof_tries", give(wrong))
	n.refused(429, "proof_tries", give(code))
	n.refused(410, "proof_over", ask{method: "POST", path: "/v1/proofs/nothing", body: wire.ProofCode{Code: code}})
	p = get[wire.Proof](n.world, 200, request)
	full := strings.Map(func(r rune) rune { return r - '0' + '０' }, n.mails.code(t, n.mail))
	if got := get[wire.Proven](n.world, 200, give(full[:9]+" "+full[9:])); got.Proven == "" {
		t.Error("a code in full width proves nothing")
	}
	n.silent()
}

// TestProof_AStrangerUsesUpNothingOfAnOwners asks for codes until those without a ticket
// get none. The owner of a ticket still gets one. A mailbox has one limit, in whatever way
// its address is written, and a code of no proof is no obstacle to one that is there.
func TestProof_AStrangerUsesUpNothingOfAnOwners(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t, behindProxy)
	home := fromAddress(fmt.Sprintf("2001:db8:%x:1::1", randv2.Uint32N(1<<16))) // its limit is of all nodes
	code := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", header: home, body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	usedUp := func(a func() ask) {
		t.Helper()
		for range 100 {
			if n.do(a()).status == 429 {
				return
			}
		}
		t.Error("no limit")
	}
	usedUp(func() ask { return code(strings.ToLower(rand.Text()) + "@example.jp") })
	own := code(n.mail)
	n.refused(429, "too_many_requests", own)
	body := own.body.(wire.ProofRequest)
	body.Ticket = n.ticket.Ticket.ID
	own.body = body
	n.refused(401, "token_required", own)
	own.token = n.issue("1", wire.IssueRequest{PartySize: 1}).Token
	n.refused(403, "token_wrong", own)
	own.token = n.ticket.Token
	p := get[wire.Proof](n.world, 200, own)
	give := func(proof, code string) ask {
		return ask{method: "POST", path: "/v1/proofs/" + proof, header: home, body: wire.ProofCode{Code: code}}
	}
	usedUp(func() ask { return give("nothing", "000000") })
	get[wire.Proven](n.world, 200, give(p.Proof, n.mails.code(t, n.mail)))
	n.act(n.login(), n.ticket.Ticket.ID, "cancel")
	n.refused(429, "too_many_requests", own) // counted with those without a ticket
}

// TestProof_OneMailboxHasOneLimit asks for codes to one mailbox, whose address is written
// in several ways.
func TestProof_OneMailboxHasOneLimit(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	code := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	name := strings.ToLower(rand.Text())
	for _, to := range []string{"h" + name + "+1@gmail.com", "h." + name + "@googlemail.com", "H" + name + "+2@GMAIL.com", "h." + name + "+x@gmail.com"} {
		get[wire.Proof](n.world, 200, code(to))
	}
	n.refused(429, "too_many_requests", code("h"+name+"@gmail.com"))
	get[wire.Proof](n.world, 200, code("h."+name+"@example.jp")) // its dots count
}

// TestFollow_BadRequestsTakeNothing sends bodies without an address. They use up nothing of
// who wants to follow, and to follow much does not keep anybody from ending it.
func TestFollow_BadRequestsTakeNothing(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t, behindProxy)
	home := fromAddress(fmt.Sprintf("2001:db8:%x:1::1", randv2.Uint32N(1<<16)))
	to := func(what string, body wire.FollowRequest) ask {
		return ask{method: "POST", path: "/v1/clinics/" + n.number() + "/" + what, header: home, body: body}
	}
	device := wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: wire.ConsentVersion}
	for range 70 { // more than a /48 has
		n.refused(400, "field_invalid", to("follow", wire.FollowRequest{Language: "ja", Consent: "1"}))
	}
	follows := 0
	for ; follows < 100 && n.do(to("follow", device)).status == 200; follows++ {
	}
	if follows == 0 || follows == 100 {
		t.Errorf("%d requests to follow", follows)
	}
	get[wire.Following](n.world, 200, to("unfollow", device))
}

// TestWants_ShowWhatIsInTheWay switches a channel off, suppresses an address and reaches a
// cap. The owner is shown each, and the notices that it stopped. A code that is given back lifts
// the suppression.
func TestWants_ShowWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	mailed := wire.NewWant{Channel: "mail", Mail: n.mail, Proven: n.prove(n.mail), Language: "ja"}
	put := n.put(wire.NewWant{Channel: "push", Push: aDevice(t, testEndpoint), Language: "ja"}, mailed)
	problems := func(a ask) string {
		t.Helper()
		var all []string
		for _, w := range get[wire.Wants](n.world, 200, a).Wants {
			all = append(all, w.Channel+" "+w.Problem)
			if w.Problem != "" && w.Next != nil {
				t.Errorf("%s, and still %+v", w.Problem, w.Next)
			}
		}
		return strings.Join(all, ", ")
	}
	check := func(when, want string, a ask) {
		t.Helper()
		if got := problems(a); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	look := ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token}
	check("at first", "push , mail ", put)
	hash := n.box.Hash(outbox.Address{Mail: n.mail})
	if err := n.box.Suppress(t.Context(), n.clinic.ID, outbox.Mail, hash, "550"); err != nil {
		t.Fatal(err)
	}
	check("after mail returned", "push , mail suppressed", look)
	n.prove(n.mail)
	check("after another code", "push , mail ", look)

	c := n.clinic
	c.Notices.Channels = []string{"push"}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	got := get[wire.Wants](n.world, 200, look)
	check("with push off", "push off, mail ", look)
	kept := n.put(wire.NewWant{Channel: "push", ID: got.Wants[0].ID, Language: "ja"}, wire.NewWant{Channel: "mail", ID: got.Wants[1].ID, Language: "en"})
	check("put again", "push off, mail ", kept)

	c.Notices = clinic.Notices{Caps: []clinic.NoticeCap{{Channel: "mail", Month: 1}}}
	if err := n.change(c); err != nil {
		t.Fatal(err)
	}
	n.clinic = c
	id := queue.TicketID(n.ticket.Ticket.ID)
	check("below the cap", "push , mail ", look)
	for _, kind := range []outbox.Kind{outbox.Confirm, outbox.Approach, outbox.Delay} { // one above the cap still goes
		n.planned(outbox.Job{Kind: kind, Ticket: id, Channel: outbox.Mail})
		for _, claimed := range n.claim() {
			if err := n.box.Tell(t.Context(), n.clinic, outbox.Told{Job: claimed.Job, Fence: claimed.Job.Fence, State: outbox.Sent, Spent: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	check("with the cap used up", "push , mail cap", look)
	if told := get[wire.Wants](n.world, 200, look).Notices; !slices.ContainsFunc(told, func(n wire.Told) bool { return n.Kind == "delay" && n.State == "void" && n.Why == "cap" }) {
		t.Errorf("the owner is shown %+v", told)
	}
}

func TestProof_WhatTheRelayAnswers(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	request := func(to string) ask {
		return ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: n.number(), Mail: to, Language: "ja"}}
	}
	n.mails.answer(message.Retry)
	for range 9 { // a relay that is down takes no tokens
		if res := n.refused(503, "mail_unavailable", request(n.mail)); res.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	n.mails.answer(message.Gone)
	res := n.refused(400, "field_invalid", request(n.mail))
	if p := problemIn(t, res.body); p.Errors[0].Pointer != "/mail" || p.Errors[0].Code != "mail_refused" {
		t.Errorf("refused: %s", res.body)
	}
	n.silent(string(res.body))
	n.mails.answer("")
	for range 3 {
		get[wire.Proof](n.world, 200, request(n.mail))
	}
	n.refused(429, "too_many_requests", request(strings.ToUpper(n.mail))) // one address in another writing
	n.refused(404, "clinic_unknown", ask{method: "POST", path: "/v1/proofs", body: wire.ProofRequest{Clinic: "9999", Mail: n.mail, Language: "ja"}})
	n.silent()
}

func TestFollow_EndsByALinkThatOnlyAPressUses(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	followers := func() int {
		t.Helper()
		all, err := n.box.CountFollowers(t.Context(), n.clinic.ID)
		if err != nil {
			t.Fatal(err)
		}
		return all[outbox.Mail]*10 + all[outbox.Push]
	}
	path := "/v1/clinics/" + n.number()
	byMail := wire.FollowRequest{Mail: n.mail, Proven: n.prove(n.mail), Language: "ja", Consent: wire.ConsentVersion}
	byPush := wire.FollowRequest{Push: aDevice(t, testEndpoint), Language: "ja", Consent: wire.ConsentVersion}
	for _, body := range []wire.FollowRequest{byMail, byPush, byPush} {
		if got := get[wire.Following](n.world, 200, ask{method: "POST", path: path + "/follow", body: body}); !got.Following {
			t.Error("it does not follow")
		}
	}
	if got := followers(); got != 11 {
		t.Errorf("%d followers", got)
	}
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Mail: "taro@example.jp", Proven: byMail.Proven, Language: "ja", Consent: "1"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Language: "ja", Consent: "1"}})
	n.refused(400, "field_invalid", ask{method: "POST", path: path + "/follow", body: wire.FollowRequest{Push: byPush.Push, Language: "ja"}})
	if got := get[wire.Following](n.world, 200, ask{method: "POST", path: path + "/unfollow", body: byPush}); got.Following || followers() != 10 {
		t.Errorf("after unfollow: %+v, %d", got, followers())
	}
	link := "/u/" + n.box.UnfollowToken(n.clinic.ID, n.box.Hash(outbox.Address{Mail: n.mail}))
	for _, method := range []string{"GET", "HEAD", "GET"} {
		if res := n.do(ask{method: method, path: link}); res.status != 200 || followers() != 10 {
			t.Errorf("%s: %d, then %d followers", method, res.status, followers())
		}
	}
	if page := string(n.do(ask{method: "GET", path: link}).body); !strings.Contains(page, `method="post"`) || strings.Contains(page, "hanako") {
		t.Errorf("the page: %s", page)
	}
	forged := link[:len(link)-1] + "0"
	if forged == link {
		forged = link[:len(link)-1] + "1"
	}
	if res := n.do(ask{method: "POST", path: forged, body: "List-Unsubscribe=One-Click"}); res.status != 404 || followers() != 10 {
		t.Errorf("a forged link: %d", res.status)
	}
	for range 2 {
		if res := n.do(ask{method: "POST", path: link, body: "List-Unsubscribe=One-Click"}); res.status != 200 || followers() != 0 {
			t.Errorf("one press: %d, then %d followers", res.status, followers())
		}
	}
	n.silent()
}

// planned puts a want of the demo's inbox for a ticket, and a notice for it that is due. A mail has
// its want already.
func (n *noticeWorld) planned(j outbox.Job) outbox.Job {
	n.t.Helper()
	addr, now := outbox.Address{Inbox: "花子"}, time.Now()
	if j.Channel == outbox.Mail { // it is wanted already
		addr = outbox.Address{Mail: n.mail}
	} else {
		get[wire.Wants](n.world, 200, n.put(wire.NewWant{Channel: "inbox", Inbox: "花子", Language: "ja"}))
		j.Channel = outbox.Inbox
	}
	j.Clinic, j.Box, j.Want, j.State = n.clinic.ID, string(j.Ticket.Day()), n.box.Hash(addr), outbox.Due
	j.Planned, j.Due, j.Until = now.UnixMilli(), now.UnixMilli(), now.Add(time.Hour).UnixMilli()
	j.ID = n.box.JobID(j, addr)
	if _, err := n.box.Plan(n.t.Context(), n.clinic.ID, j.Box, outbox.Plan{Jobs: []outbox.Job{j}}); err != nil {
		n.t.Fatal(err)
	}
	return j
}

// claim takes what is due.
func (n *noticeWorld) claim() []outbox.Claimed {
	n.t.Helper()
	claimed, err := n.box.Take(n.t.Context(), n.clinic, 1, func(outbox.Channel) time.Duration { return time.Minute }, false)
	if err != nil {
		n.t.Fatal(err)
	}
	return claimed
}

// sent takes the one notice that is due, and reports it as sent.
func (n *noticeWorld) sent() {
	n.t.Helper()
	claimed := n.claim()
	if len(claimed) != 1 {
		n.t.Fatalf("claimed %+v", claimed)
	}
	if err := n.box.Tell(n.t.Context(), n.clinic, outbox.Told{Job: claimed[0].Job, Fence: claimed[0].Job.Fence, State: outbox.Sent}); err != nil {
		n.t.Fatal(err)
	}
}

// TestTicket_SaysWhatTheNoticeSaid sends notices to a patient with many ahead. The page
// asks to come once an approach did, or a confirmation of one who is to come at once.
func TestTicket_SaysWhatTheNoticeSaid(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	for range 20 {
		n.issue("1", wire.IssueRequest{PartySize: 1})
	}
	for _, tt := range []struct {
		job    outbox.Job
		advice string
	}{{outbox.Job{Kind: outbox.Confirm}, "wait"}, {outbox.Job{Kind: outbox.Confirm, Stage: "now"}, "come"}, {outbox.Job{Kind: outbox.Approach}, "come"}} {
		n.ticket = n.issue("1", wire.IssueRequest{PartySize: 1})
		tt.job.Ticket = queue.TicketID(n.ticket.Ticket.ID)
		look := ask{method: "GET", path: "/v1/tickets/" + n.ticket.Ticket.ID, token: n.ticket.Token}
		n.planned(tt.job)
		n.sent()
		n.issue("1", wire.IssueRequest{PartySize: 1}) // an act, so that nothing read before it is shown
		if got := get[wire.TicketAnswer](n.world, 200, look).Ticket; got.Advice != tt.advice || got.Todo != tt.advice {
			t.Errorf("after %s %q the page advises %q", tt.job.Kind, tt.job.Stage, got.Advice)
		}
	}
}

func TestNotice_ReadsAsTheStateIsNow(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	id := queue.TicketID(n.ticket.Ticket.ID)
	j := n.planned(outbox.Job{Kind: outbox.Approach, Ticket: id})
	path := "/v1/notices/" + string(j.NoticeID())
	got := get[wire.NoticeText](n.world, 200, ask{method: "GET", path: path})
	if got.Title == "" || got.Body == "" || got.Over || got.Tag == "" || strings.Contains(got.Path, n.ticket.Token) {
		t.Errorf("%+v", got)
	}
	if res := n.do(ask{method: "GET", path: path}); res.header.Get("Cache-Control") != "no-store" {
		t.Errorf("cached: %s", res.header.Get("Cache-Control"))
	}
	n.sent()
	for range 2 {
		if res := n.do(ask{method: "POST", path: path + "/shown"}); res.status != 204 {
			t.Errorf("shown: %d %s", res.status, res.body)
		}
	}
	wants := get[wire.Wants](n.world, 200, ask{method: "GET", path: n.wantsPath(), token: n.ticket.Token})
	if len(wants.Notices) != 1 || wants.Notices[0].State != "shown" || wants.Notices[0].SentAt == nil || wants.Notices[0].ShownAt == nil {
		t.Errorf("the page shows %+v", wants.Notices)
	}
	if wants.Wants[0].Next != nil {
		t.Errorf("it is sent again: %+v", wants.Wants[0].Next)
	}
	n.callNext(n.login(), "1", "1")
	if got := get[wire.NoticeText](n.world, 200, ask{method: "GET", path: path}); !got.Over {
		t.Errorf("of a ticket that was called: %+v", got)
	}
	n.refused(404, "notice_unknown", ask{method: "GET", path: "/v1/notices/" + n.number() + "-261201-" + strings.Repeat("a", 20)})
	n.refused(404, "notice_unknown", ask{method: "POST", path: "/v1/notices/x/shown"})
}

func TestNews_ShowsWhatWasSent(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	now := time.Now()
	put := func(title string, due time.Time) string {
		t.Helper()
		item := outbox.NewsItem{ID: outbox.NewNewsID(), Title: title, Body: "本文", By: testUser, At: now, Due: due}
		if err := n.box.PutNews(t.Context(), n.clinic.ID, item); err != nil {
			t.Fatal(err)
		}
		return item.ID
	}
	put("休診", now.Add(-time.Hour))
	put("まだ", now.Add(time.Hour))
	if err := n.box.WithdrawNews(t.Context(), n.clinic.ID, put("取消", now.Add(-time.Minute))); err != nil {
		t.Fatal(err)
	}
	got := get[wire.NewsList](n.world, 200, ask{method: "GET", path: "/v1/clinics/" + n.number() + "/news"})
	if len(got.News) != 1 || got.News[0].Title != "休診" {
		t.Errorf("%+v", got.News)
	}
}

// TestClinicPage_HasTheNewestNews reads the page without a script. It has three news, as
// text, and those of no other clinic. An unlisted clinic's page stays out of search engines.
func TestClinicPage_HasTheNewestNews(t *testing.T) {
	t.Parallel()
	n := newNoticeWorld(t)
	put := func(c clinic.ID, title string, ago time.Duration) string {
		t.Helper()
		at := time.Now().Add(-ago)
		item := outbox.NewsItem{ID: outbox.NewNewsID(), Title: title, Body: "<b>本文</b>", By: testUser, At: at, Due: at}
		if err := n.box.PutNews(t.Context(), c, item); err != nil {
			t.Fatal(err)
		}
		return item.ID
	}
	n.record(func(c *clinic.Clinic) { c.Listed = false })
	for i, title := range []string{"一つめ", "二つめ", "三つめ", "四つめ"} {
		put(n.clinic.ID, title, 5*time.Hour-time.Duration(i)*time.Hour)
	}
	if err := n.box.WithdrawNews(t.Context(), n.clinic.ID, put(n.clinic.ID, "取消した話", time.Minute)); err != nil {
		t.Fatal(err)
	}
	put(n.clinic.ID, "まだの話", -time.Hour)
	res := n.do(ask{method: "GET", path: "/c/" + n.number()})
	page := string(res.body)
	at := []int{strings.Index(page, "四つめ"), strings.Index(page, "三つめ"), strings.Index(page, "二つめ")}
	if at[0] < 0 || at[1] < at[0] || at[2] < at[1] || !strings.Contains(page, "&lt;b&gt;本文") || !strings.Contains(page, "<time datetime=") {
		t.Errorf("the page has no news at %v: %s", at, page)
	}
	for _, no := range []string{"一つめ", "取消した話", "まだの話", "<b>本文", testUser} {
		if strings.Contains(page, no) {
			t.Errorf("%q is on the page", no)
		}
	}
	if !strings.Contains(res.header.Get("X-Robots-Tag"), "noindex") {
		t.Error("search engines may have the news of an unlisted clinic")
	}
	for _, path := range []string{"/", "/?q=" + n.number(), "/v1/clinics"} {
		if body := n.do(ask{method: "GET", path: path}).body; bytes.Contains(body, []byte("四つめ")) {
			t.Errorf("%s has its news", path)
		}
	}
}

func TestDemoInbox_ShowsNotices(t *testing.T) {
	t.Parallel()
	box := &inbox.Inbox{}
	w := newWorld(t, func(c *Config) { c.Notices.Inbox = box })
	box.Send(t.Context(), message.Message{ID: "a", To: message.Address{Inbox: "花子"}, Title: "まもなく", Language: "ja", Kind: "approach"})
	got := get[wire.DemoInbox](w, 200, ask{method: "GET", path: "/demo/inbox.json"})
	if len(got.Items) != 1 || got.Items[0].Title != "まもなく" || got.Items[0].To != "花子" || got.Items[0].Kind != "まもなく順番" {
		t.Errorf("%+v", got)
	}
	if got := get[wire.DemoInbox](w, 200, ask{method: "GET", path: "/demo/inbox.json?lang=en"}); got.Items[0].Kind != "Nearly your turn" {
		t.Errorf("in English: %+v", got)
	}
	if res := w.do(ask{method: "GET", path: "/demo/inbox"}); res.status != 200 {
		t.Errorf("the page: %d", res.status)
	}
	w = newWorld(t, func(c *Config) { c.Notices.Inbox = nil })
	w.refused(404, "not_found", ask{method: "GET", path: "/demo/inbox.json"})
}
