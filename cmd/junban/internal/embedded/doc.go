// Package embedded opens the store of a data folder: a private redis-server with
// an append-only file, or memory alone where redis-server is not installed.
//
// It promises:
//   - One process at a time writes the folder. A command that finds a server there
//     uses the Redis of that server.
//   - An answered write is on disk before its answer, with redis-server.
//   - A redis-server that dies is started again on the same socket.
//   - The files keep no expired name for longer than a day (S12).
//
// It has no rules of the line and no keys.
package embedded
