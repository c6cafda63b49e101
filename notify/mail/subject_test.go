package mail

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"junban/internal/mailtest"
	"junban/notify/message"
	"junban/queue/queuetest"
)

// goldenSubjects are of 60 characters, which no encoded word holds: each is cut between
// characters, or it is garbled.
var goldenSubjects = []string{
	strings.Repeat("順番が近づきましたのでお越しください", 4)[:60*3],
	strings.Repeat("あ", 59) + "a",
	strings.Repeat("a", 59) + "順",
	strings.Repeat("a順", 30),
	strings.Repeat("𠮷野家", 20),
	strings.Repeat("ポ\u3099", 30),
	strings.Repeat("Sắp đến lượt ", 5)[:60],
	strings.Repeat("차례", 30),
	strings.Repeat("Não há senha: ", 4) + "fim.",
	"=?UTF-8?B?5rex?= " + strings.Repeat("順", 40),
	strings.Repeat("a b ", 15),
	"24番 まもなく順番です・見本クリニック",
}

// TestLetter_SubjectsAreReadBackByOthers has Python's email read what was written.
func TestLetter_SubjectsAreReadBackByOthers(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		queuetest.Missing(t, "python3", err)
	}
	c, err := New(Options{Relay: "smtp://127.0.0.1:25?tls=none", From: "n@junban.example"})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"見本クリニック \"院\"", "junban", "Sample Clinic, Inc. <x>", strings.Repeat("とても長い名前の", 6)}
	for i, subject := range goldenSubjects {
		name := names[i%len(names)]
		subject = strings.TrimSpace(strings.ToValidUTF8(subject, ""))
		l, err := c.letterOf(message.Message{To: message.Address{Mail: "a@b.example"}, From: name, Subject: subject, Text: "・\n.\n..行の頭\n", HTML: "<p>・</p>"}, time.Unix(1_700_000_000, 0))
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(l.text, []byte("\r\n\r\n"))
		for line := range strings.SplitSeq(string(head), "\r\n") {
			if strings.Contains(line, "=?") && len(line) > 76 || len(line) > 90 || strings.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }) {
				t.Errorf("header line %q", line)
			}
			for word := range strings.FieldsSeq(line) {
				if strings.HasPrefix(word, "=?") && len(word) > 75 {
					t.Errorf("encoded word of %d bytes: %s", len(word), word)
				}
				if strings.HasPrefix(line, "Subject:") && strings.TrimSpace(line) == "Subject:" {
					t.Error("the first line of the subject is empty")
				}
			}
		}
		ours, err := mailtest.Parse(l.text)
		if err != nil || ours.Subject != subject || ours.From.Name != name {
			t.Errorf("net/mail reads %q of %q as %q of %q, %v", subject, name, ours.Subject, ours.From.Name, err)
		}
		read := exec.Command(python, "-c", readMail)
		read.Stdin = bytes.NewReader(l.text)
		out, err := read.Output()
		if err != nil {
			t.Fatal(err)
		}
		var theirs struct{ Subject, Name, Text string }
		if err := json.Unmarshal(out, &theirs); err != nil {
			t.Fatal(err)
		}
		if theirs.Subject != subject || // Python puts spaces between the encoded words of a long name, which is its fault.
			strings.ReplaceAll(theirs.Name, " ", "") != strings.ReplaceAll(name, " ", "") || strings.TrimRight(strings.ReplaceAll(theirs.Text, "\r\n", "\n"), "\n") != "・\n.\n..行の頭" {
			t.Errorf("Python reads %q as %+q", subject, theirs)
		}
	}
}

const readMail = `
import email, email.policy, json, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
json.dump({"Subject": m["Subject"], "Name": m["From"].addresses[0].display_name, "Text": m.get_body(("plain",)).get_content()}, sys.stdout)
`

// TestLetter_NoHeaderIsInjected has line breaks in everything that reaches a header.
func TestLetter_NoHeaderIsInjected(t *testing.T) {
	t.Parallel()
	c, err := New(Options{Relay: "smtp://127.0.0.1:25?tls=none", From: "n@junban.example"})
	if err != nil {
		t.Fatal(err)
	}
	const evil = "x\r\nBcc: all@example.jp\r\n\r\n<script>\n\x00\u2028順"
	l, err := c.letterOf(message.Message{
		ID: evil, To: message.Address{Mail: "a@b.example"}, From: evil, Subject: evil, Language: evil, Text: evil, HTML: evil, Unsubscribe: "https://h.example/u/" + evil,
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	m, err := mailtest.Parse(l.text)
	if err != nil {
		t.Fatal(err)
	}
	if m.Header.Get("Bcc") != "" || l.from != "b+none@junban.example" || strings.Contains(l.from, "\n") || strings.Contains(l.from, "\r") {
		t.Errorf("from %q\n%s", l.from, l.text)
	}
}
