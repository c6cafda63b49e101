// Package refusal has the errors of valid requests that are refused. For
// example, a service is full, a ticket has changed, or a name is taken.
//
// Each has a stable code, which scripts return and clients read, and an English
// sentence. A refused request has changed nothing, except counters of failed
// attempts. After any other error, the request may or may not have been
// executed.
//
// HTTP statuses and translations belong to other packages.
package refusal

import "fmt"

// Refusal is a kind of refusal. Compare it with [errors.Is].
type Refusal struct{ code, sentence string }

// all has the refusals by code. Only package variables add to it.
var all = map[string]*Refusal{}

// New returns a new kind of refusal. It is for package variables, and panics if
// the code exists.
func New(code, sentence string) *Refusal {
	if all[code] != nil {
		panic("duplicate refusal code " + code)
	}
	r := &Refusal{code, sentence}
	all[code] = r
	return r
}

// ByCode returns the refusal with a code, or an error if the code is unknown.
func ByCode(code string) error {
	if r := all[code]; r != nil {
		return r
	}
	return fmt.Errorf("unknown refusal %q", code)
}

// Code returns the stable code, or "" if r is nil.
func (r *Refusal) Code() string {
	if r == nil {
		return ""
	}
	return r.code
}

// Error returns the English sentence.
func (r *Refusal) Error() string { return r.sentence }
