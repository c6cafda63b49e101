// Package login is who acts for a clinic: users of its staff and the devices on which they
// are logged in.
//
// It promises that an answer is given only for the clinic of the login, whether or not the
// thing asked for exists elsewhere. Wrong passwords are counted by limits that lock nobody
// out on a device where the user has logged in before.
//
// # How long the desk's stream lasts
//
// As long as its login: a logout on this node ends it at once, one on another node or the
// removal of the user within [recheck], and the login's expiry to the second. Names are
// not sent on to a console that was left behind.
package login
