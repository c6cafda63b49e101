package main

import (
	"context"
	"time"

	"junban/notify/mail"
)

// relayLimit bounds the check of the relay.
const relayLimit = 15 * time.Second

// newMail returns the channel to the relay, or nil without one.
func (p *program) newMail() (*mail.Channel, error) {
	if p.Mail == "" {
		return nil, nil
	}
	return mail.New(mail.Options{Relay: string(p.Mail), From: string(p.MailFrom)})
}

// checkMail tests whether the relay takes the login, and mail of the sender. It sends
// none.
func (p *program) checkMail(ctx context.Context) []finding {
	channel, err := p.newMail()
	if channel == nil && err == nil {
		return nil
	}
	if err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, relayLimit)
		defer cancel()
		if err = channel.Check(ctx); err == nil {
			return []finding{{server: channel.Relay(), what: "mail", found: "the relay takes the login and the sender"}}
		}
	}
	f := finding{required, "", "mail", err.Error(), "--mail and --mail-from as the relay takes them, and a certificate that it can prove"}
	if channel != nil {
		f.server = channel.Relay()
	}
	return []finding{f}
}
