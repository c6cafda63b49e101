package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"junban/queue"
	"junban/queue/clinic"
)

// Shown records that the device has shown a notice. A repeat changes nothing. It refuses
// [ErrNoNotice].
func (s *Store) Shown(ctx context.Context, id NoticeID) error {
	c := id.Clinic()
	box, job := id.place()
	reply, err := s.run(ctx, "shown", []string{keyJobs(c, box), dueOf(c, box), keyTold(c, box)}, job, string(c))
	if err != nil {
		return err
	}
	if text(reply, 0) == "none" {
		return ErrNoNotice
	}
	return nil
}

// Notice returns a job with its want and its ticket as they are now, and whether the reason
// of the job is gone, by the conditions of [Store.Take]. Job.Ahead is of now too. Without
// such a job it refuses [ErrNoNotice]. The want and the ticket may be gone, and are zero
// then.
func (s *Store) Notice(ctx context.Context, id NoticeID) (found Claimed, over bool, err error) {
	if found, over, err = s.notice(ctx, id); err != nil {
		return Claimed{}, false, fmt.Errorf("notice %s: %w", id, err)
	}
	return found, over, nil
}

func (s *Store) notice(ctx context.Context, id NoticeID) (found Claimed, over bool, err error) {
	c, err := s.record(ctx, id.Clinic())
	if errors.Is(err, clinic.ErrNoClinic) {
		err = ErrNoNotice
	}
	if err != nil {
		return Claimed{}, false, err
	}
	box, job := id.place()
	day := clinic.Day(box)
	keys := []string{keyJobs(c.ID, box), keyWants(c.ID, day), queue.DayKey(c.ID, day, "tickets"), keyFollowers(c.ID), keyNews(c.ID)}
	reply, err := s.read(ctx, "notice", append(keys, waitingKeys(c, day)...), job, c.ServiceIDs())
	if err != nil {
		return Claimed{}, false, err
	}
	if text(reply, 0) == "none" {
		return Claimed{}, false, ErrNoNotice
	}
	if err := json.Unmarshal([]byte(text(reply, 1)), &found.Job); err != nil {
		return Claimed{}, false, err
	}
	return found, number(reply, 4) == 1, found.decode(text(reply, 2), text(reply, 3))
}

// waitingKeys are of what waits for each of a clinic's services, in the order of its
// ServiceIDs.
func waitingKeys(c clinic.Clinic, d clinic.Day) []string {
	keys := make([]string, len(c.Services))
	for i, service := range c.Services {
		keys[i] = queue.WaitingKey(clinic.Ref{Clinic: c.ID, Service: service.ID}, d)
	}
	return keys
}
