package queue

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// A web ticket has a mark of its request's network prefix, so that the desk can undo a
// flood. A mark reveals no address: it is made of a keyed hash, and differs by
// clinic and day.

// MarkOf returns the mark of a ticket of a day: eight characters. Origin is a keyed
// hash of clinic and prefix, see [Request].Origin; the mark of none is "".
func MarkOf(origin string, d clinic.Day) string {
	if origin == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(origin + " " + string(d)))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:5]))
}

// ValidMark reports whether a ticket could carry that mark.
func ValidMark(mark string) bool {
	return len(mark) == 8 && strings.Trim(mark, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// Marked are the live web tickets of one mark, as a desk has seen them.
type Marked struct {
	Mark  string
	Day   clinic.Day // "": today
	Until time.Time  // tickets that were issued later stay
	Keep  []TicketID // these stay too
}

// MarkedKept is how many tickets [Marked].Keep has at most.
const MarkedKept = 1000

// markedAtOnce is how many tickets one script cancels at most, so that no script holds
// up Redis.
const markedAtOnce = 500

// CancelMarked cancels the waiting, absent, held, booked and lost web tickets of a
// mark, and returns how many. A ticket in a room stays. Each cancel stands in the
// log and can be undone by itself; their seats are offered again at once. Large
// floods take several scripts: after an error some may be done, and the same key
// does the rest. Refusals: [ErrState] for what is no mark or keeps too many,
// [ErrDayOver], [ErrKeyConflict].
func (s *Store) CancelMarked(ctx context.Context, c clinic.ID, m Marked, a Act) (cancelled int, err error) {
	if !ValidMark(m.Mark) || len(m.Keep) > MarkedKept {
		return 0, fmt.Errorf("cancel a mark at %s: %w", c, ErrState)
	}
	keep := ","
	for _, id := range m.Keep {
		keep += string(id) + ","
	}
	until := m.Until.UnixMilli()
	for part := 0; ; part++ {
		step := a
		if a.Key != "" && part > 0 {
			step.Key += " " + strconv.Itoa(part)
		}
		result, _, err := s.act(ctx, scriptCall{name: "cancel_marked", ref: clinic.Ref{Clinic: c, Service: "1"}, day: m.Day, same: m.request(), early: true}, step, func(record, clinic.Day) ([]any, error) {
			return []any{m.Mark, until, keep, markedAtOnce}, nil
		})
		if err != nil {
			return cancelled, fmt.Errorf("cancel mark %s at %s: %w", m.Mark, c, err)
		}
		n, more := strings.CutSuffix(result, "+")
		done, err := strconv.Atoi(n)
		if err != nil {
			return cancelled, errors.New("cancel_marked: unknown result")
		}
		if cancelled += done; !more {
			return cancelled, nil
		}
	}
}

// request is what makes two of them the same.
func (m Marked) request() []string {
	request := []string{m.Mark, string(m.Day), strconv.FormatInt(m.Until.UnixMilli(), 10)}
	for _, id := range m.Keep {
		request = append(request, string(id))
	}
	return request
}

// Marked lists the tickets of a mark that [Store.CancelMarked] would cancel, in the
// order of their issue.
func (s *Snapshot) Marked(mark string) (found []Ticket) {
	for t := range s.marked {
		if t.Mark == mark {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b Ticket) int { return a.Issued.Compare(b.Issued) })
	return found
}

// Marks counts the live web tickets of each mark, those in a room aside.
func (s *Snapshot) Marks() map[string]int {
	marks := map[string]int{}
	for t := range s.marked {
		marks[t.Mark]++
	}
	return marks
}

// marked yields the tickets with a mark that may be cancelled.
func (s *Snapshot) marked(yield func(Ticket) bool) {
	for _, l := range s.Lines {
		for _, list := range [][]Ticket{l.Waiting, l.Absent, l.Held, l.Booked, l.Lost} {
			for _, t := range list {
				if t.Mark != "" && !yield(t) {
					return
				}
			}
		}
	}
}
