package queuetest

// PlaceOf is where the n-th ticket of a line stands that keeps no sessions.
func PlaceOf(n int) string { return place(n) }

// PlaceBetween is the place that the act with that version gives after a and
// before b.
func PlaceBetween(a, b string, version uint64) string { return uniqueBetween(a, b, version) }
