// Package text writes notices in the words of their receivers: title and body of a lock
// screen, subject and text of a mail.
package text
