// Package login authenticates the users that act for a clinic, and the devices on which
// they are logged in.
//
// An answer is given only for the clinic of the login, whether or not the requested
// thing exists elsewhere. Limits count wrong passwords. They never lock a user out on a
// device where that user has logged in before.
//
// # How long the desk's stream lasts
//
// It lasts as long as its login. A logout on this node ends it at once. A logout on
// another node, or the removal of the user, ends it within [recheck]. The login's
// expiry ends it to the second. Names are not sent on to a console that was left
// behind.
package login
