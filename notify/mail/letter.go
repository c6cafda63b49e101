package mail

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"junban/notify/message"
)

// letter is a message as it leaves.
type letter struct {
	from, to string // of the envelope
	text     []byte
}

// bounceTag begins the local part of a return path.
const bounceTag = "b+"

// returnPath is the address to which a relay reports that it could not deliver a notice.
// It names the notice, so that [Bounced] finds it.
func (c *Channel) returnPath(notice string) string {
	return bounceTag + cmp.Or(notice, "none") + "@" + domainOf(c.address)
}

// letterOf writes a message. An error is of its address.
func (c *Channel) letterOf(m message.Message, now time.Time) (letter, error) {
	if err := ValidAddress(m.To.Mail); err != nil {
		return letter{}, err
	}
	notice := m.ID
	if strings.Trim(notice, "0123456789abcdefghijklmnopqrstuvwxyz-") != "" {
		notice = ""
	}
	id := cmp.Or(notice, strings.ToLower(rand.Text()))
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(gomail.EncodingB64))
	out.SetGenHeaderPreformatted("From", headerAddress(cmp.Or(m.From, c.name), c.address))
	out.ToMailAddress(&mail.Address{Address: m.To.Mail})
	out.SetMessageIDWithValue(id + "@" + domainOf(c.address))
	out.SetDateWithValue(now)
	out.SetGenHeaderPreformatted(gomail.HeaderSubject, headerText(m.Subject))
	out.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no vacation answers it
	if m.Language != "" {
		out.SetGenHeader("Content-Language", m.Language)
	}
	if m.Unsubscribe != "" {
		out.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		out.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click") // RFC 8058
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	if m.Calendar != nil {
		err := out.AttachReader("booking.ics", bytes.NewReader(m.Calendar), gomail.WithFileContentType("text/calendar; charset=utf-8; method=PUBLISH"))
		if err != nil {
			return letter{}, fmt.Errorf("calendar: %w", err)
		}
	}
	var text bytes.Buffer
	if _, err := out.WriteTo(&text); err != nil {
		return letter{}, fmt.Errorf("writing a mail: %w", err)
	}
	return letter{from: c.returnPath(notice), to: m.To.Mail, text: text.Bytes()}, nil
}
