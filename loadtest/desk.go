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

// desk plays the staff of one service, and changes its board.
type desk struct {
	*client
	service string // 情報番号
	current string // the ticket that it called to room 1 last; "": not known. Calls come one at a time
}

// openDesk signs in.
func openDesk(ctx context.Context, base, clinic, service, user, password string) (*desk, error) {
	c, err := newClient(base, nil)
	if err != nil {
		return nil, err
	}
	d := &desk{client: c, service: clinic + "-" + service}
	if err := d.post(ctx, "/v1/login", "", wire.LoginRequest{Clinic: clinic, User: user, Password: password}, nil); err != nil {
		c.close()
		return nil, fmt.Errorf("signing in (is JUNBAN_DEMO_PASSWORD the server's?): %w", err)
	}
	return d, nil
}

func (d *desk) topic() string { return "service:" + d.service }

// board reads what is true now.
func (d *desk) board(ctx context.Context) (wire.Frame, error) {
	var f wire.Frame
	err := d.do(ctx, http.MethodGet, "/v1/services/"+d.service+"/board", "", nil, &f)
	if err == nil && f.Board == nil {
		err = fmt.Errorf("the board of %s is missing in its answer", d.service)
	}
	return f, err
}

// walkin puts one more ticket into the line.
func (d *desk) walkin(ctx context.Context) (wire.Issued, error) {
	var answer wire.Issued
	err := d.post(ctx, "/v1/services/"+d.service+"/walkins", rand.Text(), wire.IssueRequest{}, &answer)
	return answer, err
}

// call calls the next ticket and returns its number. It names the ticket that it
// called before, as the pages do, so that another desk in that room is an error.
func (d *desk) call(ctx context.Context) (int, error) {
	var answer wire.TicketAnswer
	err := d.post(ctx, "/v1/services/"+d.service+"/call", rand.Text(), wire.CallRequest{Room: "1", Current: d.current}, &answer)
	d.current = answer.Ticket.ID // "" after an error: it may have been done
	return answer.Ticket.Number, err
}

// say sets the clinic's message.
func (d *desk) say(ctx context.Context, text string) error {
	return d.do(ctx, http.MethodPut, "/v1/services/"+d.service+"/message", rand.Text(), wire.MessageRequest{Text: text}, nil)
}

// fill puts n tickets into the line.
func (d *desk) fill(ctx context.Context, n int) error {
	for range n {
		if _, err := d.walkin(ctx); err != nil {
			return err
		}
	}
	return nil
}

// next is the goal that only a change from now on reaches.
func (d *desk) next(ctx context.Context) (Goal, error) {
	f, err := d.board(ctx)
	return Goal{Epoch: f.Epoch, Version: f.Version + 1}, err
}

// change does something to the board and returns when each watcher knew, with
// the moment before it began.
func (d *desk) change(ctx context.Context, f *fleet, act func(context.Context) error) (sent time.Time, seen []time.Time, err error) {
	goal, err := d.next(ctx)
	if err != nil {
		return sent, nil, err
	}
	if err := f.aim(goal); err != nil {
		return sent, nil, err
	}
	sent = time.Now()
	if err := act(ctx); err != nil {
		return sent, nil, err
	}
	seen, err = f.wait(patience)
	return sent, seen, err
}

// verify returns when every watcher shows what is true, or says who does not.
func (d *desk) verify(ctx context.Context, f *fleet) error {
	for deadline := time.Now().Add(patience); ; {
		truth, err := d.board(ctx)
		if err != nil {
			return err
		}
		board, err := json.Marshal(truth.Board)
		if err != nil {
			return err
		}
		views, err := f.views()
		if err != nil {
			return err
		}
		right := views[View{truth.Epoch, string(board)}]
		if right == f.n {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d of %d watchers do not show the board as it is: %d different ones are seen", f.n-right, f.n, len(views))
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
	}
}

// calls reports whether the board calls the number.
func calls(b *wire.Board, number int) bool {
	return slices.ContainsFunc(b.Calling, func(c wire.Calling) bool { return c.Number == number })
}
