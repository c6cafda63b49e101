// Package projection writes the booking rows of the register from the days' logs.
//
// It guarantees:
//   - A day's log is read in order. Its position is stored in the transaction of its
//     rows, and moves only from where it was read. So a repeat, or a second node, changes
//     nothing.
//   - Each round compares the positions with the line, so what a node has left undone is
//     done by another.
//   - A day whose log does not have the position any more is another history: Redis has
//     lost acts. Its log is read again from the beginning. A live booking that it does not
//     have is marked as missing, and never removed.
//   - [Projector.Record] returns when the row of a ticket is stored. [Projector.Touch]
//     waits for nothing.
//
// A row is the ticket as the line has it after the newest entry that was read. An entry
// names the tickets that changed; a later one corrects what was read too early.
package projection
