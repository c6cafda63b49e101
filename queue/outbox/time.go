package outbox

import (
	"context"
	"fmt"
	"time"
)

// Time returns the time of Redis, by which jobs are due.
func (s *Store) Time(ctx context.Context) (time.Time, error) {
	now, err := s.rdb.Time(ctx).Result()
	if err != nil {
		return time.Time{}, fmt.Errorf("outbox: time: %w", err)
	}
	return now, nil
}
