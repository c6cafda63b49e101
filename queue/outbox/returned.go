package outbox

import (
	"context"
	"fmt"
	"time"

	"junban/queue/clinic"
)

const (
	returnsMost = 3                   // returned notices after which an address is suppressed
	returnsKept = 30 * 24 * time.Hour // since the clinic's newest one
)

// What the history has of notices that came back, before the status of the report.
const (
	WhyReturned = "returned"
	WhyFiltered = "filtered" // perhaps by the receiver's own filter (受信拒否)
)

// Return records in the history that a notice came back after it was sent: it is dead, and
// the desk reads so. It changes no notice that was not sent. A repeat changes nothing.
func (s *Store) Return(ctx context.Context, id NoticeID, why string) error {
	c := id.Clinic()
	box, job := id.place()
	_, err := s.run(ctx, "returned", []string{keyJobs(c, box), dueOf(c, box), keyTold(c, box)}, job, string(c), why)
	return err
}

// Returned records that a notice came back, or that its address was refused. It reports
// whether the address is suppressed now: at once where it does not exist, else after three.
// For push, the count begins again after a notice that was sent.
func (s *Store) Returned(ctx context.Context, c clinic.ID, ch Channel, hash, why string, gone bool) (suppressed bool, err error) {
	pipe := s.rdb.Pipeline()
	count := pipe.HIncrBy(ctx, keyReturned(c), suppression(ch, hash), 1)
	pipe.Expire(ctx, keyReturned(c), returnsKept)
	if _, err := pipe.Exec(ctx); err != nil {
		return false, fmt.Errorf("returned notices of clinic %s: %w", c, err)
	}
	if !gone && count.Val() < returnsMost {
		return false, nil
	}
	return true, s.Suppress(ctx, c, ch, hash, why)
}
