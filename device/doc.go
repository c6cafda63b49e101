// Package device keeps what is paired with a clinic: the screens of its waiting room.
//
// It promises:
//   - A code is shown by one screen at a time, and claimed by one clinic.
//   - A screen whose desk removes it is refused from the next request on.
//   - Each change of a screen is in the clinic's changes.
//
// It has no rules of the line, and does not know package account.
package device
