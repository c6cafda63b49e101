package journal

// ReadEvent reads one entry of a log.
var ReadEvent = readEvent
