package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// Query selects jobs of a box; zero fields select all.
type Query struct {
	Kind    Kind
	Channel Channel
	State   State
	Ticket  queue.TicketID
	Before  string // [Page].Next of the page before
	Most    int    // of a page; 0: 100
}

func (q Query) selects(j Job) bool {
	return (q.Kind == "" || q.Kind == j.Kind) && (q.Channel == "" || q.Channel == j.Channel) &&
		(q.State == "" || q.State == j.State) && (q.Ticket == "" || q.Ticket == j.Ticket)
}

// Page is a part of a box's jobs, the newest first.
type Page struct {
	Jobs  []Job
	Total int    // of all pages
	Next  string // Before of the next page; "": this is the last
}

// pageMost is how many jobs a page has by default.
const pageMost = 100

// place sorts as text in the order of the history, the oldest first.
func (j Job) place() string { return fmt.Sprintf("%013d/%s", j.Planned, j.ID) }

func newestFirst(a, b Job) int { return strings.Compare(b.place(), a.place()) }

// Jobs returns a page of the history of a box: a day, or [NewsBox]. It reads the box in
// small parts, so that 50,000 jobs hold up nobody, and keeps no more than the page.
func (s *Store) Jobs(ctx context.Context, c clinic.ID, box string, q Query) (Page, error) {
	most := cmp.Or(q.Most, pageMost)
	var page Page
	older := 0 // of the jobs, how many come after Before
	err := s.EachJob(ctx, c, box, q, func(j Job) error {
		page.Total++
		if q.Before != "" && j.place() >= q.Before {
			return nil
		}
		older++
		page.Jobs = append(page.Jobs, j)
		if len(page.Jobs) >= 2*most+scanPage {
			slices.SortFunc(page.Jobs, newestFirst)
			page.Jobs = page.Jobs[:most]
		}
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	slices.SortFunc(page.Jobs, newestFirst)
	page.Jobs = page.Jobs[:min(len(page.Jobs), most)]
	if older > most {
		page.Next = page.Jobs[most-1].place()
	}
	return page, nil
}

// EachJob calls each once with every job that a query selects, in no order. It ends at
// the first error of each, and returns it.
func (s *Store) EachJob(ctx context.Context, c clinic.ID, box string, q Query, each func(Job) error) error {
	seen := map[string]bool{} // a scan may bring a job twice
	err := s.scan(ctx, keyJobs(c, box), func(id, text string) error {
		if seen[id] {
			return nil
		}
		seen[id] = true
		var j Job
		if err := json.Unmarshal([]byte(text), &j); err != nil {
			return err
		}
		if !q.selects(j) {
			return nil
		}
		return each(j)
	})
	if err != nil {
		return fmt.Errorf("notices of %s of clinic %s: %w", box, c, err)
	}
	return nil
}

// JobsOf returns the jobs of a ticket, the newest first.
func (s *Store) JobsOf(ctx context.Context, id queue.TicketID) ([]Job, error) {
	c, box := id.Ref().Clinic, string(id.Day())
	ids, err := s.rdb.HGet(ctx, keyJobsOf(c, box), string(id)).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	var found []any
	if err == nil {
		found, err = s.rdb.HMGet(ctx, keyJobs(c, box), strings.Fields(ids)...).Result()
	}
	if err != nil {
		return nil, fmt.Errorf("notices of %s: %w", id, err)
	}
	var jobs []Job
	for _, one := range found {
		raw, ok := one.(string)
		if !ok {
			continue
		}
		var j Job
		if err := json.Unmarshal([]byte(raw), &j); err != nil {
			return nil, fmt.Errorf("notices of %s: %w", id, err)
		}
		jobs = append(jobs, j)
	}
	slices.SortFunc(jobs, newestFirst)
	return jobs, nil
}
