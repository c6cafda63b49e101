package queuetest

import (
	"fmt"
	"strings"
)

// The places of the line, as lua/_act.lua has them.

func place(n int) string { return fmt.Sprintf("%08d5", n) }

func between(a, b string) string {
	bounded := true
	out := []byte{}
	for i := 0; ; i++ {
		x, y := 0, 10
		if i < len(a) {
			x = int(a[i] - '0')
		}
		if bounded {
			y = 0
			if i < len(b) {
				y = int(b[i] - '0')
			}
		}
		switch {
		case y-x > 1:
			return string(append(out, byte('0'+(x+y)/2)))
		case y-x == 1 && bounded && len(b) > i+1:
			return string(append(out, byte('0'+y)))
		case y-x == 1:
			bounded = false
		}
		out = append(out, byte('0'+x))
	}
}

func uniqueBetween(a, b string, version uint64) string {
	p := between(a, b)
	for strings.HasPrefix(b, p) {
		p = between(p, b)
	}
	return p + place(int(version))
}
