package mail_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"junban/internal/mailtest"
	"junban/notify/mail"
	"junban/notify/message"
)

const someNotice = "1234-261201-0123456789abcdefghij"

// report is a report as Postfix writes it.
func report(to, status, recipient, diagnostic, original string) string {
	return strings.ReplaceAll(`Return-Path: <>
From: MAILER-DAEMON@relay.example
To: `+to+`
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Tue, 1 Dec 2026 10:00:00 +0900

Final-Recipient: rfc822; `+recipient+`
Original-Recipient: rfc822;`+recipient+`
Action: failed
Status: `+status+`
Diagnostic-Code: smtp; `+diagnostic+`

--x
Content-Type: message/rfc822

Message-ID: <`+original+`@junban.example>
Subject: =?UTF-8?B?MjTnlao=?=

text

--x--
`, "\n", "\r\n")
}

func TestReadBounce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text           string
		want           mail.Bounce
		gone, filtered bool
	}{
		"unknown": {report("b+"+someNotice+"@junban.example", "5.1.1", "hanako@example.jp", "550 5.1.1 <hanako@example.jp>: unknown", "x"),
			mail.Bounce{Notice: someNotice, Failed: true, Status: "5.1.1", Answer: "550 5.1.1 <…>: unknown", Domain: "example.jp"}, true, false},
		"unknown at a carrier": {report("<b+"+someNotice+"@junban.example>", "5.1.1", "HANAKO@docomo.ne.jp", "550 Unknown user Hanako@docomo.ne.jp", "x"),
			mail.Bounce{Notice: someNotice, Failed: true, Status: "5.1.1", Answer: "550 Unknown user …", Domain: "docomo.ne.jp"}, false, true},
		"full": {report("postmaster@junban.example", "5.2.2", "hanako@example.jp", "552 5.2.2 mailbox of hanako is full", someNotice),
			mail.Bounce{Notice: someNotice, Failed: true, Status: "5.2.2", Answer: "552 5.2.2 mailbox of … is full", Domain: "example.jp"}, false, false},
		"no status": {report("b+"+someNotice+"@junban.example", "(none)", "hanako@example.jp", "", "x"),
			mail.Bounce{Notice: someNotice, Failed: true, Status: "5.0.0", Domain: "example.jp"}, false, false},
		"delayed": {strings.ReplaceAll(report("b+"+someNotice+"@junban.example", "4.4.1", "hanako@example.jp", "connect timed out", "x"), "Action: failed", "Action: delayed"),
			mail.Bounce{Notice: someNotice, Status: "4.4.1", Answer: "connect timed out", Domain: "example.jp"}, false, false},
		"from a file of mails": {"From MAILER-DAEMON Tue Dec  1 10:00:00 2026\n" + report("b+"+someNotice+"@junban.example", "5.1.1", "a@example.jp", "no", "x"),
			mail.Bounce{Notice: someNotice, Failed: true, Status: "5.1.1", Answer: "no", Domain: "example.jp"}, true, false},
	} {
		b, err := mail.ReadBounce(strings.NewReader(c.text))
		if err != nil || b != c.want || b.Gone() != c.gone || b.Filtered() != c.filtered {
			t.Errorf("%s: %+v, gone %v, filtered %v, %v", name, b, b.Gone(), b.Filtered(), err)
		}
	}
	for name, text := range map[string]string{
		"nothing": "", "no mail": "hello", "an answer of a person": "To: b+" + someNotice + "@junban.example\r\nSubject: Re: 24番\r\n\r\nありがとう\r\n",
		"a report of no notice":     report("b+none@junban.example", "5.1.1", "a@example.jp", "no", "x"),
		"a report without a status": strings.Replace(report("b+"+someNotice+"@junban.example", "5.1.1", "a@example.jp", "no", "x"), "Action:", "X-Action:", 1),
		"a report that is read":     strings.Replace(report("b+"+someNotice+"@junban.example", "5.1.1", "a@example.jp", "no", "x"), "message/delivery-status", "message/disposition-notification", 1),
		"another's header":          "X: b+" + someNotice + "@junban.example\r\n\r\n",
	} {
		if b, err := mail.ReadBounce(strings.NewReader(text)); !errors.Is(err, mail.ErrNoReport) {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// TestReadBounce_OfOpenSMTPD has a relay that accepts a notice, cannot deliver it, and
// reports that to the return path.
func TestReadBounce_OfOpenSMTPD(t *testing.T) {
	t.Parallel()
	relay := mailtest.Start(t)
	c := newChannel(t, relay.URL(), nil)
	if r := c.Send(t.Context(), someMessage(mailtest.Lost)); r.Outcome != message.Sent {
		t.Fatalf("%+v", r)
	}
	got := relay.Wait("b+"+someNotice+"@"+mailtest.Clinics, 1)[0]
	b, err := mail.ReadBounce(bytes.NewReader(got.Raw))
	if err != nil || b.Notice != someNotice || !b.Failed || b.Domain != mailtest.Patients || strings.Contains(b.Answer, "lost@") {
		t.Errorf("%+v, %v\n%s", b, err, got.Raw)
	}
}

// FuzzReadBounce looks for reports that stop the command, or name a notice that no return
// path had.
func FuzzReadBounce(f *testing.F) {
	f.Add(report("b+"+someNotice+"@junban.example", "5.1.1", "a@example.jp", "no", "x"))
	f.Add(report("x", "5.2.2", "@", "", someNotice))
	f.Add("Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n\r\n--x--")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := mail.ReadBounce(strings.NewReader(text))
		if err == nil && (b.Notice == "" || b.Status == "" || !strings.Contains(text, b.Notice) || len(b.Answer) > 250) {
			t.Errorf("%+v", b)
		}
	})
}
