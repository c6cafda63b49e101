// Package secret computes everything that proves something, under the nodes' common
// secret: tokens of tickets and screens, cancel codes, and keyed hashes.
//
// # Why a token is computed and not stored
//
// A ticket's token is a seal of its claim, and its cancel code an HMAC of the
// Idempotency-Key. So a retried reception shows the same token and code again without any
// of them standing in Redis, and a request with a wrong token costs no look-up.
//
// # How a person is known
//
// Where a clinic gives each person one number, the line gets a keyed hash: of the card's
// number, or of the phone number and the name, as families share a phone. It is of one
// clinic, and nobody computes it without the secret. A patient without either is not known
// and not refused: the desk asks for a phone number.
package secret
