// Package watch serves the topics that clients watch, over WebSocket and event streams.
//
// Everything is checked before a stream begins, so that a refusal is a problem like any
// other. The desk, screens and owners of tickets have a reserve of every limit of
// watchers. A credential proves it.
package watch
