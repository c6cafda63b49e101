package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"junban/api/wire"
)

// noticeRooms are the rooms of a clinic of notices. A called ticket stays called until
// its room calls again: a notice of a call settles for 3 s first.
const noticeRooms = 50

const noticeClinicYML = `---
id: "%s"
name: Notices
zone: %s
autoPause: 0
calendar:
  weekly:
%sservices:
  - id: 1
    name: One
rooms:
%s`

// noticeClinic is a clinic in order mode whose patients take their tickets on the web.
type noticeClinic struct {
	desk    *desk
	clients []*client
	tickets []wire.Issued
	called  [noticeRooms]string // the ticket in each room
	calls   int
}

// openNoticeClinic stores a clinic in the testbed's Redis, signs in at its desk, and takes
// n tickets. It is about noon there.
func (t *testbed) openNoticeClinic(ctx context.Context, id string, clients []*client, n int) (*noticeClinic, error) {
	zone := fmt.Sprintf("Etc/GMT%+d", time.Now().UTC().Hour()-12) // POSIX: east is negative
	var week, rooms strings.Builder
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		week.WriteString("    " + day + ": [{session: morning, consult: {from: \"06:00\", to: \"20:00\"}}]\n")
	}
	for r := range noticeRooms {
		fmt.Fprintf(&rooms, "  - {id: %d, name: Room %d, services: [1]}\n", r+1, r+1)
	}
	r := &sharedRedis{socket: t.redisSocket, password: t.demoPassword}
	if err := t.launcher.runCommand(ctx, r, "clinic import -", fmt.Sprintf(noticeClinicYML, id, zone, week.String(), rooms.String())); err != nil {
		return nil, err
	}
	if err := t.launcher.runCommand(ctx, r, "user set "+id+" demo", r.password+"\n"); err != nil {
		return nil, err
	}
	d, err := openDesk(ctx, t.url, id, "1", "demo", r.password)
	if err != nil {
		return nil, err
	}
	t.onClose(d.close)
	c := &noticeClinic{desk: d, clients: clients, tickets: make([]wire.Issued, n)}
	return c, c.each(func(i int, from *client) error {
		return from.post(ctx, "/v1/services/"+d.service+"/tickets", rand.Text(), wire.IssueRequest{PartySize: 1}, &c.tickets[i])
	})
}

// each runs do for every ticket. Each client does its own in turn.
func (c *noticeClinic) each(do func(i int, from *client) error) error {
	errs := make([]error, len(c.clients))
	var all sync.WaitGroup
	for n, from := range c.clients {
		all.Go(func() {
			for i := n; i < len(c.tickets) && errs[n] == nil; i += len(c.clients) {
				errs[n] = do(i, from)
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("clinic of %s: %w", c.desk.service, err)
		}
	}
	return nil
}

// want asks for one kind of notice for a ticket.
func (c *noticeClinic) want(ctx context.Context, i int, from *client, w wire.NewWant, kind string) error {
	w.Language, w.Kinds = "en", []string{kind}
	body := wire.WantsRequest{Consent: wire.ConsentVersion, Wants: []wire.NewWant{w}}
	ticket := c.tickets[i]
	got, err := from.exchange(ctx, http.MethodPut, "/v1/tickets/"+ticket.Ticket.ID+"/wants", http.Header{"Authorization": {"Bearer " + ticket.Token}}, body)
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("wants of ticket %d: %d %s", i, got.status, got.body)
	}
	return err
}

// wantPushes asks for a push of one kind for each ticket, and returns their devices.
func (c *noticeClinic) wantPushes(ctx context.Context, sink *pushSink, kind string) ([]int, error) {
	devices := make([]int, len(c.tickets))
	to := make([]wire.PushSubscription, len(c.tickets))
	for i := range to {
		var err error
		if devices[i], to[i], err = sink.subscribe(); err != nil {
			return nil, err
		}
	}
	return devices, c.each(func(i int, from *client) error {
		return c.want(ctx, i, from, wire.NewWant{Channel: "push", Push: &to[i]}, kind)
	})
}

// act does the next act of the day and returns how long its answer took: calls into the
// rooms in turn, and a new ticket after each.
func (c *noticeClinic) act(ctx context.Context, n int) (took time.Duration, called string, err error) {
	begun := time.Now()
	if n%2 != 0 {
		err = c.desk.addWalkIn(ctx)
		return time.Since(begun), "", err
	}
	room := c.calls % noticeRooms
	c.calls++
	var answer wire.TicketAnswer
	err = c.desk.post(ctx, "/v1/services/"+c.desk.service+"/call", rand.Text(), wire.CallRequest{Room: fmt.Sprint(room + 1), Current: c.called[room]}, &answer)
	c.called[room] = answer.Ticket.ID
	return time.Since(begun), answer.Ticket.ID, err
}

// prove proves a mail address for the clinic.
func (c *noticeClinic) prove(ctx context.Context, sink *mailSink, address string) (proven string, err error) {
	id, _, _ := strings.Cut(c.desk.service, "-")
	from, before := c.clients[0], sink.count()
	var proof wire.Proof
	if err := from.post(ctx, "/v1/proofs", "", wire.ProofRequest{Clinic: id, Mail: address, Language: "en"}, &proof); err != nil {
		return "", err
	}
	if got, err := sink.wait(ctx, before, 1, operationTimeout); err != nil || len(got) == 0 {
		return "", fmt.Errorf("no mail with a code has come: %w", err)
	}
	code, err := sink.code()
	if err != nil {
		return "", err
	}
	var answer wire.Proven
	err = from.post(ctx, "/v1/proofs/"+proof.Proof, "", wire.ProofCode{Code: code}, &answer)
	return answer.Proven, err
}
