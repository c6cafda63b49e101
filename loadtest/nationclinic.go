package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// nationClinic is one clinic of a nation: its desk, the tickets in its line and its
// viewers. One goroutine runs it.
type nationClinic struct {
	number string
	nodes  []string // URLs; the desk uses the first
	desk   *desk
	web    *client // of the patients, without a login
	random *rand.Rand

	tokens  map[string]string // of the tickets in the line
	waiting []string          // ids of the waiting tickets, in no order
	acts    int               // done so far

	viewers []*viewer     // the desk, a display, and patients
	changed chan struct{} // after a change of a viewer; one is enough
	lost    int           // frames that a viewer should have got
	last    durations     // from each request that changed the board to its last viewer
	leavers viewerSum     // of the viewers that have left
}

// viewerSum is what viewers have received.
type viewerSum struct {
	frames int // with a state
	stale  int
	bytes  int64 // of all frames, with their headers
}

// add adds another sum n times.
func (s *viewerSum) add(o viewerSum, n int) {
	s.frames += n * o.frames
	s.stale += n * o.stale
	s.bytes += int64(n) * o.bytes
}

// openNationClinic signs in at the first node. The seed is that of the random choices.
// The caller closes the clinic.
func openNationClinic(ctx context.Context, number, password string, seed uint64, nodes []string) (*nationClinic, error) {
	d, err := openDesk(ctx, nodes[0], number, "1", "demo", password)
	if err != nil {
		return nil, err
	}
	c := &nationClinic{
		number: number, nodes: nodes, desk: d, tokens: map[string]string{}, changed: make(chan struct{}, 1),
		random: rand.New(rand.NewPCG(seed, 0)),
	}
	if c.web, err = newClient(nodes[0], nil); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// fill adds n tickets to the line.
func (c *nationClinic) fill(ctx context.Context, n int) error {
	for range n {
		if _, err := c.issueAtDesk(ctx); err != nil {
			return fmt.Errorf("clinic %s: %w", c.number, err)
		}
	}
	return nil
}

// close ends the viewers and connections.
func (c *nationClinic) close() {
	for _, v := range c.viewers {
		v.close()
	}
	c.desk.close()
	if c.web != nil {
		c.web.close()
	}
}

// watch opens n viewers: the desk's page, a display, and patients who watch the
// board and their own ticket. They take the nodes in turn.
func (c *nationClinic) watch(ctx context.Context, n int) error {
	for i := range n {
		var target watchTarget
		switch i {
		case 0:
			target = watchTarget{topics: []string{c.staffTopic()}, cookie: c.desk.cookies()}
		case 1:
			target = watchTarget{topics: []string{"clinic:" + c.number}}
		default:
			target = c.patientTarget()
		}
		v, err := c.openViewer(ctx, i%len(c.nodes), target)
		if err != nil {
			return err
		}
		c.viewers = append(c.viewers, v)
	}
	return nil
}

func (c *nationClinic) staffTopic() string { return "staff:" + c.number }

// patientTarget is the page of a random waiting ticket that nobody watches.
func (c *nationClinic) patientTarget() watchTarget {
	for {
		id := c.waiting[c.random.IntN(len(c.waiting))]
		if c.viewerOf(id) < 0 {
			return watchTarget{topics: []string{c.desk.topic(), ticketTopic(id)}, token: c.tokens[id]}
		}
	}
}

func ticketTopic(id string) string { return "ticket:" + id }

func (c *nationClinic) openViewer(ctx context.Context, node int, target watchTarget) (*viewer, error) {
	return openViewer(ctx, c.nodes[node], node, target, func() {
		select {
		case c.changed <- struct{}{}:
		default:
		}
	})
}

// viewerOf returns the index of the viewer that watches the ticket, or -1.
func (c *nationClinic) viewerOf(id string) int {
	return slices.IndexFunc(c.viewers, func(v *viewer) bool { return slices.Contains(v.target.topics, ticketTopic(id)) })
}

func (c *nationClinic) removeWaiting(id string) {
	c.waiting = slices.DeleteFunc(c.waiting, func(other string) bool { return other == id })
}

// play does the next n acts of the day. Act i is due at start plus i times the
// interval, or when every viewer has the act before it.
func (c *nationClinic) play(ctx context.Context, n int, start time.Time, interval time.Duration) error {
	for i := range n {
		if !sleep(ctx, time.Until(start.Add(time.Duration(i)*interval))) {
			return ctx.Err()
		}
		if err := c.playOne(ctx, nationDay[c.acts%len(nationDay)]); err != nil {
			return fmt.Errorf("clinic %s, act %d: %w", c.number, c.acts+1, err)
		}
		c.acts++
	}
	return nil
}

// playOne does one act, and returns when every viewer that it concerns has it.
func (c *nationClinic) playOne(ctx context.Context, a nationAct) error {
	for _, v := range c.viewers {
		v.mark()
	}
	sent := time.Now()
	ticket, err := a.do(c, ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", a.name, err)
	}
	timeout := time.NewTimer(operationTimeout)
	defer timeout.Stop()
	for {
		r, err := c.reached(a, ticket)
		if err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
		if r.missing == 0 {
			c.lost += r.lost
			if a.shown {
				c.last = append(c.last, r.last.Sub(sent))
			}
			break
		}
		select {
		case <-c.changed:
		case <-timeout.C:
			return fmt.Errorf("%s: %d topics have not received it after %v", a.name, r.missing, operationTimeout)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if a.ends {
		return c.replaceViewer(ctx, ticket)
	}
	return nil
}

// reach is how far an act has come.
type reach struct {
	missing int       // topics of viewers that do not have it
	lost    int       // topics that have a later version and never had this one
	last    time.Time // when the last topic got it
}

// reached looks for the version that an act has made, the first that the desk got
// since.
func (c *nationClinic) reached(a nationAct, ticket string) (reach, error) {
	var r reach
	atDesk, err := c.viewers[0].arrivals(c.staffTopic())
	if err != nil {
		return r, err
	}
	if len(atDesk) == 0 {
		r.missing++
		return r, nil
	}
	for _, v := range c.viewers {
		for _, topic := range v.target.topics {
			if !c.concerns(a, ticket, topic) {
				continue
			}
			got, err := v.arrivals(topic)
			if err != nil {
				return r, err
			}
			r.count(got, atDesk[0].version)
		}
	}
	return r, nil
}

// concerns reports whether an act on the ticket must send a frame on the topic. The
// topic of another ticket may get one, as its place has changed.
func (c *nationClinic) concerns(a nationAct, ticket, topic string) bool {
	if strings.HasPrefix(topic, "ticket:") {
		return topic == ticketTopic(ticket)
	}
	return a.shown || topic == c.staffTopic()
}

// count adds a topic that must get the version.
func (r *reach) count(got []arrival, version uint64) {
	i := slices.IndexFunc(got, func(a arrival) bool { return a.version >= version })
	if i < 0 {
		r.missing++
		return
	}
	if got[i].version > version {
		r.lost++
	}
	if got[i].at.After(r.last) {
		r.last = got[i].at
	}
}

// replaceViewer lets the patient of an ended ticket leave. If they watched it,
// another patient opens their page at the same node.
func (c *nationClinic) replaceViewer(ctx context.Context, ticket string) error {
	i := c.viewerOf(ticket)
	delete(c.tokens, ticket)
	if i < 0 {
		return nil
	}
	gone := c.viewers[i]
	gone.close()
	c.leavers.add(gone.received(), 1)
	next, err := c.openViewer(ctx, gone.node, c.patientTarget())
	if err != nil {
		return err
	}
	c.viewers[i] = next
	return nil
}

// received returns the sum of all viewers.
func (c *nationClinic) received() viewerSum {
	sum := c.leavers
	for _, v := range c.viewers {
		sum.add(v.received(), 1)
	}
	return sum
}

// verify compares the newest state of every viewer with that of a node that has just
// started. It waits until they are equal, or returns an error after a timeout.
func (c *nationClinic) verify(ctx context.Context, fresh string, line int) error {
	var truth []*viewer
	defer func() {
		for _, v := range truth {
			v.close()
		}
	}()
	for _, v := range c.viewers {
		t, err := openViewer(ctx, fresh, 0, v.target, func() {})
		if err != nil {
			return fmt.Errorf("at a new node: %w", err)
		}
		truth = append(truth, t)
	}
	for deadline := time.Now().Add(operationTimeout); ; {
		var differences []error
		for i, v := range c.viewers {
			differences = append(differences, compareStates(v, truth[i]))
		}
		err := errors.Join(differences...)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("clinic %s: %w", c.number, err)
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return ctx.Err()
		}
	}
	f, err := c.desk.board(ctx)
	if err == nil && waitingTickets(f.Board) != line {
		err = fmt.Errorf("clinic %s: %d tickets wait, not %d", c.number, waitingTickets(f.Board), line)
	}
	return err
}
