// Package approach decides when a patient is to be sent on the way (B21): by the range of
// the estimate as it is shown, by the patient's travel time, and by the number ahead.
//
// It is pure. Package notify calls it with each new state of a line, and the bench of the
// estimate calls it to measure how late and how early its notices are. It keeps nothing:
// what was sent before is part of its input.
package approach
