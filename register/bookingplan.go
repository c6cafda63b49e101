package register

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// fewRows is how many rows of a range of times are read and sorted. Of a longer range the
// rows are read in the order of the list instead, until the page is full.
const fewRows = 20_000

// bookingKeys returns the first keys of a query, after one.
func (s *Store) bookingKeys(ctx context.Context, c clinic.ID, q BookingQuery, after *bookingKey, most int) ([]bookingKey, error) {
	statement, err := s.planOf(ctx, c, q, after, most, false)
	if err != nil || statement == nil {
		return nil, err
	}
	return s.readKeys(ctx, statement)
}

// planOf returns the statement that reads the keys, nil if there are none. It chooses the index: the
// planner of SQLite knows no frequencies, and that of PostgreSQL misjudges parts of names.
// The other conditions are written so that no index fits them.
//
//	a text     the persons that it finds, and their bookings
//	a member   its bookings
//	few rows   those of the range of issued or updated
//	a service  one branch for each state, each in the order of the list, ends at the limit
//	a state    the same without the service
//	else       all bookings of the days, in the order of the list
//
// Whole asks for [BookingColumns] instead of the keys. It has them where no row is read in
// vain, as statement.whole reports.
func (s *Store) planOf(ctx context.Context, c clinic.ID, q BookingQuery, after *bookingKey, most int, whole bool) (*statement, error) {
	p := plan{statement: &statement{postgres: s.db.Postgres}, clinic: c, query: q, after: after, most: most, whole: whole}
	sorted := p
	sorted.sort = true
	if text := strings.TrimSpace(q.Text); text != "" {
		ids, all, err := personsWith(ctx, s.db, c, text)
		switch {
		case err != nil:
			return nil, err
		case len(ids) == 0:
			return nil, nil
		case all:
			return sorted.ofPersons(ids), nil
		}
	}
	if q.Member != "" {
		return sorted.one("member <> ''", "member = "+p.arg(string(q.Member)), p.services(), p.states(), p.times(), p.text()), nil
	}
	for _, column := range []string{"issued", "updated"} {
		few, err := s.few(ctx, c, q, column)
		if err != nil {
			return nil, err
		}
		if few {
			return sorted.few(column), nil
		}
	}
	if q.Service == "" && len(q.State) == 0 {
		return p.one(p.times(), p.text()), nil
	}
	return p.branches(), nil
}

// plan puts a query for keys together.
type plan struct {
	*statement
	clinic clinic.ID
	query  BookingQuery
	after  *bookingKey
	most   int
	sort   bool // the keys are sorted, else they are read in the order of the list
	whole  bool // whole rows are asked for
}

// key are the columns of the order. Where keys are sorted, they are written so that no
// index of days fits.
func (p plan) key() (day, issued, ticket string) {
	if p.sort {
		return "day || ''", unindexed("issued"), "ticket || ''"
	}
	return "day", "issued", "ticket"
}

func (p plan) order() string {
	day, issued, ticket := p.key()
	return " ORDER BY " + day + " DESC, " + issued + " DESC, " + ticket + " DESC LIMIT " + p.arg(p.most)
}

// one selects keys. Its first condition names the index, except in the order of the list.
func (p plan) one(conditions ...string) *statement {
	return p.finish(p.branch("booking", conditions...) + p.order())
}

// ofPersons selects the keys of persons' bookings. SQLite would rather read all bookings
// of a clinic than those of many persons, so it gets the order of the loops.
func (p plan) ofPersons(ids []int64) *statement {
	if p.postgres {
		return p.one("person = ANY("+p.arg(ids)+")", p.services(), p.states(), p.times(), p.member())
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = "(" + strconv.FormatInt(id, 10) + ")"
	}
	from := "found CROSS JOIN booking"
	return p.finish("WITH found(id) AS (VALUES " + strings.Join(list, ",") + ") " + p.branch(from, "person = found.id", p.services(), p.states(), p.times(), p.member()) + p.order())
}

func (p plan) finish(text string) *statement {
	p.statement.text = text
	return p.statement
}

