package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
	"junban/queue/typed"
)

// reread reads the clinic's record from Redis and remembers it. A clinic that
// is not there is forgotten, and returned as [clinic.ErrNoClinic].
func (s *Store) reread(ctx context.Context, c clinic.ID) (record, error) {
	got, err := s.rdb.HMGet(ctx, keyClinic(c), "rev", "record").Result()
	if err != nil {
		return record{}, fmt.Errorf("read record of clinic %s: %w", c, err)
	}
	return s.remembered(c, got)
}

// remembered decodes and remembers what Redis has of a clinic: rev and record.
func (s *Store) remembered(c clinic.ID, got []any) (record, error) {
	rev, _ := got[0].(string)
	text, _ := got[1].(string)
	if rev == "" {
		s.mu.Lock()
		delete(s.records, c)
		s.mu.Unlock()
		return record{}, fmt.Errorf("clinic %s: %w", c, clinic.ErrNoClinic)
	}
	k := record{rev: rev}
	if err := json.Unmarshal([]byte(typed.Unmarked(text)), &k.Clinic); err != nil {
		return record{}, fmt.Errorf("read record of clinic %s: %w", c, err)
	}
	k.Rev = rev
	var err error
	if k.loc, err = k.Location(); err != nil {
		return record{}, err
	}
	s.mu.Lock()
	s.records[c] = k
	s.mu.Unlock()
	return k, nil
}

// Record returns a clinic's record as this store remembers it, or [clinic.ErrNoClinic].
// It may be old: an act with it is refused, and the store reads it again.
func (s *Store) Record(ctx context.Context, c clinic.ID) (clinic.Clinic, error) {
	k, err := s.record(ctx, c)
	return k.Clinic, err
}

// ClinicIDs returns the numbers of all clinics, in no order.
func (s *Store) ClinicIDs(ctx context.Context) ([]clinic.ID, error) {
	numbers, err := s.rdb.SMembers(ctx, keyClinics).Result()
	if err != nil {
		return nil, fmt.Errorf("list clinics: %w", err)
	}
	ids := make([]clinic.ID, len(numbers))
	for i, n := range numbers {
		ids[i] = clinic.ID(n)
	}
	return ids, nil
}

// Clinic returns a clinic's record as Redis has it, or [clinic.ErrNoClinic]. Its lists
// are shared with other readers: copy a list before you change it.
func (s *Store) Clinic(ctx context.Context, c clinic.ID) (clinic.Clinic, error) {
	k, err := s.reread(ctx, c)
	return k.Clinic, err
}

// clinicsAtOnce is how many clinics one pipeline reads: its replies are in memory
// together.
const clinicsAtOnce = 1000

// Clinics returns all records by number, listed or not. It reads the revs of all, and
// the records that have changed since this store last read them. Lists are shared
// as those of [Store.Clinic].
func (s *Store) Clinics(ctx context.Context) ([]clinic.Clinic, error) {
	ids, err := s.rdb.SMembers(ctx, keyClinics).Result()
	if err != nil {
		return nil, fmt.Errorf("list clinics: %w", err)
	}
	slices.Sort(ids)
	clinics := make([]clinic.Clinic, 0, len(ids))
	for part := range slices.Chunk(ids, clinicsAtOnce) {
		if clinics, err = s.appendClinics(ctx, clinics, part); err != nil {
			return nil, fmt.Errorf("list clinics: %w", err)
		}
	}
	return clinics, nil
}

// appendClinics appends the records of these clinics, less those just removed.
func (s *Store) appendClinics(ctx context.Context, clinics []clinic.Clinic, ids []string) ([]clinic.Clinic, error) {
	revs, err := s.readEach(ctx, ids, "rev")
	if err != nil {
		return nil, err
	}
	current := make([]record, len(ids)) // those that need no reading
	var changed []string
	s.mu.Lock()
	for i, id := range ids {
		if k := s.records[clinic.ID(id)]; k.rev != "" && revs[i][0] == k.rev {
			current[i] = k
		} else {
			changed = append(changed, id)
		}
	}
	s.mu.Unlock()
	records, err := s.readEach(ctx, changed, "rev", "record")
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		k := current[i]
		if k.rev == "" {
			if k, err = s.remembered(clinic.ID(id), records[0]); err != nil && !errors.Is(err, clinic.ErrNoClinic) {
				return nil, err
			}
			records = records[1:]
		}
		if k.rev != "" {
			clinics = append(clinics, k.Clinic)
		}
	}
	return clinics, nil
}

// readEach reads fields of each clinic's record in one pipeline.
func (s *Store) readEach(ctx context.Context, ids []string, fields ...string) ([][]any, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	pipe := s.rdb.Pipeline()
	reads := make([]*redis.SliceCmd, len(ids))
	for i, id := range ids {
		reads[i] = pipe.HMGet(ctx, keyClinic(clinic.ID(id)), fields...)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	got := make([][]any, len(ids))
	for i, r := range reads {
		got[i] = r.Val()
	}
	return got, nil
}

// RemoveClinic removes a clinic with all its data: record, accounts, logins, every day
// with its tickets and log. It cannot be taken back. Its viewers learn of it within one
// tick of the feed.
func (s *Store) RemoveClinic(ctx context.Context, c clinic.ID) error {
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
	s.mu.Unlock()
	s.lessons.Forget(c)
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
	return s.rdb.Publish(ctx, PokeChannel, string(c)+" 0").Err()
}
