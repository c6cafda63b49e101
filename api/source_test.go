package api

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"junban/account"
	"junban/api/wire"
	"junban/hub"
	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/queuetest"
)

// counted counts what is asked of the line beside acts.
type counted struct {
	Line
	calls chan string
}

func (c *counted) note(what string) {
	select {
	case c.calls <- what:
	default:
	}
}

func (c *counted) Snapshot(ctx context.Context, id clinic.ID) (*queue.Snapshot, error) {
	c.note("snapshot")
	return c.Line.Snapshot(ctx, id)
}

func (c *counted) Clinic(ctx context.Context, id clinic.ID) (clinic.Clinic, error) {
	c.note("clinic")
	return c.Line.Clinic(ctx, id)
}

func (c *counted) Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error) {
	c.note("ticket")
	return c.Line.Ticket(ctx, id)
}

// countedAccounts counts the logins that are looked up.
type countedAccounts struct {
	Accounts
	line *counted
}

func (c countedAccounts) Login(ctx context.Context, id clinic.ID, hash string) (string, account.Role, error) {
	c.line.note("login")
	return c.Accounts.Login(ctx, id, hash)
}

func TestWatch_WarmTopicsAskRedisForNothing(t *testing.T) {
	t.Parallel()
	line := &counted{calls: make(chan string, 100)} // more than are made
	w := newWorld(t, func(c *Config) {
		line.Line = c.Line
		c.Line, c.Accounts = line, countedAccounts{c.Accounts, line}
		c.Hub = hub.Options{Linger: time.Minute}
	})
	mine := w.issue("1", wire.IssueRequest{})
	w.socket([]string{"clinic:" + w.number()}, "").next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
	for len(line.calls) > 0 {
		<-line.calls
	}
	topics := []string{"clinic:" + w.number(), "service:" + w.ref("1"), "service:" + w.ref("2"), "ticket:" + mine.Ticket.ID}
	for range 2 {
		v := w.socket(topics, mine.Token)
		for seen := map[string]bool{}; len(seen) < 4; {
			seen[v.next(func(f wire.Frame) bool { return f.Topic != "" }).Topic] = true
		}
	}
	if len(line.calls) > 0 {
		t.Errorf("a watch of a warm clinic made a call: %s", <-line.calls)
	}
}

func TestTicketTopic_OfLongAgoIsReadOnce(t *testing.T) {
	t.Parallel()
	line := &counted{calls: make(chan string, 100)}
	w := newWorld(t, func(c *Config) { line.Line = c.Line; c.Line = line })
	cookie := w.login()
	first := w.issue("1", wire.IssueRequest{})
	w.act(cookie, first.Ticket.ID, "cancel")
	for range queue.EndedKept {
		w.act(cookie, w.issue("1", wire.IssueRequest{}).Ticket.ID, "cancel")
	}
	v := w.socket([]string{"ticket:" + first.Ticket.ID, "service:" + w.ref("1")}, first.Token)
	if f := v.next(func(f wire.Frame) bool { return f.Type == wire.TypeTicket }); f.Ticket.State != "cancelled" || f.Ticket.Todo != wire.TodoNone {
		t.Errorf("ticket %+v", f.Ticket)
	}
	reads := func() (n int) {
		for len(line.calls) > 0 {
			if <-line.calls == "ticket" {
				n++
			}
		}
		return n
	}
	if n := reads(); n != 1 {
		t.Errorf("%d reads of the ticket", n)
	}
	next := w.issue("1", wire.IssueRequest{})
	v.next(func(f wire.Frame) bool {
		return f.Board != nil && len(f.Board.Line) == 1 && f.Board.Line[0] == next.Ticket.Number
	})
	if n := reads(); n != 0 {
		t.Errorf("%d more reads of the ticket", n)
	}
	if got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + first.Ticket.ID, token: first.Token}).Ticket; got.State != "cancelled" {
		t.Errorf("asked for: %+v", got)
	}
}

// forgetful is a line that cannot read a ticket the first time.
type forgetful struct {
	Line
	asked *atomic.Bool
}

func (f forgetful) Ticket(ctx context.Context, id queue.TicketID) (queue.Ticket, error) {
	if !f.asked.Swap(true) {
		return queue.Ticket{}, errors.New("no connection")
	}
	return f.Line.Ticket(ctx, id)
}

