// Package refusal has the errors of a request that was understood and is not done: a
// service is full, a ticket has changed, a name is taken.
//
// It promises that each has a stable code, which scripts return and clients read, and
// a sentence for people. Nothing was changed when one is returned, except counts of
// wrong tries. Any other error means that the request may or may not have been done.
//
// It has no statuses of HTTP and no languages: these belong to the surface.
package refusal

import "fmt"

// Refusal is one kind of refusal. Compare it with [errors.Is].
type Refusal struct{ code, sentence string }

// all has each refusal by its code. It is written by package variables only.
var all = map[string]*Refusal{}

// New makes a kind of refusal. It is for package variables, and panics when the code
// has one.
func New(code, sentence string) *Refusal {
	if all[code] != nil {
		panic("two refusals have the code " + code)
	}
	r := &Refusal{code, sentence}
	all[code] = r
	return r
}

// ByCode returns the refusal that a script names, or an error for an unknown code.
func ByCode(code string) error {
	if r := all[code]; r != nil {
		return r
	}
	return fmt.Errorf("unknown refusal %q", code)
}

// Code is the stable code; "" of no refusal.
func (r *Refusal) Code() string {
	if r == nil {
		return ""
	}
	return r.code
}

// Error returns a sentence for people, in English.
func (r *Refusal) Error() string { return r.sentence }
