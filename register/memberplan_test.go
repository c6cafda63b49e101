package register

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"junban/internal/sqldb/sqldbtest"
)

// TestSearchMembers_ReadsIndexesAlone checks how SQLite reads: rows in the order of the
// list from the index that covers it, digits from indexes of their own.
func TestSearchMembers_ReadsIndexesAlone(t *testing.T) {
	t.Parallel()
	db := sqldbtest.Memory(t)
	if _, err := Open(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	covered := []string{"SEARCH member USING COVERING INDEX member_search (clinic=? AND merged_into=?)"}
	behind := []string{"SEARCH member USING COVERING INDEX member_search (clinic=? AND merged_into=? AND (kana_key,id)>(?,?))"}
	digits := []string{
		"SEARCH member USING INDEX member_card (clinic=? AND card_key=?)",
		"SEARCH member USING INDEX member_phone_back (clinic=? AND merged_into=? AND phone_back>? AND phone_back<?)",
		"SEARCH member USING INDEX member_number (clinic=? AND number=?)",
	}
	for _, test := range []struct {
		text          string
		first, second []string
	}{
		{"", covered, behind}, {"高橋", covered, behind}, {"高橋 はな 1234", covered, behind}, {"1234", digits, digits},
	} {
		for i, want := range [][]string{test.first, test.second} {
			m, err := newMemberSearch(MemberQuery{Text: test.text})
			if err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				m.at.Kana, m.at.ID = "タ", "m1"
			}
			q := m.listed("1234", 1001, true)
			if m.kind == "digits" {
				q = m.digits("1234", false)
			}
			rows, err := db.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.text.String(), q.args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var detail sql.NullString
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					t.Fatal(err)
				}
				if strings.Contains(detail.String, " member") {
					plan = append(plan, detail.String)
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(plan, want) {
				t.Errorf("%q is read by %q, want %q", test.text, plan, want)
			}
		}
	}
}
