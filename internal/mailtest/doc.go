// Package mailtest has mail servers for tests: a real OpenSMTPD, whose mail is read
// back from files, and a server that misbehaves as a test asks.
//
// OpenSMTPD has its folders compiled in, so each one runs in a mount namespace of its
// own. That needs root. A test without either is skipped, except in the full run.
package mailtest
