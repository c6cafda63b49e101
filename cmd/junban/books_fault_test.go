//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"junban/api/wire"
	"junban/cmd/junban/internal/embedded"
	"junban/cmd/junban/internal/programtest"
	"junban/internal/sqldb"
	"junban/internal/sqldb/sqldbtest"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
	"junban/register"
)

// office is a clinic at noon that takes bookings, served by a real process.
type office struct {
	*testing.T
	s       *programtest.Running
	c       *programtest.Client
	env     []string
	flags   []string
	today   clinic.Day
	booked  int
	tickets []queue.TicketID
}

// newOffice imports the clinic and starts a server on its data folder.
func newOffice(t *testing.T, env []string, flags ...string) *office {
	t.Helper()
	programtest.Needs(t, embedded.Program)
	o := &office{T: t, env: env, flags: flags}
	o.serve(t.TempDir())
	return o
}

func (o *office) serve(data string) {
	o.Helper()
	fresh := o.s == nil
	o.s = programtest.Serve(o.T, data, o.env, o.flags...)
	if fresh {
		week := ""
		for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
			week += "    " + d + ": [{session: morning, consult: {from: \"09:00\", to: \"18:00\"}}]\n"
		}
		file := "id: \"2001\"\nname: 医院\nlisted: true\nautoPause: 0\nzone: " + queuetest.Noon() + "\ncalendar:\n  weekly:\n" + week +
			"services: [{id: 1, name: 内科, booking: {days: 7}}]\nrooms: [{id: 1, name: 診察室, services: [1]}]\n"
		programtest.Must(o.T, file, nil, "--data="+data, "clinic", "import", "-")
		programtest.Must(o.T, programtest.Password+"\n", nil, "--data="+data, "user", "set", "2001", "desk")
	}
	o.today = queuetest.Today(o.T, o.store(), "2001")
	o.c = o.s.Client()
	o.c.LogIn(o.T, "2001", "desk")
}

func (o *office) store() *queue.Store {
	o.Helper()
	store, err := queue.NewStore(o.s.Redis(o.T), queue.Options{})
	if err != nil {
		o.Fatal(err)
	}
	return store
}

// walkIn takes a number of today, which must work whatever the register does.
func (o *office) walkIn() {
	o.Helper()
	var got wire.Issued
	o.c.OK(o.T, "POST", "/v1/services/2001-1/walkins", wire.IssueRequest{PartySize: 1, Override: true}, &got)
	o.tickets = append(o.tickets, queue.TicketID(got.Ticket.ID))
}

// press books tomorrow, or any day ahead, with the nth key.
func (o *office) press(n, days int) (wire.Issued, int) {
	o.Helper()
	var got wire.Issued
	status := o.c.Do(o.T, "POST", "/v1/services/2001-1/bookings", map[string]string{"Idempotency-Key": programtest.Key(fmt.Sprint(n))},
		wire.IssueRequest{PartySize: 1, Day: string(o.today.Add(days)), Override: true, Patient: wire.Patient{Name: fmt.Sprintf("患者 %d", n), Phone: "090-1234-5678"}}, &got)
	return got, status
}

// refused books another day while the register is away: it is not confirmed.
func (o *office) refused() {
	o.Helper()
	if _, status := o.press(o.booked+1, 1); status != http.StatusServiceUnavailable {
		o.Fatalf("a booking that one store alone has is answered with %d", status)
	}
}

// confirmed books another day, with the key of a refused one, until that is confirmed.
func (o *office) confirmed() queue.TicketID {
	o.Helper()
	o.booked++
	var got wire.Issued
	programtest.Eventually(o.T, "the booking is confirmed", func() bool {
		var status int
		got, status = o.press(o.booked, 1)
		return status == http.StatusCreated
	})
	o.tickets = append(o.tickets, queue.TicketID(got.Ticket.ID))
	return o.tickets[len(o.tickets)-1]
}

// agree waits until the register has every ticket as the line has it, by itself. Open
// returns the address of the database, or of a copy.
func (o *office) agree(open func() string) {
	o.Helper()
	why, line := "", o.store()
	defer func() {
		if o.Failed() {
			o.Logf("the register differs: %s", why)
		}
	}()
	programtest.Eventually(o.T, "the rows are the tickets", func() bool {
		why = o.differs(open(), line)
		return why == ""
	})
}

