// Package socket is a WebSocket that a server writes to without waiting. It knows
// neither topics nor metrics: its [Owner] decides what is written.
//
// # How it writes
//
// Frames are encoded by the caller, once for all connections, and written beneath
// the WebSocket library. The library owns the handshake, the parsing of what is read,
// and the control frames that it answers with.
//
// All writes of a connection happen under its lock, by attempts that do not wait.
// The rest of a frame that the socket does not take is parked: [Owner.Park] starts
// the one goroutine that may wait, and until [Conn.Flush] returns only that goroutine
// writes. A connection without attempts (TLS, a pipe) always writes so. The goroutine
// lives only while there is something to write.
//
// The kernel holds little of what is not sent yet, so that a slow phone gets few old
// frames before the newest.
//
// # How it reads
//
// A viewer has nothing to send but pongs. [Conn.Listen] reads those itself, and
// leaves everything else to the library: blocked in its own read, a goroutine needs a
// stack of 2 KB instead of 4. A message, or more than [MaxInbound] bytes in a minute,
// closes the connection with code 1008.
package socket
