package main

import (
	"bytes"
	"fmt"
	"strings"
)

// firstVersion is the version of change 0 in the frames of makeFrame.
const firstVersion = 1000

// changeText formats the number of a change in a frame. Its length is fixed.
func changeText(change int) string { return fmt.Sprintf("change %06d", change) }

// makeFrame returns a board like junban's. It has the given size in bytes, or the
// least possible size if that is larger.
func makeFrame(change, size int) []byte {
	const form = `{"type":"board","topic":"service:1234-1","epoch":"k3f9a1","version":%d,"board":{"service":"1234-1","name":"内科","mode":"order","message":{"text":"%s%s","until":null}}}`
	least := fmt.Sprintf(form, firstVersion+change, changeText(change), "")
	return fmt.Appendf(nil, form, firstVersion+change, changeText(change), strings.Repeat(".", max(0, size-len(least))))
}

// parseFrame finds the version of a state and the number of its last change, or 0
// before the first change. A frame without a version is not a state.
func parseFrame(text []byte) (version, change int, ok bool) {
	if version, ok = numberAfter(text, `"version":`); !ok {
		return 0, 0, false
	}
	change, _ = numberAfter(text, `"change `)
	return version, change, true
}

// numberAfter parses the digits after the first mark.
func numberAfter(text []byte, mark string) (n int, ok bool) {
	at := bytes.Index(text, []byte(mark))
	if at < 0 {
		return 0, false
	}
	for _, digit := range text[at+len(mark):] {
		if digit < '0' || digit > '9' {
			break
		}
		n, ok = 10*n+int(digit-'0'), true
	}
	return n, ok
}
