package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// Plan is what a planner has decided for a box. All of it is done, or nothing.
type Plan struct {
	// From and To are the cursor that the planner has read, and where it is to stand now:
	// the id of an entry of the day's log. To "" leaves the cursor.
	From, To string

	Jobs  []Job             // their Clinic, Box, State and Planned may be empty
	Void  map[string]string // reason by the id of the job
	Check time.Time         // when the day's log and line are to be looked at again; zero: as before
	Over  bool              // they never are again: the day is over
}

// Plan inserts jobs, voids others, and moves the day's cursor. It returns how many jobs
// it inserted. A job that is there already is not inserted: so each reason makes one job.
// But a job that was voided is due again if it is planned for another entry of the log. It
// returns [ErrMoved], and changes nothing, if the cursor is not at From.
func (s *Store) Plan(ctx context.Context, c clinic.ID, box string, p Plan) (planned int, err error) {
	record, err := s.record(ctx, c)
	if err != nil {
		return 0, fmt.Errorf("plan %s of clinic %s: %w", box, c, err)
	}
	_, until, err := expiry(record, box, s.source.Now())
	if err != nil {
		return 0, fmt.Errorf("plan %s of clinic %s: %w", box, c, err)
	}
	check := int64(0)
	if !p.Check.IsZero() {
		check = p.Check.UnixMilli()
	}
	if p.Over {
		check = -1
	}
	args := []any{string(c), box, p.From, p.To, until.UnixMilli(), check, len(p.Jobs)}
	for _, j := range p.Jobs {
		j.Clinic, j.Box, j.State = c, box, Due
		if j.Planned == 0 {
			j.Planned = s.source.Now().UnixMilli()
		}
		text, err := json.Marshal(j)
		if err != nil {
			return 0, fmt.Errorf("plan %s of clinic %s: %w", box, c, err)
		}
		args = append(args, j.ID, j.member(), j.Due, string(j.Ticket), string(text))
	}
	for id, why := range p.Void {
		args = append(args, id, why)
	}
	day := clinic.Day(box)
	reply, err := s.run(ctx, "plan", []string{
		keyJobs(c, box), keyJobsOf(c, box), keyPlanned(c, day), dueOf(c, box), keyChecks(c),
	}, args...)
	if err != nil {
		return 0, err
	}
	if text(reply, 0) == "moved" {
		return 0, ErrMoved
	}
	return int(number(reply, 1)), nil
}

// Void ends open jobs of a box with a reason. A job that is being sent is not sent again.
func (s *Store) Void(ctx context.Context, c clinic.ID, box string, ids []string, why string) error {
	void := map[string]string{}
	for _, id := range ids {
		void[id] = why
	}
	_, err := s.Plan(ctx, c, box, Plan{Void: void})
	return err
}

// Cursor returns the id of the last entry of a day's log that was decided on; "" before
// the first.
func (s *Store) Cursor(ctx context.Context, c clinic.ID, day clinic.Day) (string, error) {
	at, err := s.rdb.Get(ctx, keyPlanned(c, day)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("cursor of %s of clinic %s: %w", day, c, err)
	}
	return at, nil
}

// Due returns for each of the clinics that has something to do when it is next due: a
// job, or a look at a day. It is one pipeline.
func (s *Store) Due(ctx context.Context, cs []clinic.ID) (map[clinic.ID]time.Time, error) {
	pipe := s.rdb.Pipeline()
	reads := map[clinic.ID][]*redis.ZSliceCmd{}
	for _, c := range cs {
		for _, key := range []string{keyDue(c), keyDueNews(c), keyChecks(c)} {
			reads[c] = append(reads[c], pipe.ZRangeWithScores(ctx, key, 0, 0))
		}
	}
	if len(cs) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, fmt.Errorf("due notices: %w", err)
		}
	}
	due := map[clinic.ID]time.Time{}
	for c, of := range reads {
		for _, read := range of {
			for _, z := range read.Val() {
				at := time.UnixMilli(int64(z.Score))
				if was, ok := due[c]; !ok || at.Before(was) {
					due[c] = at
				}
			}
		}
	}
	return due, nil
}

// Checks returns the days whose log and line are to be looked at now, and the boxes of news
// whose jobs are to be made.
func (s *Store) Checks(ctx context.Context, c clinic.ID, now time.Time) ([]clinic.Day, error) {
	due, err := s.rdb.ZRangeByScore(ctx, keyChecks(c), &redis.ZRangeBy{Min: "-inf", Max: strconv.FormatInt(now.UnixMilli(), 10)}).Result()
	if err != nil {
		return nil, fmt.Errorf("days to look at of clinic %s: %w", c, err)
	}
	days := make([]clinic.Day, len(due))
	for i, d := range due {
		days[i] = clinic.Day(d)
	}
	return days, nil
}
