package queue

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// ChangesKept is about how many changes of a clinic's record are kept.
const ChangesKept = 1000

// Change is one change of a clinic's record or accounts: who changed what. The keys of
// Before and After are the changed fields, such as name, services.1.comeAt or
// users.ann. A field that did not exist, or was removed, is missing on that side.
type Change struct {
	Rev           string // of the record that it made; "" of a change of accounts
	At            time.Time
	By            clinic.Actor
	Before, After map[string]json.RawMessage
}

// PutClinic writes a clinic's record, new or in place of the former one, after
// [clinic.Clinic.Validate]; its errors come joined. It refuses [ErrSettings] if c.Rev
// is no longer the newest record: no change is overwritten unseen. What was changed is
// kept with a.By, see [Store.Changes]. It refuses [ErrServiceNotEmpty] while a removed
// service has live tickets, which no desk would see. The error names how many they are.
// It refuses [ErrAffected] likewise while a service whose mode changes has live tickets.
// Each ticket whose session or slot the record takes, or part of it, gets a [Cut] in the
// same act.
func (s *Store) PutClinic(ctx context.Context, c clinic.Clinic, a Act) error {
	var bad []error
	for _, e := range c.Validate() {
		bad = append(bad, e)
	}
	if len(bad) > 0 {
		return fmt.Errorf("clinic %q: %w", c.ID, errors.Join(bad...))
	}
	c.Services = slices.Clone(c.Services) // the caller's may be a cached record's
	for i := range c.Services {           // scripts and pages read lists, never null
		c.Services[i].Hide = append([]string{}, c.Services[i].Hide...)
	}
	if err := s.putClinic(ctx, c, a); err != nil {
		return fmt.Errorf("clinic %s: %w", c.ID, err)
	}
	if err := s.rdb.SAdd(ctx, keyClinics, string(c.ID)).Err(); err != nil {
		return fmt.Errorf("clinic %s: %w", c.ID, err)
	}
	_, err := s.reread(ctx, c.ID)
	return err
}

func (s *Store) putClinic(ctx context.Context, c clinic.Clinic, a Act) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	loc, err := c.Location()
	if err != nil {
		return err
	}
	if a.By == (clinic.Actor{}) {
		a.By.Kind = "system"
	}
	a, life := keyed(a)
	ids := []string{}
	for _, r := range c.Rooms {
		ids = append(ids, r.ID)
	}
	rooms, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	call := scriptCall{name: "put_clinic", ref: clinic.Ref{Clinic: c.ID}, same: []string{c.Rev, string(text)}}
	_, _, err = s.attempt(ctx, call, 0, func() ([]string, []any, error) {
		former, err := s.reread(ctx, c.ID)
		if err != nil && !errors.Is(err, clinic.ErrNoClinic) {
			return nil, nil, err
		}
		before, after, err := changed(former.Clinic, c)
		if err != nil {
			return nil, nil, err
		}
		today := c.DayOf(s.now(), loc)
		days, err := s.rdb.ZRange(ctx, keyDays(c.ID), 0, -1).Result()
		if err != nil {
			return nil, nil, err
		}
		open := strings.Join(days, ",")
		if !slices.Contains(days, string(today)) { // a clock that leapt forward has closed it: the act opens it again
			days = append(days, string(today))
		}
		cuts, err := cutArg(former.Clinic, c, daysFrom(days, today))
		if err != nil {
			return nil, nil, err
		}
		grids, err := gridsArg(c, loc, daysFrom(days, today))
		if err != nil {
			return nil, nil, err
		}
		from, until := c.Bounds(today, loc)
		keys, argv := call.input(record{Clinic: c, rev: cmp.Or(c.Rev, former.rev)}, today, from.UnixMilli(), until.UnixMilli(), a, life)
		for _, d := range days {
			keys = append(keys, DayKey(c.ID, clinic.Day(d), "tickets"), keyCuts(c.ID, clinic.Day(d)))
		}
		return append(keys, keyClinic(c.ID), keyChanges(c.ID)),
			append(argv, rand.Text(), string(text), before, after, ChangesKept, string(rooms), open, cuts, modesChanged(former.Clinic, c), grids), nil
	}, func(reply []any) error {
		switch reply[1] {
		case "record":
			if c.Rev != "" {
				return ErrSettings
			}
			return nil // each attempt reads the record and the days again
		case "days":
			return nil
		}
		return s.refresh(ctx, call.ref, reply)
	})
	return err
}

