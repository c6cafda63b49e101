package outbox

import (
	"context"
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

// NewNewsID returns an id for new news.
func NewNewsID() string { return "" }

// PutNews writes news, new or changed. What was withdrawn stays so.
func (s *Store) PutNews(ctx context.Context, c clinic.ID, n NewsItem) error { return errTodo }

// WithdrawNews stops news: none of its jobs is claimed any more. It refuses [ErrNoNews].
func (s *Store) WithdrawNews(ctx context.Context, c clinic.ID, id string) error { return errTodo }

// NewsOf returns a clinic's news of the last 30 days, the newest first.
func (s *Store) NewsOf(ctx context.Context, c clinic.ID) ([]NewsItem, error) { return nil, errTodo }

// NewsByID returns some news, or [ErrNoNews].
func (s *Store) NewsByID(ctx context.Context, c clinic.ID, id string) (NewsItem, error) {
	return NewsItem{}, errTodo
}
