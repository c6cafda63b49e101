package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"
)

// Mail is a mail as its receiver gets it, decoded by the standard library.
type Mail struct {
	Header   mail.Header
	From     mail.Address
	Subject  string
	Date     time.Time
	Text     string
	HTML     string
	Calendar string
	Parts    []string // media types, in their order
	Raw      []byte
}

// Parse reads a mail.
func Parse(raw []byte) (Mail, error) {
	read, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Mail{}, fmt.Errorf("reading a mail: %w", err)
	}
	m := Mail{Header: read.Header, Raw: raw}
	if from, err := mail.ParseAddress(read.Header.Get("From")); err == nil {
		m.From = *from
	}
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject")); err != nil {
		return m, fmt.Errorf("subject: %w", err)
	}
	if m.Date, err = read.Header.Date(); err != nil {
		return m, fmt.Errorf("date: %w", err)
	}
	return m, m.part(read.Header.Get("Content-Type"), read.Header.Get("Content-Transfer-Encoding"), read.Body)
}

// part reads a part and those below it.
func (m *Mail) part(kind, encoding string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		return fmt.Errorf("content type %q: %w", kind, err)
	}
	m.Parts = append(m.Parts, media)
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return fmt.Errorf("part of %s: %w", media, err)
			}
			if err := m.part(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("%s: %w", media, err)
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	switch media {
	case "text/plain":
		m.Text += text
	case "text/html":
		m.HTML += text
	case "text/calendar":
		m.Calendar += text
	}
	return nil
}

var anyLink = regexp.MustCompile(`https?://[^\s"<>]+`)

// Links are the links of the mail, each once.
func (m Mail) Links() (links []string) {
	seen := map[string]bool{}
	for _, link := range anyLink.FindAllString(m.Text+" "+strings.ReplaceAll(m.HTML, "&amp;", "&"), -1) {
		if !seen[link] {
			seen[link] = true
			links = append(links, link)
		}
	}
	return links
}
