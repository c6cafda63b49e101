package register

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"junban/internal/sqldb"
	"junban/queue"
	"junban/queue/clinic"
)

// Person is who is to be erased: a member with all that belongs to it, or the patients of
// some tickets.
type Person struct {
	Member  MemberID
	Tickets []queue.TicketID
}

// Line is where the line keeps who tickets are for: [queue.Store].
type Line interface {
	ErasePatients(ctx context.Context, c clinic.ID, ids []queue.TicketID) (removed int, err error)
	RewriteFile(ctx context.Context, c clinic.ID) (queue.Rewrite, error)
}

// Certificate is what an erasure removed, without the person.
type Certificate struct {
	ID      string
	At      time.Time
	By      string
	Removed Removed
}

// Removed counts what an erasure removed from each store.
type Removed struct {
	Members     int           `json:"members"`     // with those that were merged into it
	Merges      int           `json:"merges"`      // records of merges
	Bookings    int           `json:"bookings"`    // rows whose patient is removed; the rows stay
	Exports     int           `json:"exports"`     // files of the clinic; any of them may have the person
	Line        int           `json:"line"`        // patients of tickets in Redis
	RedisFile   queue.Rewrite `json:"redisFile"`   // what became of its append-only file
	DatabaseLog string        `json:"databaseLog"` // "purged", or "pending": the next checkpoint or vacuum does it
}

const certificateColumns = "id, at, by_user, removed"

// Erase erases a person everywhere, for ever: in the line, then in the database, with the
// files of exports that may have the person (D14). The line comes first, because the
// database knows the tickets: a failure between both is repaired by a repeat. Bookings stay
// as figures. The access log keeps the id, and the certificate is the proof.
func (s *Store) Erase(ctx context.Context, c clinic.ID, p Person, line Line, by clinic.Actor) (Certificate, error) {
	now := s.now()
	cert := Certificate{ID: sortedID(now), At: instant(millis(now)), By: by.Name, Removed: Removed{DatabaseLog: "pending"}}
	err := errGrown
	for round := 0; errors.Is(err, errGrown) && round < eraseRounds; round++ {
		err = s.eraseOnce(ctx, c, p, line, by, &cert)
	}
	if err != nil {
		return Certificate{}, failed("erase a person", err)
	}
	s.purge(ctx, c, &cert)
	return cert, nil
}

// eraseRounds is how often an erasure begins again.
const eraseRounds = 5

// errGrown is the error of an erasure whose person has got a booking or another member
// meanwhile: the line still has those.
var errGrown = errors.New("the person got more bookings during the erasure")

func (s *Store) eraseOnce(ctx context.Context, c clinic.ID, p Person, line Line, by clinic.Actor, cert *Certificate) error {
	found, err := s.belongings(ctx, s.db, c, p)
	if err != nil {
		return err
	}
	removed, err := line.ErasePatients(ctx, c, found.tickets)
	if err != nil {
		return err
	}
	cert.Removed.Line += removed
	if cert.Removed.RedisFile, err = line.RewriteFile(ctx, c); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *sql.Tx) error {
		if _, err := lockMembers(ctx, tx, c); err != nil {
			return err
		}
		now, err := s.belongings(ctx, tx, c, p)
		if err != nil {
			return err
		}
		if !slices.Equal(now.members, found.members) || !slices.Equal(now.tickets, found.tickets) {
			return errGrown
		}
		if err := s.eraseRows(ctx, tx, c, found, &cert.Removed); err != nil {
			return err
		}
		if err := s.logAccess(ctx, tx, c, by, ActErase, p.Member, cert.ID); err != nil {
			return err
		}
		removed, err := json.Marshal(cert.Removed)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO certificate (clinic, id, at, by_user, removed) VALUES ($1, $2, $3, $4, $5)", string(c), cert.ID, millis(cert.At), cert.By, string(removed))
		return err
	})
}

