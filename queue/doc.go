// Package queue is the line: its words, its rules, and the only code that
// touches Redis.
//
// # What it promises
//
// Every act is one Lua script and one round trip. The script checks its
// idempotency key, changes the line, bumps the version, appends what it changed
// to the day's log and pokes, all of it or nothing. Two clerks who press "next"
// at once get two tickets; a press that is repeated, by a thumb or by a client
// library, happens once. Time inside the line is Redis time.
//
// [Feed.Follow] shows every change to those who follow a clinic, and says so
// when it can no longer vouch for what it showed: at most 5 s after Redis went
// away. Pokes are hints and may get lost; snapshots are the truth.
//
// # What it never does
//
// It counts no rows to make a number, reads no clock but Redis' to decide, and
// keeps no figure beside the line that the line itself can tell: whoever shows
// a figure computes it from one [Snapshot]. It puts no patient into the log, and
// knows no HTTP, no hub and no page.
//
// # The line
//
// Numbers are dense, unique per service and day, and never issued again, also
// not after a cancel (A01). The order is apart from the number. A ticket's place
// is a text of digits, and the waiting stand in a sorted set by that text, all
// of score 0: between two texts there is always a third, so no gap is ever used
// up and nothing is renumbered, and undo can bring back a place of this morning.
// Floating-point scores were tried on paper and put away: fifty returns into the
// same gap exhaust a double, and cjson writes only fourteen of its digits.
//
// "Next" finishes whoever is in the room and calls the first of the line: a
// clinic with one button presses nothing else (domain §5.2). Thus a room holds
// at most one called or seen patient, whichever of its services he belongs to.
// On an empty line "next" is refused and the room's patient stays.
//
// An absentee leaves the counted line at once. The place of return is fixed in
// that moment: behind the next [Service].AbsentBack waiting, and behind whoever
// was promised a place there before (domain §5.4, back_n). Who returns later
// has lost nothing more.
//
// Undo takes back the last act on a ticket, then the one before, down to the
// issue; it reads the log for what was. A call that finished another ticket is
// taken back together with that, so that the room shows its former number,
// unless somebody has acted on the other since. Undo is refused where it would
// put two patients into one room.
//
// # What the sources leave open (domain §1.8), and what was chosen
//
//  1. 情報番号: four digits name the clinic, "1234-1" its first service. The four
//     digits alone find the clinic, as the FAQ has it; both together are the
//     contract's 事業所番号 + 業務番号.
//  2. Service hours: nothing is assumed yet. The web desk opens and closes by
//     hand and stays as it was left, also over midnight.
//  3. 待ち人数 counts the waiting only: not the called, not the absent, not the
//     held. あと何人 counts the waiting before oneself.
//  4. Numbers for a future day: not given yet.
//  5. A family is one ticket with one number; its size counts in 待ち人数 where
//     the service's unit is 人.
//  6. The cancel code is made by the caller, and only a keyed hash of it is kept.
//     [WrongCodes] wrong ones lock it; the desk still may cancel. There is no
//     deadline but the call: whoever is called can no longer cancel.
//  7. 呼出時不在者 are those absent now, of today: the day begins empty at
//     [Cutover] in the clinic's zone.
//
// # Keys
//
// All of a clinic carry the hash tag {clinic}; <day> is a business date and <s>
// a service.
//
//	junban:clinics                    set     all clinics' numbers
//	junban:secret                     string  shared by the nodes
//	junban:{c}:clinic                 hash    rev, record
//	junban:{c}:desk                   hash    reception and messages of each service
//	junban:{c}:act:<h>                string  result of the act with that key; expires
//	junban:{c}:users, :session:<h>    hash, string
//	junban:{c}:<day>:meta             hash    epoch, version, mark
//	junban:{c}:<day>:log              stream  one entry per change
//	junban:{c}:<day>:tickets          hash    id -> JSON
//	junban:{c}:<day>:patients         hash    id -> JSON, only what was given; expires
//	junban:{c}:<day>:rooms            hash    room -> open ticket
//	junban:{c}:<day>:called, :ended   zset    by version
//	junban:{c}:<day>:<s>:counter      string  last number issued
//	junban:{c}:<day>:<s>:waiting, :aside  zset  <place>/<id>
//
// Names and phone numbers are gone [PatientDays] days after the visit's. The
// rest of a day is kept; nothing removes it yet.
//
// A Redis that lost acts, by a crash or a failover to a replica that lagged,
// counts from a lower version again in the same epoch. Every act therefore
// leaves a random mark beside its version, and a feed that finds an older
// version than it has shown, or the same with another mark, renews the epoch.
//
// The scripts know a clinic's record by its rev alone: the caller checks rooms
// and settings in the record it remembers, and the script refuses the act if
// that is no longer the newest. So a record is read once, and never trusted.
package queue
