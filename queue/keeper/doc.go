// Package keeper looks after a clinic's days: it learns from the sessions that are
// over, closes the days that are over, and removes what is kept no longer.
//
// Every node runs one [Keeper]. Whatever it does may be done twice, and may be cut
// off anywhere: the next round goes on. So each day is closed once, whichever
// nodes were down at its end.
//
// Names and phone numbers are removed [clinic.PatientDays] days after the visit's,
// and all else but the figures [clinic.TicketDays] days after, or when
// [clinic.Retention] has it so.
package keeper
