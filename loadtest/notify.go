package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"time"

	"junban/api/wire"
)

// notify measures notices. Two clinics do the same acts in turn, one of them with a
// want of each patient. Then a push and a mail of each patient of two others is sent, as
// fast as the server can.
type notify struct {
	wants, pushes, mails, blocks int
}

func (c *notify) flags(fs *flag.FlagSet) {
	countVar(fs, &c.wants, "wants", 100, 300, "patients who want a push when they are called, and as many of another clinic who do not")
	countVar(fs, &c.blocks, "blocks", 4, 50, "parts of the acts, of each clinic in turn")
	countVar(fs, &c.pushes, "pushes", 2000, 2400, "confirmations by push, at once")
	countVar(fs, &c.mails, "mails", 500, 2400, "confirmations by mail, at once")
}

func (c *notify) shorten() { c.wants, c.blocks, c.pushes, c.mails = 20, 1, 60, 20 }

// The pace of the acts is ten calls a second. A room calls again after 5 s, when the
// notice of its last call has left.
const (
	noticeClients = 8
	noticePace    = 50 * time.Millisecond
	noticeSettle  = 4 * time.Second // after which the notices of a part have left
	noticeTimeout = time.Minute
)

func (c *notify) run(ctx context.Context, t *testbed, r *result) error {
	r.Settings = fmt.Sprintf("%d wants in a clinic, %d calls; %d pushes and %d mails at once", c.wants, c.wants, c.pushes, c.mails)
	if t.launcher == nil {
		return errors.New("notify imports clinics of its own, and receives what they send; leave out --url")
	}
	push, err := openPushSink()
	if err != nil {
		return err
	}
	t.onClose(push.close)
	mail, err := openMailSink()
	if err != nil {
		return err
	}
	t.onClose(mail.close)
	l := *t.launcher
	l.env = append(l.env[:len(l.env):len(l.env)], "JUNBAN_PUSH_ALLOW=127.0.0.0/8", "JUNBAN_MAIL="+mail.relay(), "JUNBAN_MAIL_FROM=junban <notice@junban.example>")
	t.launcher = &l
	if err := t.open(ctx); err != nil {
		return err
	}
	clients, err := t.openClients(ctx, noticeClients)
	if err != nil {
		return err
	}
	if err := c.measureActs(ctx, t, r, clients, push); err != nil {
		return err
	}
	if err := c.measurePushes(ctx, t, r, clients, push); err != nil {
		return err
	}
	return c.measureMails(ctx, t, r, clients, mail)
}

// measureActs does the same acts in a clinic without wants and in one with wants, in
// turn.
func (c *notify) measureActs(ctx context.Context, t *testbed, r *result, clients []*client, push *pushSink) error {
	without, err := t.openNoticeClinic(ctx, "2101", clients, c.wants)
	if err != nil {
		return err
	}
	with, err := t.openNoticeClinic(ctx, "2102", clients, c.wants)
	if err != nil {
		return err
	}
	devices, err := with.wantPushes(ctx, push, "call")
	if err != nil {
		return err
	}
	t.progressf("%d patients want a push", c.wants)
	deviceOf := map[string]int{}
	for i, ticket := range with.tickets {
		deviceOf[ticket.Ticket.ID] = devices[i]
	}
	var alone, beside durations
	calls := map[int]time.Time{} // by device
	for part := range c.blocks {
		from, to := part*2*c.wants/c.blocks, (part+1)*2*c.wants/c.blocks
		turns := []struct {
			*noticeClinic
			took *durations
		}{{without, &alone}, {with, &beside}}
		if part%2 == 1 { // what comes first after a pause is slower
			slices.Reverse(turns)
		}
		for _, one := range turns {
			if !sleep(ctx, noticeSettle) {
				return ctx.Err()
			}
			start := time.Now()
			for n := from; n < to; n++ {
				if !sleep(ctx, time.Until(start.Add(time.Duration(n-from)*noticePace))) {
					return ctx.Err()
				}
				took, called, err := one.act(ctx, n)
				if err != nil {
					return err
				}
				*one.took = append(*one.took, took)
				if device, ok := deviceOf[called]; ok {
					calls[device] = time.Now().Add(-took)
				}
			}
		}
	}
	got, err := push.wait(ctx, devices, noticeTimeout)
	if err != nil {
		return err
	}
	var delays durations
	for device, at := range got {
		delays = append(delays, at.Sub(calls[device]))
	}
	r.addDistribution("act without wants", alone)
	r.addDistribution("act with wants", beside)
	r.add("act with wants against without, median", beside.quantile(.5)/alone.quantile(.5), "ratio")
	r.add("act with wants against without, mean", mean(beside)/mean(alone), "ratio")
	r.addDistribution("push after the call", delays)
	r.add("calls without a push", float64(c.wants-len(got)), "calls")
	return nil
}

// mean is in milliseconds.
func mean(d durations) float64 {
	var sum time.Duration
	for _, one := range d {
		sum += one
	}
	return milliseconds(sum) / float64(max(len(d), 1))
}

// measurePushes has each patient of a clinic ask for a confirmation by push.
func (c *notify) measurePushes(ctx context.Context, t *testbed, r *result, clients []*client, push *pushSink) error {
	clinic, err := t.openNoticeClinic(ctx, "2103", clients, c.pushes)
	if err != nil {
		return err
	}
	start := time.Now()
	devices, err := clinic.wantPushes(ctx, push, "confirm")
	if err != nil {
		return err
	}
	t.progressf("%d patients asked for a push after %v", c.pushes, time.Since(start).Round(time.Millisecond))
	got, err := push.wait(ctx, devices, noticeTimeout)
	if err != nil {
		return err
	}
	return c.addRate(t, r, "pushes", c.pushes, start, got)
}

// measureMails does the same by mail. One address is proven and has all tickets, since a
// clinic's proofs are limited.
func (c *notify) measureMails(ctx context.Context, t *testbed, r *result, clients []*client, mail *mailSink) error {
	clinic, err := t.openNoticeClinic(ctx, "2104", clients, c.mails)
	if err != nil {
		return err
	}
	const address = "patient@mail.example"
	proven, err := clinic.prove(ctx, mail, address)
	if err != nil {
		return err
	}
	start, before := time.Now(), mail.count()
	err = clinic.each(func(i int, from *client) error {
		return clinic.want(ctx, i, from, wire.NewWant{Channel: "mail", Mail: address, Proven: proven}, "confirm")
	})
	if err != nil {
		return err
	}
	t.progressf("%d patients asked for a mail after %v", c.mails, time.Since(start).Round(time.Millisecond))
	got, err := mail.wait(ctx, before, c.mails, noticeTimeout)
	if err != nil {
		return err
	}
	return c.addRate(t, r, "mails", c.mails, start, got)
}

// addRate adds how many notices came a second, and how many did not come.
func (c *notify) addRate(t *testbed, r *result, what string, n int, start time.Time, got map[int]time.Time) error {
	perSecond, err := rate(start, got)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	var after durations
	for _, at := range got {
		after = append(after, at.Sub(start))
	}
	t.progressf("%d %s came after %v", len(got), what, slices.Max(after).Round(time.Millisecond))
	r.add(what+" a second", perSecond, what+"/s")
	r.add(what+" left out", float64(n-len(got)), what)
	return nil
}
