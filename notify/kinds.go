package notify

import (
	"time"

	"junban/queue/outbox"
)

// kindRules are when notices of a kind are sent (B21, notices.md §1.5).
type kindRules struct {
	settle  time.Duration   // from the reason until it is due: an undo takes it back meanwhile
	until   time.Duration   // from the reason until it is not sent any more; 0: it depends on the visit
	retries []time.Duration // waits after each failed try, of which a random part is waited
	once    bool            // a mail that was perhaps sent is sent a second time, and no more
}

const sec = time.Second

// kinds has a row for every kind.
var kinds = map[outbox.Kind]kindRules{
	outbox.Call:     {settle: 3 * sec, until: 2 * time.Minute, retries: []time.Duration{sec, 3 * sec, 7 * sec, 15 * sec, 30 * sec, 60 * sec}},
	outbox.Changed:  {settle: 10 * sec, retries: []time.Duration{2 * sec, 10 * sec, 60 * sec, 300 * sec}},
	outbox.Approach: {settle: 10 * sec, until: 15 * time.Minute, retries: []time.Duration{2 * sec, 10 * sec, 30 * sec, 90 * sec}},
	outbox.Missed:   {settle: 5 * sec, until: 10 * time.Minute, retries: []time.Duration{2 * sec, 10 * sec, 30 * sec, 90 * sec}},
	outbox.Delay:    {settle: 30 * sec, until: 10 * time.Minute, retries: []time.Duration{5 * sec, 30 * sec}},
	outbox.Confirm:  {until: 2 * time.Hour, retries: []time.Duration{2 * sec, 10 * sec, 60 * sec, 300 * sec, 1800 * sec}, once: true},
	outbox.Reminder: {retries: []time.Duration{60 * sec, 300 * sec, 900 * sec, 3600 * sec}, once: true},
	outbox.News:     {settle: outbox.NewsSettles, until: 24 * time.Hour, retries: []time.Duration{60 * sec, 600 * sec, 3600 * sec}},
}

const (
	confirmsWithin = 10 * time.Minute // in which a ticket has at most one confirmation for each want that it can have
	seenWithin     = 5 * time.Second  // of a want, in which a snapshot without its ticket is not the newest
	confirmToday   = 15 * time.Minute // how long a confirmation of a ticket of today is good
	reminderUntil  = 2 * time.Hour    // before the visit, until when a reminder is good
	recallAfter    = time.Minute      // after a call that was sent, before which a recall sends nothing
)

// channelRules are how a channel is used.
type channelRules struct {
	lease   time.Duration // of a claim
	timeout time.Duration // of a try; shorter than the lease, so that no other node sends meanwhile
	repeats bool          // a repeat replaces what is on the screen
	pool    int           // tries at once
	share   int           // of those, of one clinic at most: one clinic's slow addresses leave the rest to the others
	calls   int           // of the pool, those that are kept for calls: slow tries of the other kinds delay none
	news    int           // tries at once of news, beside the others
}

// channels has a row for every channel.
var channels = map[outbox.Channel]channelRules{
	outbox.Push:  {lease: 15 * sec, timeout: 5 * sec, repeats: true, pool: 64, share: 16, calls: 16, news: 16},
	outbox.Mail:  {lease: 90 * sec, timeout: 30 * sec, pool: 8, share: 4, calls: 2, news: 4},
	outbox.Inbox: {lease: 15 * sec, timeout: 5 * sec, repeats: true, pool: 4, share: 4, calls: 1, news: 2},
}
