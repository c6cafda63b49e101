// Package hub carries the newest state of each topic to everybody who watches
// it, over WebSocket and server-sent events.
//
// # What it promises
//
//   - A watcher gets the newest frame of each of its topics at once, and every
//     later change as soon as its connection can take it. What a watcher sees of
//     a topic never goes back within an epoch, and ends at the newest frame.
//   - A first change is sent at once; those that follow within
//     [Options.Window] are sent as one at its end. A watcher that joins meanwhile
//     gets the newest at once, and not again at the end of the window. A watcher
//     that a drain sends away gets it before the close.
//   - [Hub.Publish] never waits for a socket. A connection that cannot be
//     written is parked alone, with a goroutine of its own until it is clear
//     again; nobody else notices.
//   - A fan-out holds up nobody who comes or goes, for more than a moment.
//   - Memory does not grow with slowness: a connection keeps what the socket
//     left of one frame, and for each topic a mark of what it was last sent.
//   - Watchers of a state that may be out of date get one stale frame ([Hub.Stale]),
//     and a further frame when the state is confirmed.
//   - A connection that lives hears a pulse at its interval. A connection that
//     gives no sign of life for a minute, or takes no byte for
//     [Options.WriteTimeout] while there is something to write, is closed.
//   - A refusal has a reason: too many watchers or too many handshakes, in total or of
//     one key ([Hub.AllowHandshake], [Limit]), or the hub drains.
//     Each refusal, close and skip is counted by its reason.
//   - A drain sends everybody away at an even rate, and so the node that they
//     go to is met at one.
//
// # What it never does
//
// It keeps no history and no queue, replays nothing, compresses nothing, and
// never drops a watcher for being behind. It reads nothing from a viewer but
// control frames, 32 KiB a minute at most: more, or a message, is answered with
// close code 1008. It holds no notice of staleness. It does not
// authorise: topics, and the origin of a request, are the caller's to judge.
// It does not look into a body.
//
// # Why the newest frame wins
//
// A frame is the whole state of its topic, so the one before it is worth
// nothing once the next exists. A phone that was in a tunnel needs one frame,
// not the forty it missed, and a server that owes each viewer one frame per
// topic at most cannot be made to run out of memory by slow ones. There is then
// no gap to detect and nothing to recover: to be current is to have been sent
// the newest. A frame of another epoch is newer whatever its version says,
// because a store that lost writes counts from a lower number again, and a
// screen that waits for the old number would be frozen.
//
// # Why a window belongs to a topic
//
// A clinic that calls ten patients in a second has one queue, and its thousand
// watchers need one picture of it. Held once per topic, a change costs a window
// one pointer and a burst one timer, for any number of watchers; nothing is left when the
// topic is quiet. A parked connection needs no window: it gets the newest when
// it can take it. A change that is undone within a window is still sent, as the
// newer version that it is.
//
// # How bytes reach a WebSocket
//
// A frame is encoded once and its bytes are written to every connection that
// watches, beneath the WebSocket library, which owns the handshake, what is
// read and the control frames it answers with. All writing of a connection
// happens under its lock by attempts that do not wait; what the socket does not
// take starts the one goroutine that may wait, and while that goroutine runs
// nobody else writes. Connections that offer no attempts (TLS, pipes) always
// use such a goroutine, which lives only while there is something to write. The
// goroutine that reads waits in a reader of its own, which knows the answers to
// our pings and leaves everything else to the library: blocked there, its stack
// is 2 KB instead of 4. Little
// is let into the kernel's send buffer, so that a slow phone drains few old
// numbers before it gets the new one.
package hub
