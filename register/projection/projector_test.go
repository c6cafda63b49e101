package projection_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/queuetest"
	"junban/register"
	"junban/register/projection"
)

func TestMain(m *testing.M) {
	code := m.Run()
	sqldbtest.Stop()
	os.Exit(code)
}

// world is a clinic that takes bookings, with its register.
type world struct {
	testing.TB
	rdb       redis.UniversalClient
	line      *queue.Store
	books     *register.Store
	db        *sqldb.DB
	projector *projection.Projector
	ref       clinic.Ref
	today     clinic.Day
}

var staff = clinic.Actor{Kind: "desk", Name: "hanako"}

func newWorld(t testing.TB, db *sqldb.DB) *world {
	t.Helper()
	return newWorldOn(t, queuetest.Redis(t), db)
}

// newWorldOn is a world on a Redis of its own.
func newWorldOn(t testing.TB, rdb redis.UniversalClient, db *sqldb.DB) *world {
	t.Helper()
	w := &world{TB: t, rdb: rdb, db: db}
	var err error
	w.line, err = queue.NewStore(w.rdb, queue.Options{Acted: func(c clinic.ID, d clinic.Day) {
		if w.projector != nil {
			w.projector.Touch(c, d)
		}
	}})
	w.must(err)
	w.ref = clinic.Ref{Clinic: w.clinic(), Service: "1"}
	w.today = queuetest.Today(t, w.line, w.ref.Clinic)
	if db != nil {
		w.books = register.New(db, nil)
		w.projector = w.node()
	}
	return w
}

// clinic makes another clinic that takes bookings.
func (w *world) clinic() clinic.ID {
	w.Helper()
	c := queuetest.FreshClinic()
	c.Zone = queuetest.Noon()
	queuetest.TwoSessions(&c)
	c.Services[0].Booking = clinic.Booking{Days: 28}
	w.must(w.line.PutClinic(w.Context(), c, queue.Act{}))
	return c.ID
}

// node starts a projector, as another node does.
func (w *world) node() *projection.Projector {
	w.Helper()
	p, err := projection.New(only{w.line, w.ref.Clinic}, journal.New(w.line), w.books, projection.Options{})
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- p.Run(ctx) }()
	w.Cleanup(func() {
		stop()
		w.must(<-ended)
	})
	queuetest.Eventually(w, "the register is available", func() bool { return p.Up() == nil })
	return p
}

// only is a line of one clinic; other tests have theirs on the same Redis.
type only struct {
	*queue.Store
	clinic clinic.ID
}

func (o only) ClinicIDs(context.Context) ([]clinic.ID, error) { return []clinic.ID{o.clinic}, nil }

func (o only) ClaimBooks(_ context.Context, id string, _ bool) (string, error) { return id, nil }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) book(days int, name string) queue.TicketID {
	w.Helper()
	day := clinic.Day("")
	if days > 0 {
		day = w.today.Add(days)
	}
	i, err := w.line.Issue(w.Context(), w.ref, queue.Request{Channel: "desk", Party: 2, Day: day, Override: true, CodeHash: "code",
		Patient: queue.Patient{Name: name, Kana: "やまだ", Phone: "090-1234-5678", Birth: queue.BirthdayOf("1980-02-29"), Sex: queue.SexOf("female"), Consent: true}}, queue.Act{By: staff})
	w.must(err)
	return i.ID
}

func (w *world) row(id queue.TicketID) register.Booking {
	w.Helper()
	b, _, err := w.books.Recorded(w.Context(), id)
	w.must(err)
	return b
}

