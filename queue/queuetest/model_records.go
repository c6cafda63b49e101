package queuetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"junban/queue"
)

// PutClinic is [queue.Store.PutClinic].
func (m *Model) PutClinic(_ context.Context, c queue.Clinic) error {
	var bad []error
	for _, e := range c.Validate() {
		bad = append(bad, e)
	}
	if err := errors.Join(bad...); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clinics[c.ID] == nil {
		m.clinics[c.ID] = &clinic{
			desks: map[string]*desk{}, days: map[queue.Day]*day{}, acts: map[string]actResult{},
			users: map[string]string{}, sessions: map[string]openSession{},
		}
	}
	k := m.clinics[c.ID]
	k.record, k.rev = c, rand.Text()
	k.day(m.today(k)).version++
	m.poke()
	return nil
}

// Clinic is [queue.Store.Clinic].
func (m *Model) Clinic(_ context.Context, id queue.ClinicID) (queue.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c, ok := m.clinics[id]; ok {
		return c.record, nil
	}
	return queue.Clinic{}, queue.ErrNoClinic
}

// Clinics is [queue.Store.Clinics].
func (m *Model) Clinics(context.Context) ([]queue.Clinic, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := []queue.Clinic{}
	for _, c := range m.clinics {
		all = append(all, c.record)
	}
	slices.SortFunc(all, func(a, b queue.Clinic) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

// RemoveClinic is [queue.Store.RemoveClinic].
func (m *Model) RemoveClinic(_ context.Context, id queue.ClinicID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clinics[id] == nil {
		return queue.ErrNoClinic
	}
	delete(m.clinics, id)
	m.poke()
	return nil
}