// purge removes what was erased from the files of the database. The person is erased even
// if it fails; the certificate then has it as pending.
func (s *Store) purge(ctx context.Context, c clinic.ID, cert *Certificate) {
	if s.db.Purge(ctx, "booking", "booking_person", "member", "member_merge", "export", "export_part") != nil {
		return
	}
	purged := cert.Removed
	purged.DatabaseLog = "purged"
	removed, err := json.Marshal(purged)
	if err != nil {
		return
	}
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE certificate SET removed = $3 WHERE clinic = $1 AND id = $2", string(c), cert.ID, string(removed))
		return err
	})
	if err == nil {
		cert.Removed = purged
	}
}

// Certificates lists the erasures of a clinic, the newest first.
func (s *Store) Certificates(ctx context.Context, c clinic.ID) ([]Certificate, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+certificateColumns+" FROM certificate WHERE clinic = $1 ORDER BY id DESC LIMIT 1000", string(c))
	if err != nil {
		return nil, failed("list certificates", err)
	}
	defer rows.Close()
	list := []Certificate{}
	for rows.Next() {
		var cert Certificate
		var at int64
		var removed string
		if err := rows.Scan(&cert.ID, &at, &cert.By, &removed); err != nil {
			return nil, failed("list certificates", err)
		}
		if err := json.Unmarshal([]byte(removed), &cert.Removed); err != nil {
			return nil, failed("list certificates", err)
		}
		cert.At = instant(at)
		list = append(list, cert)
	}
	return list, failed("list certificates", rows.Err())
}

// belongings are all that is kept of a person.
type belongings struct {
	members []MemberID // the member, then those that were merged into it
	tickets []queue.TicketID
}

// belongings finds what belongs to a person. Of a member these are its bookings, those
// without a member that have its name with its phone or card, and the tickets that a
// rebooking made of one another.
func (s *Store) belongings(ctx context.Context, db sqldb.Queryer, c clinic.ID, p Person) (found belongings, err error) {
	known := map[queue.TicketID]bool{}
	if p.Member != "" {
		m, err := readMember(ctx, db, c, p.Member)
		if err != nil {
			return found, err
		}
		if m.MergedInto != "" {
			return found, ErrMerged
		}
		found.members = []MemberID{m.ID}
		for i := 0; i < len(found.members); i++ {
			merged, err := idsIn[MemberID](ctx, db, "SELECT id FROM member WHERE clinic = $1 AND merged_into = $2", string(c), string(found.members[i]))
			if err != nil {
				return found, err
			}
			found.members = append(found.members, merged...)
			own, err := idsIn[queue.TicketID](ctx, db, "SELECT ticket FROM booking WHERE clinic = $1 AND member = $2 AND member <> ''", string(c), string(found.members[i]))
			if err != nil {
				return found, err
			}
			alike, err := s.alike(ctx, db, c, found.members[i])
			if err != nil {
				return found, err
			}
			for _, id := range append(own, alike...) {
				known[id] = true
			}
		}
	}
	for _, id := range p.Tickets {
		if _, err := queue.ParseTicketID(string(id)); err != nil || id.Ref().Clinic != c {
			return found, ErrNoBooking
		}
		known[id] = true
	}
	for id := range known {
		found.tickets = append(found.tickets, id)
	}
	for i := 0; i < len(found.tickets); i++ {
		chain, err := idsIn[queue.TicketID](ctx, db, "SELECT moved_to FROM booking WHERE ticket = $1 AND clinic = $2 UNION SELECT moved_from FROM booking WHERE ticket = $1 AND clinic = $2", string(found.tickets[i]), string(c))
		if err != nil {
			return found, err
		}
		for _, id := range chain {
			if id != "" && !known[id] {
				known[id] = true
				found.tickets = append(found.tickets, id)
			}
		}
	}
	slices.Sort(found.tickets)
	return found, nil
}

