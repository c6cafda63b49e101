module peers

go 1.26.0

require (
	github.com/coder/websocket v1.8.15 // One of the servers that are compared.
	github.com/gorilla/websocket v1.5.3 // Another.
	golang.org/x/sys v0.49.0 // Pins to a core, and reads many sockets on one thread.
)
