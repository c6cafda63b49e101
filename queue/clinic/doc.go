// Package clinic has the record of a clinic: its services, rooms, timetable and
// settings, and the words that name them everywhere: [ID], [Ref], [Day], [Actor].
//
// It promises that a record which passes [Clinic.Validate] is within every bound, and
// that a business date is computed in one place ([Clinic.DayOf]). Each bound is written
// once, in the table of rules.go: openapi.yaml, the forms of the office and the clinic
// file derive from it.
//
// It is plain data: it reads no Redis, starts nothing, and knows no ticket. Package
// queue keeps the records.
package clinic
