// Package live is what this node knows of the clinics in use. Of each it keeps the
// record, the newest snapshot, the forecast, the days on offer and the watched topics.
//
// One state of a clinic has one owner. While a topic of a clinic is watched, the feed
// keeps its snapshot new. Every topic is published from it, and requests are answered
// from it. So a watch of a warm topic asks Redis for nothing. An unwatched clinic is
// read once for all requests of a moment. What was read has an age in read.go. An
// unused clinic is forgotten.
//
// # An act of this node
//
// A client that has just acted must see the act, and the feed's message may still be on
// its way. Every act returns the version that it made. Until the state in memory has that
// version, and for [ownActAge] at most, the clinic is read from Redis. No state from
// before the act answers.
package live
