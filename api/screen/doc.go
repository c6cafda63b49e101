// Package screen pairs the screens of waiting rooms with their clinics.
//
// A screen shows a code, and an admin of the clinic types it. The token is made before
// anybody knows whose screen it will be, so that the desk's answer never carries it. Both
// sides of a pairing stand here: the screen's and the admin's.
package screen
