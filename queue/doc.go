// Package queue has the line of a service: its rules, and its data in Redis. Package
// clinic has the record. Packages account and device have the rest of a clinic's data.
//
// Each act is one Lua script and one round trip. The script checks its idempotency key,
// changes the line, raises the version, logs the change and publishes it. It does
// all of this or nothing. Time in the line is Redis time.
//
// Guarantees:
//   - Two clerks who call "next" at once get two tickets. A repeated request acts once.
//   - The log is the authority for a day: its other keys are a fold of it, which
//     package journal verifies. Patients are in no log.
//   - A node shows each change of a clinic that it follows, or marks the clinic as
//     stale within 5 s (package feed). Messages may be lost; snapshots decide.
//   - Every snapshot keeps the invariants of [Snapshot.Check].
//   - A client acts on the record that it remembers, and the script refuses an old rev.
//     Session and desk override are checked in the same way. So reads need no locks.
//   - Every act leaves a random mark beside its version. By it a feed finds that Redis
//     lost acts in a crash or failover, and renews the epoch.
//
// Non-goals: the package derives no number from a count of rows, and stores no figure
// that the line yields. It knows no HTTP and no page.
//
// Where each rule stands:
//   - the acts and their states: ticket.go, acts.go; what an act changes: lua/prelude/change.lua
//   - next: lua/call_next.lua; undo: lua/undo.lua; an absent patient: lua/absent.lua, lua/return.lua
//   - numbers: lua/prelude/numbers.lua; order and positions: position.go, lua/prelude/ticket.lua
//   - the session of a ticket: plan.go; the web reception: reception.go; the desk override: desk.go
//   - seats and limits: issuerequest.go, lua/issue.lua, lua/prelude/seats.lua, autostop.go,
//     surge.go; what patients see of them (○ △ ×): availability.go; bookings: booking.go
//   - dates that the desk closes to booking: clinic/closing.go; their bookings: closedate.go
//   - tickets whose session was cut: affected.go; lost tickets: lostticket.go, lua/lost.lua
//   - slot mode: slot.go, clinic/slot.go; the slots of a day: package hours; a booking or a
//     walk-in: bookrequest.go, lua/book.lua; the arrival, also a late one: arrival.go, lua/arrival.lua
//   - the line by slot: lua/prelude/slots.lua; seats of a slot: lua/prelude/seats.lua; numbers and limits of a
//     person: lua/prelude/arrivals.lua, persons.go
//   - a booking moves to another slot or day: rebook.go, lua/rebook.lua; other details: edit.go, lua/edit.lua; a
//     day is closed: closedate.go, lua/close_date.lua; no-shows of a slot: noshow.go, lua/no_shows.lua
//   - until when patients cancel: cancelrule.go; figures of slots: slotstate.go; free slots and days: offers.go
//   - figures of a page: snapshot.go, parts.go, read.go
//   - what an act publishes, and how a node applies it: lua/prelude/act.lua, delta.go
//   - the beginning of a day: lua/snapshot.lua finds no epoch, act.go (refresh) runs
//     lua/open_day.lua; a lost epoch: days.go; the end of a day: closeday.go
//   - the keys in Redis: keys.go; the log: package journal; the sources of the rules: SOURCES.md
package queue
