package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"

	"junban/queue"
	"junban/queue/clinic"
)

// WantsMost is how many wants a ticket may have.
const WantsMost = 8

// keptWant is a want as Redis has it. Scripts find it by the hash of its address.
type keptWant struct {
	Hash string `json:"hash"`
	Want
}

// check returns the refusal of a want whose address is not its channel's.
func (w Want) check() error {
	a := w.Address
	ok := false
	switch w.Channel {
	case Push:
		ok = a.Endpoint != "" && a.P256DH != "" && a.Auth != "" && a.Mail == "" && a.Inbox == ""
	case Mail:
		ok = a == Address{Mail: a.Mail} && a.Mail != ""
	case Inbox:
		ok = a == Address{Inbox: a.Inbox} && a.Inbox != ""
	}
	if !ok {
		return ErrWantAddress
	}
	return nil
}

// encodeWants checks a list of wants, and returns it as Redis has it.
func (s *Store) encodeWants(wants []Want) (list []byte, err error) {
	if len(wants) > WantsMost {
		return nil, ErrTooManyWants
	}
	kept, seen := make([]keptWant, len(wants)), map[string]bool{}
	for i, w := range wants {
		if err := w.check(); err != nil {
			return nil, err
		}
		kept[i] = keptWant{s.Hash(w.Address), w}
		if name := string(w.Channel) + " " + kept[i].Hash; seen[name] {
			return nil, ErrWantTwice
		} else {
			seen[name] = true
		}
	}
	return json.Marshal(kept)
}

func decodeWants(list string) ([]keptWant, error) {
	var kept []keptWant
	if list == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(list), &kept); err != nil {
		return nil, fmt.Errorf("outbox: wants: %w", err)
	}
	return kept, nil
}

func plainWants(list string) ([]Want, error) {
	kept, err := decodeWants(list)
	wants := make([]Want, len(kept))
	for i, k := range kept {
		wants[i] = k.Want
	}
	return wants, err
}

// PutWants replaces the wants of a ticket, and voids the open jobs of addresses that are
// no longer among them. It refuses [ErrTooManyWants], [ErrWantTwice], [ErrWantAddress],
// and [ErrWantsOften]: a ticket has at most 40 addresses in its life, and 200 jobs. A want
// keeps its At, also with a new address. The owner of the clinic is woken, and looks at the ticket's day. An empty list removes
// all.
func (s *Store) PutWants(ctx context.Context, c clinic.Clinic, id queue.TicketID, wants []Want) error {
	list, err := s.encodeWants(wants)
	if err != nil {
		return fmt.Errorf("wants of %s: %w", id, err)
	}
	if len(wants) == 0 {
		list = nil
	}
	day := id.Day()
	until, _, err := expiry(c, string(day), s.source.Now())
	if err != nil {
		return fmt.Errorf("wants of %s: %w", id, err)
	}
	reply, err := s.run(ctx, "wants", wantKeys(id), string(id), string(list), until.UnixMilli(), string(c.ID), "unwanted")
	if err == nil && text(reply, 0) == "often" {
		return fmt.Errorf("wants of %s: %w", id, ErrWantsOften)
	}
	return err
}

// wantKeys are the KEYS of lua/wants.lua.
func wantKeys(id queue.TicketID) []string {
	c, day := id.Ref().Clinic, id.Day()
	return []string{keyWants(c, day), keyJobs(c, string(day)), keyJobsOf(c, string(day)), keyDue(c), keyChecks(c)}
}

// Wants returns the wants of a ticket, in the patient's order.
func (s *Store) Wants(ctx context.Context, id queue.TicketID) ([]Want, error) {
	list, err := s.rdb.HGet(ctx, keyWants(id.Ref().Clinic, id.Day()), string(id)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("wants of %s: %w", id, err)
	}
	return plainWants(list)
}

