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

// parseDay parses a business date, or "today" in the clinic's zone.
func parseDay(c clinic.Clinic, text string) (clinic.Day, error) {
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

// withDay returns a task on one day of a clinic.
func (p *program) withDay(number, day string, do func(context.Context, *queue.Store, clinic.Clinic, clinic.Day) error) task {
	return func(ctx context.Context, store *queue.Store) error {
		c, err := lookupClinic(ctx, store, number)
		if err != nil {
			return err
		}
		d, err := parseDay(c, day)
		if err != nil {
			return err
		}
		return do(ctx, store, c, d)
	}
}

// printLog prints one line per event of a clinic's day. The columns, separated
// by tabs, are: local time, entry id, version, act, object, user, device, value
// before, value after, and further details.
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
		if _, ok := e.Ticket(); !ok { // free text: it may contain control characters
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
			rest = append(rest, "undoes "+e.Undoes)
		}
		if _, err := fmt.Fprintf(p.stdout, "%s\t%s\t%d\t%s\t%s\t%q\t%q\t%s\t%s\t%s\n",
			e.At.In(loc).Format("15:04:05.000"), e.ID, e.Version, e.Act, typed.Escape(e.Object),
			strings.TrimSpace(e.By.Kind+" "+e.By.Name), e.By.Device, typed.Escape(was), typed.Escape(is), typed.Escape(strings.Join(rest, ", "))); err != nil {
			return err
		}
	}
	return nil
}

// verify replays a day's log and prints how Redis differs from it. It returns
// an error if there is any difference.
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
