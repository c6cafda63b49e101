package register

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
)

// MemberID names a member of a clinic; see [Member].
type MemberID string

// MemberFields are what is kept of a person, as typed.
type MemberFields struct {
	Name, Kana string
	Birth      string // "1980-02-29", or ""
	Sex        string // "female", "male", "other" or ""
	Phone      string // as typed, with hyphens
	Mail       string
	Card       string // 診察券番号; unique among a clinic's members that are not merged
	Memo       string // the clinic's own
	Tags       []string
}

// Member is a clinic's record of a person (会員).
type Member struct {
	ID     MemberID
	Number int64  // 会員番号, counted per clinic
	Kind   string // "web" or "line" (L13)
	MemberFields
	MergedInto       MemberID // the member that it became; ""
	Version          int64    // counts its changes
	Created, Updated time.Time
}

// AddMember adds a member. The key makes a repeat of the same user's request harmless: it
// returns the member that the first one added, and refuses other fields. Without a key each request adds one.
func (s *Store) AddMember(ctx context.Context, c clinic.ID, f MemberFields, key string, by clinic.Actor) (Member, error) {
	f, err := f.Clean(s.now())
	if err != nil {
		return Member{}, err
	}
	id := newMemberID()
	if key != "" {
		id = memberIDOf(c, by, key)
	}
	var m Member
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		newest, err := lockMembers(ctx, tx, c)
		if err != nil {
			return err
		}
		if m, err = readMember(ctx, tx, c, id); err == nil && m.Version == 1 && len(m.changed(f)) > 0 {
			return queue.ErrKeyConflict // what was typed since would be lost
		}
		if !errors.Is(err, ErrNoMember) {
			return err // a repeat, or a failure
		}
		if err := cardFree(ctx, tx, c, f, ""); err != nil {
			return err
		}
		now := instant(millis(s.now()))
		m = Member{ID: id, Number: newest + 1, Kind: "web", MemberFields: f, Version: 1, Created: now, Updated: now}
		if err := storeMember(ctx, tx, c, m); err != nil {
			return err
		}
		if err := setNewestMember(ctx, tx, c, m.Number); err != nil {
			return err
		}
		return s.logAccess(ctx, tx, c, by, ActAdd, m.ID, "")
	})
	if err != nil {
		return Member{}, failed("add a member", err)
	}
	return m, nil
}

// Member returns a member, and logs that it was opened (D14). A merged one is returned as
// it is; its MergedInto leads on, see [Store.Resolve].
func (s *Store) Member(ctx context.Context, c clinic.ID, id MemberID, by clinic.Actor) (Member, error) {
	m, err := readMember(ctx, s.db, c, id)
	if err == nil {
		err = s.db.Write(ctx, func(tx *sql.Tx) error { return s.logAccess(ctx, tx, c, by, ActOpen, id, "") })
	}
	if err != nil {
		return Member{}, failed("read a member", err)
	}
	return m, nil
}

// Resolve returns the member that a member became by merges, itself if by none. It logs
// nothing.
func (s *Store) Resolve(ctx context.Context, c clinic.ID, id MemberID) (MemberID, error) {
	m, err := resolve(ctx, s.db, c, id)
	if err != nil {
		return "", failed("follow a member", err)
	}
	return m.ID, nil
}

func resolve(ctx context.Context, q sqldb.Queryer, c clinic.ID, id MemberID) (Member, error) {
	for range maxMerges {
		m, err := readMember(ctx, q, c, id)
		if err != nil || m.MergedInto == "" {
			return m, err
		}
		id = m.MergedInto
	}
	return Member{}, fmt.Errorf("member %s is merged more than %d times", id, maxMerges)
}

// maxMerges is how many merges a member may go through. It ends a circle, which no act
// makes.
const maxMerges = 1000

