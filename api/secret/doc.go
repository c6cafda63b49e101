// Package secret computes credentials under the nodes' common secret: tokens of tickets
// and screens, cancel codes, and keyed hashes.
//
// # Why a token is computed and not stored
//
// A ticket's token is a seal of its claim, and its cancel code an HMAC of the
// Idempotency-Key. So a repeated request gets the same token and code again, although
// Redis has neither. A request with a wrong token costs no look-up.
//
// # How a person is known
//
// Where a clinic gives each person one number, the line gets a keyed hash. It is of the
// card's number, or of the phone number with the name, as families share a phone. It is
// of one clinic, and cannot be computed without the secret. A patient without either is
// not known and not refused: the desk asks for a phone number.
package secret
