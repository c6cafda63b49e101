package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestParseStat_ReadsAnyName(t *testing.T) {
	t.Parallel()
	text := fmt.Sprintf("42 (a) b (c)) S 7 %s 150 50 %s 3 99", strings.Repeat("0 ", 9)[:17], strings.Repeat("0 ", 8)[:15])
	name, parent, c, err := parseStat([]byte(text))
	if err != nil || name != "a) b (c)" || parent != 7 || c.user != 1500*time.Millisecond || c.system != 500*time.Millisecond || c.resident == 0 {
		t.Errorf("name %q, parent %d, %+v, %v", name, parent, c, err)
	}
	if _, _, _, err := parseStat([]byte("42 (short) S 7")); err == nil {
		t.Error("an incomplete line is accepted")
	}
}
