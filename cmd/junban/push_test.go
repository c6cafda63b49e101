//go:build unix

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/pushtest"
)

// TestServe_PushesToADevice asks for notices by web push, and decrypts them as the device.
// Once the push service has forgotten the device, so does the program.
func TestServe_PushesToADevice(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, embedded.Program)
	var mu sync.Mutex
	var posts []pushtest.Post
	status := http.StatusCreated
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		posts = append(posts, pushtest.Post{Header: r.Header, Body: body})
		w.WriteHeader(status)
	}))
	t.Cleanup(service.Close)
	posted := func(n int) pushtest.Post {
		t.Helper()
		var p pushtest.Post
		programtest.Eventually(t, "a push", func() bool {
			mu.Lock()
			defer mu.Unlock()
			if len(posts) >= n {
				p = posts[n-1]
			}
			return len(posts) >= n
		})
		return p
	}

	s := programtest.Serve(t, t.TempDir(), []string{"JUNBAN_DEMO_PASSWORD=" + programtest.Password}, "--push-allow=127.0.0.1", "--push-contact=https://junban.example")
	c, desk := s.Client(), s.Client()
	desk.LogIn(t, "1234", "demo")
	own := c.Issue(t, "pushed")
	device, err := pushtest.NewDevice()
	if err != nil {
		t.Fatal(err)
	}
	path, header := "/v1/tickets/"+own.Ticket.ID+"/wants", map[string]string{"Authorization": "Bearer " + own.Token}
	want := func(endpoint string) (wire.Wants, int) {
		t.Helper()
		var got wire.Wants
		code := c.Do(t, "PUT", path, header, wire.WantsRequest{Consent: wire.ConsentVersion, Wants: []wire.NewWant{{
			Channel: "push", Language: "vi", Push: &wire.PushSubscription{Endpoint: endpoint, P256DH: device.P256DH, Auth: device.Auth},
		}}}, &got)
		return got, code
	}
	for _, endpoint := range []string{"http://127.0.0.2:1/x", "http://[::1]:6379/x", "https://10.0.0.1/x", "https://user@push.example/x", "file:///etc/passwd", ""} {
		if _, code := want(endpoint); code != http.StatusBadRequest && code != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", endpoint, code)
		}
	}
	if got, code := want(service.URL + "/secret"); code != http.StatusOK || len(got.Wants) != 1 || strings.Contains(got.Wants[0].Address, "127") {
		t.Fatalf("status %d, %+v", code, got)
	}

	first := posted(1)
	var key wire.PushKey
	c.OK(t, "GET", "/v1/push/key", nil, &key)
	if a := first.Header.Get("Authorization"); !strings.HasSuffix(a, ", k="+key.Key) {
		t.Errorf("it is signed as %q, and not with %s", a, key.Key)
	}
	text, err := device.Decrypt(first.Body)
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Mutable      bool
		Notification struct {
			Title, Body, Lang, Tag, Navigate string
			Data                             struct {
				ID, Stale string
				Until     int64
			}
		}
	}
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	if n := p.Notification; !p.Mutable || n.Title == "" || n.Body == "" || n.Data.Stale == "" || n.Lang != "vi" || n.Tag == "" || n.Navigate != s.URL+"/t" || n.Data.Until == 0 {
		t.Errorf("the device reads %s", text)
	}
	for _, secret := range []string{own.Token, own.Ticket.ServiceName, own.Ticket.ID} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s has %q in it", text, secret)
		}
	}

	var fresh wire.NoticeText
	c.OK(t, "GET", "/v1/notices/"+p.Notification.Data.ID, nil, &fresh)
	if fresh.Title != p.Notification.Title || fresh.Tag != p.Notification.Tag || fresh.Over {
		t.Errorf("as it is now, it reads %+v", fresh)
	}
	c.OK(t, "POST", "/v1/notices/"+p.Notification.Data.ID+"/shown", nil, nil)
	read := func() (got wire.Wants) {
		t.Helper()
		if code := c.Do(t, "GET", path, header, nil, &got); code != http.StatusOK {
			t.Fatalf("reading the wants: status %d", code)
		}
		return got
	}
	if got := read().Notices; !slices.ContainsFunc(got, func(n wire.TicketNotice) bool { return n.Kind == "confirm" && n.State == "shown" && n.ShownAt != nil }) {
		t.Errorf("the notices are %+v", got)
	}

	mu.Lock()
	status = http.StatusGone
	mu.Unlock()
	desk.OK(t, "POST", "/v1/services/1234-1/call", wire.CallRequest{Room: "1"}, nil)
	if u := posted(2).Header.Get("Urgency"); u != "high" {
		t.Errorf("a call is pushed with urgency %q", u)
	}
	programtest.Eventually(t, "the address is forgotten", func() bool { return len(read().Wants) == 0 })
}
