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
// coder/websocket does the handshake, and reads and answers all that a client sends but
// pongs. A viewer has nothing else to send, except at its end. While it sends pongs only,
// [Poller] reads it: one goroutine for all connections, when the kernel reports bytes. At
// anything else, the connection gets a goroutine, in which the library reads until the end.
// Where there is no poller, it has one from the start. Data, or more than 32 KiB in a
// minute, closes the connection with code 1008.
package socket
