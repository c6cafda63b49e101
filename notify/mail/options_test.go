package mail

import (
	"strings"
	"testing"
)

func TestParseRelay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Relay{
		"smtps://u:p@mail.example.jp":                         {Host: "mail.example.jp", Port: 465, Implicit: true, User: "u", Password: "p"},
		"smtps://mail.example.jp:10465/":                      {Host: "mail.example.jp", Port: 10465, Implicit: true},
		"smtp://u%40example.jp:p%3A%2F@h.example":             {Host: "h.example", Port: 587, User: "u@example.jp", Password: "p:/"},
		"smtp://127.0.0.1:25?tls=none":                        {Host: "127.0.0.1", Port: 25, Plain: true},
		"smtp://[::1]:25?tls=none":                            {Host: "::1", Port: 25, Plain: true},
		"smtp://u:p@127.0.0.1:2525?tls=none":                  {Host: "127.0.0.1", Port: 2525, Plain: true, User: "u", Password: "p"},
		"smtp://localhost.example.jp:25":                      {Host: "localhost.example.jp", Port: 25},
		"smtps://u:p@[2001:db8::1]:465":                       {Host: "2001:db8::1", Port: 465, Implicit: true, User: "u", Password: "p"},
		"smtp://u:" + strings.Repeat("x", 200) + "@h.example": {Host: "h.example", Port: 587, User: "u", Password: strings.Repeat("x", 200)},
	} {
		if got, err := ParseRelay(text); err != nil || got != want {
			t.Errorf("ParseRelay(%q) = %+v, %v", text, got, err)
		}
	}
	const secret = "s3cr3t"
	for _, text := range []string{
		"", "mail.example.jp", "mail.example.jp:587", "http://u:s3cr3t@h.example", "smtps://", "smtps://:465", "smtp://h.example:0", "smtp://h.example:65536", "smtp://h.example:x",
		"smtp://u:s3cr3t@h.example?tls=none", "smtp://localhost?tls=none", "smtp://10.0.0.1?tls=none", "smtps://127.0.0.1?tls=none", "smtp://127.0.0.1?tls=some", "smtp://127.0.0.1?x=1",
		"smtp://127.0.0.1?tls=none&tls=none", "smtp://u@h.example", "smtp://:s3cr3t@h.example", "smtp://u:@h.example", "smtp://u:s3cr3t@h.example/path", "smtp://u:s3cr3t@h.example#x", "smtp://u:s3cr3t%zz@h.example",
	} {
		got, err := ParseRelay(text)
		if err == nil {
			t.Errorf("ParseRelay(%q) = %+v", text, got)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("ParseRelay(%q): the error has the password: %v", text, err)
		}
	}
	if r, err := ParseRelay("smtps://u:s3cr3t@h.example"); err != nil || strings.Contains(r.Addr(), secret) {
		t.Errorf("%q, %v", r.Addr(), err)
	}
}

func TestParseSender(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"junban <notice@junban.example>": {"junban", "notice@junban.example"}, "notice@junban.example": {"", "notice@junban.example"},
		"順番 <n@junban.example>": {"順番", "n@junban.example"},
	} {
		if name, address, err := ParseSender(text); err != nil || name != want[0] || address != want[1] {
			t.Errorf("ParseSender(%q) = %q, %q, %v", text, name, address, err)
		}
	}
	for _, text := range []string{"", "junban", "junban <notice>", "a@b.example, c@d.example", "junban <a..b@c.example>", "x\r\n <a@b.example>"} {
		if name, address, err := ParseSender(text); err == nil {
			t.Errorf("ParseSender(%q) = %q, %q", text, name, address)
		}
	}
}