// same compares the row of a ticket with the line.
func (w *world) same(id queue.TicketID) {
	w.Helper()
	w.must(w.projector.Record(w.Context(), id))
	row := w.row(id)
	tickets, patients, err := w.line.TicketsOf(w.Context(), id.Ref().Clinic, id.Day(), []queue.TicketID{id})
	w.must(err)
	t := tickets[id]
	want := register.Booking{
		Ticket: id, Day: id.Day(), State: t.State, Number: t.Number, Channel: t.Channel, Party: t.Party, FirstVisit: t.FirstVisit, Kind: t.Kind,
		Session: t.Session, Weight: max(t.Weight, 1), Position: t.Position, CodeHash: t.CodeHash, Mark: t.Mark, Room: t.Room, Reason: t.Reason,
		Issued: t.Issued, Called: t.Called, Entered: t.Entered, Ended: t.Ended, Arrived: t.Arrived, MovedTo: t.MovedTo, MovedFrom: t.MovedFrom, Patient: patients[id],
		Slot: t.Slot, SlotEnd: t.SlotEnd, SlotFrom: t.SlotFrom, SlotTo: t.SlotTo, Late: t.Late,
	}
	if row.Updated.Before(t.Issued) || row.Version == 0 || row.Epoch == "" {
		w.Errorf("%s: updated %v at version %d of epoch %q", id, row.Updated, row.Version, row.Epoch)
	}
	row.Updated, row.Version, row.Epoch = time.Time{}, 0, ""
	if diff := cmp.Diff(want, row); diff != "" {
		w.Errorf("the row of %s (-line +row):\n%s", id, diff)
	}
}

// keep copies what Redis has of the clinic, and returns what restores that state.
func (w *world) keep() (restore func()) {
	w.Helper()
	pattern := "junban:{" + string(w.ref.Clinic) + "}:*"
	was := map[string]string{}
	keys, err := w.rdb.Keys(w.Context(), pattern).Result()
	w.must(err)
	for _, k := range keys {
		was[k], err = w.rdb.Dump(w.Context(), k).Result()
		w.must(err)
	}
	return func() {
		now, err := w.rdb.Keys(w.Context(), pattern).Result()
		w.must(err)
		for _, k := range now {
			w.must(w.rdb.Del(w.Context(), k).Err())
		}
		for k, text := range was {
			w.must(w.rdb.Restore(w.Context(), k, 0, text).Err())
		}
	}
}

// TestProjector_WritesEachTicketAsTheLineHasIt plays a morning while two nodes project.
func TestProjector_WritesEachTicketAsTheLineHasIt(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		other := w.node()
		tomorrow, moved := w.book(1, "山田花子"), w.book(1, "鈴木")
		w.same(tomorrow)
		now := w.book(0, "佐藤")
		act := func(t queue.Ticket, err error) queue.Ticket {
			w.Helper()
			w.must(err)
			other.Touch(w.ref.Clinic, w.today)
			return t
		}
		by := queue.Act{By: staff}
		act(w.line.Call(w.Context(), now, "1", by))
		act(w.line.Do(w.Context(), now, queue.Enter, by))
		act(w.line.Finish(w.Context(), now, false, by))
		act(w.line.Edit(w.Context(), tomorrow, queue.Edit{Patient: &queue.Patient{Name: "山田華子", Memo: "杖"}}, by))
		act(w.line.Do(w.Context(), tomorrow, queue.Cancel, by))
		act(w.line.Do(w.Context(), tomorrow, queue.Undo, by))
		new := act(w.line.Rebook(w.Context(), moved, w.today.Add(3), "", true, by))
		for _, id := range []queue.TicketID{tomorrow, moved, now, new.ID} {
			w.same(id)
		}
		if w.row(moved).MovedTo != new.ID || w.row(moved).State != queue.Cancelled {
			t.Errorf("the moved booking is %+v", w.row(moved))
		}
		before := w.row(now)
		done, err := w.projector.Rebuild(t.Context(), w.ref.Clinic)
		w.must(err)
		if done.Days != 3 || done.Rows != 4 {
			t.Errorf("rebuilt %+v", done)
		}
		if diff := cmp.Diff(before, w.row(now)); diff != "" {
			t.Errorf("a rebuild changes a row:\n%s", diff)
		}
	})
}

