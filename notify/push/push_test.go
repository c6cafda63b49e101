package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"junban/notify/message"
)

var loopback = netip.MustParsePrefix("127.0.0.1/32")

// service is a push service that answers as a test wishes.
func service(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

// TestSend_PostsWhatTheDeviceReads checks body and headers of a push.
func TestSend_PostsWhatTheDeviceReads(t *testing.T) {
	t.Parallel()
	type post struct {
		*http.Request
		body []byte
	}
	posts := make(chan post, 1)
	url := service(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		posts <- post{r, body}
		w.WriteHeader(http.StatusCreated)
	})
	now := time.UnixMilli(1_799_999_000_000)
	c := newChannel(newKeys(t), Options{Contact: "mailto:a@junban.example", Allow: []netip.Prefix{loopback}}, nil, func() time.Time { return now })
	device, to := ownDevice(t, url+"/wpush/v2/secret?x=1")
	topics := map[string]bool{}
	for name, one := range map[string]struct {
		change           func(*message.Message)
		ttl, urgency     string
		topicIs, renotif bool
	}{
		"urgent":   {func(*message.Message) {}, "1000", "high", true, true},
		"calm":     {func(m *message.Message) { m.Urgent = false }, "1000", "normal", true, true},
		"its end":  {func(m *message.Message) { m.Until = now.Add(time.Second) }, "15", "high", true, true},
		"past":     {func(m *message.Message) { m.Until = now.Add(-time.Hour) }, "15", "high", true, true},
		"no tag":   {func(m *message.Message) { m.Tag = "" }, "1000", "high", false, false},
		"otherTag": {func(m *message.Message) { m.Tag = "another_ticket" }, "1000", "high", true, true},
	} {
		m := sample()
		m.To.Push = &to
		one.change(&m)
		if got := c.Send(t.Context(), m); got != (message.Result{Outcome: message.Sent, Answer: "201"}) {
			t.Fatalf("%s: result %+v", name, got)
		}
		p := <-posts
		h := p.Header
		if p.Method != "POST" || p.URL.String() != "/wpush/v2/secret?x=1" || h.Get("Ttl") != one.ttl || h.Get("Urgency") != one.urgency ||
			h.Get("Content-Encoding") != "aes128gcm" || !strings.HasPrefix(h.Get("Authorization"), "vapid t=") {
			t.Errorf("%s: %s %s with %v", name, p.Method, p.URL, h)
		}
		topic := h.Get("Topic")
		if one.topicIs != (topic != "") || len(topic) > topicSize || strings.Trim(topic, "0123456789abcdef") != "" || strings.Contains(topic, "1234") {
			t.Errorf("%s: topic %q", name, topic)
		}
		topics[topic] = true
		if len(p.body) != headerSize+padded+tagSize || bytes.Contains(p.body, []byte("web_push")) {
			t.Errorf("%s: a body of %d bytes", name, len(p.body))
		}
		text, err := device.Decrypt(p.body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got payload
		if err := json.Unmarshal(text, &got); err != nil || got.Notification.Title != m.Title || got.Notification.Renotify != one.renotif || !got.Mutable || got.Notification.Data.ID != m.ID {
			t.Errorf("%s: %s, error %v", name, text, err)
		}
	}
	if len(topics) != 3 {
		t.Errorf("the topics are %v", slices.Collect(maps.Keys(topics)))
	}
}

// TestSend_KnowsTheAnswersOfServices sends to a service for each answer.
func TestSend_KnowsTheAnswersOfServices(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		status int
		after  string // Retry-After
		body   string
		want   message.Result
	}{
		{status: 200, want: message.Result{Outcome: message.Sent, Answer: "200"}},
		{status: 201, body: "https://push.example/secret", want: message.Result{Outcome: message.Sent, Answer: "201"}},
		{status: 202, want: message.Result{Outcome: message.Sent, Answer: "202"}},
		{status: 404, want: message.Result{Outcome: message.Gone, Answer: "404"}},
		{status: 410, body: `{"reason":"Unregistered"}`, want: message.Result{Outcome: message.Gone, Answer: `410 {"reason":"Unregistered"}`}},
		{status: 400, body: `{"reason":"VapidPkHashMismatch"}`, want: message.Result{Outcome: message.Refused, Answer: `400 {"reason":"VapidPkHashMismatch"}`, Fault: true, Address: true}},
		{status: 401, want: message.Result{Outcome: message.Refused, Answer: "401", Fault: true, Address: true}},
		{status: 403, body: `{"reason":"BadJwtToken"}`, want: message.Result{Outcome: message.Refused, Answer: `403 {"reason":"BadJwtToken"}`, Fault: true, Address: true}},
		{status: 413, want: message.Result{Outcome: message.Refused, Answer: "413", Fault: true}},
		{status: 405, want: message.Result{Outcome: message.Refused, Answer: "405"}},
		{status: 406, after: "900", want: message.Result{Outcome: message.Retry, Answer: "406", After: 15 * time.Minute}},
		{status: 429, after: "Sat, 21 Nov 2026 09:01:00 GMT", want: message.Result{Outcome: message.Retry, Answer: "429", After: time.Minute}},
		{status: 429, after: "Sat, 21 Nov 2026 08:01:00 GMT", want: message.Result{Outcome: message.Retry, Answer: "429"}},
		{status: 500, after: "-1", want: message.Result{Outcome: message.Retry, Answer: "500"}},
		{status: 503, after: "9999999", want: message.Result{Outcome: message.Retry, Answer: "503", After: maxPending}},
		{status: 503, after: "soon", body: "see\n\x00 https://push.example/secret   now", want: message.Result{Outcome: message.Retry, Answer: "503 see now"}},
		{status: 302, want: message.Result{Outcome: message.Refused, Answer: "302"}},
		{status: 307, want: message.Result{Outcome: message.Refused, Answer: "307"}},
	} {
		url := service(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/x" {
				t.Errorf("%d: a redirect is followed to %s", c.status, r.URL)
			}
			w.Header().Set("Location", "/elsewhere")
			if c.after != "" {
				w.Header().Set("Retry-After", c.after)
			}
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		})
		_, to := ownDevice(t, url+"/x")
		m := sample()
		m.To.Push = &to
		got := newChannel(newKeys(t), Options{Allow: []netip.Prefix{loopback}}, nil, func() time.Time { return now }).Send(t.Context(), m)
		if got != c.want {
			t.Errorf("%d %q: result %+v, want %+v", c.status, c.after, got, c.want)
		}
	}
}