func TestTicketTopic_OfAPastDay(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64 // how far the line's clock is ahead
	w := newWorld(t, func(c *Config) {
		c.Line.(*queuetest.Model).Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		c.Line = forgetful{c.Line, new(atomic.Bool)}
	})
	mine := w.issue("1", wire.IssueRequest{})
	ahead.Store(int64(48 * time.Hour))
	isOver := func(got wire.Ticket) bool {
		return got.State == "waiting" && got.Todo == wire.TodoNone && !got.Cancellable && got.Ahead == nil
	}
	f := w.socket([]string{"ticket:" + mine.Ticket.ID}, mine.Token).next(func(f wire.Frame) bool { return f.Ticket != nil })
	if !isOver(*f.Ticket) {
		t.Errorf("the socket says %+v", f.Ticket)
	}
	if got := get[wire.TicketAnswer](w, 200, ask{method: "GET", path: "/v1/tickets/" + mine.Ticket.ID, token: mine.Token}).Ticket; !isOver(got) {
		t.Errorf("the answer says %+v", got)
	}
	w.refused(410, "day_over", ask{method: "POST", path: "/v1/tickets/" + mine.Ticket.ID + "/cancel", token: mine.Token, body: wire.CancelRequest{CancelCode: mine.CancelCode}})
}

func TestTicketTopic_ThatIsNotKeptIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := queue.TicketID(w.ref("1") + "-200101-abcdefghijkl")
	w.socket([]string{"ticket:" + string(id)}, plainToken(w.api.keys, id)).next(func(f wire.Frame) bool {
		return f.Type == wire.TypeStale && f.Topic == "ticket:"+string(id)
	})
}

func TestServiceTopic_TakenOutOfTheRecordIsStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.socket([]string{"service:" + w.ref("2")}, "")
	v.next(func(f wire.Frame) bool { return f.Board != nil })
	c := w.clinic
	c.Services, c.Rooms = c.Services[:1], slices.Clone(c.Rooms[:1])
	c.Rooms[0].Services = []string{"1"}
	if err := w.put.PutClinic(t.Context(), c, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeStale })
}

// doubtful is a feed that stops vouching when it is told to.
type doubtful struct {
	wellFeed
	doubt chan bool
}

func (d doubtful) Follow(ctx context.Context, c clinic.ID, w queue.Watcher) error {
	snap, err := d.Snapshot(ctx, c)
	if err != nil {
		return err
	}
	w.Emit(snap)
	for {
		select {
		case <-ctx.Done():
			return nil
		case doubt := <-d.doubt:
			if doubt {
				w.Stale(time.Now())
			} else {
				w.Emit(snap)
			}
		}
	}
}

func TestStale_IsToldToAllAndEndedByTheSameVersion(t *testing.T) {
	t.Parallel()
	doubt := make(chan bool)
	w := newWorld(t, func(c *Config) { c.Feed = doubtful{c.Feed.(wellFeed), doubt} })
	topic := "service:" + w.ref("1")
	isBoard := func(f wire.Frame) bool { return f.Type == wire.TypeBoard }
	isStale := func(f wire.Frame) bool { return f.Type == wire.TypeStale }
	v := w.socket([]string{topic}, "")
	before := v.next(isBoard)
	doubt <- true
	if f := v.next(isStale); f.Topic != topic || f.Since.IsZero() {
		t.Errorf("stale %+v", f)
	}
	late := w.socket([]string{"clinic:" + w.number()}, "")
	late.next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
	late.next(isStale)
	doubt <- false
	if after := v.next(isBoard); after.Version != before.Version || after.Epoch != before.Epoch {
		t.Errorf("after %+v, before %+v", after, before)
	}
	late.next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
}

func TestFollow_ClinicThatIsRemovedGoesStale(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	v := w.socket([]string{"clinic:" + w.number()}, "")
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
	if err := w.line.(interface {
		RemoveClinic(context.Context, clinic.ID) error
	}).RemoveClinic(t.Context(), w.clinic.ID); err != nil {
		t.Fatal(err)
	}
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeStale })
	if err := w.put.PutClinic(t.Context(), w.clinic, queue.Act{}); err != nil {
		t.Fatal(err)
	}
	v.next(func(f wire.Frame) bool { return f.Type == wire.TypeClinic })
}

func TestSource_ViewersComeAndGoWhileTheLineMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const numbers, guests = 30, 6
	moved := make(chan struct{})
	var wg sync.WaitGroup
	topics := []string{"service:" + w.ref("1"), "clinic:" + w.number()}
	for range guests {
		wg.Go(func() {
			for {
				select {
				case <-moved:
					return
				default:
				}
				w.glance(topics)
			}
		})
	}
	for range numbers {
		w.issue("1", wire.IssueRequest{})
	}
	close(moved)
	wg.Wait()
	v := w.socket(topics, "")
	v.next(func(f wire.Frame) bool { return f.Board != nil && f.Board.Waiting.Tickets == numbers })
}

// glance opens an event stream and leaves at its first frame.
func (w *world) glance(topics []string) {
	r, err := http.NewRequestWithContext(w.t.Context(), "GET", w.url+watchPath(topics), nil)
	if err != nil {
		w.t.Error(err)
		return
	}
	r.Header.Set("Accept", "text/event-stream")
	res, err := w.client.Do(r)
	if err != nil {
		w.t.Error(err)
		return
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			return
		}
	}
	w.t.Error("a stream without a frame")
}
