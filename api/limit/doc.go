// Package limit bounds what strangers can take from others. limiter.go decides and
// table.go lists all limits. Buckets of all nodes are in queue/lua/limit.lua, those of
// each node in buckets.go. Package watch limits handshakes and watchers.
//
// A limit counts what a request harms, a clinic or this server, for each network prefix
// of the client. A request is checked first, then charged, then worked on. Tokens of
// harmless requests are refunded: a refused number, a lookup that found the ticket, a
// correct login. The repeat of an act that was done is never refused by a limit.
//
// One IPv4 address may be a whole carrier. So limits bound what one prefix can take
// from others, and are no quota of a patient. An attacker on the IPv4 address of
// patients can use up their tokens for numbers of unlisted clinics. It can also take 11
// % of a clinic's day. Patients with a ticket and users with a login are not affected.
package limit
