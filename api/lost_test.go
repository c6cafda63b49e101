package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"junban/api/wire"
	"junban/queue"
	"junban/queue/clinic"
)

// TestLost_AnOwnersTokenBringsATicketBack lets owners ask for tickets of today that the
// line does not know. A failover onto a replica that lagged causes that.
func TestLost_AnOwnersTokenBringsATicketBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		cookie := w.login()
		here := []wire.Issued{w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{}), w.issue("1", wire.IssueRequest{})}
		known, err := w.line.Ticket(t.Context(), queue.TicketID(here[1].Ticket.ID))
		if err != nil {
			t.Fatal(err)
		}
		// vanished is a ticket that was issued instead of number 2, and its token.
		vanished := func(suffix string, number int) (queue.TicketID, string) {
			lost := known
			lost.ID, lost.Number = queue.TicketID(string(known.ID)[:len(known.ID)-12]+suffix), number
			token, err := w.api.keys.TicketToken(lost, queue.Patient{Name: "順番 花子", Phone: "09012345678"}, "004711")
			if err != nil {
				t.Fatal(err)
			}
			return lost.ID, token
		}
		twin, token := vanished("aaaaaaaaaaaa", 2)
		path := "/v1/tickets/" + string(twin)
		w.refused(403, "token_wrong", ask{method: "GET", path: path, token: here[1].Token})
		w.refused(404, "ticket_unknown", ask{method: "GET", path: path, token: plainToken(w.api.keys, twin)})
		w.refused(404, "ticket_unknown", ask{method: "GET", path: path, cookie: cookie})
		for range 2 {
			got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: path, token: token}).Ticket
			if got.State != "lost" || got.Number != 2 || got.Todo != wire.TodoDesk {
				t.Errorf("the owner sees %+v", got)
			}
		}
		seen := w.staff(cookie).Services[0].Tickets
		if len(seen) != 4 || seen[0].ID != string(twin) || seen[0].Phone != "09012345678" || seen[0].Twin != here[1].Ticket.ID || !slices.Equal(seen[0].Acts, []string{"readmit", "cancel"}) {
			t.Errorf("the desk sees %+v", seen)
		}
		if i := slices.IndexFunc(seen, func(s wire.StaffTicket) bool { return s.ID == here[1].Ticket.ID }); seen[i].Twin != string(twin) {
			t.Errorf("the other holder of number 2 is shown as %+v", seen[i])
		}
		if b := w.board("1"); b.Waiting.Tickets != 3 {
			t.Errorf("the public sees %d waiting", b.Waiting.Tickets)
		}
		if !strings.Contains(w.log.String(), "a ticket that redis has lost") {
			t.Error("the log says nothing of it")
		}
		w.act(cookie, string(twin), "readmit")
		back := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: path, token: token}).Ticket
		if back.State != "waiting" || back.Ahead == nil || *back.Ahead != 1 {
			t.Errorf("taken in again it is %+v", back)
		}

		// A watch files it as well.
		other, token := vanished("bbbbbbbbbbbb", 9)
		v := w.socket([]string{"ticket:" + string(other)}, token)
		f := v.next(func(f wire.Frame) bool { return f.Ticket != nil })
		if f.Ticket.State != "lost" || f.Ticket.Number != 9 {
			t.Errorf("the watcher is sent %+v", f.Ticket)
		}
		w.act(cookie, string(other), "cancel")
		v.next(func(f wire.Frame) bool { return f.Ticket != nil && f.Ticket.State == "cancelled" })
		if next := w.issue("1", wire.IssueRequest{}).Ticket.Number; next != 10 {
			t.Errorf("the next number is %d: the lost one could be given again", next)
		}
	})
}

// shaky is a line on which the first filing of a lost ticket fails.
type shaky struct {
	Line
	filings *atomic.Int64
}

func (l shaky) FileLost(ctx context.Context, id queue.TicketID, c queue.Claim) (queue.Ticket, error) {
	if l.filings.Add(1) == 1 {
		return queue.Ticket{}, errors.New("LOADING Redis is loading the dataset in memory")
	}
	return l.Line.FileLost(ctx, id, c)
}

