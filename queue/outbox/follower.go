package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
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
func (s *Store) Follow(ctx context.Context, c clinic.ID, f Follower) error {
	return s.follow(ctx, c, f, FollowersMost)
}

func (s *Store) follow(ctx context.Context, c clinic.ID, f Follower, most int) error {
	if err := (Want{Channel: f.Channel, Address: f.Address}).check(); err != nil {
		return err
	}
	f.Hash = s.Hash(f.Address)
	list, err := json.Marshal(f)
	if err != nil {
		return err
	}
	reply, err := s.run(ctx, "follow", []string{keyFollowers(c), keyFollowing(c)}, f.Hash, string(list), most)
	if err != nil {
		return err
	}
	if text(reply, 0) == "full" {
		return ErrFollowersFull
	}
	return nil
}

// Unfollow removes the follower with that hash of its address; there may be none.
func (s *Store) Unfollow(ctx context.Context, c clinic.ID, hash string) error {
	_, err := s.run(ctx, "follow", []string{keyFollowers(c), keyFollowing(c)}, hash, "", 0)
	return err
}

// CountFollowers returns how many followers each channel has; none of a channel without.
func (s *Store) CountFollowers(ctx context.Context, c clinic.ID) (map[Channel]int, error) {
	return s.counts(ctx, keyFollowing(c), "")
}

// counts reads the numbers of a hash whose fields begin with a prefix, without it.
func (s *Store) counts(ctx context.Context, key, prefix string) (map[Channel]int, error) {
	all, err := s.rdb.HGetAll(ctx, key).Result()
	if err != nil {
		return nil, fmt.Errorf("outbox: %s: %w", key, err)
	}
	found := map[Channel]int{}
	for field, value := range all {
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil, fmt.Errorf("outbox: %s: %w", key, err)
		}
		if name := field[min(len(prefix), len(field)):]; field == prefix+name && n > 0 {
			found[Channel(name)] = n
		}
	}
	return found, nil
}

// FollowersPage returns about n followers, and the cursor of the next page: 0 after the
// last. The first cursor is 0. A follower may be on two pages: it has one job all the same.
func (s *Store) FollowersPage(ctx context.Context, c clinic.ID, cursor uint64, n int) (followers []Follower, next uint64, err error) {
	page, next, err := s.rdb.HScan(ctx, keyFollowers(c), cursor, "", int64(n)).Result()
	if err != nil {
		return nil, 0, fmt.Errorf("followers of clinic %s: %w", c, err)
	}
	for pair := range slices.Chunk(page, 2) {
		var f Follower
		if err := json.Unmarshal([]byte(pair[1]), &f); err != nil {
			return nil, 0, fmt.Errorf("followers of clinic %s: %w", c, err)
		}
		followers = append(followers, f)
	}
	return followers, next, nil
}
