package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

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

// Notice returns a job with its want and its ticket as they are now, and how many tickets
// are ahead of it. Without such a job it refuses [ErrNoNotice]. The want and the ticket may
// be gone, and are zero then.
func (s *Store) Notice(ctx context.Context, id NoticeID) (Claimed, int, error) {
	found, ahead, err := s.notice(ctx, id)
	if err != nil {
		return Claimed{}, 0, fmt.Errorf("notice %s: %w", id, err)
	}
	return found, ahead, nil
}

func (s *Store) notice(ctx context.Context, id NoticeID) (found Claimed, ahead int, err error) {
	c := id.Clinic()
	box, name := id.place()
	raw, err := s.rdb.HGet(ctx, keyJobs(c, box), name).Result()
	if errors.Is(err, redis.Nil) {
		return Claimed{}, 0, ErrNoNotice
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &found.Job)
	}
	if err != nil {
		return Claimed{}, 0, err
	}
	j, day := found.Job, clinic.Day(box)
	pipe := s.rdb.Pipeline()
	ticket, address := redis.NewStringResult("", nil), (*redis.StringCmd)(nil)
	if j.Kind == News {
		address = pipe.HGet(ctx, keyFollowers(c), j.Want)
	} else {
		ticket = pipe.HGet(ctx, queue.DayKey(c, day, "tickets"), string(j.Ticket))
		address = pipe.HGet(ctx, keyWants(c, day), string(j.Ticket))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return Claimed{}, 0, err
	}
	if err := found.decode(ticket.Val(), address.Val()); err != nil {
		return Claimed{}, 0, err
	}
	t := found.Ticket
	if t.State != queue.Waiting {
		return found, 0, nil
	}
	waiting := queue.WaitingKey(clinic.Ref{Clinic: c, Service: t.Line}, day)
	n, err := s.rdb.ZRank(ctx, waiting, t.Position+"/"+string(t.ID)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return Claimed{}, 0, err
	}
	return found, int(n), nil
}
