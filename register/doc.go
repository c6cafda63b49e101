// Package register is the clinic's books (台帳) in SQL: members, the history of bookings,
// searches, files, and who looked at what.
//
// It guarantees:
//   - The line decides seats and numbers; nothing here does. A booking row is a fold of
//     the day's log, and taken only if its epoch differs or its version is greater. So it
//     may be projected twice, on two nodes, and changes nothing.
//   - Every look at a member, every change and every download is in the access log.
//   - A merge is done by a person, and can be undone.
//   - An export has each row once, whichever nodes end meanwhile, in constant memory.
//   - An erasure removes a person from the line and from here, with the files that may have
//     the person, and cannot be undone. Bookings stay as figures.
//   - Each call names the clinic: ids of another clinic are unknown.
//
// Child searchkey folds what is searched; csvfile reads and writes files; projection
// reads the days' logs. It is no medical record, and knows no device and no login.
package register
