package main

import (
	"context"
	"errors"
	"net/netip"

	"junban/api/notice"
	"junban/notify/inbox"
	"junban/notify/message"
	"junban/notify/push"
	"junban/queue/outbox"
)

// channels are how this node reaches patients.
type channels struct {
	push  *push.Channel
	inbox *inbox.Inbox // nil: there is no demo
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
	if show != nil {
		c.inbox = &inbox.Inbox{}
	}
	return c, nil
}

// sending are the channels as the notifier takes them.
func (c channels) sending() map[outbox.Channel]message.Channel {
	all := map[outbox.Channel]message.Channel{outbox.Push: c.push}
	if c.inbox != nil {
		all[outbox.Inbox] = c.inbox
	}
	return all
}

// offered are the channels as the API offers them to patients.
func (c channels) offered(notices *outbox.Store) *notice.Notices {
	ns := &notice.Notices{Outbox: notices, PushKey: c.push.Public(), ValidPush: c.push.Validate, ValidMail: func(string) error { return errNoMail }}
	if c.inbox != nil {
		ns.Inbox = c.inbox
	}
	return ns
}

var errNoMail = errors.New("this server sends no mail")
