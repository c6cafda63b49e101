package api

import (
	"context"
	"errors"
	"strings"
	"sync"

	"junban/api/notice"
	"junban/notify/inbox"
	"junban/notify/message"
)

// testPush and testMail are forms of addresses that a test's server takes: of an
// endpoint that begins so, and of an address that ends so.
const (
	testPush = "https://push.example/"
	testMail = "@example.jp"
)

// mails keeps the mails that a server sends.
type mails struct {
	mu   sync.Mutex
	sent []message.Message // guarded by mu
	next message.Outcome   // guarded by mu; of the next mails
}

// Send keeps a mail.
func (m *mails) Send(_ context.Context, mail message.Message) message.Result {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, mail)
	if m.next != "" {
		return message.Result{Outcome: m.next}
	}
	return message.Result{Outcome: message.Sent}
}

// testNotices are what a test's server offers: push, mail and the demo's inbox.
func testNotices(box notice.Outbox) *notice.Notices {
	return &notice.Notices{
		Outbox: box, PushKey: "BKey", Mail: &mails{}, MailFrom: "mail.example", Inbox: &inbox.Inbox{},
		ValidPush: func(s message.Subscription) error {
			if !strings.HasPrefix(s.Endpoint, testPush) || s.P256DH == "" || s.Auth == "" {
				return errors.New("not of the test")
			}
			return nil
		},
		ValidMail: func(mail string) error {
			if !strings.HasSuffix(mail, testMail) {
				return errors.New("not of the test")
			}
			return nil
		},
	}
}
