package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"junban/internal/sqldb"
	"junban/queue/clinic"
)

// memberColumns are what scanMember reads, in its order.
const memberColumns = "id, number, kind, name, kana, birth, sex, phone, mail, card, memo, tags, merged_into, version, created, updated"

func scanMember(scan func(...any) error) (m Member, err error) {
	var tags string
	var created, updated int64
	err = scan(&m.ID, &m.Number, &m.Kind, &m.Name, &m.Kana, &m.Birth, &m.Sex, &m.Phone, &m.Mail, &m.Card, &m.Memo, &tags, &m.MergedInto, &m.Version, &created, &updated)
	if err != nil {
		return Member{}, err
	}
	m.Created, m.Updated = instant(created), instant(updated)
	if err := json.Unmarshal([]byte(tags), &m.Tags); err != nil {
		return Member{}, fmt.Errorf("read the tags of member %s: %w", m.ID, err)
	}
	return m, nil
}

// storedColumns are those that a change of a member writes, in the order of values.
var storedColumns = []string{
	"clinic", "id", "number", "kind", "name", "kana", "birth", "sex", "phone", "mail", "card", "memo", "tags",
	"name_key", "kana_key", "loose_key", "phone_key", "phone_back", "card_key", "grams", "merged_into", "version", "created", "updated",
}

func (m Member) values(c clinic.ID, k memberKeys) ([]any, error) {
	tags, err := json.Marshal(m.Tags)
	if err != nil {
		return nil, err
	}
	return []any{
		string(c), string(m.ID), m.Number, m.Kind, m.Name, m.Kana, m.Birth, m.Sex, m.Phone, m.Mail, m.Card, m.Memo, string(tags),
		k.name, k.kana, k.loose, k.phone, k.phoneBack, k.card, k.grams, string(m.MergedInto), m.Version, millis(m.Created), millis(m.Updated),
	}, nil
}

// storeText is the statement that writes n members. A known id replaces its row.
func storeText(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + placeholders(1+i*len(storedColumns), len(storedColumns)) + ")"
	}
	var set []string
	for _, column := range storedColumns[2:] {
		set = append(set, column+" = excluded."+column)
	}
	return "INSERT INTO member (" + strings.Join(storedColumns, ", ") + ") VALUES " + strings.Join(rows, ", ") + " ON CONFLICT (clinic, id) DO UPDATE SET " + strings.Join(set, ", ")
}

// storeMember writes a member.
func storeMember(ctx context.Context, tx *sql.Tx, c clinic.ID, m Member) error {
	values, err := m.values(c, m.keys())
	if err == nil {
		_, err = tx.ExecContext(ctx, storeText(1), values...)
	}
	return err
}

// placeholders is a list such as $3, $4, $5.
func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}

var memberForm = regexp.MustCompile(`^[0-9a-z]{1,40}$`)

// ParseMemberID checks the form of a member's id; it does not look it up.
func ParseMemberID(s string) (MemberID, error) {
	if !memberForm.MatchString(s) {
		return "", ErrNoMember
	}
	return MemberID(s), nil
}

// readMember reads one member.
func readMember(ctx context.Context, q sqldb.Queryer, c clinic.ID, id MemberID) (Member, error) {
	if _, err := ParseMemberID(string(id)); err != nil {
		return Member{}, err
	}
	m, err := scanMember(q.QueryRowContext(ctx, "SELECT "+memberColumns+" FROM member WHERE clinic = $1 AND id = $2", string(c), string(id)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Member{}, ErrNoMember
	}
	return m, err
}

// readMembers reads members in the order of the ids. One that is not there any more is
// left out.
func readMembers(ctx context.Context, q sqldb.Queryer, c clinic.ID, ids []MemberID) ([]Member, error) {
	if len(ids) == 0 {
		return []Member{}, nil
	}
	args := []any{string(c)}
	for _, id := range ids {
		args = append(args, string(id))
	}
	rows, err := q.QueryContext(ctx, "SELECT "+memberColumns+" FROM member WHERE clinic = $1 AND id IN ("+placeholders(2, len(ids))+")", args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[MemberID]Member, len(ids))
	for rows.Next() {
		m, err := scanMember(rows.Scan)
		if err != nil {
			return nil, err
		}
		found[m.ID] = m
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	members := make([]Member, 0, len(ids))
	for _, id := range ids {
		if m, ok := found[id]; ok {
			members = append(members, m)
		}
	}
	return members, nil
}
