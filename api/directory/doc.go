// Package directory is the index of the listed clinics, ready to be searched.
//
// A clinic that is not listed is not in it, so that no search can take longer, or find
// anything, because of one.
package directory
