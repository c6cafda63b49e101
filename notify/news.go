package notify

import (
	"context"
	"errors"
	"time"

	"junban/notify/text"
	"junban/queue/outbox"
)

const (
	followersAtOnce = 100                   // of one plan: Redis does nothing else meanwhile
	followersPause  = 20 * time.Millisecond // between two plans
)

// startNews has the jobs of some news made, beside all other work of the clinic.
func (o *owned) startNews(box string) {
	o.mu.Lock()
	running := o.making[box]
	o.making[box] = true
	o.mu.Unlock()
	if running {
		return
	}
	o.parts.Go(func() {
		err := o.makeNews(o.ctx, box)
		if err != nil && o.ctx.Err() == nil {
			o.n.metrics.failed.Inc()
			o.n.Log.Warn("planning news", "clinic", string(o.id), "error", err)
			pause(o.ctx, retryAfter)
		}
		o.mu.Lock()
		delete(o.making, box)
		o.mu.Unlock()
		if err != nil {
			o.pokeAll()
		}
	})
}

// makeNews makes a job for each follower. If it is cut off, the next owner begins again,
// and makes the same jobs.
func (o *owned) makeNews(ctx context.Context, box string) error {
	item, err := o.n.Outbox.NewsByID(ctx, o.id, box)
	if errors.Is(err, outbox.ErrNoNews) {
		_, err = o.n.Outbox.Plan(ctx, o.id, box, outbox.Plan{Over: true})
		return err
	}
	if err != nil {
		return err
	}
	rules := kinds[outbox.News]
	due := item.Due
	if settled := item.At.Add(rules.settle); due.Before(settled) {
		due = settled
	}
	item.Planned = 0
	for cursor := uint64(0); item.Withdrawn.IsZero(); {
		followers, next, err := o.n.Outbox.FollowersPage(ctx, o.id, cursor, followersAtOnce)
		if err != nil {
			return err
		}
		var jobs []outbox.Job
		for _, f := range followers {
			if !o.n.has(f.Channel) {
				continue
			}
			j := outbox.Job{
				Clinic: o.id, Box: box, Kind: outbox.News, Channel: f.Channel, Want: o.n.Outbox.Hash(f.Address),
				Planned: o.n.now().UnixMilli(), Due: due.UnixMilli(), Until: due.Add(rules.until).UnixMilli(),
			}
			j.ID = o.n.Outbox.JobID(j, f.Address)
			jobs = append(jobs, j)
		}
		n, err := o.n.Outbox.Plan(ctx, o.id, box, outbox.Plan{Jobs: jobs})
		if err != nil {
			return err
		}
		if item.Planned += n; next == 0 {
			break
		}
		cursor = next
		pause(ctx, followersPause)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	item.Done = true
	return o.n.Outbox.PutNews(ctx, o.id, item)
}

// newsOf returns the news that a job sends.
func (n *Notifier) newsOf(ctx context.Context, j outbox.Job) (text.News, error) {
	item, err := n.Outbox.NewsByID(ctx, j.Clinic, j.Box)
	return text.News{Title: item.Title, Body: item.Body}, err
}
