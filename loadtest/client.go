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
	"strings"

	"junban/api/wire"
)

// client sends JSON requests as one browser does, with its own cookies and
// connections. It is safe for concurrent use.
type client struct {
	base string
	http *http.Client
}

// newClient returns a client of the server at base, a loopback URL. The client
// connects from the address from, or from any address if that is nil.
func newClient(base string, from net.IP) (*client, error) {
	if err := requireLoopback(base); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	return &client{base, &http.Client{
		Jar: jar, Timeout: operationTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: loopbackTLS, MaxIdleConnsPerHost: 16, ReadBufferSize: bufferSize, WriteBufferSize: bufferSize},
	}}, nil
}

// requireLoopback returns an error unless base is a server on this machine.
func requireLoopback(base string) error {
	u, err := url.Parse(base)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); u.Scheme != "http" && u.Scheme != "https" || u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not on the loopback interface; loadtest accepts no other server", base)
	}
	return nil
}

func (c *client) post(ctx context.Context, path, key string, body, answer any) error {
	return c.do(ctx, http.MethodPost, path, key, body, answer)
}

// do sends body as JSON and decodes the response into answer. Both may be nil.
// A problem response becomes an error with its code and detail.
func (c *client) do(ctx context.Context, method, path, key string, body, answer any) error {
	header := http.Header{}
	if key != "" {
		header.Set("Idempotency-Key", key)
	}
	got, err := c.exchange(ctx, method, path, header, body)
	if err != nil {
		return err
	}
	if got.status >= 300 {
		if p := got.problem(); p.Code != "" {
			return fmt.Errorf("%s %s: %d %s: %s", method, path, got.status, p.Code, p.Detail)
		}
		return fmt.Errorf("%s %s: %d %s", method, path, got.status, http.StatusText(got.status))
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(got.body, answer)
}

// reply is a whole response.
type reply struct {
	status int
	header http.Header
	body   []byte // at most maxFrameSize
}

// problem returns the problem of a refusal. Its code is empty if the body is none.
func (r reply) problem() (p wire.Problem) {
	if json.Unmarshal(r.body, &p) != nil {
		return wire.Problem{}
	}
	return p
}

// exchange sends body as JSON, which may be nil, and reads the whole response.
func (c *client) exchange(ctx context.Context, method, path string, header http.Header, body any) (reply, error) {
	var content io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		content = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return reply{}, err
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxFrameSize))
	return reply{resp.StatusCode, resp.Header, text}, err
}

// close closes the idle connections.
func (c *client) close() { c.http.CloseIdleConnections() }

// cookies returns the client's cookies in the form of the header Cookie.
func (c *client) cookies() string {
	u, err := url.Parse(c.base)
	if err != nil {
		return ""
	}
	var pairs []string
	for _, cookie := range c.http.Jar.Cookies(u) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}
