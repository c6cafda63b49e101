package outbox

import (
	"context"
	"time"

	"junban/queue"
	"junban/queue/clinic"
)

// Told is what became of a claimed job.
type Told struct {
	Job     Job       // as it was claimed
	Fence   int       // of the claim
	State   State     // Due: to be tried again at RetryAt; else Sent, Uncertain, Dead or Void
	RetryAt time.Time // of Due
	Why     string    // the last answer
	Spent   bool      // the provider has counted it
	Remove  bool      // the address is gone for good: its want, or its follower, is removed
}

// Tell records what became of a claimed job. It returns [ErrFence] for an old claim.
func (s *Store) Tell(ctx context.Context, c clinic.Clinic, t Told) error { return errTodo }

// Shown records that the device has shown a notice. A repeat changes nothing.
func (s *Store) Shown(ctx context.Context, id NoticeID) error { return errTodo }

// Notice returns a job with its want and its ticket as they are now, and how many tickets
// are ahead. Without such a job it returns [ErrNoNotice]; the want may be gone, and is zero.
func (s *Store) Notice(ctx context.Context, id NoticeID) (c Claimed, ahead int, err error) {
	return Claimed{}, 0, errTodo
}

// Query selects jobs of a box; zero fields select all.
type Query struct {
	Kind    Kind
	Channel Channel
	State   State
	Ticket  queue.TicketID
	Before  string // [Page].Next of the page before
	Most    int    // of a page; 0: 100
}

// Page is a part of a box's jobs, the newest first.
type Page struct {
	Jobs  []Job
	Total int    // of all pages
	Next  string // Before of the next page; "": this is the last
}

// Jobs returns a page of the history of a box: a day, or [NewsBox]. Redis is read in pages
// too, so that 50,000 jobs hold up nobody.
func (s *Store) Jobs(ctx context.Context, c clinic.ID, box string, q Query) (Page, error) {
	return Page{}, errTodo
}

// EachJob calls each with all jobs that a query selects, in no order.
func (s *Store) EachJob(ctx context.Context, c clinic.ID, box string, q Query, each func(Job) error) error {
	return errTodo
}

// JobsOf returns the jobs of a ticket, the newest first.
func (s *Store) JobsOf(ctx context.Context, id queue.TicketID) ([]Job, error) { return nil, errTodo }
