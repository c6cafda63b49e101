// Package queue is the line: its rules, and its data in Redis. Package clinic has
// the record; account and device keep what belongs to a clinic and not to its line.
//
// # What it promises
//
// Every act is one Lua script and one round trip. The script checks its
// idempotency key, changes the line, bumps the version, appends what it changed
// to the day's log and pokes, all of it or nothing. Two clerks who press "next"
// at once get two tickets; a press that is repeated, by a thumb or by a client
// library, happens once. Time inside the line is Redis time.
//
// [feed.Feed.Follow] shows every change to those who follow a clinic, and says so
// when it can no longer vouch for what it showed: at most 5 s after Redis went
// away. Pokes are hints and may get lost; snapshots are the truth.
//
// # What it never does
//
// It counts no rows to make a number, reads no clock but Redis' to decide, and
// keeps no figure that can be computed from the line: a page computes its figures
// from one [Snapshot]. It puts no patient into the log, and
// knows no HTTP, no hub and no page.
//
// # The line
//
// Numbers are dense, unique per service and day, and never issued again, also not
// after a cancel (A01). Where a service counts by sessions a number comes once in
// each, but never twice among those who are still in some line: while the morning's
// number 3 waits, is called or absent, the afternoon passes it over, and undo brings
// nobody back whose number somebody has by now. The order is apart from the number. A ticket's place
// is a text of digits, and the waiting stand in a sorted set by that text, all
// of score 0: between two texts there is always a third, so no gap is ever used
// up and nothing is renumbered, and undo can bring back a place of this morning.
// Floating-point scores were tried on paper and put away: fifty returns into the
// same gap exhaust a double, and cjson writes only fourteen of its digits. Places
// begin with the half hour of the ticket's session: the morning's walk-in of a
// quarter to twelve stands before the afternoon's web tickets, though these may
// have been issued earlier.
//
// A day is numbered as the settings were at its first ticket; a change of them
// waits for the next day, because what was given cannot be taken back. With bands
// the desk's end before the web's begin. When the desk's are used up it is told
// so, and may insist: it then goes on in the web's band, and nobody gets a number
// that was never meant to be shown. Kept numbers (空番) are passed over by
// everybody; one that the desk asks for by name stands where it was passed over,
// or at the end if the line has not come so far.
//
// A ticket from the web is for the earliest session whose web window is open; the
// desk's for the one whose desk window is, else the next, else the last: the
// desk is never without one. What the desk's hand has set ends with the session
// that is on or comes next, and then the timetable rules again (IT-124). Where
// there is no timetable, the hand alone does, from day to day.
//
// Seats are counted in the script that issues. A cancel gives its seat back after
// [clinic.Capacity].Release; who did not come keeps it, for the session's time was kept
// too. Undo of a cancel takes the seat again, and may be one too many. Bounds stop
// the web; they stop the desk too, until it insists. AutoStop asks whether the new
// ticket itself would be done by the session's end less the margin, with the rooms
// on duty now, or one if none is; before a session begins only its own tickets
// count. Rooms that several services share have the patients of all of them to
// see: it takes the longer of what the service needs of its own rooms, and all
// that share rooms with it need of theirs. One live ticket per person means one
// that has not ended: who did not come may take another number. Who has cancelled
// [clinic.Capacity].Cancels of them gets one that only the desk can cancel. Against each
// of these bounds the desk may insist, and is told that it did.
//
// A day to come ([clinic.Booking], B12) is a line of its own from its first booking on,
// with its own seats and numbering; the hand on today's web desk does not reach it.
// Its tickets can be cancelled and no more. A booking with its number at
// opening has a seat and a position at once, and waits aside as booked. The first
// client that reads the day or takes a number on it issues these numbers, in the
// order of the positions.
//
// "Next" finishes the visit in the room and calls the first of the line: a
// clinic with one button presses nothing else (domain §5.2). Thus a room holds
// at most one called or seen patient, whichever of its services he belongs to.
// On an empty line "next" is refused and the room's patient stays.
//
// It passes over those whose session begins in about an hour or later: the
// afternoon's web patients are at home when the morning's line runs dry. It
// also skips patients who missed a call within [clinic.Absence].Cooldown, and, with
// SkipAway, patients who have not arrived. If only such are left it is refused
// with a code of its own. Calling one ticket by its id minds none of the three.
//
// Absence (domain §5.4) is settled in the moment of the absence, by the settings
// of that moment, because that is what the patient is told: the place of return
// (back_n, tail), or how many go first at the return (park_until_return), until
// which of the line's calls the former place is kept (tolerance), until when
// "next" passes over (cooldown). A place is behind tickets that were promised one there
// before, so who returns late has lost nothing more; a rule moves nobody forward,
// and nobody behind a session that has not begun. The limit of calls counts
// recalls, and goes before every other rule; it and "terminal" end in no_show.
// ThenTail takes the place of any rule that keeps the ticket alive.
//
// An exam and a transfer begin a new leg: calls and absences count from zero. Who comes
// from an exam waits behind the next ExamBack, counted at the return, and is not
// marked as an absentee. A transferred ticket stands in the line of another
// service, by whose rules all goes from then on; it keeps its number, though
// that line may have the same one, and its Lane tells them apart. Its quota,
// cancel code and web cancel stay those of its own service.
//
// A move by the desk lands exactly behind so many waiting, and its reason stands
// in the line's [Notice] until another one, until it is taken back, or for [NoticeFor].
//
// Presence is apart from the state: entering, returning and being sent to an exam
// say that the patient is here, and a missed call that he is out; all else is said by [Store.Arrive], which undo
// leaves alone.
//
// A room on a break or off duty is called nobody; a patient in it stays. Duty
// ends at its time, and with the day.
//
// Undo takes back the last act on a ticket, then the one before, down to the
// issue, however long ago in the day: a desk that clears up at noon may need the
// morning's (domain §5.2 says the same session). It reads the log for what was. A call that finished another ticket is
// taken back together with that, so that the room shows its former number,
// unless somebody has acted on the other since. Undo of a transfer leads back into
// the former line or room. It is refused where it would put two patients into one
// room.
//
// # The log
//
// The log of a day is the truth that its other keys are a fold of. Every entry
// names its version and mark, the actor and the device, what the object was and
// is, and the counts that it changed; [journal.Fold] rebuilds the day from the entries
// alone, and [Store.Verify] compares that with the live keys, text by text, as
// both stood at one instant. Wrong cancel codes are logged too, at the version
// that they leave as it is. The entry of an undo names the entry that it takes
// back: an announcement of that is withdrawn. The clinic's desk hash outlives
// the day; acts on it are logged, and not folded. Patients are in no log.
// [Snapshot.Check] has the invariants of domain §5.3.
//
// # What the sources leave open (domain §1.8), and what was chosen
//
//  1. 情報番号: four digits name the clinic, "1234-1" its first service. The four
//     digits alone find the clinic, as the FAQ has it; both together are the
//     contract's 事業所番号 + 業務番号.
//  2. Service hours: those of the calendar, see package hours. Without one the
//     web desk opens and closes by hand and stays as it was left, also over
//     midnight.
//  3. 待ち人数 counts the waiting only: not the called, not the held, and not the
//     absent unless the service has CountAbsent; of the session that is on or comes
//     next, and who is left over from before. あと何人 counts the waiting before
//     oneself.
//  4. Numbers for a future day are given at the booking, or when the day begins, as
//     the service says.
//  5. A family is one ticket with one number; its size counts in 待ち人数 where
//     the service's unit is 人.
//  6. The cancel code is made by the caller, and only a keyed hash of it is kept.
//     [WrongCodes] wrong ones lock it; the desk still may cancel. There is no
//     deadline but the call: a called patient can no longer cancel.
//  7. 呼出時不在者 are those absent now, of today: the day begins empty at
//     the calendar's cutover in the clinic's zone. [keeper.Keeper] closes the day that
//     is over: a ticket that waited is a no-show, a ticket in a room is done. A clock
//     that leapt past the end and returned opens the day again with the next act;
//     who was sent away by the leap stays so.
//
// # Keys
//
// All of a clinic carry the hash tag {clinic}; <day> is a business date and <s>
// a service.
//
//	junban:clinics                    set     all clinics' numbers
//	junban:secret                     string  shared by the nodes
//	junban:{c}:clinic                 hash    rev, record
//	junban:{c}:desk                   hash    rev; reception and messages of each service, duty of each room
//	junban:{c}:changes                stream  who changed what in the record
//	junban:{c}:days                   zset    opened days that are not closed, by their end
//	junban:{c}:kept                   zset    closed days that are not removed, by their end
//	junban:{c}:figures                hash    day -> JSON, of each closed day, for ever
//	junban:{c}:act:<h>                string  result of the act with that key; expires
//	junban:{c}:users                  hash    name -> JSON; the password's hash alone where nobody has logged in since
//	                                          there are roles
//	junban:{c}:sessions               hash    token hash -> JSON, of the desk; any change sweeps those that are over,
//	                                          and the key goes with the last
//	junban:{c}:<day>:meta             hash    epoch, version, mark; closed; <s>:<count>: issued, seats,
//	                                          numbers, calls of each line, see lua/prelude
//	junban:{c}:<day>:log              stream  one entry per change
//	junban:{c}:<day>:tickets          hash    id -> JSON
//	junban:{c}:<day>:patients         hash    id -> JSON, only what was given, and person -> id; expires
//	junban:{c}:<day>:rooms            hash    room -> open ticket
//	junban:{c}:<day>:called, :ended   zset    by version
//	junban:{c}:<day>:cuts             hash    ticket id -> what a change of the record took from its session; in no log
//	junban:{c}:<day>:<s>:waiting, :aside  zset  <place>/<id>
//
// Names and phone numbers are gone [clinic.PatientDays] days after the visit's, and all
// else but the figures [clinic.TicketDays] days after, or when [clinic.Retention] says so.
//
// Where something changes although nobody acts (a window opens, a seat comes
// back, a message expires), a snapshot knows the moment of the next such change.
// Whichever feed first finds that it has come does one act, whose key is made of
// the moment: so the version grows once, and every node shows the change.
//
// A Redis that lost acts, by a crash or a failover to a replica that lagged,
// counts from a lower version again in the same epoch. Every act therefore
// leaves a random mark beside its version, and a feed that finds an older
// version than it has shown, or the same with another mark, renews the epoch.
//
// The scripts know a clinic's record by its rev alone: the caller checks rooms
// and settings in the record it remembers, and the script refuses the act if
// that is no longer the newest. So a record is read once, and never trusted. The
// session and what the desk's hand set are handled alike: the caller says until
// when its choice is right, and the script sends it back when it is not.
//
// # What an act costs
//
// Redis runs one script at a time, so its time in the issuing script bounds a
// clinic's opening second. BenchmarkIssue holds it against INCR, ZADD, XADD and
// PUBLISH of the same ticket, entry and poke. The usual request, on the usual
// line, goes straight through its script, and the functions of the rarer rules are
// only made for those who ask. Of what is left above those four commands most is
// the answer that is kept for a repeat, and the reading of what bounds the line.
package queue
