package push

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"junban/notify/message"
)

const (
	timeout   = 5 * time.Second
	minTTL    = 15 * time.Second // less is dropped when the phone sleeps at that moment
	maxAnswer = 4 << 10          // bytes
	topicSize = 32               // characters, RFC 8030 §5.4
)

// Options are the settings of a [Channel].
type Options struct {
	// Contact is an https or mailto URL that push services may write to, see
	// [CheckContact]. "" leaves it out, and Apple then refuses every push.
	Contact string
	// Allow are ranges of addresses that are not public and may be posted to all the
	// same, also by http and on any port: an operator's own service, or a test's.
	Allow []netip.Prefix
}

// Channel sends web push. It is safe for concurrent use.
type Channel struct {
	allow  []netip.Prefix
	tokens *tokens
	client *http.Client
	now    func() time.Time
}

var _ message.Channel = (*Channel)(nil)

// New returns the channel of an installation with these keys. Errors match
// [ErrContact], or report that there are no keys.
func New(keys Keys, o Options) (*Channel, error) {
	if keys.private == nil {
		return nil, errors.New("push: no keys")
	}
	if o.Contact != "" {
		if err := CheckContact(o.Contact); err != nil {
			return nil, err
		}
	}
	return newChannel(keys, o, nil, time.Now), nil
}

// newChannel is New with the resolver and the clock of a test.
func newChannel(keys Keys, o Options, resolver *net.Resolver, now func() time.Time) *Channel {
	transport := &http.Transport{ // it has no proxy: one of the environment would resolve names out of the guard's sight
		DialContext:            guard(o.Allow, resolver),
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    timeout,
		ResponseHeaderTimeout:  timeout,
		MaxResponseHeaderBytes: 4 * maxAnswer,
		MaxIdleConns:           200,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        time.Minute,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 3 * timeout, PingTimeout: timeout}, // a dead connection would fail each push
	}
	return &Channel{
		allow:  o.Allow,
		tokens: &tokens{keys: keys, contact: o.Contact, now: now},
		client: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		now:    now,
	}
}

// Public is the key that browsers subscribe with.
func (c *Channel) Public() string { return c.tokens.keys.Public() }

// Validate is [Validate] with the ranges that the channel allows.
func (c *Channel) Validate(s message.Subscription) error { return Validate(s, c.allow...) }

// Origin is the push service of an endpoint, such as https://push.example; "" of what is
// no endpoint. It names no device.
func Origin(endpoint string) string {
	u, err := endpointOf(endpoint, []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")})
	if err != nil {
		return ""
	}
	return originOf(u)
}

// originOf is the origin of a URL, without the usual port.
func originOf(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(strings.TrimSuffix(u.Host, ":443"))
}

// Send posts a message to the push service of a device. It takes 5 s at most.
func (c *Channel) Send(ctx context.Context, m message.Message) message.Result {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, result := c.request(ctx, m)
	if r == nil {
		return result
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return failed(err)
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // the status decides, also when its reason is cut off
	return resultOf(answer.StatusCode, answer.Header, string(body), c.now())
}

// request makes the request of a message, or returns why there is no request.
func (c *Channel) request(ctx context.Context, m message.Message) (*http.Request, message.Result) {
	fault := func(err error) (*http.Request, message.Result) {
		return nil, message.Result{Outcome: message.Refused, Answer: err.Error(), Fault: true}
	}
	if m.To.Push == nil {
		return fault(errors.New("push: no subscription"))
	}
	to, err := endpointOf(m.To.Push.Endpoint, c.allow)
	if err != nil {
		return nil, message.Result{Outcome: message.Refused, Answer: err.Error()}
	}
	device, auth, err := keysOfDevice(*m.To.Push)
	if err != nil {
		return nil, message.Result{Outcome: message.Gone, Answer: err.Error()}
	}
	text, err := payloadOf(m)
	if err != nil {
		return fault(err)
	}
	body, err := encrypt(text, device, auth, padded)
	if err != nil {
		return fault(err)
	}
	authorization, err := c.tokens.of(originOf(to))
	if err != nil {
		return fault(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return fault(err)
	}
	r.Header.Set("Authorization", authorization)
	r.Header.Set("Content-Encoding", "aes128gcm")
	r.Header.Set("Content-Type", "application/octet-stream")
	r.Header.Set("TTL", strconv.Itoa(int(max(m.Until.Sub(c.now()), minTTL)/time.Second)))
	r.Header.Set("Urgency", urgency(m.Urgent))
	if m.Tag != "" {
		r.Header.Set("Topic", topic(m.Tag))
	}
	r.Header.Set("User-Agent", "junban")
	return r, message.Result{}
}

// urgency is the header of RFC 8030 §5.3. A sleeping phone is woken by "high" alone.
func urgency(urgent bool) string {
	if urgent {
		return "high"
	}
	return "normal"
}

// topic is the header by which a push replaces one that waits. It has hexadecimal digits
// alone: services differ in what else they take.
func topic(tag string) string {
	sum := sha256.Sum256([]byte(tag))
	return hex.EncodeToString(sum[:])[:topicSize]
}
