// Package account stores the staff users of each clinic, their roles, and their logins
// on devices.
//
// It promises:
//   - A clinic that has an admin keeps one, also when two admins demote each other at
//     the same moment.
//   - A login ends with its time, with its user, and with any change of the password.
//   - Each change of a user is in the clinic's changes, without passwords.
//
// It knows nothing of passwords: hashes and tokens are opaque here. It has no rules of
// the line, and does not know package device.
package account
