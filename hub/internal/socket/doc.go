// Package socket is a WebSocket that a server writes to without waiting. It knows
// neither topics nor metrics: its [Owner] decides what is written.
//
// # How it writes
//
// Frames are encoded by the caller, once for all connections, and written beneath
// the WebSocket library. The library owns the handshake, the parsing of what is read,
// and the control frames that it answers with.
//
// All writes of a connection happen under its lock, by attempts that do not wait. If
// the socket does not accept a whole frame, the rest is parked. [Owner.Park] starts the
// one goroutine that may block. Until [Conn.Flush] returns, only that goroutine writes.
// A connection without attempts (TLS, a pipe) always writes so. The goroutine lives
// only while there is something to write.
//
// The kernel holds few unsent bytes, so a slow phone gets few old frames before the
// newest.
//
// # How it reads
//
// A viewer has nothing to send but pongs. [Conn.Listen] reads those itself, and leaves
// everything else to the library. A goroutine blocked in this read needs a stack of 2
// KB instead of 4. A message, or more than [maxInbound] bytes in a minute, closes the
// connection with code 1008.
package socket