// alike are bookings without a member that have a member's name, and its phone or card.
func (s *Store) alike(ctx context.Context, db sqldb.Queryer, c clinic.ID, id MemberID) ([]queue.TicketID, error) {
	m, err := readMember(ctx, db, c, id)
	if err != nil {
		return nil, err
	}
	k := m.keys()
	if k.name == "" || k.phone == "" && k.card == "" {
		return nil, nil
	}
	persons, err := idsIn[int64](ctx, db, "SELECT person FROM booking_person WHERE clinic = $1 AND name_key = $2 AND (phone_key <> '' AND phone_key = $3 OR card_key <> '' AND card_key = $4)", string(c), k.name, k.phone, k.card)
	if err != nil {
		return nil, err
	}
	var all []queue.TicketID
	for _, person := range persons {
		tickets, err := idsIn[queue.TicketID](ctx, db, "SELECT ticket FROM booking WHERE clinic = $1 AND person = $2 AND member || '' = ''", string(c), person)
		if err != nil {
			return nil, err
		}
		all = append(all, tickets...)
	}
	return all, nil
}

// idsIn reads a query of one column.
func idsIn[T any](ctx context.Context, db sqldb.Queryer, query string, args ...any) (ids []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id T
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// noPatient are the assignments that remove the patient of a booking. A time in erased
// keeps the projection from bringing it back.
const noPatient = "name = '', kana = '', birth = '', sex = '', phone = '', mail = '', card = '', symptoms = '', memo = '', consent = 0, mark = '', name_key = '', kana_key = '', phone_key = '', card_key = '', person = 0"

func (s *Store) eraseRows(ctx context.Context, tx *sql.Tx, c clinic.ID, found belongings, removed *Removed) error {
	exec := func(n *int, query string, args ...any) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		count, err := result.RowsAffected()
		*n += int(count)
		return err
	}
	persons := map[int64]bool{}
	for part := range slices.Chunk(found.tickets, 200) {
		q := &statement{}
		list := texts(q, part)
		ids, err := idsIn[int64](ctx, tx, "SELECT DISTINCT person FROM booking WHERE ticket IN ("+list+") AND person <> 0", q.args...)
		if err != nil {
			return err
		}
		for _, id := range ids {
			persons[id] = true
		}
		where := " WHERE ticket IN (" + list + ") AND clinic || '' = " + q.arg(string(c))
		if err := exec(&removed.Bookings, "UPDATE booking SET "+noPatient+", member = '', erased = "+q.arg(s.now().UnixMilli())+where, q.args...); err != nil {
			return err
		}
	}
	var ignored int
	for id := range persons {
		if err := exec(&ignored, "DELETE FROM booking_person WHERE clinic = $1 AND person = $2 AND NOT EXISTS (SELECT 1 FROM booking WHERE clinic = $1 AND person = $2)", string(c), id); err != nil {
			return err
		}
	}
	for _, id := range found.members {
		if err := exec(&removed.Merges, "DELETE FROM member_merge WHERE clinic = $1 AND (kept = $2 OR merged = $2)", string(c), string(id)); err != nil {
			return err
		}
		if err := exec(&removed.Members, "DELETE FROM member WHERE clinic = $1 AND id = $2", string(c), string(id)); err != nil {
			return err
		}
	}
	if err := exec(&ignored, "DELETE FROM export_part WHERE clinic = $1", string(c)); err != nil {
		return err
	}
	now := s.now().UnixMilli()
	if err := exec(&removed.Exports, "UPDATE export SET state = 'expired', query = '{}', expires = $2 WHERE clinic = $1 AND state = 'done'", string(c), now); err != nil {
		return err
	}
	// Unfinished ones have the person in what is written, or in the text of their search.
	return exec(&removed.Exports, "UPDATE export SET state = 'failed', error = 'erased', query = '{}', finished = $2, parts = 0, bytes = 0 WHERE clinic = $1 AND state IN ('due', 'running')", string(c), now)
}
