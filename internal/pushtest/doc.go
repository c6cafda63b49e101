// Package pushtest plays the other side of web push in tests: a device that decrypts, and
// the push service that a real Firefox is connected to.
package pushtest
