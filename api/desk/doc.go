// Package desk calls patients and runs the lines of a clinic. It serves reception,
// messages, rooms on duty, marks, bookings and the day's journal.
//
// It decides nothing about a line: it names the act, and package queue does it.
package desk
