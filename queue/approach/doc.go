// Package approach decides when a patient is to be sent on the way (B21): by the range of
// the estimate as it is shown, by the patient's travel time, and by the number ahead.
//
// The rules, with travel time T, chosen number N, margin m of [Margin], number ahead
// a, and L, the low end of the range as shown:
//
//	go      L ≤ T + m, or a ≤ N: once. Late is worse than early, so L decides.
//	next    a ≤ 1, if wanted: once, unless the approach already had that figure.
//	back    moved back to a ≥ N + 3 and L ≥ T + m + 10 min after the first approach: once.
//	        The approach is then armed once more, so a leg has two at most.
//	delay   after an approach the call is 20 min later than it said: once per approach.
//	here    a patient at the clinic gets no such notice, nor does one aside or called.
//
// Without a range only a decides. In slot mode, go is at the slot's start − T − 5 min, and
// never by the number: the slot is what the patient knows. An urgent insert that moves a
// ticket back by less is shown on the page, and sends nothing. A new leg starts with an
// empty [Sent].
//
// If [Near] holds when a ticket is issued, its confirmation asks the patient to come, and
// is recorded by [Sent.After] like an approach.
//
// The package is pure. Package notify calls [Decide] with each new state of a line and each
// minute, since L falls with time alone. The bench of the estimate calls it to measure how
// late and how early its notices are ([Measure]).
package approach
