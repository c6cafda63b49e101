package view

import (
	"cmp"
	"slices"
	"strings"

	"junban/api/wire"
	"junban/queue"
)

// repeatedMark is how many live web tickets with one mark make the desk show it.
// marksShown is how many such marks it shows at most.
const (
	repeatedMark = 2
	marksShown   = 20
)

// marks are the marks that several live web tickets of today carry, the most
// frequent first.
func marks(snap *queue.Snapshot) []wire.Mark {
	counts := map[wire.Mark]int{}
	for mark, n := range snap.Marks() {
		counts[wire.Mark{Mark: mark}] = n
	}
	return repeated(counts)
}

// BookedMarks are those of the days to come.
func BookedMarks(list []queue.Reserved) []wire.Mark {
	counts := map[wire.Mark]int{}
	for _, b := range list {
		if b.Mark != "" {
			counts[wire.Mark{Mark: b.Mark, Day: string(b.ID.Day())}]++
		}
	}
	return repeated(counts)
}

// repeated are the marks that a desk is shown, by how many tickets each has.
func repeated(counts map[wire.Mark]int) []wire.Mark {
	all := []wire.Mark{}
	for m, n := range counts {
		if n >= repeatedMark {
			m.Tickets = n
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b wire.Mark) int {
		return cmp.Or(b.Tickets-a.Tickets, strings.Compare(a.Day, b.Day), strings.Compare(a.Mark, b.Mark))
	})
	return all[:min(len(all), marksShown)]
}
