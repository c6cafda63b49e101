package main

import "junban/cmd/junban/internal/embedded"

// The program and the files of the embedded store, as an operator meets them.
const (
	redisServer = embedded.Program
	socketName  = embedded.SocketFile
	socketNote  = embedded.SocketNoteFile
)
