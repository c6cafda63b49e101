package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"junban/queue"
	"junban/queue/clinic"
	"junban/queue/journal"
	"junban/queue/typed"
)

// dayOf reads a business date, or "today".
func dayOf(c clinic.Clinic, text string) (clinic.Day, error) {
	if text == "today" {
		loc, err := c.Location()
		if err != nil {
			return "", err
		}
		return c.DayOf(time.Now(), loc), nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is not a date such as 2026-11-21 or \"today\": %w", text, errUsage)
	}
	return clinic.Day(text), nil
}

// onDay does something with a clinic's day.
func (p *program) onDay(number, day string, do func(context.Context, *queue.Store, clinic.Clinic, clinic.Day) error) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := known(ctx, store, number)
		if err != nil {
			return err
		}
		d, err := dayOf(c, day)
		if err != nil {
			return err
		}
		return do(ctx, store, c, d)
	}
}

// printLog writes one line per event of a clinic's day, its columns parted by
// tabs: time in the clinic's zone, entry, version, act, object, who, device,
// what it was, what it is, and what else the entry tells.
func (p *program) printLog(ctx context.Context, store *queue.Store, c clinic.Clinic, d clinic.Day) error {
	loc, err := c.Location()
	if err != nil {
		return err
	}
	for e, err := range journal.New(store).Log(ctx, c.ID, d, "") {
		if err != nil {
			return err
		}
		was, is := e.Was, e.Is
		if _, ok := e.Ticket(); !ok { // words of people, with whatever is in them
			was, is = strconv.Quote(was), strconv.Quote(is)
		}
		var rest []string
		if len(e.Counts) > 0 {
			rest = append(rest, "counts "+fmt.Sprint(e.Counts))
		}
		if e.With != "" {
			rest = append(rest, "finishes "+string(e.With))
		}
		if e.Undoes != "" {
			rest = append(rest, "takes back "+e.Undoes)
		}
		if _, err := fmt.Fprintf(p.stdout, "%s\t%s\t%d\t%s\t%s\t%q\t%q\t%s\t%s\t%s\n",
			e.At.In(loc).Format("15:04:05.000"), e.ID, e.Version, e.Act, typed.Escape(e.Object),
			strings.TrimSpace(e.By.Kind+" "+e.By.Name), e.By.Device, typed.Escape(was), typed.Escape(is), typed.Escape(strings.Join(rest, ", "))); err != nil {
			return err
		}
	}
	return nil
}

// verify replays a day's log and writes in what Redis differs from it, which is
// an error.
func (p *program) verify(ctx context.Context, store *queue.Store, c clinic.Clinic, d clinic.Day) error {
	v, err := journal.New(store).Verify(ctx, c.ID, d)
	if err != nil {
		return err
	}
	for _, difference := range v.Differences {
		fmt.Fprintln(p.stdout, difference)
	}
	for _, broken := range v.Broken {
		fmt.Fprintln(p.stdout, broken)
	}
	if n := len(v.Differences) + len(v.Broken); n > 0 {
		return fmt.Errorf("clinic %s on %s differs from its log; differences: %d", c.ID, d, n)
	}
	_, err = fmt.Fprintf(p.stdout, "clinic %s on %s matches its log: version %d, %d events, %d tickets\n", c.ID, d, v.Version, v.Events, v.Tickets)
	return err
}
