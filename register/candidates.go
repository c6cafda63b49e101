package register

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"junban/internal/sqldb"
	"junban/queue/clinic"
	"junban/queue/typed"
)

// candidatesMost is how many candidates of one member, or members of one group, are shown.
const candidatesMost = 50

// Candidates returns the members that may be the same person as one (候補): those with the
// same phone and name, or the same name and birth. The program never merges by itself. The
// access log has the look at each of them (D14).
func (s *Store) Candidates(ctx context.Context, c clinic.ID, id MemberID, by clinic.Actor) ([]Member, error) {
	m, err := readMember(ctx, s.db, c, id)
	if err != nil {
		return nil, failed("look for candidates", err)
	}
	hits := []hit{}
	k := m.keys()
	for _, like := range []alike{{ofPhone, k.phone, k.name}, {ofBirth, m.Birth, k.name}} {
		found, err := like.hits(ctx, s.db, c)
		if err != nil {
			return nil, failed("look for candidates", err)
		}
		hits = append(hits, found...)
	}
	hits = slices.DeleteFunc(hits, func(h hit) bool { return h.id == id })
	slices.SortFunc(hits, compareHits)
	hits = slices.Compact(hits)
	members, err := readMembers(ctx, s.db, c, idsOf(hits[:min(len(hits), candidatesMost)]))
	if err == nil && len(members) > 0 {
		err = s.db.Write(ctx, func(tx *sql.Tx) error {
			for _, m := range members {
				if err := s.logAccess(ctx, tx, c, by, ActSearch, m.ID, "candidate of "+string(id)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, failed("look for candidates", err)
	}
	return members, nil
}

// alikeBy is what members of a group have in common besides the name: a column.
type alikeBy string

const (
	ofPhone alikeBy = "phone_key"
	ofBirth alikeBy = "birth"
)

// alike is a group of members that may be one person.
type alike struct {
	By    alikeBy `json:"by"`
	Value string  `json:"value"`
	Name  string  `json:"name"`
}

// hits are the members of a group that are not merged.
func (a alike) hits(ctx context.Context, db sqldb.Queryer, c clinic.ID) ([]hit, error) {
	if a.Value == "" || a.Name == "" {
		return nil, nil
	}
	var q query
	q.add("SELECT kana_key, id, 1 FROM member WHERE clinic = ? AND merged_into = '' AND "+string(a.By)+" = ? AND name_key = ?", string(c), a.Value, a.Name)
	fmt.Fprintf(&q.text, " LIMIT %d", candidatesMost+1)
	return q.hits(ctx, db)
}

// GroupPage is a page of the groups of members that may be one person.
type GroupPage struct {
	Groups [][]Member
	Next   string // "": the last page
}

// groupsAtOnce is how many groups a page has.
const groupsAtOnce = 20

// CandidateGroups returns a page of the clinic's groups of candidates, first those with the
// same phone. A page may have fewer groups than others, even none, and still have a next.
func (s *Store) CandidateGroups(ctx context.Context, c clinic.ID, after string) (GroupPage, error) {
	at := alike{By: ofPhone}
	if after != "" {
		data, err := base64.RawURLEncoding.DecodeString(after)
		if err == nil {
			err = json.Unmarshal(data, &at)
		}
		if err != nil || at.By != ofPhone && at.By != ofBirth || strings.ContainsFunc(at.Value+at.Name, typed.Refused) {
			return GroupPage{}, bad("the page is not one of this list")
		}
	}
	page := GroupPage{Groups: [][]Member{}}
	groups, err := groupsBehind(ctx, s.db, c, at)
	if err != nil {
		return GroupPage{}, failed("look for candidates", err)
	}
	for _, group := range groups[:min(len(groups), groupsAtOnce)] {
		hits, err := group.hits(ctx, s.db, c)
		if err != nil {
			return GroupPage{}, failed("look for candidates", err)
		}
		members, err := readMembers(ctx, s.db, c, idsOf(hits))
		if err != nil {
			return GroupPage{}, failed("look for candidates", err)
		}
		if len(members) > 1 && !(group.By == ofBirth && onePhone(members)) {
			page.Groups = append(page.Groups, members)
		}
	}
	switch {
	case len(groups) > groupsAtOnce:
		page.Next = groups[groupsAtOnce-1].cursor()
	case at.By == ofPhone:
		page.Next = alike{By: ofBirth}.cursor()
	}
	return page, nil
}

func (a alike) cursor() string {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // strings
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// onePhone reports whether a group was shown for its phone.
func onePhone(members []Member) bool {
	phone := members[0].keys().phone
	return phone != "" && !slices.ContainsFunc(members, func(m Member) bool { return m.keys().phone != phone })
}

// groupsBehind reads the next groups in the order of their index.
func groupsBehind(ctx context.Context, db sqldb.Queryer, c clinic.ID, at alike) ([]alike, error) {
	by := string(at.By)
	text := "SELECT " + by + ", name_key FROM member WHERE clinic = $1 AND merged_into = '' AND " + by + " <> '' AND name_key <> '' AND (" + by + ", name_key) > ($2, $3) GROUP BY " + by + ", name_key HAVING COUNT(*) > 1 ORDER BY " + by + fmt.Sprintf(", name_key LIMIT %d", groupsAtOnce+1)
	rows, err := db.QueryContext(ctx, text, string(c), at.Value, at.Name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var groups []alike
	for rows.Next() {
		a := alike{By: at.By}
		if err := rows.Scan(&a.Value, &a.Name); err != nil {
			return nil, err
		}
		groups = append(groups, a)
	}
	return groups, rows.Err()
}
