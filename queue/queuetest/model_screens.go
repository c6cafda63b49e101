package queuetest

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"junban/queue"
)

type pairing struct {
	queue.Pairing
	ends time.Time
}

// PutPairing is [queue.Store.PutPairing].
func (m *Model) PutPairing(_ context.Context, code string, p queue.Pairing, life time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if was, there := m.pairs[code]; there && m.now().Before(was.ends) {
		return queue.ErrPairingTaken
	}
	m.pairs[code] = pairing{p, m.now().Add(life)}
	return nil
}

// Pairing is [queue.Store.Pairing].
func (m *Model) Pairing(_ context.Context, code string) (queue.Pairing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, there := m.pairs[code]
	if !there || !m.now().Before(p.ends) {
		return queue.Pairing{}, queue.ErrNoPairing
	}
	return p.Pairing, nil
}

// ClaimPairing is [queue.Store.ClaimPairing].
func (m *Model) ClaimPairing(_ context.Context, c queue.ClinicID, code string) (queue.Pairing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, there := m.pairs[code]
	if !there || !m.now().Before(p.ends) || p.Clinic != "" && p.Clinic != c {
		return queue.Pairing{}, queue.ErrNoPairing
	}
	p.Clinic = c
	m.pairs[code] = p
	return p.Pairing, nil
}

// PutScreen is [queue.Store.PutScreen].
func (m *Model) PutScreen(_ context.Context, c queue.ClinicID, s queue.Screen, by queue.Actor) error {
	_, err := account(m, c, queue.ErrNoClinic, func(k *clinic) (any, error) {
		was, there := k.screens[s.TokenHash]
		switch {
		case there:
			s.Device, s.Address, s.Since, s.Seen = was.Device, was.Address, was.Since, was.Seen
		case len(k.screens) >= 50:
			return nil, queue.ErrScreensFull
		default:
			s.Since, s.Seen = m.now(), time.Time{}
		}
		k.screens[s.TokenHash] = s
		if !reflect.DeepEqual(was, s) {
			k.tell(m.now(), by, told(was, there), told(s, true))
		}
		return nil, nil
	})
	return err
}

// DropScreen is [queue.Store.DropScreen].
func (m *Model) DropScreen(_ context.Context, c queue.ClinicID, tokenHash string, by queue.Actor) error {
	_, err := account(m, c, queue.ErrNoClinic, func(k *clinic) (any, error) {
		was, there := k.screens[tokenHash]
		if !there {
			return nil, queue.ErrNoScreen
		}
		delete(k.screens, tokenHash)
		k.tell(m.now(), by, told(was, true), told(was, false))
		return nil, nil
	})
	return err
}

// told is what the changes tell of a screen; nothing of one that is not there.
func told(s queue.Screen, there bool) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	if there {
		fields["screen"], _ = json.Marshal(map[string]any{
			"name": s.Name, "services": strings.Join(s.Services, ","), "sound": s.Sound, "repeat": s.Repeat, "also": s.Also,
		})
	}
	return fields
}

func (k *clinic) tell(at time.Time, by queue.Actor, was, is map[string]json.RawMessage) {
	k.changes = append(k.changes, queue.Change{Rev: rand.Text(), At: at, By: by, Before: was, After: is})
}

// Screen is [queue.Store.Screen].
func (m *Model) Screen(_ context.Context, c queue.ClinicID, tokenHash string) (queue.Screen, error) {
	return account(m, c, queue.ErrNoScreen, func(k *clinic) (queue.Screen, error) {
		s, there := k.screens[tokenHash]
		if !there {
			return s, queue.ErrNoScreen
		}
		if m.now().Sub(s.Seen) >= 25*time.Second {
			s.Seen = m.now()
			k.screens[tokenHash] = s
		}
		return s, nil
	})
}

// Screens is [queue.Store.Screens].
func (m *Model) Screens(_ context.Context, c queue.ClinicID) ([]queue.Screen, error) {
	return account(m, c, nil, func(k *clinic) ([]queue.Screen, error) {
		return slices.SortedFunc(maps.Values(k.screens), func(a, b queue.Screen) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.TokenHash, b.TokenHash))
		}), nil
	})
}