// EditMember replaces the fields of a member whose version the client has read.
func (s *Store) EditMember(ctx context.Context, c clinic.ID, id MemberID, f MemberFields, version int64, by clinic.Actor) (Member, error) {
	f, err := f.Clean(s.now())
	if err != nil {
		return Member{}, err
	}
	var m Member
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := lockMembers(ctx, tx, c); err != nil {
			return err
		}
		var err error
		if m, err = readMember(ctx, tx, c, id); err != nil {
			return err
		}
		switch {
		case m.MergedInto != "":
			return ErrMerged
		case m.Version != version:
			return ErrMemberChanged
		}
		if err := cardFree(ctx, tx, c, f, id); err != nil {
			return err
		}
		changed := m.changed(f)
		m.MemberFields, m.Version, m.Updated = f, m.Version+1, instant(millis(s.now()))
		if err := storeMember(ctx, tx, c, m); err != nil {
			return err
		}
		return s.logAccess(ctx, tx, c, by, ActEdit, id, strings.Join(changed, ", "))
	})
	if err != nil {
		return Member{}, failed("edit a member", err)
	}
	return m, nil
}

// changed names the fields that differ.
func (m Member) changed(f MemberFields) (names []string) {
	for _, field := range []struct{ name, before, after string }{
		{"name", m.Name, f.Name}, {"kana", m.Kana, f.Kana}, {"birth", m.Birth, f.Birth}, {"sex", m.Sex, f.Sex}, {"phone", m.Phone, f.Phone},
		{"mail", m.Mail, f.Mail}, {"card", m.Card, f.Card}, {"memo", m.Memo, f.Memo},
	} {
		if field.before != field.after {
			names = append(names, field.name)
		}
	}
	if !slices.Equal(m.Tags, f.Tags) {
		names = append(names, "tags")
	}
	return names
}

// lockMembers makes other changes of the clinic's members wait for the end of the
// transaction, and returns the newest number.
func lockMembers(ctx context.Context, tx *sql.Tx, c clinic.ID) (newest int64, err error) {
	err = tx.QueryRowContext(ctx, "INSERT INTO member_count (clinic, newest) VALUES ($1, 0) ON CONFLICT (clinic) DO UPDATE SET newest = member_count.newest RETURNING newest", string(c)).Scan(&newest)
	return newest, err
}

// setNewestMember sets the newest number. A number is never given again, even if its
// member is erased.
func setNewestMember(ctx context.Context, tx *sql.Tx, c clinic.ID, newest int64) error {
	_, err := tx.ExecContext(ctx, "UPDATE member_count SET newest = $2 WHERE clinic = $1", string(c), newest)
	return err
}

// cardFree refuses a card that another member has. Merged members have none.
func cardFree(ctx context.Context, tx *sql.Tx, c clinic.ID, f MemberFields, except MemberID) error {
	card := f.keys().card
	if card == "" {
		return nil
	}
	var other MemberID
	err := tx.QueryRowContext(ctx, "SELECT id FROM member WHERE clinic = $1 AND card_key = $2 AND card_key <> '' AND merged_into = ''", string(c), card).Scan(&other)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && other == except:
		return nil
	case err != nil:
		return err
	}
	return ErrCardTaken
}

// newMemberID returns an id that no member has.
func newMemberID() MemberID { return MemberID("m" + strings.ToLower(rand.Text()[:20])) }

// memberIDOf returns the id for a request of a user.
func memberIDOf(c clinic.ID, by clinic.Actor, key string) MemberID {
	sum := sha256.Sum256([]byte(strings.Join([]string{"member", string(c), by.Kind, by.Name, key}, "\x00")))
	return MemberID("m" + hex.EncodeToString(sum[:12]))
}

// failed adds what failed to an error. Refusals and invalid fields stay as they are.
func failed(what string, err error) error {
	if err == nil {
		return nil
	}
	var refused interface{ Code() string }
	if errors.As(err, &refused) {
		return err
	}
	return fmt.Errorf("%s: %w", what, err)
}
