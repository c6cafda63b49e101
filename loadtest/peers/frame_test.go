package main

import "testing"

func TestMakeFrame_HasTheRequestedSizeAndChange(t *testing.T) {
	t.Parallel()
	for _, size := range []int{200, 300, 1500, 60_000} {
		frame := makeFrame(42, size)
		version, change, ok := parseFrame(frame)
		if len(frame) != size || version != firstVersion+42 || change != 42 || !ok {
			t.Errorf("%d bytes instead of %d, version %d, change %d", len(frame), size, version, change)
		}
	}
}
