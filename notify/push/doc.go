// Package push sends web push: it encrypts (RFC 8291), signs (RFC 8292) and posts (RFC
// 8030). It knows no clinic.
//
// Guarantees: a push service learns no text, no ticket and nearly no length: texts are
// padded. An endpoint is a stranger's word: its address is checked at each dial, and no
// redirect and no proxy leads elsewhere. A service that is slow or talks much costs 5 s
// and 4 KiB. A repeat replaces the push before it.
//
// Non-goals: it repeats nothing, and keeps no address (package notify).
package push
