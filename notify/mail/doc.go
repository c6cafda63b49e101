// Package mail sends mail through the operator's relay. It knows no clinic.
//
// Each message is a transaction of its own, over a few connections that are kept for a
// short time. TLS is required, except to a relay on this machine. The relay's answer
// decides what became of a message. A connection that ends after the text, and before
// the answer to it, leaves that uncertain.
//
// Non-goals: delivery to other hosts than the relay, and signatures (DKIM), which are the
// relay's work.
package mail
