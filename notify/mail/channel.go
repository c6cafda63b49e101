package mail

import (
	"context"
	"time"

	"junban/notify/message"
)

// Channel sends mail. It is safe for concurrent use.
type Channel struct {
	relay         Relay
	name, address string
	options       Options
}

// Defaults of [Options].
const (
	defaultWorkers = 4
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
	return &Channel{relay: relay, name: name, address: address, options: o}, nil
}

// Send sends one message, unless its Until has passed.
func (c *Channel) Send(ctx context.Context, m message.Message) message.Result {
	return message.Result{Outcome: message.Retry, Answer: "not yet"}
}

// Close ends the connections that are open.
func (c *Channel) Close() {}
