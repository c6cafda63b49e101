// Package text writes notices in the words of their receivers: title and body of a lock
// screen, subject and text of a mail.
//
// A lock screen may show a number, groups, minutes and the clinic's label, and nothing
// that names a person, a doctor, a department or a complaint. A mail's text has the
// clinic, its address and the link too. The link has the ticket's token in its fragment,
// and never the cancel code beside it.
//
// All sentences are in the locale files of package static. What a clinic wrote is
// cleaned: it has no control characters and no direction marks, and right-to-left
// letters are isolated.
package text
