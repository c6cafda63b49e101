package main

import "runtime"

// Descriptors that clients never get: for the listeners, the log, the data
// folder, the operator's connections, and the pool of connections to Redis, which
// go-redis sizes by the number of processors.
const (
	ownFiles         = 64
	poolPerProcessor = 10
)

// fileBudget shares the limit of open files (F6).
type fileBudget struct {
	clients  int // connections of the public listener, watchers included
	watchers int // of them, at most
}

// shareFiles keeps descriptors for ourselves, and of the rest a part that
// watchers cannot take, so that a node full of watchers still answers requests.
func shareFiles(limit, watchers int) fileBudget {
	own := min(ownFiles+poolPerProcessor*runtime.GOMAXPROCS(0), limit/2)
	clients := limit - own
	room := min(max(clients/4, 1), 4096) // for requests that are no watch
	return fileBudget{clients: clients, watchers: min(watchers, clients-room)}
}
