package api

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"regexp"
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
