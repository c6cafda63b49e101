package main

import "testing"

func TestDuplicatesAndGaps_CountsBoth(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		numbers          []int
		duplicates, gaps int
	}{
		{[]int{3, 1, 2}, 0, 0},
		{[]int{7}, 0, 0},
		{[]int{1, 2, 2, 4, 4}, 2, 1},
		{[]int{10, 1}, 0, 8},
	} {
		if duplicates, gaps := duplicatesAndGaps(test.numbers); duplicates != test.duplicates || gaps != test.gaps {
			t.Errorf("%v: %d duplicates and %d gaps", test.numbers, duplicates, gaps)
		}
	}
}
