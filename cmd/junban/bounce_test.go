package main

import (
	"bytes"
	"strings"
	"testing"

	"junban/notify/mail"
)

// TestBounce_IgnoresWhatIsNoReport has the command end without an error, and without a
// store: an error would make the mail server send a report of the report.
func TestBounce_IgnoresWhatIsNoReport(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing": "", "a person's answer": "To: b+1234-261201-0123456789abcdefghij@junban.example\r\nSubject: Re\r\n\r\nthanks\r\n",
		"a delay": "To: b+1234-261201-0123456789abcdefghij@junban.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n" +
			"Reporting-MTA: dns; h.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: delayed\r\nStatus: 4.4.1\r\n\r\n--x--\r\n",
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"bounce", "--redis", "redis://127.0.0.1:1"}, func(string) string { return "" }, strings.NewReader(text), &out, &errs); code != 0 || out.Len() == 0 {
			t.Errorf("%s: code %d, %s%s", name, code, &out, &errs)
		}
	}
}

// TestBounce_ReasonHasAStatusAndNothingElse has reports of carriers, and what a stranger
// writes.
func TestBounce_ReasonHasAStatusAndNothingElse(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]mail.Bounce{
		"returned 5.1.1": {Status: "5.1.1", Domain: "mail.example"}, "filtered 5.1.1": {Status: "5.1.1", Domain: "docomo.ne.jp"},
		"returned": {Status: "5.1.1=cmd", Domain: "mail.example"},
	} {
		if got := returnedWhy(b); got != want {
			t.Errorf("%+v is %q, want %q", b, got, want)
		}
	}
}
