// Package watch serves the topics that clients watch, over WebSocket and event streams.
//
// Everything is checked before a stream begins, so that a refusal is a problem like any
// other. The desk, the screens on the wall and the owners of tickets have a reserve of
// every limit of watchers, which a credential proves.
package watch
