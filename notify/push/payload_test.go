package push

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"junban/notify/message"
)

// sample is a message of usual length.
func sample() message.Message {
	return message.Message{
		ID: "1234-261121-abcdefghijklmnopqrst", Language: "ja", Title: "まもなくです – みなと医院", Body: "24番: あと5組・15〜25分。そろそろお出かけください。",
		Stale: "状況が変わりました。開いて確かめてください。", Tag: "1234-1-261121-k3f9a1x2", Renotify: true, Urgent: true,
		Until: time.UnixMilli(1_800_000_000_123), Origin: "https://junban.example", Path: "/t?ticket=1234-1-261121-k3f9a1x2",
	}
}

func TestPayload_IsDeclarativeAndHasOurFields(t *testing.T) {
	t.Parallel()
	text, err := payloadOf(sample())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"web_push":8030,"mutable":true,"notification":{"title":"まもなくです – みなと医院","body":"24番: あと5組・15〜25分。そろそろお出かけください。","lang":"ja","tag":"1234-1-261121-k3f9a1x2",` +
		`"navigate":"https://junban.example/t?ticket=1234-1-261121-k3f9a1x2","renotify":true,"data":{"id":"1234-261121-abcdefghijklmnopqrst","until":1800000000123,"stale":"状況が変わりました。開いて確かめてください。"}}}`
	if string(text) != want {
		t.Errorf("the payload is %s", text)
	}
	if len(text) >= padded {
		t.Errorf("%d bytes are not padded", len(text))
	}
	m := sample()
	m.Tag = ""
	if text, err = payloadOf(m); err != nil || strings.Contains(string(text), "renotify") {
		t.Errorf("browsers refuse renotify without a tag: %s, error %v", text, err)
	}
}

func TestPayload_FitsInEveryLanguage(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{"ja": "順番が近づいています。", "vi": "Sắp đến lượt của quý vị. Xin hãy khởi hành. ", "emoji": "👩‍⚕️🏥", "quoted": "\"\\\u2028<"} {
		for _, times := range []int{1, 5, 20, 100, 2000} {
			m := sample()
			m.Body = strings.Repeat(part, times)
			m.Stale = strings.Repeat(part, (times+1)/2)
			text, err := payloadOf(m)
			if err != nil {
				t.Fatalf("%s, %d times: %v", name, times, err)
			}
			var p payload
			if err := json.Unmarshal(text, &p); err != nil {
				t.Fatalf("%s, %d times: %v", name, times, err)
			}
			if len(text)+1 > maxRecord {
				t.Errorf("%s, %d times: %d bytes", name, times, len(text))
			}
			for got, was := range map[string]string{p.Notification.Body: m.Body, p.Notification.Data.Stale: m.Stale} {
				if !utf8.ValidString(got) || strings.ContainsRune(got, utf8.RuneError) || got != was && (!strings.HasSuffix(got, "…") || !strings.HasPrefix(was, strings.TrimSuffix(got, "…"))) {
					t.Errorf("%s, %d times: %q", name, times, got)
				}
			}
			if p.Notification.Title != m.Title {
				t.Errorf("%s, %d times: the title is %q", name, times, p.Notification.Title)
			}
		}
	}
	m := sample()
	m.Path = "https://junban.example/" + strings.Repeat("x", maxBody)
	if _, err := payloadOf(m); err == nil {
		t.Error("a path of 2,000 bytes fits")
	}
}