// differs is the first difference between the register and the line; "" is none.
func (o *office) differs(address string, line *queue.Store) string {
	o.Helper()
	db, err := sqldb.Open(o.Context(), address)
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	books := register.New(db, nil)
	for _, id := range o.tickets {
		row, ok, err := books.Recorded(o.Context(), id)
		if err != nil {
			return err.Error() // the database is busy, or a copy is half done
		}
		tickets, patients, err := line.TicketsOf(o.Context(), "2001", id.Day(), []queue.TicketID{id})
		if err != nil {
			o.Fatal(err)
		}
		t, there := tickets[id]
		if !ok || !there || row.State != t.State || row.Number != t.Number || row.Position != t.Position || row.Patient != patients[id] || !row.Missing.IsZero() {
			return fmt.Sprintf("%s is there: %t, in the line: %t; row %+v, ticket %+v", id, ok, there, row, t)
		}
	}
	return ""
}

// at opens a database where it is.
func at(address string) func() string { return func() string { return address } }

// copied opens copies of a database that only the program sees.
func (o *office) copied(folder string) func() string {
	return func() string {
		o.Helper()
		to := o.TempDir()
		for _, name := range []string{"r.db", "r.db-wal"} {
			text, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(o.s.Cmd.Process.Pid), "root", folder, name))
			if err == nil {
				err = os.WriteFile(filepath.Join(to, name), text, 0o600)
			}
			if err != nil && !os.IsNotExist(err) {
				o.Fatal(err)
			}
		}
		return sqldb.File(filepath.Join(to, "r.db"))
	}
}

// TestBooks_PostgresIsAway starts without the database, then stalls it, and loses the
// answer to a commit.
func TestBooks_PostgresIsAway(t *testing.T) {
	t.Parallel()
	address := sqldbtest.PostgresURL(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	folder, query := t.TempDir(), u.Query()
	server := filepath.Join(query.Get("host"), ".s.PGSQL.5432")
	query.Set("host", folder)
	u.RawQuery = query.Encode()
	o := newOffice(t, nil, "--database="+u.String())
	o.walkIn()
	o.refused()
	proxy := queuetest.ProxyTo(t, server, filepath.Join(folder, ".s.PGSQL.5432"))
	o.confirmed()
	o.agree(at(address))

	proxy.Stall()
	o.walkIn()
	o.refused()
	o.walkIn()
	proxy.Resume()
	o.confirmed()
	proxy.Swallow(1)
	o.confirmed()
	proxy.Cut()
	o.walkIn()
	o.confirmed()
	o.agree(at(address))
}

// TestBooks_DiskIsFull fills the disk of the register, and frees it.
func TestBooks_DiskIsFull(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, "unshare", "-rm", "true")
	programtest.Needs(t, "nsenter", "--version")
	folder := t.TempDir()
	o := newOffice(t, []string{programtest.SmallDisk + "=" + folder + "=2m"}, "--database=sqlite:"+filepath.Join(folder, "r.db"))
	inside := fmt.Sprintf("/proc/%d/root%s", o.s.Cmd.Process.Pid, folder)
	o.walkIn()
	o.confirmed()
	fill := filepath.Join(inside, "fill")
	if err := os.WriteFile(fill, make([]byte, 4<<20), 0o600); err == nil {
		t.Fatal("the disk is not small")
	}
	o.walkIn()
	for !strings.Contains(o.s.Log.String(), "the register is not available") { // until the database has used what it has
		o.walkIn()
	}
	o.refused()
	o.walkIn()
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	o.confirmed()
	o.agree(o.copied(folder))
}

// TestBooks_DiskIsReadOnly starts on a disk that takes no writes, and lets it take them.
func TestBooks_DiskIsReadOnly(t *testing.T) {
	t.Parallel()
	programtest.Needs(t, "unshare", "-rm", "true")
	programtest.Needs(t, "nsenter", "--version")
	folder := t.TempDir()
	o := newOffice(t, []string{programtest.SmallDisk + "=" + folder + "=2m,ro"}, "--database=sqlite:"+filepath.Join(folder, "r.db"))
	o.walkIn()
	o.refused()
	o.walkIn()
	pid := fmt.Sprint(o.s.Cmd.Process.Pid)
	cmd := exec.CommandContext(t.Context(), "nsenter", "-U", "--preserve-credentials", "-m", "-t", pid, "mount", "-o", "remount,rw", folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("remount: %v: %s", err, out)
	}
	o.confirmed()
	o.agree(o.copied(folder))
}

