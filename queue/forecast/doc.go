// Package forecast asks the estimator what a snapshot lets expect: how long each
// waiting ticket, and one that is issued now, will wait.
//
// Package estimate has the formula and knows no ticket. This package makes its
// input from a [queue.Snapshot]: the lines by session, who is in which room since
// when, and which rooms take a break. [Stay] is a ticket's time in a room, from
// which package learn learns by the same rules.
package forecast
