package mail

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// maxReport is how much of a report is read, in bytes.
const maxReport = 1 << 20

// ErrNoReport is of a mail that is no report of a delivery that failed, such as the answer
// of somebody on holiday.
var ErrNoReport = errors.New("the mail is no report of a delivery (RFC 3464)")

// Bounce is a relay's report that it could not deliver a notice (RFC 3464).
type Bounce struct {
	Notice string // id of the notice
	Failed bool   // for good; else the relay still tries
	Status string // enhanced status code, such as 5.1.1
	Answer string // of the receiver's server, without the address
	Domain string // of the receiver
}

// Gone reports whether the address does not exist.
func (b Bounce) Gone() bool { return b.Failed && b.Status == "5.1.1" && !b.Filtered() }

// Filtered reports whether the receiver's own filter may be the reason (受信拒否): carriers
// answer as if the address did not exist.
func (b Bounce) Filtered() bool {
	return slices.ContainsFunc(carriers, func(c string) bool { return b.Domain == c || strings.HasSuffix(b.Domain, "."+c) })
}

// carriers are domains of Japanese carriers, whose subscribers filter by sender.
var carriers = []string{
	"docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "disney.ne.jp", "vodafone.ne.jp", "ymobile1.ne.jp",
	"ymobile.ne.jp", "y-mobile.ne.jp", "yahoo.ne.jp", "emnet.ne.jp", "pdx.ne.jp", "willcom.com", "uqmobile.jp", "rakumail.jp", "mineo.jp",
}

// ReadBounce reads a report from a pipe of the relay. It finds the notice in the address to
// which the report was sent, else in the part of the notice that came back. Its error is
// [ErrNoReport], or of reading.
func ReadBounce(r io.Reader) (Bounce, error) {
	in := bufio.NewReader(io.LimitReader(r, maxReport))
	if start, err := in.Peek(5); err == nil && string(start) == "From " { // of a file of mails
		if _, err := in.ReadString('\n'); err != nil {
			return Bounce{}, ErrNoReport
		}
	}
	m, err := mail.ReadMessage(in)
	if err != nil {
		return Bounce{}, ErrNoReport
	}
	var b Bounce
	for _, name := range []string{"To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Delivered-To"} {
		for _, value := range m.Header[textproto.CanonicalMIMEHeaderKey(name)] {
			b.name(returnForm.FindStringSubmatch(value))
		}
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(media, "multipart/") || params["boundary"] == "" { // OpenSMTPD's are multipart/mixed
		return Bounce{}, ErrNoReport
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextRawPart()
		if err != nil { // the end, or a report that was cut: what was read counts
			break
		}
		if err := b.part(p); err != nil {
			return Bounce{}, fmt.Errorf("report of a delivery: %w", err)
		}
	}
	if b.Status == "" || b.Notice == "" {
		return Bounce{}, ErrNoReport
	}
	return b, nil
}

var (
	noticeForm  = `([0-9]{4}-[0-9a-z]{1,25}-[0-9a-v]{20})`
	returnForm  = regexp.MustCompile(`(?:^|[<\s,])b\+` + noticeForm + `@`)
	messageForm = regexp.MustCompile(`<` + noticeForm + `@`)
)

// name takes the id of the notice that was found first.
func (b *Bounce) name(found []string) {
	if b.Notice == "" && found != nil {
		b.Notice = found[1]
	}
}

// part reads one part of a report.
func (b *Bounce) part(p *multipart.Part) error {
	media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		return nil // a part without a status
	}
	var body io.Reader = p
	switch strings.ToLower(p.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, p)
	case "quoted-printable":
		body = quotedprintable.NewReader(p)
	}
	switch media {
	case "message/delivery-status", "message/global-delivery-status":
		text, err := io.ReadAll(body)
		if err != nil && len(text) == 0 {
			return err
		}
		b.status(text)
	case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
		sent, err := textproto.NewReader(bufio.NewReader(body)).ReadMIMEHeader()
		if len(sent) == 0 && err != nil {
			return nil
		}
		b.name(messageForm.FindStringSubmatch(sent.Get("Message-ID")))
	}
	return nil
}

// status reads the fields of the first receiver (RFC 3464 §2.3). A notice has one.
func (b *Bounce) status(text []byte) {
	groups := bytes.Split(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	for _, group := range groups {
		fields, _ := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(bytes.TrimSpace(group), "\n\n"...)))).ReadMIMEHeader() // what could be read counts
		action := strings.ToLower(strings.TrimSpace(fields.Get("Action")))
		if action == "" || b.Status != "" {
			continue
		}
		status, _, _ := strings.Cut(strings.TrimSpace(fields.Get("Status")), " ")
		if !statusForm.MatchString(status) {
			status = map[bool]string{true: "5.0.0", false: "4.0.0"}[action == "failed"]
		}
		_, receiver, _ := strings.Cut(fields.Get("Final-Recipient"), ";")
		receiver = strings.ToLower(strings.Trim(strings.TrimSpace(receiver), "<>"))
		_, answer, _ := strings.Cut(fields.Get("Diagnostic-Code"), ";")
		b.Status, b.Failed = status, action == "failed"
		if at := strings.LastIndexByte(receiver, '@'); at > 0 {
			b.Domain = receiver[at+1:]
			answer = replaceFold(answer, receiver, "…")
			if at > 2 { // a shorter name would be replaced within words
				answer = replaceFold(answer, receiver[:at], "…")
			}
		}
		b.Answer = shortAnswer(line(answer))
	}
}

var statusForm = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}$`)
