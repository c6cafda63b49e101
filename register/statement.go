package register

import (
	"strconv"
	"strings"
)

// statement collects the parameters of a query that is put together. Texts of requests
// are always parameters.
type statement struct {
	postgres bool
	args     []any
	text     string
	whole    bool // it selects [BookingColumns]
}

// arg adds a parameter, and returns its placeholder.
func (q *statement) arg(value any) string {
	q.args = append(q.args, value)
	return "$" + strconv.Itoa(len(q.args))
}

// contains is the condition that a column contains a text. Both functions compare bytes,
// and no character is special; so it is no LIKE.
func (q *statement) contains(column, text string) string {
	if q.postgres {
		return "strpos(" + column + ", " + q.arg(text) + ") > 0"
	}
	return "instr(" + column + ", " + q.arg(text) + ") > 0"
}

// texts are placeholders of a list.
func texts[T ~string](q *statement, values []T) string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = q.arg(string(v))
	}
	return strings.Join(list, ", ")
}

// unindexed is a column of numbers that both databases compare without an index.
func unindexed(column string) string { return "+" + column }
