package main

import (
	"bytes"
	"net"
	"net/http"
	"net/smtp"
	"strings"
	"testing"
	"time"
)

// TestPushSink_NotesTheFirstMessageOfADevice posts to two of three devices, to one twice.
func TestPushSink_NotesTheFirstMessageOfADevice(t *testing.T) {
	t.Parallel()
	sink, err := openPushSink()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sink.close)
	var devices []int
	for i := range 3 {
		device, to, err := sink.subscribe()
		if err != nil {
			t.Fatal(err)
		}
		devices = append(devices, device)
		for range []int{1, 2, 0}[i] {
			resp, err := http.Post(to.Endpoint, "", strings.NewReader("x"))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusCreated {
				t.Errorf("the answer is %d", resp.StatusCode)
			}
		}
	}
	got, err := sink.wait(t.Context(), devices, time.Millisecond)
	if err != nil || len(got) != 2 || got[devices[2]] != (time.Time{}) {
		t.Errorf("messages of %v, %v; want of the first two devices", got, err)
	}
	if resp, err := http.Get(sink.base + "1"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("a GET: %v, %v", resp, err)
	}
}

// TestMailSink_FindsTheCode sends a mail in each form that a sender may choose.
func TestMailSink_FindsTheCode(t *testing.T) {
	t.Parallel()
	sink, err := openMailSink()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sink.close)
	const head = "Subject: 999999\r\nMIME-Version: 1.0\r\n"
	for _, body := range []string{
		head + "Content-Type: text/plain; charset=utf-8\r\n\r\nYour code is 123456.\r\n",
		head + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nQ29kZTogMTIzNDU2Lg==\r\n",
		head + "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>888888</b>\r\n--b\r\n" +
			"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nCode=20=\r\n123456\r\n--b--\r\n",
	} {
		before := sink.count()
		if err := smtp.SendMail(sink.listener.Addr().String(), nil, "from@junban.example", []string{"to@mail.example"}, []byte(body)); err != nil {
			t.Fatal(err)
		}
		if got, err := sink.wait(t.Context(), before, 1, operationTimeout); err != nil || len(got) != 1 {
			t.Fatalf("%d mails, %v", len(got), err)
		}
		if code, err := sink.code(); err != nil || code != "123456" {
			t.Errorf("code %q, %v, of\n%s", code, err, bytes.TrimSpace([]byte(body)))
		}
	}
	if _, _, err := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(sink.relay(), "smtp://"), "?tls=none")); err != nil {
		t.Errorf("the relay is %s: %v", sink.relay(), err)
	}
}

func TestRate_IsOverTheTimeUntilTheLast(t *testing.T) {
	t.Parallel()
	start := time.Unix(1000, 0)
	got := map[int]time.Time{1: start.Add(time.Second), 2: start.Add(4 * time.Second), 3: start.Add(2 * time.Second), 4: start.Add(time.Second)}
	if r, err := rate(start, got); err != nil || r != 1 {
		t.Errorf("%v a second, %v; want 1", r, err)
	}
	for name, none := range map[string]map[int]time.Time{"nothing": nil, "before the start": {1: start}} {
		if r, err := rate(start, none); err == nil {
			t.Errorf("%s: %v a second", name, r)
		}
	}
}

func TestMean_IsOfAll(t *testing.T) {
	t.Parallel()
	if got := mean(durations{time.Millisecond, 2 * time.Millisecond, 6 * time.Millisecond}); got != 3 {
		t.Errorf("the mean is %v ms, want 3", got)
	}
	if got := mean(nil); got != 0 {
		t.Errorf("the mean of nothing is %v", got)
	}
}
