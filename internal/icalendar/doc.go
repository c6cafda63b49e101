// Package icalendar writes an appointment as a file for calendars (RFC 5545). It knows no
// clinic.
package icalendar
