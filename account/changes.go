package account

import (
	"context"

	"github.com/redis/go-redis/v9"

	"junban/queue/clinic"
)

// usersField begins the key of a user in a [queue.Change]; the name is the rest.
const usersField = "users."

// userFacts are what a [queue.Change] has of a user: of its password only that it is
// another one.
type userFacts struct {
	Role     Role   `json:"role"`
	Password string `json:"password,omitempty"` // "changed"
}

// noteUsers writes who was added, removed or changed into the clinic's changes,
// in the transaction that does it. A login is no change.
func (s *Store) noteUsers(ctx context.Context, p redis.Pipeliner, c clinic.ID, by clinic.Actor, was, now map[string]storedUser) error {
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
	return s.clinics.NoteChange(ctx, p, c, "", by, before, after)
}
