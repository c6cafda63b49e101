// Package page serves the pages of people: HTML that is painted without scripts, and what
// it loads.
package page
