// Package live is what this node knows of the clinics in use: of each one the record, the
// newest snapshot, the forecast, the days on offer and the watched topics.
//
// One state of a clinic has one owner. While something of a clinic is watched, the feed
// keeps its snapshot new and every topic is published from it; requests are answered from
// it too, so a watch of a warm topic asks Redis for nothing. A clinic that nobody watches
// is read, once for all requests of a moment. What was read has an age in read.go. A
// clinic that nobody uses is forgotten.
//
// # Why an act of this node makes its clinic read again
//
// A client that has just acted must see the act, and the feed's message may still be on
// its way. Therefore a clinic that this node has just changed is read from Redis for
// [ownActAge], and nothing that was read before the act answers.
package live