// TestSend_ReadsLittleOfALongAnswer gets 2 MB, and then what never ends.
func TestSend_ReadsLittleOfALongAnswer(t *testing.T) {
	t.Parallel()
	for name, endless := range map[string]bool{"2 MB": false, "endless": true} {
		url := service(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			w.Write(bytes.Repeat([]byte("x"), 2<<20))
			if endless {
				<-r.Context().Done()
			}
		})
		_, to := ownDevice(t, url)
		m := sample()
		m.To.Push = &to
		got := newChannel(newKeys(t), Options{Allow: []netip.Prefix{loopback}}, nil, time.Now).Send(t.Context(), m)
		if got.Outcome != message.Refused || len(got.Answer) != len("400 ")+maxReason {
			t.Errorf("%s: result %+v", name, got)
		}
	}
}

// TestSend_GivesUpAServiceThatNeverAnswers ends by the sender's time, and by the channel's.
func TestSend_GivesUpAServiceThatNeverAnswers(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{}, 2)
	url := service(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // so that the server notices the end of the connection
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	_, to := ownDevice(t, url)
	m := sample()
	m.To.Push = &to
	c := newChannel(newKeys(t), Options{Allow: []netip.Prefix{loopback}}, nil, time.Now)
	if got := c.Send(t.Context(), m); got != (message.Result{Outcome: message.Retry, Answer: "timeout"}) {
		t.Errorf("result %+v", got)
	}
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if got := c.Send(ctx, m); got != (message.Result{Outcome: message.Retry, Answer: "canceled"}) {
		t.Errorf("result %+v", got)
	}
}

func TestSend_RefusesWhatIsNoSubscription(t *testing.T) {
	t.Parallel()
	c, err := New(newKeys(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Send(t.Context(), sample()); got.Outcome != message.Refused || !got.Fault {
		t.Errorf("no subscription: result %+v", got)
	}
	_, to := ownDevice(t, "http://push.example/x")
	m := sample()
	m.To.Push = &to
	if got := c.Send(t.Context(), m); got.Outcome != message.Refused || got.Fault {
		t.Errorf("plain http: result %+v", got)
	}
	to.Endpoint = "https://push.example/x"
	to.P256DH = to.P256DH[:10]
	if got := c.Send(t.Context(), m); got.Outcome != message.Gone || got.Fault {
		t.Errorf("no keys: result %+v", got)
	}
	if err := c.Validate(to); !errors.Is(err, ErrKeys) {
		t.Errorf("Validate: error %v", err)
	}
}

func TestOrigin_NamesNoDevice(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"https://PUSH.example:443/x/y?z": "https://push.example", "https://push.example/x": "https://push.example",
		"http://127.0.0.1:8080/x": "http://127.0.0.1:8080", "x": "",
	} {
		if got := Origin(endpoint); got != want {
			t.Errorf("%q: origin %q, want %q", endpoint, got, want)
		}
	}
}
