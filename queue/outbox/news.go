package outbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"junban/queue/clinic"
)

// NewsItem is what a clinic sends to its followers (お知らせ).
type NewsItem struct {
	ID        string          `json:"id"` // of [NewNewsID]
	Title     string          `json:"title"`
	Body      string          `json:"body"`
	By        string          `json:"by"` // user of the office
	At        time.Time       `json:"at"`
	Due       time.Time       `json:"due"`
	Withdrawn time.Time       `json:"-"`                 // zero: it is not
	Reach     map[Channel]int `json:"reach,omitempty"`   // followers when it was written
	Planned   int             `json:"planned,omitempty"` // jobs made so far
	Done      bool            `json:"done,omitempty"`    // all are made
}

// How news is sent.
const (
	NewsSettles = 60 * time.Second // in which it can be withdrawn
	NewsASecond = 5                // notices of it, for each clinic
)

// NewNewsID returns an id for new news. [NewsBox] of it is the box of its jobs.
func NewNewsID() string { return "n" + strings.ToLower(rand.Text()[:12]) }

// PutNews writes news, new or changed, and wakes the clinic's owner. What was withdrawn
// stays so. News of more than 30 days before are removed.
func (s *Store) PutNews(ctx context.Context, c clinic.ID, n NewsItem) error {
	item, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("news of clinic %s: %w", c, err)
	}
	old, err := s.NewsOf(ctx, c)
	if err != nil {
		return err
	}
	check := "" // all jobs are made
	if !n.Done {
		check = NewsBox(n.ID)
	}
	args := []any{"put", n.ID, string(item), string(c), check}
	for _, o := range old {
		if s.source.Now().Sub(o.At) > newsKept {
			args = append(args, o.ID)
		}
	}
	_, err = s.run(ctx, "news", []string{keyNews(c), keyChecks(c)}, args...)
	return err
}

// WithdrawNews stops news: none of its jobs is claimed any more. What was sent stays
// sent. It refuses [ErrNoNews].
func (s *Store) WithdrawNews(ctx context.Context, c clinic.ID, id string) error {
	reply, err := s.run(ctx, "news", []string{keyNews(c), keyChecks(c)}, "withdraw", id, "", string(c), "")
	if err != nil {
		return err
	}
	if text(reply, 0) == "none" {
		return ErrNoNews
	}
	return nil
}

// NewsOf returns a clinic's news, the newest first.
func (s *Store) NewsOf(ctx context.Context, c clinic.ID) ([]NewsItem, error) {
	all, err := s.rdb.HGetAll(ctx, keyNews(c)).Result()
	if err != nil {
		return nil, fmt.Errorf("news of clinic %s: %w", c, err)
	}
	var list []NewsItem
	for id, item := range all {
		if strings.Contains(id, ":") {
			continue
		}
		n, err := decodeNews(c, item, all[id+":withdrawn"])
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b NewsItem) int {
		if order := b.At.Compare(a.At); order != 0 {
			return order
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list, nil
}

// NewsByID returns some news, also by the box of its jobs, or refuses [ErrNoNews].
func (s *Store) NewsByID(ctx context.Context, c clinic.ID, id string) (NewsItem, error) {
	id = strings.TrimPrefix(id, newsBox)
	found, err := s.rdb.HMGet(ctx, keyNews(c), id, id+":withdrawn").Result()
	if err != nil {
		return NewsItem{}, fmt.Errorf("news of clinic %s: %w", c, err)
	}
	item, there := found[0].(string)
	if !there || strings.Contains(id, ":") {
		return NewsItem{}, ErrNoNews
	}
	withdrawn, _ := found[1].(string)
	return decodeNews(c, item, withdrawn)
}

// decodeNews decodes an item, and the millisecond at which it was withdrawn; "": it was not.
func decodeNews(c clinic.ID, item, withdrawn string) (n NewsItem, err error) {
	if err := json.Unmarshal([]byte(item), &n); err != nil {
		return n, fmt.Errorf("news of clinic %s: %w", c, err)
	}
	if ms, _ := strconv.ParseInt(withdrawn, 10, 64); ms > 0 {
		n.Withdrawn = time.UnixMilli(ms)
	}
	return n, nil
}
