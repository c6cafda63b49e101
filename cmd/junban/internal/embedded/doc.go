// Package embedded opens the store in a data folder: a private redis-server
// with an append-only file. Without redis-server, it keeps the data in memory.
//
// It guarantees:
//   - One process at a time owns the folder. A command that finds a running
//     server uses the Redis of that server.
//   - With redis-server, a write is on disk before it is acknowledged.
//   - A redis-server that exits is restarted on the same socket.
//   - The files contain no expired name for longer than a day.
//
// It has no rules of the line and owns no keys.
package embedded
