package registertest

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"

	"junban/internal/sqldb"
	"junban/queue/clinic"
	"junban/register"
	"junban/register/searchkey"
)

// AddMembers writes the rows of members, and returns them. A member without number gets
// the clinic's next one; a member without id gets m and its number in twelve digits.
func AddMembers(t testing.TB, db *sqldb.DB, c clinic.ID, members ...register.Member) []register.Member {
	t.Helper()
	var newest int64
	err := db.QueryRowContext(t.Context(), "SELECT COALESCE(MAX(newest), 0) FROM member_count WHERE clinic = $1", string(c)).Scan(&newest)
	if err != nil {
		t.Fatal(err)
	}
	for i := range members {
		m := &members[i]
		m.Number = cmp.Or(m.Number, newest+1)
		m.ID = cmp.Or(m.ID, register.MemberID(fmt.Sprintf("m%012d", m.Number)))
		m.Kind, m.Version = cmp.Or(m.Kind, "web"), cmp.Or(m.Version, 1)
		newest = max(newest, m.Number)
	}
	Insert(t, db, "member", []string{
		"clinic", "id", "number", "kind", "name", "kana", "birth", "sex", "phone", "mail", "card", "memo", "tags",
		"name_key", "kana_key", "loose_key", "phone_key", "phone_back", "card_key", "grams", "merged_into", "version", "created", "updated",
	}, len(members), func(i int) []any {
		m := members[i]
		if m.Tags == nil {
			m.Tags = []string{}
		}
		tags, err := json.Marshal(m.Tags)
		if err != nil {
			t.Fatal(err)
		}
		phone := searchkey.Phone(m.Phone)
		return []any{
			string(c), string(m.ID), m.Number, m.Kind, m.Name, m.Kana, m.Birth, m.Sex, m.Phone, m.Mail, m.Card, m.Memo, string(tags),
			searchkey.Name(m.Name), searchkey.Kana(cmp.Or(m.Kana, m.Name)), searchkey.Loose(cmp.Or(m.Kana, m.Name)), phone, searchkey.Back(phone), searchkey.Card(m.Card),
			searchkey.Grams(m.Name, m.Kana), string(m.MergedInto), m.Version, milliseconds(m.Created), milliseconds(m.Updated),
		}
	})
	err = db.Write(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "INSERT INTO member_count (clinic, newest) VALUES ($1, $2) ON CONFLICT (clinic) DO UPDATE SET newest = excluded.newest", string(c), newest)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return members
}
