package outbox

import (
	"context"
	"time"

	"junban/queue/clinic"
)

// Follower is an address that gets a clinic's news.
type Follower struct {
	Hash     string    `json:"hash"` // of the address; the store sets it
	Channel  Channel   `json:"channel"`
	Address  Address   `json:"address"`
	Language string    `json:"language"` // of the page, BCP 47
	Origin   string    `json:"origin"`   // of the page, for links
	Consent  string    `json:"consent"`  // version of the text that was shown
	At       time.Time `json:"at"`
}

// FollowersMost is how many followers a clinic may have.
const FollowersMost = 50_000

// Follow adds a follower, or replaces the one of the same address. It refuses
// [ErrFollowersFull] and [ErrWantAddress].
func (s *Store) Follow(ctx context.Context, c clinic.ID, f Follower) error { return errTodo }

// Unfollow removes the follower with that hash of its address; there may be none.
func (s *Store) Unfollow(ctx context.Context, c clinic.ID, hash string) error { return errTodo }

// CountFollowers returns how many followers each channel has.
func (s *Store) CountFollowers(ctx context.Context, c clinic.ID) (map[Channel]int, error) {
	return nil, errTodo
}

// FollowersPage returns about n followers, and the cursor of the next page: 0 after the
// last. The first cursor is 0. A follower may be on two pages.
func (s *Store) FollowersPage(ctx context.Context, c clinic.ID, cursor uint64, n int) (followers []Follower, next uint64, err error) {
	return nil, 0, errTodo
}
