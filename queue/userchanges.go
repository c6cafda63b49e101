package queue

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// usersField begins the key of a user in a [Change]; the name is the rest.
const usersField = "users."

// userFacts are what a [Change] tells of an account: nothing of its password but
// that it is another one.
type userFacts struct {
	Role     Role   `json:"role"`
	Password string `json:"password,omitempty"` // "changed"
}

// OfUsers reports whether a change is one of the clinic's accounts, and no
// change of its record: it has no Rev.
func (c Change) OfUsers() bool { return c.Rev == "" }

// noteUsers writes who was added, removed or changed into the clinic's changes,
// in the transaction that does it. A login is no change.
func (s *Store) noteUsers(ctx context.Context, p redis.Pipeliner, c ClinicID, by Actor, was, now map[string]account) error {
	before, after := map[string]userFacts{}, map[string]userFacts{}
	for name, is := range now {
		old, there := was[name]
		if there && old.Role == is.Role && old.Mark == is.Mark {
			continue
		}
		facts := userFacts{Role: is.Role}
		if there {
			before[usersField+name] = userFacts{Role: old.Role}
			if old.Mark != is.Mark {
				facts.Password = "changed"
			}
		}
		after[usersField+name] = facts
	}
	for name, old := range was {
		if _, stays := now[name]; !stays {
			before[usersField+name] = userFacts{Role: old.Role}
		}
	}
	if len(before)+len(after) == 0 {
		return nil
	}
	return s.noteChange(ctx, p, c, "", by, before, after)
}

// noteChange writes a change that is not of the record into the clinic's changes.
func (s *Store) noteChange(ctx context.Context, p redis.Pipeliner, c ClinicID, rev string, by Actor, before, after any) error {
	was, err := json.Marshal(before)
	if err != nil {
		return fmt.Errorf("note a change of clinic %s: %w", c, err)
	}
	is, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("note a change of clinic %s: %w", c, err)
	}
	return p.XAdd(ctx, &redis.XAddArgs{Stream: keyChanges(c), MaxLen: ChangesKept, Approx: true, Values: []any{
		"rev", rev, "at", s.now().UnixMilli(), "kind", by.Kind, "name", by.Name, "dev", by.Device, "was", was, "is", is,
	}}).Err()
}