// TestBooks_SurvivesKills kills the program while it books and projects.
func TestBooks_SurvivesKills(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	for range 3 {
		var taking sync.WaitGroup
		var mu sync.Mutex
		for range 4 {
			taking.Go(func() {
				for range 25 {
					mu.Lock()
					o.booked++
					n := o.booked
					mu.Unlock()
					issued, ok := o.tries(n)
					if !ok {
						return
					}
					mu.Lock()
					o.tickets = append(o.tickets, issued)
					if len(o.tickets)%40 == 0 {
						o.s.Cmd.Process.Kill()
					}
					mu.Unlock()
				}
			})
		}
		taking.Wait()
		o.s.Cmd.Process.Kill()
		<-o.s.Ended
		o.serve(o.s.Data)
		o.agree(at(sqldb.File(filepath.Join(o.s.Data, booksFile))))
	}
	out := programtest.Must(t, "", nil, "--data="+o.s.Data, "register", "rebuild")
	if again := programtest.Must(t, "", nil, "--data="+o.s.Data, "register", "rebuild", "2001"); !strings.Contains(out, again) || !strings.Contains(again, ", 0 missing") {
		t.Errorf("rebuilt %q, then %q", out, again)
	}
	o.agree(at(sqldb.File(filepath.Join(o.s.Data, booksFile))))
}

// tries books tomorrow once; ok is false where the program has died meanwhile.
func (o *office) tries(n int) (id queue.TicketID, ok bool) {
	body := fmt.Sprintf(`{"partySize": 1, "override": true, "day": %q, "patient": {"name": "患者 %d"}}`, o.today.Add(1), n)
	r, err := http.NewRequestWithContext(o.Context(), http.MethodPost, o.c.URL+"/v1/services/2001-1/bookings", strings.NewReader(body))
	if err != nil {
		return "", false
	}
	r.Header.Set("Idempotency-Key", programtest.Key(fmt.Sprint(n)))
	r.Header.Set("Content-Type", "application/json")
	r.AddCookie(&http.Cookie{Name: "junban_session", Value: o.c.Login})
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", false
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return "", false
	}
	return queue.TicketID(strings.TrimPrefix(answer.Header.Get("Location"), "/v1/tickets/")), true
}

// TestBooks_AgreesWithOlderCopies restores an older copy of the register, then one of
// Redis. The desk takes in again what Redis has lost.
func TestBooks_AgreesWithOlderCopies(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	data := o.s.Data
	address := sqldb.File(filepath.Join(data, booksFile))
	folder := t.TempDir()
	keep := func(name string) {
		t.Helper()
		o.s.Stop(t)
		if err := os.CopyFS(filepath.Join(folder, name), os.DirFS(data)); err != nil {
			t.Fatal(err)
		}
		o.serve(data)
	}
	restore := func(name, what string) {
		t.Helper()
		o.s.Stop(t)
		old, err := filepath.Glob(filepath.Join(data, what+"*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range old {
			if err := os.RemoveAll(file); err != nil {
				t.Fatal(err)
			}
		}
		if out, err := exec.CommandContext(t.Context(), "sh", "-c", `cp -a "$0"/`+what+`* "$1"`, filepath.Join(folder, name), data).CombinedOutput(); err != nil {
			t.Fatalf("copy: %v: %s", err, out)
		}
		o.serve(data)
	}
	o.walkIn()
	o.confirmed()
	keep("first")
	o.walkIn()
	o.confirmed()
	restore("first", booksFile)
	o.walkIn()
	o.agree(at(address))

	keep("second")
	o.walkIn() // the desk has no row of it in its list: it is today's
	lost := []queue.TicketID{o.confirmed(), o.confirmed()}
	o.agree(at(address))
	restore("second", "redis")
	o.walkIn()
	missing := func() (ids []queue.TicketID) {
		t.Helper()
		var got wire.MissingBookings
		o.c.OK(t, "GET", "/v1/clinics/2001/missing", nil, &got)
		for _, b := range got.Tickets {
			if b.Day != string(o.today) {
				ids = append(ids, queue.TicketID(b.ID))
			}
		}
		return ids
	}
	programtest.Eventually(t, "the desk sees what is lost", func() bool { return len(missing()) == len(lost) })
	for _, id := range append(lost, lost...) { // two desks
		var got wire.TicketAnswer
		if o.c.OK(t, "POST", "/v1/tickets/"+string(id)+"/restore", nil, &got); got.Ticket.State != "waiting" || got.Ticket.Day != string(o.today.Add(1)) {
			t.Errorf("restored as %+v", got.Ticket)
		}
	}
	if left := missing(); len(left) != 0 {
		t.Errorf("still missing: %v", left)
	}
	var today wire.MissingBookings
	o.c.OK(t, "GET", "/v1/clinics/2001/missing", nil, &today)
	for _, b := range today.Tickets {
		o.c.OK(t, "POST", "/v1/tickets/"+b.ID+"/restore", nil, nil)
	}
	o.agree(at(address))

	programtest.Must(t, "", nil, "--data="+data, "clinic", "remove", "2001")
	db, err := sqldb.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	left, err := register.New(db, nil).Positions(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for d := range left {
		if d.Clinic == "2001" {
			t.Errorf("of the removed clinic, %s is left", d.Day)
		}
	}
}
