// Package directory is the index of the listed clinics, ready to be searched.
//
// An unlisted clinic is not in it. So it changes neither the result nor the time of a
// search.
package directory
