package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"junban/api/wire"
)

// desk is a client that is signed in as the staff of one service. Only
// setMessage may run concurrently.
type desk struct {
	*client
	service string // 情報番号
	current string // id of the ticket in room 1; empty if unknown
}

// openDesk signs in. The caller closes the desk.
func openDesk(ctx context.Context, base, clinic, service, user, password string) (*desk, error) {
	c, err := newClient(base, nil)
	if err != nil {
		return nil, err
	}
	d := &desk{client: c, service: clinic + "-" + service}
	if err := d.post(ctx, "/v1/login", "", wire.LoginRequest{Clinic: clinic, User: user, Password: password}, nil); err != nil {
		c.close()
		return nil, fmt.Errorf("signing in with JUNBAN_DEMO_PASSWORD: %w", err)
	}
	return d, nil
}

func (d *desk) topic() string { return "service:" + d.service }

// board reads the current board.
func (d *desk) board(ctx context.Context) (wire.Frame, error) {
	var f wire.Frame
	err := d.do(ctx, http.MethodGet, "/v1/services/"+d.service+"/board", "", nil, &f)
	if err == nil && f.Board == nil {
		err = fmt.Errorf("the response has no board of %s", d.service)
	}
	return f, err
}

// addWalkIn adds one ticket to the line.
func (d *desk) addWalkIn(ctx context.Context) error {
	return d.post(ctx, "/v1/services/"+d.service+"/walkins", rand.Text(), wire.IssueRequest{}, nil)
}

// addWalkIns adds n tickets to the line.
func (d *desk) addWalkIns(ctx context.Context, n int) error {
	for range n {
		if err := d.addWalkIn(ctx); err != nil {
			return err
		}
	}
	return nil
}

// callNext calls the next ticket and returns its number. The request names the
// ticket called before, as the pages do, so that a second desk causes an error.
func (d *desk) callNext(ctx context.Context) (int, error) {
	var called wire.TicketAnswer
	err := d.post(ctx, "/v1/services/"+d.service+"/call", rand.Text(), wire.CallRequest{Room: "1", Current: d.current}, &called)
	d.current = called.Ticket.ID // empty after an error, whose outcome is unknown
	return called.Ticket.Number, err
}

// setMessage sets the clinic's message.
func (d *desk) setMessage(ctx context.Context, text string) error {
	return d.do(ctx, http.MethodPut, "/v1/services/"+d.service+"/message", rand.Text(), wire.MessageRequest{Text: text}, nil)
}

// nextVersion returns the goal that is reached by the next change of the board.
func (d *desk) nextVersion(ctx context.Context) (Goal, error) {
	f, err := d.board(ctx)
	return Goal{Epoch: f.Epoch, Version: f.Version + 1}, err
}

// changeAndWait runs an act that changes the board. It returns the time before
// the act, and the sorted times at which the watchers received the change.
func (d *desk) changeAndWait(ctx context.Context, f *fleet, act func(context.Context) error) (sent time.Time, received []time.Time, err error) {
	goal, err := d.nextVersion(ctx)
	if err != nil {
		return sent, nil, err
	}
	if err := f.setGoal(goal); err != nil {
		return sent, nil, err
	}
	sent = time.Now()
	if err := act(ctx); err != nil {
		return sent, nil, err
	}
	received, err = f.wait(operationTimeout)
	return sent, received, err
}

// verify waits until every watcher shows the current board. After a timeout it
// returns an error with the number of the watchers that do not.
func (d *desk) verify(ctx context.Context, f *fleet) error {
	for deadline := time.Now().Add(operationTimeout); ; {
		current, err := d.board(ctx)
		if err != nil {
			return err
		}
		board, err := json.Marshal(current.Board)
		if err != nil {
			return err
		}
		views, err := f.views()
		if err != nil {
			return err
		}
		correct := views[View{current.Epoch, string(board)}]
		if correct == f.size {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d watchers do not show the current board; they show %d different boards", f.size-correct, f.size, len(views))
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
	}
}

// isCalling reports whether the board calls the number.
func isCalling(b *wire.Board, number int) bool {
	return slices.ContainsFunc(b.Calling, func(c wire.Calling) bool { return c.Number == number })
}
