package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

// reread reads the clinic's record from Redis and remembers it. A clinic that
// is not there is forgotten, and returned as [ErrNoClinic].
func (s *Store) reread(ctx context.Context, c ClinicID) (known, error) {
	got, err := s.rdb.HMGet(ctx, keyClinic(c), "rev", "record").Result()
	if err != nil {
		return known{}, fmt.Errorf("read record of clinic %s: %w", c, err)
	}
	rev, _ := got[0].(string)
	text, _ := got[1].(string)
	if rev == "" {
		s.mu.Lock()
		delete(s.records, c)
		s.mu.Unlock()
		return known{}, fmt.Errorf("clinic %s: %w", c, ErrNoClinic)
	}
	k := known{rev: rev}
	if err := json.Unmarshal([]byte(text), &k.Clinic); err != nil {
		return known{}, fmt.Errorf("read record of clinic %s: %w", c, err)
	}
	k.Rev = rev
	if k.loc, err = k.Location(); err != nil {
		return known{}, err
	}
	s.mu.Lock()
	s.records[c] = k
	s.mu.Unlock()
	return k, nil
}

// Clinic returns a clinic's record as Redis has it, or [ErrNoClinic].
func (s *Store) Clinic(ctx context.Context, c ClinicID) (Clinic, error) {
	k, err := s.reread(ctx, c)
	return k.Clinic, err
}

// Clinics returns all records by number, listed or not.
func (s *Store) Clinics(ctx context.Context) ([]Clinic, error) {
	ids, err := s.rdb.SMembers(ctx, keyClinics).Result()
	if err != nil {
		return nil, fmt.Errorf("list clinics: %w", err)
	}
	slices.Sort(ids)
	clinics := []Clinic{}
	for _, id := range ids {
		c, err := s.Clinic(ctx, ClinicID(id))
		if errors.Is(err, ErrNoClinic) {
			continue // removed in this moment
		}
		if err != nil {
			return nil, err
		}
		clinics = append(clinics, c)
	}
	return clinics, nil
}

// RemoveClinic removes a clinic and all that is kept of it: record, accounts,
// sessions, every day with its tickets and log. It cannot be taken back. Those
// who watch it are told within one tick of the feed.
func (s *Store) RemoveClinic(ctx context.Context, c ClinicID) error {
	if _, err := s.reread(ctx, c); err != nil {
		return err
	}
	if err := s.rdb.SRem(ctx, keyClinics, string(c)).Err(); err != nil {
		return fmt.Errorf("remove clinic %s: %w", c, err)
	}
	// The record goes first: from then on every act is refused.
	if err := s.rdb.Del(ctx, keyClinic(c), keyDesk(c)).Err(); err != nil {
		return fmt.Errorf("remove clinic %s: %w", c, err)
	}
	s.mu.Lock()
	delete(s.records, c)
	delete(s.lessons, c)
	s.mu.Unlock()
	sweep := func(ctx context.Context, node redis.Cmdable) error {
		keys := node.Scan(ctx, 0, keyPrefix(c)+"*", 500).Iterator()
		for keys.Next(ctx) {
			if err := node.Del(ctx, keys.Val()).Err(); err != nil {
				return err
			}
		}
		return keys.Err()
	}
	var err error
	if cluster, ok := s.rdb.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return sweep(ctx, node) })
	} else {
		err = sweep(ctx, s.rdb)
	}
	if err != nil {
		return fmt.Errorf("remove clinic %s: %w", c, err)
	}
	return s.rdb.Publish(ctx, pokes, string(c)+" 0").Err()
}
