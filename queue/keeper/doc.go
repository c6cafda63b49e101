// Package keeper maintains a clinic's days: it learns from sessions that are over,
// closes days, and removes expired data.
//
// Every node runs one [Keeper]. Whatever it does may be done twice, and may be cut
// off anywhere: the next round goes on. So each day is closed once, whichever
// nodes were down at its end.
//
// Names and phone numbers are removed [clinic.PatientDays] days after the day, or as
// [clinic.Retention] sets. All else but the figures is removed [clinic.TicketDays] days
// after it. [Books] keep both for as long.
package keeper
