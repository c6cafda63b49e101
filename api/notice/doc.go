// Package notice is what patients ask of notices: what they want to be sent for a ticket,
// the proof of a mail address, news of a clinic, and what a device reports of a notice.
package notice
