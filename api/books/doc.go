// Package books is the register for a clinic's staff: members, the history of bookings,
// files, and the access log.
//
// # What a GET changes
//
// A GET changes no member, no booking and no file. It adds to the access log, as every
// look at a person must be there (D14). A browser that reads ahead, or a program that
// reads twice, writes one more line there and nothing else.
//
// # Another clinic
//
// A path names the clinic of the login. An id of another clinic is unknown there, as one
// that nobody has. What a person is exported or erased, admins alone do.
//
// # Without the database
//
// A register that does not answer is 503 register_unavailable. Routes of the line use no
// table of it, and go on.
package books
