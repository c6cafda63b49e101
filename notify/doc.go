// Package notify decides who is sent which notice and when, and sends it through the
// channels.
//
// It follows the log of each clinic's day as an outbox: each act that concerns a want
// plans jobs in package outbox. By the estimate it plans those of patients who are to set
// out (package approach). It claims what is due and passes it to a channel, fairly
// between clinics. Ownership of a clinic saves work: with two owners everything is still
// sent once.
//
// Non-goals: the line's rules, the channels' protocols (packages push and mail), and the
// texts (package text).
package notify
