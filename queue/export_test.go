package queue

import "junban/queue/journal"

// ReadEvent reads one entry of a log.
var ReadEvent = journal.ReadEvent
