// Package redisdb connects to Redis at the configured address: a single server,
// Sentinel or a Cluster.
//
// It guarantees:
//   - Errors about an address do not quote it, because it may contain a password.
//   - Every command ends with its context or within [IOTimeout].
//   - After a failover, commands reach the new primary within about a second.
//
// It has no rules of the line and owns no keys. To start a server, see
// cmd/junban/internal/embedded.
package redisdb
