package register

import (
	"context"
	"fmt"
	"strings"

	"junban/internal/sqldb"
	"junban/queue/clinic"
)

// Pair is two members that may be the same person (候補).
type Pair struct{ A, B Member }

// PairPage is a page of pairs.
type PairPage struct {
	Pairs []Pair
	Next  string // "": the last page
}

// same are the conditions under which members a and b are candidates: the same phone and
// name, or the same name and birth. The program never merges by itself.
var same = []string{
	"b.phone_key = a.phone_key AND a.phone_key <> '' AND b.name_key = a.name_key AND a.name_key <> ''",
	"b.birth = a.birth AND a.birth <> '' AND b.name_key = a.name_key AND a.name_key <> ''",
}

const living = "a.merged_into = '' AND b.merged_into = ''"

// candidatesMost is how many candidates of one member are shown.
const candidatesMost = 50

// Candidates returns the members that may be the same person as one.
func (s *Store) Candidates(ctx context.Context, c clinic.ID, id MemberID) ([]Member, error) {
	if _, err := readMember(ctx, s.db, c, id); err != nil {
		return nil, failed("look for candidates", err)
	}
	var parts []string
	for _, condition := range same {
		parts = append(parts, "SELECT b.kana_key, b.id FROM member a JOIN member b ON b.clinic = a.clinic AND "+condition+
			" WHERE a.clinic = $1 AND a.id = $2 AND b.id <> a.id AND "+living)
	}
	q := query{args: []any{string(c), string(id)}}
	fmt.Fprintf(&q.text, "SELECT kana_key, id, 1 FROM (%s) AS found ORDER BY kana_key, id LIMIT %d", strings.Join(parts, " UNION "), candidatesMost)
	hits, err := q.hits(ctx, s.db)
	if err != nil {
		return nil, failed("look for candidates", err)
	}
	members, err := readMembers(ctx, s.db, c, idsOf(hits))
	if err != nil {
		return nil, failed("look for candidates", err)
	}
	return members, nil
}

// CandidatePairs returns a page of all pairs of the clinic that may be one person.
func (s *Store) CandidatePairs(ctx context.Context, c clinic.ID, after string) (PairPage, error) {
	q := query{args: []any{string(c)}}
	behind := ""
	if after != "" {
		first, second, ok := strings.Cut(after, "-")
		if !ok || !memberForm.MatchString(first) || !memberForm.MatchString(second) {
			return PairPage{}, ErrBadQuery
		}
		q.args = append(q.args, first, second)
		behind = " AND a.id >= $2 AND (a.id, b.id) > ($2, $3)"
	}
	var parts []string
	for _, condition := range same {
		parts = append(parts, "SELECT a.id AS one, b.id AS two FROM member a JOIN member b ON b.clinic = a.clinic AND "+condition+
			" WHERE a.clinic = $1 AND b.id > a.id AND "+living+behind)
	}
	fmt.Fprintf(&q.text, "SELECT one, two FROM (%s) AS found ORDER BY one, two LIMIT %d", strings.Join(parts, " UNION "), pageSize+1)
	pairs, err := q.pairs(ctx, s.db)
	if err != nil {
		return PairPage{}, failed("look for candidates", err)
	}
	page := PairPage{Pairs: []Pair{}}
	if len(pairs) > pageSize {
		pairs = pairs[:pageSize]
		page.Next = string(pairs[pageSize-1][0] + "-" + pairs[pageSize-1][1])
	}
	for _, ids := range pairs {
		members, err := readMembers(ctx, s.db, c, ids[:])
		if err != nil {
			return PairPage{}, failed("look for candidates", err)
		}
		if len(members) == 2 { // else one is erased by now
			page.Pairs = append(page.Pairs, Pair{members[0], members[1]})
		}
	}
	return page, nil
}

func (q *query) pairs(ctx context.Context, db sqldb.Queryer) (pairs [][2]MemberID, err error) {
	rows, err := db.QueryContext(ctx, q.text.String(), q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p [2]MemberID
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, err
		}
		pairs = append(pairs, p)
	}
	return pairs, rows.Err()
}
