// Package public serves the public state of clinics: boards, days on offer, the
// directory, and the lookup of tickets.
package public
