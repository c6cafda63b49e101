package queuetest

import "fmt"

// PositionOf is the position of the n-th ticket of a line, as lua/prelude/ticket.lua makes it.
func PositionOf(n int) string { return fmt.Sprintf("%08d5", n) }

// PositionBetween is a position after a and before b, and ends in the version.
func PositionBetween(a, b string, version uint64) string {
	out := ""
	for i := 0; ; i++ {
		x, y := 0, 10
		if i < len(a) {
			x = int(a[i] - '0')
		}
		if i < len(b) {
			y = int(b[i] - '0')
		}
		if y-x > 1 {
			return out + string(rune('0'+(x+y)/2)) + PositionOf(int(version))
		}
		if y-x == 1 {
			b = ""
		}
		out += string(rune('0' + x))
	}
}