// TestLost_AWatchFilesItsTicketThoughRedisIsAwayAtFirst watches a ticket that the line
// does not know, while the filing fails once.
func TestLost_AWatchFilesItsTicketThoughRedisIsAwayAtFirst(t *testing.T) {
	t.Parallel()
	var filings atomic.Int64
	w := newWorld(t, func(c *Config) { c.Line = shaky{c.Line, &filings} })
	here := w.issue("1", wire.IssueRequest{})
	lost, err := w.line.Ticket(t.Context(), queue.TicketID(here.Ticket.ID))
	if err != nil {
		t.Fatal(err)
	}
	lost.ID, lost.Number = queue.TicketID(here.Ticket.ID[:len(here.Ticket.ID)-12]+"aaaaaaaaaaaa"), 7
	token, err := w.api.keys.TicketToken(lost, queue.Patient{}, "")
	if err != nil {
		t.Fatal(err)
	}
	v := w.socket([]string{"ticket:" + string(lost.ID)}, token)
	if f := v.next(func(f wire.Frame) bool { return f.Ticket != nil }); f.Ticket.State != "lost" || f.Ticket.Number != 7 || filings.Load() != 2 {
		t.Errorf("after %d filings the watcher is sent %+v", filings.Load(), f.Ticket)
	}
}

// TestLost_AnOwnerActsOnALostTicket sends a cancel or an arrival for a ticket that the
// line does not know. It is the owner's first request. It is filed and then answered as
// the lost ticket that it is.
func TestLost_AnOwnerActsOnALostTicket(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, w *world) {
		w.record(func(c *clinic.Clinic) {
			c.Services[0].WebCancel, c.Services[0].Capacity.OneEach = true, true
		})
		cookie := w.login()
		issue := wire.IssueRequest{Patient: wire.Patient{Name: "Nguyễn Thị Hồng Hạnh", Phone: "090-1234-5678"}}
		here := w.issue("1", issue)
		w.act(cookie, here.Ticket.ID, "cancel")
		known, err := w.line.Ticket(t.Context(), queue.TicketID(here.Ticket.ID))
		if err != nil {
			t.Fatal(err)
		}
		vanished := func(suffix string, number int, day clinic.Day) (path, token string) {
			lost := known
			lost.ID, lost.Number = queue.TicketID(w.ref("1")+"-"+strings.ReplaceAll(string(day)[2:], "-", "")+"-"+suffix), number
			token, err := w.api.keys.TicketToken(lost, queue.Patient{Name: issue.Patient.Name, Phone: "09012345678"}, here.CancelCode)
			if err != nil {
				t.Fatal(err)
			}
			return "/v1/tickets/" + string(lost.ID), token
		}
		today := clinic.Day(here.Ticket.Day)

		path, token := vanished("aaaaaaaaaaaa", 2, today)
		arrival := ask{method: "POST", path: path + "/arrive", token: token, body: wire.ArriveRequest{Presence: "here"}}
		plain := arrival
		plain.token = plainToken(w.api.keys, queue.TicketID(strings.TrimPrefix(path, "/v1/tickets/")))
		w.refused(404, "ticket_unknown", plain)
		if got := get[wire.TicketAnswer](w, 200, arrival).Ticket; got.State != "lost" || got.Presence != "here" || !got.Cancellable {
			t.Errorf("after the arrival it is %+v", got)
		}
		// It is the person's one ticket again, by the whole name.
		w.refused(409, "already_received", w.web("1", issue))
		sister := issue
		sister.Patient.Name = "Nguyễn Thị Hồng Hoa"
		w.issue("1", sister)

		path, token = vanished("bbbbbbbbbbbb", 7, today)
		cancel := func(code string) ask {
			return ask{method: "POST", path: path + "/cancel", token: token, body: wire.CancelRequest{CancelCode: code}}
		}
		w.refused(403, "wrong_cancel_code", cancel("x"+here.CancelCode))
		if got := get[wire.TicketAnswer](w, 200, cancel(here.CancelCode)).Ticket; got.State != "cancelled" {
			t.Errorf("after the cancel it is %+v", got)
		}
		w.refused(409, "state_forbids", ask{method: "POST", path: path + "/arrive", token: token, body: wire.ArriveRequest{Presence: "here"}})

		// A ticket of another day is not filed.
		for _, day := range []clinic.Day{"2020-01-02", "2099-01-02"} {
			path, token = vanished("cccccccccccc", 8, day)
			w.refused(404, "ticket_unknown", ask{method: "GET", path: path, token: token})
		}
		w.refused(404, "ticket_unknown", cancel(here.CancelCode)) // of a day to come
	})
}
