// Package redisdb connects to Redis: one server, a Sentinel deployment or a
// Cluster, by the address that an operator configures.
//
// It promises:
//   - An address is read strictly, and no error quotes it: it may hold a password.
//   - Every command ends with its context or within [IOTimeout].
//   - After a failover, planned or not, commands reach the new primary within
//     about a second (review F1, F2).
//
// It has no rules of the line and no keys. It starts no server: see
// cmd/junban/internal/embedded.
package redisdb
