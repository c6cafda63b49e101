//go:build unix

package programtest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"junban/api/wire"
)

// Password is the password of the tests' users.
const Password = "a password of mine"

// Client sends requests to the server, with its cookie after a login.
type Client struct {
	URL   string
	Login string       // value of the cookie
	HTTP  *http.Client // nil means http.DefaultClient
}

// Do sends a request and returns the status.
func (c *Client) Do(t *testing.T, method, path string, header map[string]string, body, into any) int {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), Long)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.URL+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	if c.Login != "" {
		r.AddCookie(&http.Cookie{Name: "junban_session", Value: c.Login})
	}
	answer, err := cmp.Or(c.HTTP, http.DefaultClient).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range answer.Cookies() {
		if cookie.Name == "junban_session" {
			c.Login = cookie.Value
		}
	}
	if into != nil && answer.StatusCode < 300 {
		if err := json.Unmarshal(got, into); err != nil {
			t.Fatalf("%s %s: decoding %s: %v", method, path, got, err)
		}
	}
	return answer.StatusCode
}

// OK sends a request that must succeed.
func (c *Client) OK(t *testing.T, method, path string, in, out any) {
	t.Helper()
	key := map[string]string{"Idempotency-Key": fmt.Sprintf("key-%d", time.Now().UnixNano())}
	if status := c.Do(t, method, path, key, in, out); status/100 != 2 {
		t.Fatalf("%s %s: status %d", method, path, status)
	}
}

// LogIn logs in a user with [Password].
func (c *Client) LogIn(t *testing.T, clinic, user string) {
	t.Helper()
	c.OK(t, "POST", "/v1/login", wire.LoginRequest{Clinic: clinic, User: user, Password: Password}, nil)
}

// Issue takes a web ticket of service 1234-1.
func (c *Client) Issue(t *testing.T, key string) wire.Issued {
	t.Helper()
	return c.IssueOf(t, "1234-1", key)
}

// Key returns a valid Idempotency-Key for a name.
func Key(name string) string { return "the-key-of-the-test-" + name }

// IssueOf takes a web ticket of a service.
func (c *Client) IssueOf(t *testing.T, service, key string) wire.Issued {
	t.Helper()
	var got wire.Issued
	if status := c.Do(t, "POST", "/v1/services/"+service+"/tickets", map[string]string{"Idempotency-Key": Key(key)}, wire.IssueRequest{PartySize: 1}, &got); status != http.StatusCreated {
		t.Fatalf("taking a ticket: status %d", status)
	}
	return got
}

// Show reads a ticket as its owner.
func (c *Client) Show(t *testing.T, of wire.Issued) (wire.Ticket, int) {
	t.Helper()
	var got wire.TicketAnswer
	status := c.Do(t, "GET", "/v1/tickets/"+of.Ticket.ID, map[string]string{"Authorization": "Bearer " + of.Token}, nil, &got)
	return got.Ticket, status
}

// WatchEvents opens an event stream and returns a function that reads its next
// frame.
func WatchEvents(t *testing.T, url, topic string) func() (wire.Frame, bool) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url+"/v1/watch?topic="+topic, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	stream, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stream.Body.Close() })
	lines := bufio.NewScanner(stream.Body)
	return func() (f wire.Frame, ok bool) {
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &f); err != nil {
					t.Errorf("%v: %s", err, data)
				}
				return f, true
			}
		}
		return f, false
	}
}