// Changes returns the newest n changes of a clinic's record, the newest first.
func (s *Store) Changes(ctx context.Context, c clinic.ID, n int) ([]Change, error) {
	entries, err := s.rdb.XRevRangeN(ctx, keyChanges(c), "+", "-", int64(n)).Result()
	if err != nil {
		return nil, fmt.Errorf("changes of clinic %s: %w", c, err)
	}
	changes := []Change{}
	for _, e := range entries {
		field := func(name string) string {
			text, _ := e.Values[name].(string)
			return typed.Unmarked(text)
		}
		ms, err := strconv.ParseInt(field("at"), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("change %s of clinic %s: %w", e.ID, c, err)
		}
		change := Change{
			Rev: field("rev"), At: time.UnixMilli(ms),
			By: clinic.Actor{Kind: field("kind"), Name: field("name"), Device: field("dev")},
		}
		for name, into := range map[string]*map[string]json.RawMessage{"was": &change.Before, "is": &change.After} {
			if err := json.Unmarshal([]byte(field(name)), into); err != nil {
				return nil, fmt.Errorf("change %s of clinic %s: %w", e.ID, c, err)
			}
		}
		changes = append(changes, change)
	}
	return changes, nil
}

// changed returns, as JSON, what the fields that differ were and are.
func changed(was, is clinic.Clinic) (before, after string, err error) {
	b, a := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for _, side := range []struct {
		of   clinic.Clinic
		into map[string]json.RawMessage
	}{{was, b}, {is, a}} {
		if side.of.ID == "" {
			continue // there was no record
		}
		if err := fields(side.of, "", side.into); err != nil {
			return "", "", err
		}
		delete(side.into, "services")
		for _, service := range side.of.Services {
			if err := fields(service, "services."+service.ID+".", side.into); err != nil {
				return "", "", err
			}
		}
	}
	for field, value := range b {
		if bytes.Equal(value, a[field]) {
			delete(b, field)
			delete(a, field)
		}
	}
	textB, err := json.Marshal(b)
	if err != nil {
		return "", "", err
	}
	textA, err := json.Marshal(a)
	return string(textB), string(textA), err
}

// fields are those of a record as JSON.
func fields(record any, prefix string, into map[string]json.RawMessage) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	for field, value := range all {
		into[prefix+field] = value
	}
	return nil
}

// OfUsers reports whether a change is of the clinic's accounts, not of its record: it
// has no Rev.
func (c Change) OfUsers() bool { return c.Rev == "" }

// NoteChange adds a change that is not of the record to the clinic's changes, in a
// transaction of its caller. The rev of a change of users is "".
func (s *Store) NoteChange(ctx context.Context, p redis.Pipeliner, c clinic.ID, rev string, by clinic.Actor, before, after any) error {
	was, err := json.Marshal(before)
	if err != nil {
		return fmt.Errorf("note a change of clinic %s: %w", c, err)
	}
	is, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("note a change of clinic %s: %w", c, err)
	}
	return p.XAdd(ctx, &redis.XAddArgs{Stream: keyChanges(c), MaxLen: ChangesKept, Approx: true, Values: []any{
		"rev", rev, "at", s.now().UnixMilli(), "kind", by.Kind, "name", by.Name, "dev", by.Device, "was", was, "is", is,
	}}).Err()
}
