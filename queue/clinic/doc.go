// Package clinic has the record of a clinic: its services, rooms, timetable and
// settings. It also has the types that name them everywhere: [ID], [Ref], [Day],
// [Actor].
//
// A record that passes [Clinic.Validate] is within every bound. A business date is
// computed in one place, [Clinic.DayOf]. Each bound is written once, in the table of
// rules.go. openapi.yaml, the forms of the office and the clinic file derive from it.
//
// It is plain data: it reads no Redis, starts nothing, and knows no ticket. Package
// queue keeps the records.
package clinic
