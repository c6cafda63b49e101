package queue

// ReadEvent reads one entry of a log.
var ReadEvent = readEvent
