package queuetest

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// PutClinic is [queue.Store.PutClinic].
func (m *Model) PutClinic(_ context.Context, c clinic.Clinic, a queue.Act) error {
	var bad []error
	for _, e := range c.Validate() {
		bad = append(bad, e)
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.clinics[c.ID]
	if k == nil {
		k = &clinicState{
			desks: map[string]*desk{}, days: map[clinic.Day]*day{}, acts: map[string]actResult{},
			duties: map[string]queue.Duty{}, figures: map[clinic.Day]queue.Figures{},
		}
	}
	if c.Rev != "" && c.Rev != k.rev {
		return queue.ErrSettings
	}
	if m.clinics[c.ID] != nil {
		for room := range k.day(m.today(k)).rooms {
			if _, stays := c.Room(room); !stays {
				return queue.ErrRoomNotEmpty
			}
		}
		for _, s := range c.Services {
			if before, ok := k.record.Service(s.ID); ok && before.BySlot() != s.BySlot() && m.inUse(k, s.ID) {
				return queue.ErrAffected
			}
		}
		left := 0
		for _, d := range k.days {
			for _, t := range d.tickets {
				_, home := c.Service(t.ID.Ref().Service)
				_, lane := c.Service(t.Line)
				if !t.State.Ended() && !(home && lane) {
					left++
				}
			}
		}
		if left > 0 {
			return fmt.Errorf("%w: %d", queue.ErrServiceNotEmpty, left)
		}
	}
	m.clinics[c.ID] = k
	before, after := flat(k.record), flat(c)
	for field, value := range before {
		if bytes.Equal(value, after[field]) {
			delete(before, field)
			delete(after, field)
		}
	}
	k.rev = rand.Text()
	if err := m.cut(k, c); err != nil {
		return err
	}
	c.Rev = k.rev
	k.record = c
	k.zone, _ = c.Location() // validated with the record
	k.changes = append(k.changes, queue.Change{Rev: k.rev, At: m.now(), By: a.By, Before: before, After: after})
	k.day(m.today(k)).bump()
	m.notify()
	return nil
}

// inUse reports whether live tickets of today or of days to come were issued for a
// service, or stand in its line.
func (m *Model) inUse(k *clinicState, service string) bool {
	for on, d := range k.days {
		if on < m.today(k) {
			continue
		}
		for _, t := range d.tickets {
			if !t.State.Ended() && (t.ID.Ref().Service == service || t.Line == service) {
				return true
			}
		}
	}
	return false
}

// flat is a record by its fields, those of the services apart.
func flat(c clinic.Clinic) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	if c.ID == "" {
		return fields
	}
	add := func(prefix string, record any) {
		text, _ := json.Marshal(record)
		var all map[string]json.RawMessage
		_ = json.Unmarshal(text, &all)
		for field, value := range all {
			fields[prefix+field] = value
		}
	}
	add("", c)
	delete(fields, "services")
	for _, s := range c.Services {
		add("services."+s.ID+".", s)
	}
	return fields
}

// Changes is [queue.Store.Changes].
func (m *Model) Changes(_ context.Context, id clinic.ID, n int) ([]queue.Change, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	changes := []queue.Change{}
	if c, ok := m.clinics[id]; ok {
		changes = append(changes, c.changes...)
		slices.Reverse(changes)
	}
	return changes[:min(n, len(changes))], nil
}

// Clinic is [queue.Store.Clinic].
func (m *Model) Clinic(_ context.Context, id clinic.ID) (clinic.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id]; ok {
		return c.record, nil
	}
	return clinic.Clinic{}, clinic.ErrNoClinic
}

// Clinics is [queue.Store.Clinics].
func (m *Model) Clinics(context.Context) ([]clinic.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []clinic.Clinic{}
	for _, c := range m.clinics {
		all = append(all, c.record)
	}
	slices.SortFunc(all, func(a, b clinic.Clinic) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// RemoveClinic is [queue.Store.RemoveClinic].
func (m *Model) RemoveClinic(_ context.Context, id clinic.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clinics[id] == nil {
		return clinic.ErrNoClinic
	}
	delete(m.clinics, id)
	m.notify()
	return nil
}

// NoteChange is [queue.Store.NoteChange]. A transaction that is tried again notes its
// change again.
func (m *Model) NoteChange(_ context.Context, _ redis.Pipeliner, c clinic.ID, rev string, by clinic.Actor, before, after any) error {
	change := queue.Change{Rev: rev, At: m.Now(), By: by}
	was, err := json.Marshal(before)
	if err != nil {
		return err
	}
	is, err := json.Marshal(after)
	if err != nil {
		return err
	}
	if err := errors.Join(json.Unmarshal(was, &change.Before), json.Unmarshal(is, &change.After)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.clinics[c].changes = append(m.clinics[c].changes, change)
	return nil
}

// Secret is [queue.Store.Secret].
func (m *Model) Secret(context.Context) ([]byte, error) { return m.secret, nil }
