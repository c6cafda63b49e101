package main

import "runtime"

// Descriptors that are not available to clients: for the listeners, the log,
// the data folder, the operator's connections, and the Redis connection pool.
// go-redis sizes its pool by the number of processors.
const (
	reservedFiles    = 64
	poolPerProcessor = 10
)

// fileBudget divides the limit of open files.
type fileBudget struct {
	clients  int // connections of the public listener, including watchers
	watchers int
}

// budgetFiles reserves descriptors for the program itself, and for requests
// other than watches. A node with the maximum of watchers still answers
// requests.
func budgetFiles(limit, watchers int) fileBudget {
	own := min(reservedFiles+poolPerProcessor*runtime.GOMAXPROCS(0), limit/2)
	clients := limit - own
	room := min(max(clients/4, 1), 4096) // requests other than watches
	return fileBudget{clients: clients, watchers: min(watchers, clients-room)}
}
