package mail_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"junban/internal/mailtest"
	"junban/notify/mail"
	"junban/notify/message"
)

const secret = "s3cr3t"

func TestSend_LogsInOverTLS(t *testing.T) {
	t.Parallel()
	for name, scheme := range map[bool]string{true: "smtps://", false: "smtp://"} {
		relay := mailtest.Submit(t, name, "junban", secret)
		trusted := func(o *mail.Options) { o.TLS = &tls.Config{RootCAs: relay.Roots} }
		c := newChannel(t, scheme+"junban:"+secret+"@"+relay.Addr, trusted)
		if err := c.Check(t.Context()); err != nil {
			t.Errorf("%s: %v", scheme, err)
		}
		for range 3 {
			if r := c.Send(t.Context(), someMessage(someone)); r.Outcome != message.Sent {
				t.Errorf("%s: %+v", scheme, r)
			}
		}
		if got := relay.Mails(someone); len(got) != 3 || got[2].Subject != someMessage(someone).Subject {
			t.Errorf("%s: %d mails", scheme, len(got))
		}
		for why, wrong := range map[string]*mail.Channel{
			"a wrong password":           newChannel(t, scheme+"junban:wrong@"+relay.Addr, trusted),
			"no login":                   newChannel(t, scheme+relay.Addr, trusted),
			"a certificate of no one":    newChannel(t, scheme+"junban:"+secret+"@"+relay.Addr, nil),
			"a certificate of no one, 2": newChannel(t, scheme+relay.Addr, func(o *mail.Options) { o.TLS = &tls.Config{} }),
		} {
			r := wrong.Send(t.Context(), someMessage(someone))
			if r.Outcome != message.Retry || !r.Fault || strings.Contains(r.Answer, secret) || strings.Contains(r.Answer, "wrong\"") {
				t.Errorf("%s with %s: %+v", scheme, why, r)
			}
			if err := wrong.Check(t.Context()); err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%s with %s passes the check, or names the password: %v", scheme, why, err)
			}
		}
		if got := relay.Mails(someone); len(got) != 3 {
			t.Errorf("%s: %d mails after refusals", scheme, len(got))
		}
	}
}

// TestSend_NoLoginWithoutTLS has a relay that offers a login in the clear, as an intruder
// on the way would. No password leaves.
func TestSend_NoLoginWithoutTLS(t *testing.T) {
	t.Parallel()
	server := mailtest.Misbehave(t, func(verb, _ string) string {
		if verb == "EHLO" {
			return "250-intruder.example\r\n250 AUTH PLAIN LOGIN"
		}
		return ""
	})
	c := newChannel(t, "smtp://junban:"+secret+"@"+server.Addr, func(o *mail.Options) { o.Timeout = 2 * time.Second })
	if r := c.Send(t.Context(), someMessage(someone)); r.Outcome != message.Retry {
		t.Errorf("%+v", r)
	}
	if server.Count("AUTH") != 0 || server.Count("MAIL") != 0 {
		t.Error("it went on without TLS")
	}
}