// TestProjector_MarksWhatTheLineHasLost restores Redis from an older copy, and once more
// from the newest.
func TestProjector_MarksWhatTheLineHasLost(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		old := w.book(2, "山田")
		w.same(old)
		older := w.keep()
		lost, cancelled := w.book(2, "鈴木"), w.book(2, "佐藤")
		_, err := w.line.Do(t.Context(), cancelled, queue.Cancel, queue.Act{By: staff})
		w.must(err)
		alone := w.book(5, "高橋") // nothing of its day is left
		for _, id := range []queue.TicketID{lost, cancelled, alone} {
			w.same(id)
		}
		newest := w.keep()
		missing := func() (ids []queue.TicketID) {
			found, err := w.books.MissingBookings(t.Context(), w.ref.Clinic, w.today)
			w.must(err)
			for _, b := range found {
				ids = append(ids, b.Ticket)
			}
			return ids
		}
		older()
		w.node() // its first round compares all days
		queuetest.Eventually(t, "the lost bookings are missing", func() bool { return cmp.Equal(missing(), []queue.TicketID{lost, alone}) })
		w.same(old)
		later := w.book(2, "田中") // acts go on in the new history
		w.same(later)
		if b := w.row(cancelled); b.State != queue.Cancelled || !b.Missing.IsZero() {
			t.Errorf("an ended booking is %+v", b)
		}
		if b := w.row(lost); b.Patient.Name != "鈴木" || b.Missing.IsZero() {
			t.Errorf("the lost booking is %+v", b)
		}
		claim, err := w.projector.Claim(t.Context(), lost)
		w.must(err)
		if _, err = w.line.Restore(t.Context(), lost, claim, queue.Act{By: staff}); err != nil {
			t.Fatal(err)
		}
		w.same(lost)
		if got := missing(); !cmp.Equal(got, []queue.TicketID{alone}) {
			t.Errorf("after a restore, %v are missing", got)
		}
		newest()
		w.node()
		queuetest.Eventually(t, "the later one is missing now", func() bool { return cmp.Equal(missing(), []queue.TicketID{later}) })
		w.same(lost)
	})
}

// TestProjector_ErasedStaysErased lets an act follow an erasure.
func TestProjector_ErasedStaysErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t))
	id := w.book(1, "山田")
	w.same(id)
	_, err := queryExec(t.Context(), w.db, fmt.Sprintf("UPDATE booking SET erased = 1, name = '', phone = '', member = 'm1' WHERE ticket = '%s'", id))
	w.must(err)
	_, err = w.line.Do(t.Context(), id, queue.Cancel, queue.Act{By: staff})
	w.must(err)
	w.must(w.projector.Record(t.Context(), id))
	if b := w.row(id); b.State != queue.Cancelled || b.Patient.Name != "" || b.Member != "m1" {
		t.Errorf("the row is %+v", b)
	}
}

func queryExec(ctx context.Context, db *sqldb.DB, query string) (n int64, err error) {
	err = db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, query)
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// TestProjector_KnowsThatADayIsClosed closes a day over a ticket that still waits.
func TestProjector_KnowsThatADayIsClosed(t *testing.T) {
	t.Parallel()
	rdb, set := queuetest.Memory(t)
	now := time.Now()
	set(now)
	w := newWorldOn(t, rdb, sqldbtest.SQLite(t))
	id := w.book(0, "山田")
	w.same(id)
	day := register.ClinicDay{Clinic: w.ref.Clinic, Day: w.today}
	at, err := w.books.Position(t.Context(), day)
	w.must(err)
	if at.Closed {
		t.Errorf("an open day is at %+v", at)
	}
	set(now.Add(36 * time.Hour))
	w.book(0, "鈴木") // the store learns the time
	w.must(w.line.CloseDay(t.Context(), w.ref.Clinic, w.today))
	queuetest.Eventually(t, "the day is closed in the register", func() bool {
		at, err := w.books.Position(t.Context(), day)
		w.must(err)
		return at.Closed && w.row(id).State.Ended()
	})
}
