package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"junban/notify"
	"junban/notify/text"
	"junban/queue"
	"junban/queue/feed"
	"junban/queue/journal"
	"junban/queue/outbox"
	"junban/static"
)

// newNotifier returns the notifier of this node, with the channels that are set up.
func (p *program) newNotifier(store *queue.Store, notices *outbox.Store, feed *feed.Feed, ways channels, pages *static.Site, registry *prometheus.Registry) (*notify.Notifier, error) {
	return notify.New(notify.Options{
		Line: store, Journal: journal.New(store), Feed: feed, Outbox: notices, Composer: text.New(pages), Channels: ways.sending(),
		Registerer: registry, Log: p.log,
	})
}
