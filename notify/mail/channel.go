package mail

import (
	"context"
	"strings"
	"sync"
	"time"

	"junban/notify/message"
)

// Channel sends mail. It is safe for concurrent use.
type Channel struct {
	relay         Relay
	name, address string // of the sender
	options       Options

	slots chan struct{} // one for each connection that is in use

	mu     sync.Mutex
	idle   []*session // the newest last
	closed bool
}

// Defaults of [Options].
const (
	defaultWorkers = 8
	defaultTimeout = 30 * time.Second
)

// New returns a channel. It opens no connection.
func New(o Options) (*Channel, error) {
	relay, err := ParseRelay(o.Relay)
	if err != nil {
		return nil, err
	}
	name, address, err := ParseSender(o.From)
	if err != nil {
		return nil, err
	}
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &Channel{relay: relay, name: name, address: address, options: o, slots: make(chan struct{}, o.Workers)}, nil
}

// Relay is the relay's host and port, for logs.
func (c *Channel) Relay() string { return c.relay.Addr() }

// Send sends one message. It waits for a free connection, and for the relay, at most for
// [Options].Timeout.
func (c *Channel) Send(ctx context.Context, m message.Message) message.Result {
	l, err := c.letterOf(m, time.Now())
	if err != nil {
		return message.Result{Outcome: message.Refused, Answer: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return message.Result{Outcome: message.Retry, Answer: "every connection to the relay is in use"}
	}
	if !m.Until.IsZero() && time.Now().After(m.Until) {
		return message.Result{Outcome: message.Retry, Answer: "its time is over"}
	}
	for {
		s := c.kept()
		fresh := s == nil
		if fresh {
			if s, err = c.dial(ctx); err != nil {
				return masked(resultOfDial(err), m)
			}
		}
		o := s.send(ctx, l, c.options.Timeout)
		if o.again {
			c.keep(s)
		} else {
			s.end()
		}
		if !o.stale || fresh {
			return masked(o.result, m)
		}
	}
}

// Check logs in to the relay, and asks it whether it takes mail of the sender.
func (c *Channel) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	s, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer s.end()
	defer s.guard(ctx)()
	if err := s.smtp.Mail("<" + c.returnPath("") + ">"); err != nil {
		return err
	}
	return s.smtp.Reset()
}

// Close ends the connections that are kept. Later messages have connections of their own.
func (c *Channel) Close() {
	c.mu.Lock()
	idle := c.idle
	c.idle, c.closed = nil, true
	c.mu.Unlock()
	for _, s := range idle {
		if s.timer.Stop() {
			s.end()
		}
	}
}

// maxAnswer is the longest answer that is kept, in bytes.
const maxAnswer = 200

// masked is a result without the address of its receiver, as one line.
func masked(r message.Result, m message.Message) message.Result {
	local := m.To.Mail[:strings.LastIndexByte(m.To.Mail, '@')]
	r.Answer = shortAnswer(replaceFold(replaceFold(line(r.Answer), m.To.Mail, "…"), local+"@", "…@"))
	return r
}

// shortAnswer is an answer of one line, as short as the history keeps it.
func shortAnswer(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxAnswer {
		text = strings.ToValidUTF8(text[:maxAnswer], "") + "…"
	}
	return text
}

// replaceFold replaces an ASCII text in either case.
func replaceFold(in, old, by string) string {
	var out strings.Builder
	for {
		at := strings.Index(asciiLower(in), asciiLower(old))
		if at < 0 {
			return out.String() + in
		}
		out.WriteString(in[:at] + by)
		in = in[at+len(old):]
	}
}

// asciiLower keeps the length of a text, unlike strings.ToLower.
func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
