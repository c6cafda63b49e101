// Package hub sends the newest state of each topic to all its watchers, over WebSocket
// and server-sent events.
//
// # What it promises
//
//   - A watcher gets the newest frame of each topic at once, and later changes as soon
//     as its connection accepts them. What a watcher sees of a topic never goes back
//     within an epoch, and ends at the newest frame.
//   - A first change is sent at once. Later ones within [Options.Window] are sent as
//     one at its end. A watcher that joins in between gets the newest frame at once,
//     and not again. During a drain a watcher gets it before the close.
//   - [Hub.Publish] never waits for a socket, and a fan-out delays no watcher that
//     joins or leaves. A connection that cannot be written to is parked alone.
//   - Memory does not grow with slowness. A connection keeps the rest of one frame,
//     and for each topic a mark of what it was last sent.
//   - Watchers of a state that may be out of date get one stale frame ([Hub.Stale]).
//     They get another frame when the state is confirmed.
//   - A live connection gets a pulse at its interval. It is closed when it gives no sign
//     of life for a minute, or takes no byte for [Options.WriteTimeout].
//   - Each refusal, close and skip is counted by its reason ([Hub.AllowHandshake],
//     [Limit]). A drain sends watchers away at an even rate.
//
// It keeps no history and no queue, replays nothing, compresses nothing, and never drops
// a slow watcher. It does not authorise: the caller checks topics and origins. It does
// not read bodies. Package socket writes to a WebSocket without waiting.
//
// # Why the newest frame wins
//
// A frame is the whole state of its topic, so an older one is worth nothing. A phone
// that was offline needs one frame, not the forty that it missed. Slow clients cannot
// exhaust the memory. There is no gap to detect and nothing to recover. A frame of
// another epoch is newer, whatever its version. A store that lost writes counts from a
// lower number, and a screen that compares versions alone would freeze.
//
// # Why a window belongs to a topic
//
// A clinic that calls ten patients in a second has one queue. Held once per topic, a
// change costs one pointer, and a burst one timer, for any number of watchers. A parked
// connection needs no window: it gets the newest when it can take it.
package hub
