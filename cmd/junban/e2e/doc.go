// Package e2e plays what patients and desks do, in a real browser against the real
// program. It has tests only.
package e2e
