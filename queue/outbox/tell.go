package outbox

import (
	"context"
	"fmt"
	"time"

	"junban/queue/clinic"
)

// Told is what became of a claimed job.
type Told struct {
	Job     Job       // as it was claimed
	Fence   int       // of the claim
	State   State     // Due: it is to be tried again at RetryAt; else Sent, Uncertain, Dead or Void
	RetryAt time.Time // of Due; after the job's Until it becomes void
	Why     string    // the last answer
	Spent   bool      // the provider has counted it
	Remove  bool      // the address is gone for good: its want, or its follower, is removed
	Untried bool      // it was not passed to the provider: the claim uses up no try
}

// Tell records what became of a claimed job. It returns [ErrFence] if the claim is not the
// newest; a repeat of the same result is no error. A result that the patient or the desk
// has to know is kept for the desk, and published. A job that was voided while it was being sent
// is not tried again. A push that was sent ends the count of [Store.Returned].
func (s *Store) Tell(ctx context.Context, c clinic.Clinic, t Told) error {
	j := t.Job
	spent := ""
	if t.Spent {
		loc, err := c.Location()
		if err != nil {
			return fmt.Errorf("result of notice %s: %w", j.ID, err)
		}
		spent = Month(s.source.Now().In(loc)) + ":" + string(j.Channel)
	}
	address, remove, untried, fine := keyWants(c.ID, clinic.Day(j.Box)), "", "", ""
	if j.Channel == Push { // an accepted mail may still return
		fine = suppression(j.Channel, j.Want)
	}
	if t.Untried {
		untried = "1"
	}
	if isNews(j.Box) {
		address = keyFollowers(c.ID)
	}
	if t.Remove {
		remove = "1"
	}
	reply, err := s.run(ctx, "tell", []string{
		keyJobs(c.ID, j.Box), keyJobsOf(c.ID, j.Box), dueOf(c.ID, j.Box), keyTold(c.ID, j.Box), keySpent(c.ID), address, keyFollowing(c.ID), keyReturned(c.ID),
	}, j.ID, t.Fence, string(t.State), t.RetryAt.UnixMilli(), t.Why, spent, remove, string(c.ID), untried, fine)
	if err != nil {
		return err
	}
	if text(reply, 0) == "fence" {
		return ErrFence
	}
	return nil
}
