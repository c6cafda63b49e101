// Package view encodes a clinic's state in the words of the contract. It makes boards,
// tickets, the desk's state, and frames of topics.
//
// It promises that a figure which a clinic hides is in nothing that it encodes for the
// public. It reads nothing: the caller brings the record, the snapshot and the forecast.
//
// The line reports how many tickets wait before a new one, not how many people. Where
// the clinic counts people, a new ticket therefore has no figure unless it is zero. The
// ticket's own frame follows at once.
package view
