// Package message is what a channel delivers: a text for one address, and what became of
// it. It knows no clinic and no ticket, so that a channel needs neither.
package message
