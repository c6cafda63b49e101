package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"

	"junban/api/wire"
)

// nationAct is one act of a clinic's day.
type nationAct struct {
	name    string
	waiting int  // by how much the line grows
	shown   bool // the public board changes
	ends    bool // the ticket's visit is over
	do      func(*nationClinic, context.Context) (ticket string, err error)
}

// nationDay is the order of acts at a clinic, again and again. At its end the line
// is as long as at its start, the room is empty, and nobody is absent. The last act
// changes every public topic.
var nationDay = []nationAct{
	{name: "issue on the web", waiting: 1, shown: true, do: (*nationClinic).issueOnWeb},
	{name: "arrive", do: (*nationClinic).arrive},
	{name: "call", waiting: -1, shown: true, do: (*nationClinic).callNext},
	{name: "enter", do: actInside("enter")},
	{name: "finish", shown: true, ends: true, do: actInside("finish")},
	{name: "call", waiting: -1, shown: true, do: (*nationClinic).callNext},
	{name: "absent", shown: true, do: actInside("absent")},
	{name: "issue on the web", waiting: 1, shown: true, do: (*nationClinic).issueOnWeb},
	{name: "arrive", do: (*nationClinic).arrive},
	{name: "return", waiting: 1, shown: true, do: (*nationClinic).comeBack},
	{name: "call", waiting: -1, shown: true, do: (*nationClinic).callNext},
	{name: "enter", do: actInside("enter")},
	{name: "finish", shown: true, ends: true, do: actInside("finish")},
	{name: "cancel", waiting: -1, shown: true, ends: true, do: (*nationClinic).cancel},
	{name: "issue at the desk", waiting: 1, shown: true, do: (*nationClinic).issueAtDesk},
	{name: "message", shown: true, do: (*nationClinic).setMessage},
}

// issueOnWeb takes a ticket as a patient does, without a login.
func (c *nationClinic) issueOnWeb(ctx context.Context) (string, error) {
	return c.issue(ctx, c.web, "tickets")
}

// issueAtDesk gives a ticket at the desk.
func (c *nationClinic) issueAtDesk(ctx context.Context) (string, error) {
	return c.issue(ctx, c.desk.client, "walkins")
}

func (c *nationClinic) issue(ctx context.Context, from *client, resource string) (string, error) {
	var issued wire.Issued
	if err := from.post(ctx, "/v1/services/"+c.desk.service+"/"+resource, rand.Text(), wire.IssueRequest{PartySize: 1}, &issued); err != nil {
		return "", err
	}
	id := issued.Ticket.ID
	c.tokens[id] = issued.Token
	c.waiting = append(c.waiting, id)
	return id, nil
}

// arrive reports that the patient with the newest ticket is here. The ticket must be
// from the web: at the desk, patients are here from the start.
func (c *nationClinic) arrive(ctx context.Context) (string, error) {
	return c.act(ctx, c.waiting[len(c.waiting)-1], "arrive", wire.ArriveRequest{Presence: "here"})
}

// callNext calls the next ticket to the free room.
func (c *nationClinic) callNext(ctx context.Context) (string, error) {
	c.desk.current = "nobody"
	_, err := c.desk.callNext(ctx)
	c.removeWaiting(c.desk.current)
	return c.desk.current, err
}

// actInside returns an act on the ticket that was called last.
func actInside(act string) func(*nationClinic, context.Context) (string, error) {
	return func(c *nationClinic, ctx context.Context) (string, error) {
		return c.act(ctx, c.desk.current, act, wire.ActRequest{})
	}
}

// comeBack returns the absent ticket, the last that was called, to the line.
func (c *nationClinic) comeBack(ctx context.Context) (string, error) {
	c.waiting = append(c.waiting, c.desk.current)
	return c.act(ctx, c.desk.current, "return", wire.ActRequest{})
}

// cancel cancels a random waiting ticket.
func (c *nationClinic) cancel(ctx context.Context) (string, error) {
	id := c.waiting[c.random.IntN(len(c.waiting))]
	c.removeWaiting(id)
	return c.act(ctx, id, "cancel", wire.ActRequest{})
}

// setMessage sets another message of the clinic.
func (c *nationClinic) setMessage(ctx context.Context) (string, error) {
	return "", c.desk.setMessage(ctx, fmt.Sprint("message ", c.acts))
}

// act does an act of the desk on a ticket.
func (c *nationClinic) act(ctx context.Context, ticket, act string, body any) (string, error) {
	return ticket, c.desk.do(ctx, http.MethodPost, "/v1/tickets/"+ticket+"/"+act, rand.Text(), body, nil)
}