// WantsOf returns the wants of all tickets of a day that have some.
func (s *Store) WantsOf(ctx context.Context, c clinic.ID, day clinic.Day) (map[queue.TicketID][]Want, error) {
	found := map[queue.TicketID][]Want{}
	err := s.scan(ctx, keyWants(c, day), func(field, value string) error {
		wants, err := plainWants(value)
		found[queue.TicketID(field)] = wants
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("wants of %s of clinic %s: %w", day, c, err)
	}
	return found, nil
}

// scanPage is how many fields one HSCAN looks at: no command holds up Redis.
const scanPage = 500

// scan calls each with every field of a hash; with some of them twice.
func (s *Store) scan(ctx context.Context, key string, each func(field, value string) error) error {
	for cursor := uint64(0); ; {
		page, next, err := s.rdb.HScan(ctx, key, cursor, "", scanPage).Result()
		if err != nil {
			return err
		}
		for pair := range slices.Chunk(page, 2) {
			if err := each(pair[0], pair[1]); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// MoveWants moves the wants of a ticket to the one that replaced it on another day of the
// same clinic. Open jobs of the former are voided. A ticket that has wants of its own
// keeps those.
func (s *Store) MoveWants(ctx context.Context, from, to queue.TicketID) error {
	c := to.Ref().Clinic
	record, err := s.record(ctx, c)
	if err != nil {
		return fmt.Errorf("move the wants of %s: %w", from, err)
	}
	until, _, err := expiry(record, string(to.Day()), s.source.Now())
	if err != nil {
		return fmt.Errorf("move the wants of %s: %w", from, err)
	}
	keys := append(wantKeys(from), keyWants(c, to.Day()))
	_, err = s.run(ctx, "move", keys, string(from), string(to), until.UnixMilli(), string(c), string(to.Day()))
	return err
}

// Erase removes the wants of tickets of a clinic, with their addresses, and voids their
// open jobs (D14). These addresses follow the clinic no more. The jobs stay without an
// address.
func (s *Store) Erase(ctx context.Context, c clinic.ID, ids []queue.TicketID) error {
	for _, id := range ids {
		if _, err := queue.ParseTicketID(string(id)); err != nil || id.Ref().Clinic != c {
			return queue.ErrNoTicket
		}
		wants, err := s.Wants(ctx, id)
		if err != nil {
			return err
		}
		for _, w := range wants {
			if err := s.Unfollow(ctx, c, s.Hash(w.Address)); err != nil {
				return err
			}
		}
		if _, err := s.run(ctx, "wants", wantKeys(id), string(id), "", 0, string(c), WhyErased); err != nil {
			return err
		}
	}
	return nil
}

// RemoveWants removes the wants of a day, whose patients' data is no longer kept.
func (s *Store) RemoveWants(ctx context.Context, c clinic.ID, day clinic.Day) error {
	return s.remove(ctx, c, day, keyWants(c, day))
}

// RemoveDay removes all that the outbox has of a day.
func (s *Store) RemoveDay(ctx context.Context, c clinic.ID, day clinic.Day) error {
	box := string(day)
	return s.remove(ctx, c, day, keyWants(c, day), keyJobs(c, box), keyJobsOf(c, box), keyPlanned(c, day), keyTold(c, box))
}

func (s *Store) remove(ctx context.Context, c clinic.ID, day clinic.Day, keys ...string) error {
	_, err := s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Unlink(ctx, keys...)
		p.ZRem(ctx, keyChecks(c), string(day))
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove notices of %s of clinic %s: %w", day, c, err)
	}
	return nil
}

// Told returns the newest notice of each ticket of a day, as text for the desk:
// "<ms> <kind> <channel> <state>".
func (s *Store) Told(ctx context.Context, c clinic.ID, day clinic.Day) (map[queue.TicketID]string, error) {
	all, err := s.rdb.HGetAll(ctx, keyTold(c, string(day))).Result()
	if err != nil {
		return nil, fmt.Errorf("notices of %s of clinic %s: %w", day, c, err)
	}
	found := make(map[queue.TicketID]string, len(all))
	for id, told := range maps.All(all) {
		found[queue.TicketID(id)] = told
	}
	return found, nil
}
