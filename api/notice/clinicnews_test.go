package notice

import (
	"context"
	"errors"
	"testing"
	"time"

	"junban/api/view"
	"junban/queue/clinic"
	"junban/queue/outbox"
)

// newsOutbox answers with one piece of news, or with an error.
type newsOutbox struct {
	Outbox
	asked int
	err   error
}

func (o *newsOutbox) NewsOf(context.Context, clinic.ID) ([]outbox.NewsItem, error) {
	o.asked++
	return []outbox.NewsItem{{ID: "n", Title: "休診"}}, o.err
}

// TestClinicNews_AsksRarelyAndOutlivesRedis loads a page many times, and once while Redis
// does not answer.
func TestClinicNews_AsksRarelyAndOutlivesRedis(t *testing.T) {
	t.Parallel()
	box := &newsOutbox{}
	ns := &Notices{Outbox: box, pageNews: &newsCache{read: map[clinic.ID]newsRead{}}}
	v := view.View{Clinic: clinic.Clinic{ID: "1234"}, Zone: time.UTC, Now: time.Now()}
	for range 100 {
		if got := ns.ClinicNews(t.Context(), v, 3); len(got) != 1 {
			t.Fatalf("the news are %+v", got)
		}
	}
	if box.asked > 2 { // 2 on a machine that stops for five seconds
		t.Errorf("asked %d times", box.asked)
	}
	old := ns.pageNews.read["1234"]
	old.at = old.at.Add(-2 * newsLife)
	ns.pageNews.read["1234"], box.err, box.asked = old, errors.New("down"), 0
	if got := ns.ClinicNews(t.Context(), v, 3); len(got) != 1 || box.asked != 1 {
		t.Errorf("without Redis, asked %d times: %+v", box.asked, got)
	}
}
