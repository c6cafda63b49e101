package main

import (
	"context"
	"net/netip"
	"strings"

	"junban/api/notice"
	"junban/notify/inbox"
	"junban/notify/mail"
	"junban/notify/message"
	"junban/notify/push"
	"junban/queue/outbox"
)

// channels are how this node reaches patients.
type channels struct {
	push  *push.Channel
	mail  *mail.Channel // nil: there is no relay
	inbox *inbox.Inbox  // nil: there is no demo

	proofs *mail.Channel // as mail, for the codes that prove addresses: patients wait for them
	sender string        // domain of the mails
}

// openChannels makes the channels that are set up. The keys of web push are the
// installation's, in Redis.
func (p *program) openChannels(ctx context.Context, notices *outbox.Store, show *demo) (c channels, err error) {
	stored, err := notices.Vapid(ctx, func() ([]byte, error) {
		keys, err := push.NewKeys()
		if err != nil {
			return nil, err
		}
		return keys.Marshal()
	})
	if err != nil {
		return c, err
	}
	keys, err := push.ParseKeys(stored)
	if err != nil {
		return c, err
	}
	if c.push, err = push.New(keys, push.Options{Contact: string(p.PushContact), Allow: []netip.Prefix(p.PushAllow)}); err != nil {
		return c, err
	}
	if c.mail, err = p.newMail(); err != nil {
		return c, err
	}
	if c.proofs, err = p.newMail(); err != nil {
		return c, err
	}
	if c.mail != nil {
		_, address, err := mail.ParseSender(string(p.MailFrom))
		if err != nil {
			return c, err
		}
		_, c.sender, _ = strings.Cut(address, "@")
	}
	if show != nil {
		c.inbox = &inbox.Inbox{}
	}
	return c, nil
}

// sending are the channels as the notifier takes them.
func (c channels) sending() map[outbox.Channel]message.Channel {
	all := map[outbox.Channel]message.Channel{outbox.Push: c.push}
	if c.mail != nil {
		all[outbox.Mail] = c.mail
	}
	if c.inbox != nil {
		all[outbox.Inbox] = c.inbox
	}
	return all
}

// offered are the channels as the API offers them to patients, with the origin of links.
func (c channels) offered(notices *outbox.Store, origin string) *notice.Notices {
	ns := &notice.Notices{Outbox: notices, Origin: origin, PushKey: c.push.Public(), ValidPush: c.push.Validate, ValidMail: mail.ValidAddress}
	if c.proofs != nil {
		ns.Mail, ns.MailFrom = c.proofs, c.sender
	}
	if c.inbox != nil {
		ns.Inbox = c.inbox
	}
	return ns
}
