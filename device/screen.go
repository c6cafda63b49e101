package device

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"junban/internal/redisdb"
	"junban/internal/refusal"
	"junban/queue/clinic"
	"junban/queue/typed"
)

const (
	// screensMost is how many screens a clinic has at once.
	screensMost = 50
	// screenSeenEvery is how old the time at which a screen was seen may become
	// before it is written again.
	screenSeenEvery = 25 * time.Second
)

// Screen is a screen of a clinic's waiting room that its desk has let in. Device
// and Address are words for people, to know it by.
type Screen struct {
	TokenHash string
	Name      string
	Services  []string // ids of those it shows; none: all
	Sound     bool     // it announces calls
	Repeat    int      // how often a call is spoken
	Also      string   // the second language of a call; "": none
	Device    string
	Address   string
	Since     time.Time
	Seen      time.Time // about half a minute old while it is on; zero: never
}

// keptScreen is how a screen is kept, under its token's hash.
type keptScreen struct {
	Name     string `json:"name"`
	Services string `json:"services"` // with commas: a script writes no empty list
	Sound    bool   `json:"sound"`
	Repeat   int    `json:"repeat"`
	Also     string `json:"also"`
	Device   string `json:"device"`
	Address  string `json:"address"`
	Since    int64  `json:"since"` // ms
	Seen     int64  `json:"seen"`  // ms
}

// shown is the part of a screen that the clinic's changes list.
type shown struct {
	Name     string `json:"name"`
	Services string `json:"services"`
	Sound    bool   `json:"sound"`
	Repeat   int    `json:"repeat"`
	Also     string `json:"also"`
}

func (k keptScreen) shown() shown { return shown{k.Name, k.Services, k.Sound, k.Repeat, k.Also} }

func (k keptScreen) screen(hash string) Screen {
	sc := Screen{
		TokenHash: hash, Name: k.Name, Sound: k.Sound, Repeat: k.Repeat, Also: k.Also,
		Device: k.Device, Address: k.Address, Since: redisdb.FromMillis(k.Since), Seen: redisdb.FromMillis(k.Seen),
	}
	if k.Services != "" {
		sc.Services = strings.Split(k.Services, ",")
	}
	return sc
}

func parseScreen(text string) (k keptScreen, err error) {
	if err := json.Unmarshal([]byte(typed.Unmarked(text)), &k); err != nil {
		return k, fmt.Errorf("malformed screen: %w", err)
	}
	return k, nil
}

// PutScreen pairs a screen, or changes the settings of a paired one. It adds an entry
// to the clinic's changes, see [queue.Store.Changes]. It returns [ErrScreensFull] when
// the clinic has fifty.
func (s *Store) PutScreen(ctx context.Context, c clinic.ID, sc Screen, by clinic.Actor) error {
	return s.changeScreen(ctx, c, sc.TokenHash, by, func(was *keptScreen, others int) (*keptScreen, error) {
		now := keptScreen{Device: sc.Device, Address: sc.Address, Since: s.clinics.Now().UnixMilli()}
		if was != nil {
			now = *was
		} else if others >= screensMost {
			return nil, ErrScreensFull
		}
		now.Name, now.Services = sc.Name, strings.Join(sc.Services, ",")
		now.Sound, now.Repeat, now.Also = sc.Sound, sc.Repeat, sc.Also
		return &now, nil
	})
}

// DropScreen shuts a screen out; one that is not there is [ErrNoScreen].
func (s *Store) DropScreen(ctx context.Context, c clinic.ID, tokenHash string, by clinic.Actor) error {
	return s.changeScreen(ctx, c, tokenHash, by, func(was *keptScreen, _ int) (*keptScreen, error) {
		if was == nil {
			return nil, ErrNoScreen
		}
		return nil, nil
	})
}

// Screen returns a screen by its token's hash, and records that it was seen. A removed
// or unknown screen is [ErrNoScreen].
func (s *Store) Screen(ctx context.Context, c clinic.ID, tokenHash string) (Screen, error) {
	reply, err := s.screen.Run(ctx, s.rdb, []string{keyScreens(c)}, tokenHash, screenSeenEvery.Milliseconds()).Slice()
	if err != nil {
		return Screen{}, fmt.Errorf("read a screen of clinic %s: %w", c, err)
	}
	if len(reply) != 2 {
		return Screen{}, ErrNoScreen
	}
	text, _ := reply[1].(string)
	k, err := parseScreen(text)
	return k.screen(tokenHash), err
}

// Screens returns a clinic's screens, by name.
func (s *Store) Screens(ctx context.Context, c clinic.ID) ([]Screen, error) {
	kept, err := s.rdb.HGetAll(ctx, keyScreens(c)).Result()
	if err != nil {
		return nil, fmt.Errorf("list the screens of clinic %s: %w", c, err)
	}
	screens := make([]Screen, 0, len(kept))
	for hash, text := range kept {
		k, err := parseScreen(text)
		if err != nil {
			return nil, err
		}
		screens = append(screens, k.screen(hash))
	}
	slices.SortFunc(screens, func(a, b Screen) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.TokenHash, b.TokenHash))
	})
	return screens, nil
}

// changeScreen writes the result of do (nil: no screen) and an entry of the clinic's
// changes, atomically. A repeat of do must do no harm.
func (s *Store) changeScreen(ctx context.Context, c clinic.ID, hash string, by clinic.Actor, do func(was *keptScreen, others int) (*keptScreen, error)) error {
	if _, err := s.clinics.Clinic(ctx, c); err != nil {
		return err
	}
	change := func(tx *redis.Tx) error {
		all, err := tx.HGetAll(ctx, keyScreens(c)).Result()
		if err != nil {
			return err
		}
		var was *keptScreen
		if text, there := all[hash]; there {
			k, err := parseScreen(text)
			if err != nil {
				return err
			}
			was = &k
		}
		is, err := do(was, len(all))
		if err != nil {
			return err
		}
		return s.writeScreen(ctx, tx, c, hash, by, was, is)
	}
	err := redisdb.Update(ctx, s.rdb, change, keyScreens(c))
	if _, refused := errors.AsType[*refusal.Refusal](err); err == nil || refused {
		return err
	}
	return fmt.Errorf("change a screen of clinic %s: %w", c, err)
}

func (s *Store) writeScreen(ctx context.Context, tx *redis.Tx, c clinic.ID, hash string, by clinic.Actor, was, is *keptScreen) error {
	before, after := map[string]shown{}, map[string]shown{}
	if was != nil {
		before["screen"] = was.shown()
	}
	if is != nil {
		after["screen"] = is.shown()
	}
	if was != nil && is != nil && *was == *is {
		return nil
	}
	var kept []byte
	if is != nil {
		var err error
		if kept, err = json.Marshal(is); err != nil {
			return err
		}
	}
	_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
		if is == nil {
			p.HDel(ctx, keyScreens(c), hash)
		} else {
			p.HSet(ctx, keyScreens(c), hash, kept)
		}
		return s.clinics.NoteChange(ctx, p, c, rand.Text(), by, before, after)
	})
	return err
}