func (p plan) branch(table string, conditions ...string) string {
	where := []string{"clinic = " + p.arg(string(p.clinic))}
	day, issued, ticket := p.key()
	from, to := p.query.days()
	if from != "" {
		where = append(where, day+" >= "+p.arg(string(from)))
	}
	if to != "" {
		where = append(where, day+" <= "+p.arg(string(to)))
	}
	if p.after != nil {
		where = append(where, fmt.Sprintf("(%s, %s, %s) < (%s, %s, %s)", day, issued, ticket, p.arg(string(p.after.Day)), p.arg(p.after.Issued), p.arg(string(p.after.Ticket))))
	}
	if p.query.Channel != "" {
		where = append(where, "channel = "+p.arg(p.query.Channel))
	}
	if p.query.Symptoms != "" {
		where = append(where, p.contains("lower(symptoms)", strings.Map(lowerASCII, p.query.Symptoms)))
	}
	where = append(where, slices.DeleteFunc(conditions, func(s string) bool { return s == "" })...)
	columns := "day, issued, ticket"
	if p.whole && !p.sort {
		columns, p.statement.whole = BookingColumns, true
	}
	return "SELECT " + columns + " FROM " + table + " WHERE " + strings.Join(where, " AND ")
}

// lowerASCII lowers a letter as lower() of both databases does, which leaves all but ASCII.
func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// branches selects from each state by itself: then each ends at the limit, in order.
func (p plan) branches() *statement {
	of := slices.Clone(p.query.State)
	if len(of) == 0 {
		of = slices.Clone(states)
	}
	slices.Sort(of)
	of = slices.Compact(of)
	p.whole = p.whole && len(of) == 1 // else each branch would read rows that the page does not need
	var parts []string
	for _, state := range of {
		service := ""
		if p.query.Service != "" {
			service = "service = " + p.arg(p.query.Service)
		}
		parts = append(parts, "SELECT * FROM ("+p.branch("booking", service, "state = "+p.arg(string(state)), p.times(), p.text())+p.order()+") AS of_"+string(state))
	}
	return p.finish(strings.Join(parts, " UNION ALL ") + p.order())
}

// few selects from a range of times that has few rows.
func (p plan) few(column string) *statement {
	q := p.query
	from, to, other := q.IssuedFrom, q.IssuedTo, ""
	if column == "issued" {
		other = p.between("updated", q.UpdatedFrom, q.UpdatedTo, true)
	} else {
		from, to, other = q.UpdatedFrom, q.UpdatedTo, p.between("issued", q.IssuedFrom, q.IssuedTo, true)
	}
	return p.one(p.between(column, from, to, false), p.services(), p.states(), other, p.text())
}

// few reports whether the query bounds a column of times to few rows of the clinic.
func (s *Store) few(ctx context.Context, c clinic.ID, q BookingQuery, column string) (bool, error) {
	from, to := q.IssuedFrom, q.IssuedTo
	if column == "updated" {
		from, to = q.UpdatedFrom, q.UpdatedTo
	}
	if from.IsZero() && to.IsZero() {
		return false, nil
	}
	p := plan{statement: &statement{postgres: s.db.Postgres}}
	text := "SELECT COUNT(*) FROM (SELECT 1 FROM booking WHERE clinic = " + p.arg(string(c)) + " AND " + p.between(column, from, to, false) + " LIMIT " + p.arg(fewRows+1) + ") AS few"
	var n int
	err := s.db.QueryRowContext(ctx, text, p.args...).Scan(&n)
	return n <= fewRows, err
}

// between is the condition that a column of times is in a range, "" without one.
func (p plan) between(column string, from, to time.Time, plain bool) string {
	if plain {
		column = unindexed(column)
	}
	var both []string
	if !from.IsZero() {
		both = append(both, column+" >= "+p.arg(from.UnixMilli()))
	}
	if !to.IsZero() {
		both = append(both, column+" < "+p.arg(to.UnixMilli()))
	}
	return strings.Join(both, " AND ")
}

func (p plan) times() string {
	return both(p.between("issued", p.query.IssuedFrom, p.query.IssuedTo, true), p.between("updated", p.query.UpdatedFrom, p.query.UpdatedTo, true))
}

func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " AND " + b
}

func (p plan) services() string {
	if p.query.Service == "" {
		return ""
	}
	return "service || '' = " + p.arg(p.query.Service)
}

func (p plan) states() string {
	if len(p.query.State) == 0 {
		return ""
	}
	return "state || '' IN (" + texts(p.statement, p.query.State) + ")"
}

func (p plan) member() string {
	if p.query.Member == "" {
		return ""
	}
	return "member = " + p.arg(string(p.query.Member))
}

// text is the condition of a text that too many persons have.
func (p plan) text() string {
	if text := strings.TrimSpace(p.query.Text); text != "" {
		return p.matches(text)
	}
	return ""
}

func (s *Store) readKeys(ctx context.Context, q *statement) (keys []bookingKey, err error) {
	rows, err := s.db.QueryContext(ctx, q.text, q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k bookingKey
		if err := rows.Scan(&k.Day, &k.Issued, &k.Ticket); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}
