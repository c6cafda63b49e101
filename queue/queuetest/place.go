package queuetest

import "fmt"

// The places of the line, as lua/prelude/ticket.lua has them.

func place(n int) string { return fmt.Sprintf("%08d5", n) }

// uniqueBetween is after a and before b, and ends in the version.
func uniqueBetween(a, b string, version uint64) string {
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
			return out + string(rune('0'+(x+y)/2)) + place(int(version))
		}
		if y-x == 1 {
			b = ""
		}
		out += string(rune('0' + x))
	}
}
