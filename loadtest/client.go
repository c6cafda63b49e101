package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"junban/api/wire"
)

// client is one person's browser, without the browser.
type client struct {
	base string
	http *http.Client
}

// newClient returns a client of the server at base, which must be on this machine.
func newClient(base string) (*client, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("%s is not on the loopback interface; this tool plays nowhere else", base)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &client{base, &http.Client{Jar: jar, Timeout: 30 * time.Second}}, nil
}

// post sends body as JSON and reads the answer into answer, unless that is nil.
func (c *client) post(ctx context.Context, path, key string, body, answer any) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		var p wire.Problem
		if json.Unmarshal(text, &p) == nil && p.Code != "" {
			return fmt.Errorf("POST %s: %d %s: %s", path, resp.StatusCode, p.Code, p.Detail)
		}
		return fmt.Errorf("POST %s: %s", path, resp.Status)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
