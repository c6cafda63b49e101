// Package socket is a WebSocket that a server writes to without waiting, and that needs
// no goroutine while nothing happens. It knows neither topics nor metrics: its [Owner]
// decides what is written.
//
// # How it writes
//
// Frames are encoded by the caller, once for all connections. All writes of a connection
// happen under its lock, by attempts that do not wait. If the socket does not accept a
// whole frame, the rest is parked. [Owner.Park] starts the one goroutine that may block.
// Until [Conn.Flush] returns, only that goroutine writes. A connection without attempts
// (a pipe, TLS that does not run on [Beneath]) always writes so. The goroutine lives only
// while there is something to write.
//
// Over TLS, a frame is sealed into memory, and the attempts write the records. A record
// must not be lost, so a parked connection keeps the rest of one piece of a frame, sealed.
// The frames after it are not sealed yet, and the newest still replaces them.
//
// The kernel holds few unsent bytes, so a slow phone gets few old frames before the
// newest.
//
// # How it reads
//
// A viewer has nothing to send but pongs, rarely a ping or a close. [Poller] reads all
// connections on one goroutine, when the kernel reports bytes. Where there is no poller,
// each connection has a goroutine. A client may send a frame in any pieces: of an
// incomplete one, at most 130 bytes are kept. Data, or more than 32 KiB in a minute, closes
// the connection with code 1008.
//
// # Why no library
//
// The package used coder/websocket for the handshake and for what is read. Its connection
// took 1.9 KB of heap, and a goroutine of 2 KB that waited in its Read. A server that takes
// no message needs little of RFC 6455: the handshake, and the heads of frames. With them
// here, an idle watcher takes 0.7 KB of heap, and no goroutine. The tests compare the
// answers with those of the library.
package socket
